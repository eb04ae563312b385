"""elsewhere_table.py -- both intervals of every comparison: on the run's machine, and elsewhere.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..document.document import NO_BREAK, Row, Table
from ..records.machines import prior
from ..records.records import Run
from ..statistics.over_machines import ENOUGH
from .elsewhere import Coverage, coverage, machines_of
from .wording import ABSENT, note, per_cent, percent_interval, relative, verdict_text

TITLE = "what decides, here and elsewhere"
BORROWED = "borrowed"


def one_more_text(row: pd.Series) -> str:
    """[-5.3, +6.4] of one machine more; "borrowed" behind it where stored comparisons say it."""
    text = percent_interval(row["elsewhere_low_ratio"], row["elsewhere_high_ratio"])
    return f"{text} {BORROWED}" if is_borrowed(row) and text != ABSENT else text


def elsewhere_text(row: pd.Series) -> str:
    """The mean over machines before it."""
    if not np.isfinite(row["elsewhere_low_ratio"]):
        return ABSENT
    return f"{per_cent(row['machines_mean_ratio'])} {one_more_text(row)}"


def is_borrowed(row: pd.Series) -> bool:
    return row["machines"] < ENOUGH


def _row(row: pd.Series) -> list[str]:
    return [
        row["label"],
        relative(row)[1],
        verdict_text(row["verdict"]),
        elsewhere_text(row),
        verdict_text(row["elsewhere_verdict"]),
        per_cent(row["machines_tau_ratio"]).lstrip("+"),
        f"{row['machines']:.0f}",
    ]


def elsewhere_table(run: Run, frame: pd.DataFrame) -> list[Table]:
    """A group per cell, a row per comparison; none where nothing has an interval. frame:
    judged(run)."""
    known = frame[frame["machines"].notna()]
    if known.empty:
        return []
    confidence = f"{100 * (1 - run.plan['alpha']):g} %"
    columns = ["arm", f"here, {confidence}", "verdict", f"elsewhere, {confidence}", "verdict"]
    columns += ["tau", "machines"]
    rows = []
    for cell, here in known.groupby("cell", sort=False):
        rows.append(Row("group", [str(cell)]))
        for _, row in here.iterrows():
            texts = _row(row)
            rows.append(Row("value", texts, [note(row, run.plan["alpha"])] * len(texts)))
    return [Table(TITLE, [text.replace(" %", f"{NO_BREAK}%") for text in columns], rows)]


def _covered(found: list[Coverage]) -> str:
    held, of = sum(one.held for one in found), sum(one.of for one in found)
    by_machine = ", ".join(f"{one.machine} {one.held} of {one.of}" for one in found)
    whole = sum(one.held == one.of for one in found)
    return (
        "Left out in turn and predicted from the others (nominal: the confidence): by machine "
        f"{by_machine}, {whole} of {len(found)} in every comparison; in all {held} of {of}. "
        "The comparisons of one machine are one draw, not many."
    )


def elsewhere_legend(run: Run) -> list[str]:
    """What the table's columns mean, which machines there are, and how often it was right."""
    machines = list(dict.fromkeys(machine for machine, _ in machines_of(run)))
    before = prior()
    found = [
        "Here: this run's interval, which speaks of its machine alone. Elsewhere: the mean over "
        "machines and the interval for one machine more; tau is the standard deviation between "
        "machines, in logarithms, pooled with "
        f"tau² = ({100 * before.a:g} %)² + ({before.b:g} effect)² of stored comparisons, which has "
        f"{before.degrees:g} degrees of freedom. With fewer than {ENOUGH} machines it is "
        f"{BORROWED}: stored comparisons say it, not this one. Better or worse elsewhere: the "
        "interval excludes 0; depends on the machine (≷): it does not, and machines differ in "
        f"sign, each for sure. Machines: {', '.join(machines)}.",
    ]
    covered = coverage(run)
    return [*found, _covered(covered)] if covered else found
