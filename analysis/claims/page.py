"""page.py -- claims beside their verdicts, as the text of a page and of README's table.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from ..comparison.elsewhere_table import BORROWED
from ..comparison.wording import ABSENT, count, number, per_cent, percent_interval
from ..complaint import Complaint
from ..document.document import Document, Row, Table
from ..records.records import read_header
from ..statistics.over_machines import ENOUGH
from .claims import (
    CLAIMED_METRICS,
    FAILS,
    HOLDS,
    NOT_MEASURED,
    NOT_TESTABLE,
    VERDICTS,
    Finding,
    Judged,
    is_relative,
    judge,
    load_any,
    missed,
    unit_of,
)
from .file import Claim, check_names, read_claims

QUESTION = "Which of the source's claims hold?"
EXPECTS = (
    "Nothing. The claims and the rule of each are data (experiments/claims.yaml); the verdicts are "
    "computed from the samples of stored runs."
)
LEGEND = [
    "Here is the interval of the run's machine, elsewhere the one for a machine more, known of an "
    "arm's speed against another's. A claim is judged by the one that it names, else by elsewhere "
    f"once there are {ENOUGH} machines, else by here: elsewhere is then {BORROWED} from other "
    "comparisons.",
    "A claim holds in a cell where the whole interval lies within what its rule allows, and does "
    "not where the interval lies apart from that; otherwise it cannot tell, and the MDE says how "
    "large an effect the run had 80 % power to see. It holds as a whole where it holds in every "
    "cell, and does not where it fails in one.",
    "Effects are of the metric itself, of one arm against another in the same block, or of a cell "
    "against another in blocks of one number: exp(median log-ratio) - 1 with its exact interval. "
    "Where a claim has several cells in a run, each interval is at 1 - alpha / cells (Bonferroni). "
    "Shares of CPU time have the interval over processes, of a profile.",
    "The MDE of a share or a value is 1.43 half-widths of its interval: what a normal error leaves "
    "80 % power for.",
    "Published figures are the source's, from another machine; they were not measured here.",
]


def _shown(value: float, claim: Claim, signed: bool) -> str:
    """An effect with its sign, a share without, operations a second in millions."""
    if not np.isfinite(value):
        return ABSENT
    if is_relative(claim):
        text = per_cent(value)
        return text if signed else text.lstrip("+")
    return f"{number(value / 1e6)} M" if unit_of(claim) == "operations/s" else count(value)


def _span(first: str, last: str, between: str) -> str:
    """Two figures of one unit, which is written once; equal figures are merged."""
    if first == last:
        return first
    return f"{first.removesuffix(' %').removesuffix(' M')}{between}{last}"


def texts(found: Finding) -> list[str]:
    """Point, interval and MDE of a finding."""
    claim, signed = found.claim, bool(found.claim.against or found.claim.against_cells)
    point, low, high = (
        _shown(x, claim, signed) for x in (found.found.point, found.found.low, found.found.high)
    )
    bounds = ", ".join(text.removesuffix(" %").removesuffix(" M") for text in (low, high))
    interval = ABSENT if ABSENT in (low, high) else f"[{bounds}]"
    return [point, interval, _shown(found.mde, claim, False)]


def elsewhere_text(found: Finding) -> str:
    """The interval for one machine more, with a mark where stored comparisons say it."""
    if found.elsewhere is None:
        return ABSENT
    text = percent_interval(found.elsewhere.low, found.elsewhere.high)
    return f"{text} {BORROWED}" if found.machines < ENOUGH else text


def verdict_text(found: Finding) -> str:
    """With what decided it, where there are two intervals, and what else must be known."""
    by = "" if found.elsewhere is None else f" by {found.by}"
    return found.verdict + by + (f" ({found.note})" if found.note else "")


def measured(judged: Judged) -> str:
    """All findings of a claim in one cell of a table: one figure, or a range."""
    found = [one for one in judged.findings if np.isfinite(one.found.point)]
    if not found:
        return ABSENT
    if len(found) == 1:
        point, interval, _ = texts(found[0])
        here = f"{point} {interval}" if interval != ABSENT else point
        more = elsewhere_text(found[0])
        return here if more == ABSENT else f"{here}; elsewhere {more}"
    ordered = sorted(found, key=lambda one: one.found.point)
    first, last = texts(ordered[0])[0], texts(ordered[-1])[0]
    return _span(first, last, " to ")


def said(judged: Judged) -> str:
    """The verdict: on which side of its rule a claim fails, and in how many cells where there are
    several."""
    total = len(judged.findings)
    if judged.verdict == NOT_MEASURED:
        return f"{NOT_MEASURED}: {judged.claim.experiment}"
    failing = [one.found for one in judged.findings if one.verdict == FAILS]
    sides = {missed(found, judged.claim.rule) for found in failing}
    verdict = judged.verdict + (f": {' or '.join(sorted(sides))}" if sides else "")
    if total < 2:
        return verdict
    counts = Counter(one.verdict for one in judged.findings)
    if counts[judged.verdict] == total:
        return f"{verdict} ({total} cells)"
    holding = f", holds in {counts[HOLDS]}" if judged.verdict != HOLDS and counts[HOLDS] else ""
    return f"{verdict} (in {counts[judged.verdict]} of {total} cells{holding})"


def summary_table(judged: list[Judged]) -> Table:
    """A row per claim: of the page, of README and of a paper."""
    rows = [
        Row("value", [one.claim.claim, one.claim.published or ABSENT, measured(one), said(one)])
        for one in judged
    ]
    columns = ["claim", "published", "measured here", "verdict"]
    return Table("The claims", columns, rows, overview=True)


def _detail_table(judged: list[Judged]) -> Table:
    """A group per claim: what it compares and its rule, then a row per cell and run."""
    columns = ["cell", "run", "n", "found", "here", "elsewhere", "MDE", "verdict"]
    rows = []
    for one in judged:
        claim = one.claim
        if claim.not_testable:
            continue
        rows.append(Row("group", [f"{claim.id}: {_subject(claim)}, holds {claim.rule.text}"]))
        if not one.findings:
            rows.append(Row("value", [f"{NOT_MEASURED}: {claim.experiment}", *[""] * 7]))
        for found in one.findings:
            point, here, mde = texts(found)
            cells = [point, here, elsewhere_text(found), mde, verdict_text(found)]
            rows.append(Row("value", [found.cell, found.run, str(found.n), *cells]))
    return Table("What each was tested by", columns, rows, texts=2)


def _subject(claim: Claim) -> str:
    """ "page_faults of phase17-2 against baseline"."""
    profiled = {"page_fault_share", "front_share", "superslab_fault_share", "ledger_page_faults"}
    stage = f" ({claim.stage})" if claim.metric in profiled else ""
    against = claim.against or (f"itself in '{claim.against_cells}'" if claim.against_cells else "")
    return f"{claim.metric}{stage} of {claim.arm}" + (f" against {against}" if against else "")


def document(judged: list[Judged]) -> Document:
    counts = Counter(one.verdict for one in judged)
    texts = [f"{verdict}: {counts[verdict]}" for verdict in VERDICTS if counts[verdict]]
    why = [
        f"{NOT_TESTABLE}: {one.claim.claim.rstrip('.')}: {one.claim.not_testable}"
        for one in judged
        if one.verdict == NOT_TESTABLE
    ]
    return Document(
        title=f"The source's {len(judged)} claims",
        question=QUESTION,
        expects=EXPECTS,
        void=[],
        outcome=[", ".join(texts) + "."],
        cautions=why,
        tables=[summary_table(judged), _detail_table(judged)],
        legend=LEGEND,
    )


def judged_claims(folders: list[Path], path: Path) -> list[Judged]:
    """The claims of the file, judged by the runs in the folders; runs of other experiments are not
    read."""
    claims = read_claims(path, CLAIMED_METRICS)
    names = [folder.resolve() for folder in folders]
    if len(set(names)) < len(names):
        raise Complaint("a run is named twice, and would count twice", "name each run once")
    wanted = {claim.experiment for claim in claims}
    runs = [load_any(run) for run in folders if _experiment_of(run) in wanted]
    check_names(claims, [run.plan for run in runs], path)
    return judge(claims, runs)


def _experiment_of(folder: Path) -> str:
    return read_header(folder)[0]["experiment"]


def stored_runs(path: Path) -> list[Path]:
    """The runs in results/reference/, in the checkout of the claims' file, that some claim's
    experiment asked for."""
    claims = read_claims(path, CLAIMED_METRICS)
    names = sorted({claim.experiment for claim in claims if claim.experiment})
    stored = path.resolve().parents[1] / "results/reference"
    found = [
        plan.parent for name in names for plan in sorted((stored / name).glob("*/plan.json"))
    ]
    if not found:
        raise Complaint(
            f"{stored}: no run of any claim's experiment", "make keep RUN=results/phase17/..."
        )
    return found


def claims_summary(path: Path) -> Table:
    """README's table of the claims of a file: those that some stored run covers."""
    return summary_table([one for one in judged_claims(stored_runs(path), path) if one.findings])
