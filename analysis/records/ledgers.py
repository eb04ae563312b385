"""ledgers.py -- faults.jsonl as counts: every page fault of every process, by what it was.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..complaint import Complaint
from .instruments import (
    STAGES,
    Instrumented,
    Taken,
    instrument_of,
    named_measures,
    read_instrumented,
)
from .ranges import whole_number

KIND = "faults"
KEYS = ("stage", "layer", "function", "memory", "touch", "by")
TOTALS = ("total", "recorded", "populated", "unplaced", "lost", "throttled")
POPULATE = "populate"  # of `by`: a call filled the page, without an exception
HARNESS = "harness"  # of `memory`: before exec, where sampling has not begun


class Touches(NamedTuple):
    """Faults on declared memory of one process, in order of time. time_ns counts from the region's
    begin; the arrays are of one length."""

    superslab_bytes: int
    page_bytes: int
    time_ns: NDArray[np.int64]
    superslab: NDArray[np.int64]
    page: NDArray[np.int64]
    region_ns: float  # wall time that the region took


@dataclass(frozen=True, eq=False)
class Ledger(Instrumented):
    """`entries`: a row per process and row of its ledger, with the process's row in `processes`,
    KEYS and `faults` (minor and major). `waits`: a row per process and call site that waited for
    another thread, with `cell`, `arm`, `stage`, `call_site`, `waits` and `wait_ns`. `touches`:
    (cell, arm) to those of its first block."""

    entries: pd.DataFrame
    waits: pd.DataFrame
    touches: dict[tuple[str, str], Touches]

    def entries_of(self, cell: str, arm: str) -> pd.DataFrame:
        rows = self.rows(cell, arm)
        process = self.entries["process"].to_numpy()
        found = self.entries.iloc[slice(*np.searchsorted(process, [rows.start, rows.stop]))]
        return found.assign(process=found["process"] - rows.start)

    def counts(
        self,
        cell: str,
        arm: str,
        chosen: dict[str, str] | None = None,
        without: dict[str, str] | None = None,
    ) -> NDArray:
        """Faults of each process among the entries with all keys of `chosen` and none of
        `without`. Shape (n,)."""
        found = self.entries_of(cell, arm)
        for name, value in (chosen or {}).items():
            found = found[found[name] == value]
        for name, value in (without or {}).items():
            found = found[found[name] != value]
        rows = self.rows(cell, arm)
        return np.bincount(
            found["process"], weights=found["faults"], minlength=rows.stop - rows.start
        )


def _touches(found: dict[str, Any], region_ns: float) -> Touches:
    columns = [np.asarray(found[name], dtype=np.int64) for name in Touches._fields[2:5]]
    if len({column.shape for column in columns}) > 1 or columns[0].ndim != 1:
        raise ValueError("superslab_faults are not three lists of one length")
    sizes = [whole_number(found[name], name, 1) for name in Touches._fields[:2]]
    return Touches(*sizes, *columns, region_ns)


def _rows(faults: dict[str, Any], where: str) -> list[tuple[Any, ...]]:
    """The ledger's rows, which must add up to its totals."""
    totals = {name: whole_number(faults[name], name, None) for name in TOTALS}
    if totals["recorded"] + totals["populated"] + totals["unplaced"] != totals["total"]:
        raise Complaint(
            f"{where}: {totals['recorded']} recorded + {totals['populated']} populated + "
            f"{totals['unplaced']} unplaced faults are not {totals['total']}",
            "restore the file from its copy; a ledger adds up",
        )
    found = []
    for row in faults["rows"]:
        if row["stage"] not in STAGES:
            raise ValueError(f"stage is {row['stage']!r:.40}")
        count = whole_number(row["minor"], "minor") + whole_number(row["major"], "major")
        found.append((*(str(row[name]) for name in KEYS), count))
    for name, populated in (("recorded", False), ("populated", True)):
        held = sum(row[-1] for row in found if (row[KEYS.index("by")] == POPULATE) == populated)
        if held != totals[name]:
            raise Complaint(
                f"{where}: the ledger's rows hold {held} faults, but {totals[name]} were {name}",
                "restore the file from its copy; a ledger adds up",
            )
    return found


def _waits(faults: dict[str, Any]) -> list[tuple[Any, ...]]:
    found = []
    for wait in faults.get("futex_waits", ()):
        if wait["stage"] not in STAGES:
            raise ValueError(f"stage of a wait is {wait['stage']!r:.40}")
        counts = (whole_number(wait[name], name) for name in ("waits", "wait_ns"))
        found.append((wait["stage"], str(wait["call_site"]), *counts))
    return found


def _take(samples: list[dict[str, Any]], block: dict[str, Any], where: str) -> Taken:
    faults, measures = samples[0]["faults"], named_measures(samples[0])
    rows = _rows(faults, where)
    columns = {**measures, **{name: faults[name] for name in TOTALS}}
    heat = faults.get("superslab_faults")
    touches = _touches(heat, measures["wall_ns"]) if heat is not None else None
    return columns, (rows, (block["cell"], samples[0]["arm"]), touches, _waits(faults))


def load_ledger(folder: Path) -> Ledger:
    """Reads the folder of a run of `slablab faults`. Raises Complaint for what does not add up."""
    instrument = instrument_of(folder)
    fields, found = read_instrumented(folder, KIND, 1, _take)
    entries = [(i, *row) for i, (rows, *_) in enumerate(found) for row in rows]
    touches: dict[tuple[str, str], Touches] = {}
    for _, group, seen, _ in found:
        if seen is not None:
            touches.setdefault(group, seen)
    waits = [(*group, *wait) for _, group, _, waited in found for wait in waited]
    frame = pd.DataFrame(entries, columns=["process", *KEYS, "faults"])
    frame = frame.astype({"process": np.int64, "faults": np.int64})
    names = ["cell", "arm", "stage", "call_site", "waits", "wait_ns"]
    return Ledger(
        **fields,
        instrument=instrument,
        entries=frame,
        waits=pd.DataFrame(waits, columns=names),
        touches=touches,
    )
