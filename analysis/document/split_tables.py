"""split_tables.py -- a table that is too wide for a terminal as several that are not.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from .document import Row, Table

# Of the first column, at least and at most; a longer name stands on a line of its own.
NAME_COLUMNS_MIN, NAME_COLUMNS_MAX = 16, 30


def _width(table: Table, index: int) -> int:
    texts = [row.cells[index] for row in table.rows if row.kind != "group"]
    words = table.columns[index].split(" ")
    return max(map(len, texts + words))


def split(table: Table, width: int = 78) -> list[Table]:
    """As many as its columns need, each with the words on the left; a column that fits nowhere gets
    a table of its own."""
    room = width - sum(_width(table, i) + 2 for i in range(1, table.texts))
    room -= min(max(_width(table, 0), NAME_COLUMNS_MIN), NAME_COLUMNS_MAX)
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
