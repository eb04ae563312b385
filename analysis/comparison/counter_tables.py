"""counter_tables.py -- what phases counted, per operation: tables, and rows for CSV.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from ..document.document import Row, Table
from ..document.rounding import significant
from ..records.counters import Counted, Counter, counted_by, counter_of
from ..records.records import Run
from .wording import ABSENT

TITLE = "counted in"
DIGITS = 3
KINDS = {"baseline": "baseline", "control": "control", "arm": "arm"}


@lru_cache(maxsize=32)
def _counted(run: Run) -> dict[tuple[str, str], Counted]:
    return counted_by(run.path)


def _shown(run: Run) -> list[Counter]:
    """Those that some arm has counted, be it once."""
    names = dict.fromkeys(
        name for counted in _counted(run).values() for name in counted.values
    )
    return [
        counter_of(name)
        for name in names
        if any(counted.values.get(name, 0) > 0 for counted in _counted(run).values())
    ]


def _text(counted: Counted | None, name: str) -> str:
    if counted is None or name not in counted.values:
        return ABSENT
    return significant(counted.values[name], DIGITS) if counted.values[name] else "0"


def _rows(run: Run, counters: list[Counter]) -> list[Row]:
    rows = []
    for cell in run.cells:
        here = {arm: _counted(run).get((cell, arm)) for arm in run.shown_arms}
        known = [counted for counted in here.values() if counted is not None]
        if not known:
            continue
        per = "per operation" if known[0].operations is not None else "per process"
        rows.append(Row("group", [f"{cell}, {per}"]))
        rows += [
            Row("value", [run.label(arm), *(_text(counted, one.name) for one in counters)])
            for arm, counted in here.items()
        ]
    return rows


def counter_tables(run: Run) -> list[Table]:
    """One for each group of counters; none where no arm counts itself."""
    groups: dict[str, list[Counter]] = {}
    for counter in _shown(run):
        groups.setdefault(counter.group, []).append(counter)
    return [
        Table(
            f"{group[:1].upper()}{group[1:]}, {TITLE} observing builds",
            ["arm", *(counter.title for counter in counters)],
            _rows(run, counters),
        )
        for group, counters in groups.items()
    ]


def counter_legend(tables: list[Table]) -> list[str]:
    if not any(TITLE in table.title for table in tables):
        return []
    return [
        "What phases count is of one process each, of a build that counts itself and is never "
        "timed; a dash: it does not."
    ]


def counter_rows(run: Run, frame: pd.DataFrame) -> pd.DataFrame:
    """The counts as rows with the columns of judged(run): `value`, and nothing else that is
    compared."""
    counters, rows = _shown(run), []
    cells = {cell["id"]: cell for cell in run.plan["cells"]}
    roles = {arm["id"]: arm["role"] for arm in run.plan["arms"]}
    for (cell, arm), counted in _counted(run).items():
        per = "process" if counted.operations is None else "operation"
        shared = {"cell": cell, "arm": arm, "kind": KINDS[roles[arm]], "label": run.label(arm)}
        about = {name: cells[cell][name] for name in ("workload", "start")}
        rows += [
            {
                **shared,
                **about,
                "metric": f"{one.name}_per_{per}",
                "value": counted.values[one.name],
            }
            for one in counters
            if one.name in counted.values
        ]
    found = pd.DataFrame(rows).reindex(columns=frame.columns)
    for column, kind in frame.dtypes.items():
        if isinstance(kind, np.dtype) and kind.kind in "bi":  # which have no absent value
            found[column] = np.zeros(len(found), dtype=kind)
    return found
