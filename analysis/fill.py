"""fill.py -- writes stored runs' tables into a text that people read, between its marks.

  <!-- run results/reference/phase17/20261123T022400Z-full -->
  (whatever stands here is replaced)
  <!-- end -->

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import re
from pathlib import Path

from .complaint import Complaint
from .estimates import OPERATIONS
from .formats import markdown_table
from .judgement import judged, void_reasons
from .page import Row, Table
from .records import Run, load
from .wording import MARKS, number, relative

MARK = re.compile(r"(<!-- run (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def _shown(row) -> str:
    effect, interval = relative(row)
    return f"{effect} {interval} {MARKS.get(row['verdict'], '')}".rstrip()


def summary(run: Run) -> Table:
    """A row per cell: the baseline's speed, then every comparison with its interval and verdict."""
    frame = judged(run)
    frame = frame[frame["metric"] == OPERATIONS.name]
    compared = frame[frame["kind"].isin(["arm", "comparison"])]
    labels = list(dict.fromkeys(zip(compared["arm"], compared["against"])))
    columns = ["cell", "n", f"{run.baseline}, M ops/s", *(f"{a} vs {b}" for a, b in labels)]
    rows = []
    for cell in run.cells:
        here = compared[compared["cell"] == cell]
        base = frame[(frame["cell"] == cell) & (frame["kind"] == "baseline")].iloc[0]
        effects = [_shown(row) for _, row in here.iterrows()]
        speed = number(base["value"] / OPERATIONS.scale)
        rows.append(Row("value", [cell, str(base["blocks"]), speed, *effects]))
    title = f"{run.plan['experiment']}, {run.path.name}"
    return Table(title + (": VOID" if void_reasons(run) else ""), columns, rows, overview=True)


def filled(text: str, root: Path) -> str:
    """The text with every mark's table made anew; the runs' paths are relative to root."""
    if not MARK.search(text):
        raise Complaint("no mark was found", "<!-- run results/reference/... --> and <!-- end -->")
    return MARK.sub(
        lambda found: found[1] + "\n" + markdown_table(summary(load(root / found[2]))) + "\n\n"
        + found[3],
        text,
    )
