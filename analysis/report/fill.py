"""fill.py -- writes stored runs' tables into a text, between its marks.

  <!-- run results/reference/phase17/20261123T022400Z-full -->
  (whatever stands here is replaced)
  <!-- end -->

`<!-- run RUN | WORDS | WORDS -->` chooses cells: those that hold every word of one of the choices.
`<!-- profile RUN RUN -->` names a profile and the ledger of the same plan, `<!-- certificate FOLDER
-->` a certificate of the gate, `<!-- claims -->` every claim of experiments/claims.yaml that some
run in results/reference covers. `<!-- figure RUN NAME -->` draws a figure of analysis/figures as
RUN/NAME.png, and shows it (a second page as RUN/NAME-2.png); a profile's needs its ledger, too:
`<!-- figure RUN RUN NAME -->`. Paths are relative to the text's folder.

`<!-- gallery FOLDER -->` has every figure once, drawn from stored runs: gallery.py.

`<!-- answer RUN ... (a new line) WORDS -->` has words with blanks for figures: sentences.py.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from ..certificate.page import certificate_summary
from ..claims.file import FILE as CLAIMS
from ..claims.page import claims_summary
from ..comparison.deciding import OPERATIONS
from ..comparison.elsewhere_table import one_more_text
from ..comparison.judgement import judged, void_reasons
from ..comparison.wording import ABSENT, MARKS, count, number, relative
from ..complaint import Complaint
from ..document.document import Row, Table
from ..document.formats import markdown_table
from ..drawing.drawing import TWO_COLUMNS, drawn, page_count
from ..figures import figures_for
from ..profile import estimates as profile_estimates
from ..profile.figures import profile_figures_for
from ..profile.wording import interval, share_text
from ..records.joined import Joined, join
from ..records.records import Run, load
from .gallery import gallery_text, write_pictures
from .sentences import sentence, subjects

MARK = re.compile(
    r"(<!-- (?:(run|profile|figure|certificate|gallery) ([^\n]+?)|(claims)|"
    r"(answer) ((?:(?!-->).)+?)) -->\n)"
    r".*?(<!-- end -->)",
    re.DOTALL,
)


def _shown(row) -> str:
    """The effect with both intervals, here and elsewhere, and a mark behind each."""
    effect, interval = relative(row)
    here = f"{effect} {interval} {MARKS.get(row['verdict'], '')}".rstrip()
    if not np.isfinite(row["machines"]):
        return here
    return f"{here}; elsewhere {one_more_text(row)} {MARKS.get(row['elsewhere_verdict'], '')}"


def chosen_cells(run: Run, choices: list[str]) -> list[str]:
    """The cells that hold every word of some choice, in plan order; without choices, all."""
    held = {
        choice: [cell for cell in run.cells if set(choice.split()) <= set(cell.split())]
        for choice in choices
    }
    for choice, cells in held.items():
        if not cells:
            raise Complaint(f"{run.path}: no cell holds '{choice}'", f"one of {run.cells}")
    return [cell for cell in run.cells if not held or any(cell in some for some in held.values())]


def _summary(run: Run, choices: list[str]) -> Table:
    """A row per chosen cell: the baseline's speed, then every comparison with its interval and
    verdict."""
    frame = judged(run)
    frame = frame[frame["metric"] == OPERATIONS.column]
    compared = frame[frame["kind"].isin(["arm", "comparison"])]
    labels = list(dict.fromkeys(zip(compared["arm"], compared["against"])))
    columns = ["cell", "n", f"{run.baseline}, M ops/s", *(f"{a} vs {b}" for a, b in labels)]
    rows = []
    for cell in chosen_cells(run, choices):
        here = compared[compared["cell"] == cell]
        base = frame[(frame["cell"] == cell) & (frame["kind"] == "baseline")].iloc[0]
        effects = [_shown(row) for _, row in here.iterrows()]
        speed = number(base["value"] / OPERATIONS.shown_divisor)
        rows.append(Row("value", [cell, str(base["blocks"]), speed, *effects]))
    title = f"{run.plan['experiment']}, {run.path.name}"
    return Table(title + (": VOID" if void_reasons(run) else ""), columns, rows, overview=True)


def _profile_summary(joined: Joined) -> Table:
    """A row per cell: every arm's share of the region's CPU time below page faults, %, with its
    interval, and how many faults the ledger counted there."""
    if joined.profile is None or joined.ledger is None:
        raise Complaint(
            f"{joined.name}: a profile and a ledger are wanted, and one is missing",
            "<!-- profile results/.../...-profile results/.../...-faults -->",
        )
    shares = profile_estimates.page_faults(joined.profile)
    shares = shares[shares["stage"] == "region"]
    totals = profile_estimates.fault_totals(joined.ledger)
    totals = totals[totals["count"] == "region"]
    arms = [arm for arm in joined.arms if arm != joined.control]
    rows = []
    for cell in joined.cells:
        texts = []
        for arm in arms:
            share, total = (
                frame[(frame["cell"] == cell) & (frame["arm"] == arm)] for frame in (shares, totals)
            )
            if not len(share) or not len(total):
                texts.append(ABSENT)
                continue
            text = share_text(interval(share.iloc[0], "share", "ratio"))
            per_cent = "" if text == ABSENT else " %"
            texts.append(f"{text}{per_cent} ({count(total.iloc[0]['faults'])})")
        rows.append(Row("value", [cell, *texts]))
    return Table(joined.name, ["cell", *arms], rows, overview=True)


def _picture(words: str, root: Path) -> str:
    """Draws the figure of that name beside its (first) run; returns Markdown that shows it."""
    *runs, name = words.split()
    (found,) = subjects([root / run for run in runs])
    modules = profile_figures_for(found) if isinstance(found, Joined) else figures_for(found)
    run = Path(runs[0])
    if name not in modules:
        raise Complaint(f"{run} has no figure '{name}'", f"one of {', '.join(modules)}")
    shown = []
    for page in range(page_count(modules[name], found, TWO_COLUMNS)):
        path = run / f"{name}{f'-{page + 1}' if page else ''}.png"
        picture = drawn(modules[name], found, TWO_COLUMNS, page)
        (root / path).write_bytes(picture.files["png"])
        shown.append(f"![{modules[name].QUESTION}]({path.as_posix()})")
    return "\n\n".join([*shown, modules[name].caption(found)])


def _between(kind: str, words: str, root: Path) -> str:
    if kind == "figure":
        return _picture(words, root)
    if kind == "answer":
        runs, _, text = words.partition("\n")
        return sentence([root / run for run in runs.split()], text)
    if kind == "certificate":
        return certificate_summary(root / words)
    if kind == "gallery":
        write_pictures(root / words, root)
        return gallery_text(root / words)
    if kind == "claims":
        return markdown_table(claims_summary(root / CLAIMS))
    if kind == "run":
        run, *choices = words.split("|")
        return markdown_table(_summary(load(root / run.strip()), choices))
    (joined,) = join([root / word for word in words.split()])
    return markdown_table(_profile_summary(joined))


def _of_mark(found: re.Match[str], root: Path) -> str:
    return _between(found[2] or found[4] or found[5], found[3] or found[6], root)


def filled(text: str, root: Path) -> str:
    """The text with everything between its marks replaced; paths are relative to root."""
    if not MARK.search(text):
        raise Complaint("no mark was found", "<!-- run results/reference/... --> and <!-- end -->")
    return MARK.sub(
        lambda found: f"{found[1]}\n{_of_mark(found, root)}\n\n{found[7]}",
        text,
    )
