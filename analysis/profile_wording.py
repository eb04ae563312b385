"""profile_wording.py -- shares, times and counts of a profile as texts that fit beside each other.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import math

import numpy as np

from .page import Row, Table
from .statistics import Interval
from .wording import ABSENT, count

NO_INTERVAL = f"[{ABSENT}]"
NAME_COLUMNS = 30  # of the first column; a longer name stands on a line of its own
TABLE_COLUMNS = 78  # of the terminal's 80: tables are indented


def interval(row, name: str, unit: str) -> Interval:
    """The columns that profile_estimates.bounds made."""
    return Interval(
        row[f"{name}_{unit}"], row[f"{name}_low_{unit}"], row[f"{name}_high_{unit}"]
    )


def _outward(found: Interval, sign: str = "") -> str:
    """ "47 [44, 50]", with a decimal where all of it is below 10; bounds are rounded outwards."""
    if not np.isfinite(found.point):
        return ABSENT
    known = np.isfinite([found.low, found.high]).all()
    largest = max(map(abs, (found.point, found.low, found.high))) if known else abs(found.point)
    scale = 10 if largest < 9.95 else 1
    decimals = 1 if scale == 10 else 0
    point = f"{found.point:{sign}.{decimals}f}"
    point = point.lstrip("+-") if float(point) == 0 else point
    if not known:
        return f"{point} {NO_INTERVAL}"
    tiny = 1e-9  # 0.07 * 100 is not rounded up to 8
    low = math.floor(found.low * scale + tiny) / scale
    high = math.ceil(found.high * scale - tiny) / scale
    return f"{point} [{low:.{decimals}f}, {high:.{decimals}f}]"


def share_text(found: Interval) -> str:
    """Per cent, the sign left to the heading."""
    return _outward(Interval(*(100 * x for x in (found.point, found.low, found.high))))


def points_text(found: Interval) -> str:
    """A difference of shares in points of a per cent, always with its sign."""
    return _outward(Interval(*(100 * x for x in (found.point, found.low, found.high))), "+")


def time_text(found: Interval, unit_ns: float = 1) -> str:
    return _outward(Interval(*(x / unit_ns for x in (found.point, found.low, found.high))))


def count_text(row) -> str:
    """A count's median, and in brackets its largest less its smallest where it varied."""
    spread = row["faults_max"] - row["faults_min"]
    return count(row["faults"]) + (f" ({count(spread)})" if spread else "")


def _width(table: Table, index: int) -> int:
    texts = [row.cells[index] for row in table.rows if row.kind != "group"]
    words = table.columns[index].split(" ")
    return max(map(len, texts + words))


def split(table: Table) -> list[Table]:
    """The table, or as many as its columns need to fit a terminal, each with the words on the
    left."""
    room = TABLE_COLUMNS - sum(_width(table, i) + 2 for i in range(1, table.texts))
    room -= min(_width(table, 0), NAME_COLUMNS)
    parts: list[list[int]] = [[]]
    left = room
    for index in range(table.texts, len(table.columns)):
        width = _width(table, index) + 2
        if parts[-1] and width > left:
            parts.append([])
            left = room
        parts[-1].append(index)
        left -= width
    return [_part(table, columns, number) for number, columns in enumerate(parts)]


def _part(table: Table, columns: list[int], number: int) -> Table:
    kept = [*range(table.texts), *columns]
    rows = [
        row if row.kind == "group" else Row(row.kind, [row.cells[i] for i in kept])
        for row in table.rows
    ]
    title = table.title + (" (continued)" if number else "")
    heads = [table.columns[i] for i in kept]
    return Table(title, heads, rows, table.overview, table.texts)
