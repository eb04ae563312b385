"""claims.py -- what stored runs say of each claim: the effect, its interval, whether it holds.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from ..comparison.estimates import FRONT_SHARE, PAGE_FAULT_SHARE
from ..comparison.judgement import void_reasons
from ..profile.estimates import layer_counts
from ..profile.frames import page_faults_unseen, under_page_fault
from ..records.instruments import FILE, STAGES, WHOLE
from ..records.joined import load_instrumented
from ..records.layers import LAYERS
from ..records.ledgers import Ledger
from ..records.metrics import default, default_metrics
from ..records.profiles import Profile
from ..records.records import Recorded, Run, load
from ..statistics import statistics
from ..statistics.share_statistics import share_of_samples
from ..statistics.statistics import Interval
from .file import Claim, Rule, cells_with
from .over_machines import elsewhere_of

HOLDS, FAILS, CANNOT_TELL = "holds", "does not hold", "cannot tell"
NOT_TESTABLE, NOT_MEASURED = "not testable here", "not measured yet"
VERDICTS = (HOLDS, FAILS, CANNOT_TELL, NOT_MEASURED, NOT_TESTABLE)
# How far an estimate with a normal error must be from a bound to be distinguished from it in 80 %
# of runs, in half-widths of its 95 % interval: (z of .975 + z of .80) / z of .975.
MDE_OF_HALF_WIDTH = float(1 + special.ndtri(statistics.POWER) / special.ndtri(0.975))

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Finding:
    """A claim in one cell of one run, or in the average of its cells."""

    claim: Claim
    run: str
    cell: str
    found: Interval  # a relative effect, if the claim compares with something
    n: int
    level: float  # the interval's: 1 - alpha over the claim's cells in this run
    mde: float
    verdict: str
    note: str = ""
    elsewhere: Interval | None = None  # for one machine more; None where that is not known
    machines: int = 1
    by: str = "here"  # which of the two decides


@dataclass(frozen=True)
class Judged:
    """A claim with all its findings; none if no run covers it."""

    claim: Claim
    verdict: str
    findings: list[Finding]


# A metric of a timed run, as a function of samples.
TIMED: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    metric.column: metric.values for metric in default_metrics() if metric.sum
}


def _stages(stage: str) -> Iterable[str]:
    return STAGES if stage == WHOLE else (stage,)


def _ledger_faults(ledger: Ledger, cell: str, arm: str, stage: str) -> Values:
    return sum(ledger.counts(cell, arm, {"stage": one}) for one in _stages(stage))


def _ledger_start_up(ledger: Ledger, cell: str, arm: str, stage: str) -> Values:
    return ledger.counts(cell, arm, {"stage": "start_up"}) / ledger.column(cell, arm, "total")


def _ledger_superslabs(ledger: Ledger, cell: str, arm: str, stage: str) -> Values:
    """First touches of SuperSlabs among a stage's faults; NaN where it has none."""
    entries = ledger.entries_of(cell, arm)
    fresh = entries["memory"].str.startswith("superslab") & (entries["touch"] == "first")
    here = entries[fresh & entries["stage"].isin(list(_stages(stage)))]
    whole = _ledger_faults(ledger, cell, arm, stage)
    part = np.bincount(here["process"], weights=here["faults"], minlength=whole.size)
    return part / np.where(whole > 0, whole, np.nan)


# A metric of a ledger of faults, a value per process.
LEDGERS: dict[str, Callable[[Ledger, str, str, str], Values]] = {
    "ledger_page_faults": _ledger_faults,
    "start_up_fault_share": _ledger_start_up,
    "superslab_fault_share": _ledger_superslabs,
}


def _below_page_fault(profile: Profile, cell: str, arm: str, stage: str) -> tuple[Values, Values]:
    matrix = profile.matrix(cell, arm, stage)
    return matrix[under_page_fault(profile)].sum(axis=0), matrix.sum(axis=0)


def _in_front(profile: Profile, cell: str, arm: str, stage: str) -> tuple[Values, Values]:
    counts = layer_counts(profile, cell, arm, stage)
    return counts[list(LAYERS).index("front")], counts.sum(axis=0)


# A metric of a profile: samples of each process, and those among all of the stage.
PROFILES: dict[str, Callable[[Profile, str, str, str], tuple[Values, Values]]] = {
    PAGE_FAULT_SHARE: _below_page_fault,
    FRONT_SHARE: _in_front,
}
CLAIMED_METRICS = sorted({*TIMED, *LEDGERS, *PROFILES})


def load_any(folder: Path) -> Recorded:
    """A timed run, a profile or a ledger of faults."""
    return load_instrumented(folder) if (folder / FILE).exists() else load(folder)


def _covers(run: Recorded, claim: Claim) -> bool:
    """Whether the run is of the claim's experiment and of a kind that has its metric."""
    kinds = ((Run, TIMED), (Ledger, LEDGERS), (Profile, PROFILES))
    measured = next(names for kind, names in kinds if isinstance(run, kind))
    return run.plan["experiment"] == claim.experiment and claim.metric in measured


def _values(run: Recorded, claim: Claim, cell: str, arm: str) -> tuple[Values, Values]:
    """The metric of every valid block, and the blocks' numbers. A profile's are shares."""
    if isinstance(run, Run):
        column = run.arms.index(arm)
        numbers = run.block_facts(cell, "block")
        return run.matrix(cell, TIMED[claim.metric])[:, column], numbers
    if isinstance(run, Ledger):
        values = LEDGERS[claim.metric](run, cell, arm, claim.stage)
    else:
        part, whole = PROFILES[claim.metric](run, cell, arm, claim.stage)
        values = part / np.where(whole > 0, whole, np.nan)
    return np.asarray(values, dtype=float), run.column(cell, arm, "block")


def _ratios(run: Recorded, claim: Claim, cell: str) -> pd.Series:
    """The claim's ratio in each block of a cell, by the block's number."""
    top, numbers = _values(run, claim, cell, claim.arm)
    if claim.against:
        bottom, other = _values(run, claim, cell, claim.against)
    else:
        (other_cell,) = cells_with(claim.against_cells, run.cells)
        bottom, other = _values(run, claim, other_cell, claim.arm)
    both = pd.concat([pd.Series(top, numbers), pd.Series(bottom, other)], axis=1, join="inner")
    return pd.Series(statistics.ratio(both[0], both[1]), both.index)


def _effect(run: Recorded, ratios: Values, alpha: float) -> tuple[Interval, int, float]:
    """A count that is 0 in some block has no ratio, and so no effect."""
    known = statistics.finite(ratios)
    if known.size < np.size(ratios):
        return Interval(np.nan, np.nan, np.nan), 0, np.nan
    least = run.rules.blocks_min
    mde = statistics.minimum_detectable_effect(known, alpha, least)
    return statistics.effect(known, alpha, least), known.size, mde


def _level(run: Recorded, claim: Claim, cell: str, alpha: float) -> tuple[Interval, int, float]:
    """A value that is compared with nothing: the median over blocks, or a profile's share."""
    if isinstance(run, Profile):
        part, whole = PROFILES[claim.metric](run, cell, claim.arm, claim.stage)
        if claim.metric == PAGE_FAULT_SHARE and page_faults_unseen(run):
            return Interval(np.nan, np.nan, np.nan), 0, np.nan
        found, n = share_of_samples(part, whole, alpha), int(whole.size)
    else:
        values = statistics.finite(_values(run, claim, cell, claim.arm)[0])
        found = statistics.median_with_interval(values, alpha, run.rules.blocks_min)
        n = values.size
        if n > 1 and np.ptp(values) == 0:  # a count that does not vary needs no interval
            found = Interval(found.point, found.point, found.point)
    return found, n, MDE_OF_HALF_WIDTH * (found.high - found.low) / 2


def verdict_of(found: Interval, rule: Rule) -> str:
    """By the interval alone: it lies within what the rule allows, or apart from it, or neither."""
    if not (np.isfinite(found.low) and np.isfinite(found.high)):
        return CANNOT_TELL
    if rule.low <= found.low and found.high <= rule.high:
        return HOLDS
    return FAILS if found.high < rule.low or rule.high < found.low else CANNOT_TELL


def missed(found: Interval, rule: Rule) -> str:
    """On which side of the rule's range an interval outside it lies."""
    return "less" if found.high < rule.low else "more" if found.low > rule.high else ""


def _unfit(run: Recorded) -> str:
    """Why nothing may be concluded from the run."""
    if run.outcome is None:
        return "the run is unfinished"
    if isinstance(run, Run):
        return "the run is VOID" if void_reasons(run) else ""
    return "the run is VOID" if run.outcome.get("verdict") == "void" else ""


def _finding(
    run: Recorded,
    claim: Claim,
    cell: str,
    alpha: float,
    estimate: tuple[Interval, int, float],
    unfit: str,
) -> Finding:
    found, n, mde = estimate
    more = elsewhere_of(run, claim, cell, alpha)
    decides = more.interval if more is not None and more.decides else found
    verdict = CANNOT_TELL if unfit else verdict_of(decides, claim.rule)
    note = unfit
    if not note and not np.isfinite(found.point):
        note = "a count of 0, which has no ratio" if n == 0 else "no value"
    elif not note and not np.isfinite(found.low):
        note = f"too few blocks for an interval at {100 * (1 - alpha):g} %"
    finding = Finding(claim, run.name, cell, found, n, 1 - alpha, mde, verdict, note)
    if more is None:
        return finding
    by = "elsewhere" if more.decides else "here"
    return replace(finding, elsewhere=more.interval, machines=more.machines, by=by)


def _findings(run: Recorded, claim: Claim, unfit: str | None = None) -> list[Finding]:
    """The findings of one run on a claim that it covers, one per cell; none if the run's form omits
    its cells or arms. Several cells share the run's alpha (Bonferroni)."""
    cells = cells_with(claim.cells, run.cells)
    missing = {claim.arm, claim.against} - {*run.arms, ""}
    if claim.against_cells and not cells_with(claim.against_cells, run.cells):
        return []
    if not cells or missing:
        return []
    unfit = _unfit(run) if unfit is None else unfit
    if claim.average:
        shared = pd.concat([_ratios(run, claim, cell) for cell in cells], axis=1, join="inner")
        means = np.array([statistics.geometric_mean(ratios) for ratios in shared.to_numpy()])
        alpha = run.plan["alpha"]
        name = f"average of {len(cells)} cells: {claim.cells}"
        return [_finding(run, claim, name, alpha, _effect(run, means, alpha), unfit)]
    alpha = run.plan["alpha"] / len(cells)
    found = []
    for cell in cells:
        if claim.against or claim.against_cells:
            estimate = _effect(run, _ratios(run, claim, cell).to_numpy(), alpha)
        else:
            estimate = _level(run, claim, cell, alpha)
        found.append(_finding(run, claim, cell, alpha, estimate, unfit))
    return found


def _overall(claim: Claim, found: list[Finding]) -> str:
    """A claim holds where it holds in every cell, and does not where it fails in any."""
    if claim.not_testable:
        return NOT_TESTABLE
    if not found:
        return NOT_MEASURED
    verdicts = {finding.verdict for finding in found}
    if FAILS in verdicts:
        return FAILS
    return HOLDS if verdicts == {HOLDS} else CANNOT_TELL


def judge(claims: list[Claim], runs: list[Recorded]) -> list[Judged]:
    """Every claim by every run that covers it, in the order of both."""
    unfit = {run.path: _unfit(run) for run in runs if any(_covers(run, one) for one in claims)}
    judged = []
    for claim in claims:
        covering = [run for run in runs if _covers(run, claim)]
        found = [one for run in covering for one in _findings(run, claim, unfit[run.path])]
        judged.append(Judged(claim, _overall(claim, found), found))
    return judged


def columns_of(judged: Judged) -> list[dict[str, Any]]:
    """A claim as raw rows of a CSV: one per finding, or a single one that says why there is
    none."""
    claim = judged.claim
    head = {"id": claim.id, "claim": claim.claim, "from": claim.origin}
    head |= {"claim_verdict": judged.verdict, "experiment": claim.experiment}
    head |= {"metric": claim.metric, "arm": claim.arm, "against": claim.against}
    head |= {"against_cells": claim.against_cells, "stage": claim.stage if claim.metric else ""}
    head |= {"published": claim.published, "rule": claim.rule.text, "note": claim.not_testable}
    rows = [
        {
            "run": one.run,
            "cell": one.cell,
            "verdict": one.verdict,
            "found": one.found.point,
            "found_low": one.found.low,
            "found_high": one.found.high,
            "unit": "ratio" if is_relative(claim) else unit_of(claim),
            "level_ratio": one.level,
            "blocks": one.n,
            "mde": one.mde,
            "elsewhere_low": one.elsewhere.low if one.elsewhere else np.nan,
            "elsewhere_high": one.elsewhere.high if one.elsewhere else np.nan,
            "machines": one.machines if one.elsewhere else np.nan,
            "judged_by": one.by,
            "note": one.note,
        }
        for one in judged.findings
    ]
    return [{**head, **row} for row in rows] or [head]


def is_relative(claim: Claim) -> bool:
    """Whether the figure is an effect or a share, and so shown in per cent."""
    return bool(claim.against or claim.against_cells or default(claim.metric).kind == "share")


def unit_of(claim: Claim) -> str:
    """The unit of a figure that is neither an effect nor a share."""
    return default(claim.metric).unit
