"""waits.py -- the table of where threads waited for one another, of a ledger.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from ..comparison.wording import number
from ..document.document import Row, Table
from ..records.ledgers import Ledger

SHOWN = 12  # call sites of a cell; the others are one row
REGION = "region"


def _texts(waits: float, wait_ns: float, processes: int) -> list[str]:
    return [number(waits / processes), number(wait_ns / processes / 1e6)]


def waited(ledger: Ledger, cell: str, arm: str) -> tuple[float, float]:
    """How often a process of an arm waited in the region, and for how many ms, both the mean."""
    frame = ledger.waits
    frame = frame[(frame["cell"] == cell) & (frame["arm"] == arm) & (frame["stage"] == REGION)]
    rows = ledger.rows(cell, arm)
    processes = rows.stop - rows.start
    return frame["waits"].sum() / processes, frame["wait_ns"].sum() / processes / 1e6


def waits_table(ledger: Ledger, cell: str) -> list[Table]:
    """Waits of a process in the region, and their time added up over its threads: the mean over
    processes, which adds up over call sites; nothing where no process waited."""
    frame = ledger.waits
    frame = frame[(frame["cell"] == cell) & (frame["stage"] == REGION)]
    arms = [arm for arm in ledger.arms if arm != ledger.control and (frame["arm"] == arm).any()]
    rows = []
    for arm in arms:
        rows_of_arm = ledger.rows(cell, arm)
        processes = rows_of_arm.stop - rows_of_arm.start
        sums = frame[frame["arm"] == arm].groupby("call_site")[["waits", "wait_ns"]].sum()
        sums = sums.sort_values(["wait_ns", "waits"], ascending=False, kind="stable")
        rows.append(Row("group", [arm]))
        for site, row in sums.head(SHOWN).iterrows():
            rows.append(Row("value", [str(site), *_texts(row["waits"], row["wait_ns"], processes)]))
        rest = sums.iloc[SHOWN:].sum()
        if len(sums) > SHOWN:
            texts = _texts(rest["waits"], rest["wait_ns"], processes)
            rows.append(Row("value", [f"{len(sums) - SHOWN} more", *texts]))
    columns = ["call site, innermost first", "waits", "waited, ms"]
    title = f"Waits for other threads (futex) of a process, in the region: {cell}"
    return [Table(title, columns, rows)] if rows else []
