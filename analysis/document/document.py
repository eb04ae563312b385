"""document.py -- what a table and a whole page are, before any format.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from dataclasses import dataclass, field

NO_BREAK = "\u00a0"  # in a heading: words that stay on one line


@dataclass(frozen=True)
class Row:
    """kind: "group" (a heading over the rows that follow; its text is cells[0]), "value" or
    "published". notes: empty, or for each cell what a page shows of it on hover or focus; of a name
    that was shortened, all of it."""

    kind: str
    cells: list[str]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """texts counts the columns on the left that hold words; the rest are figures and stand on the
    right."""

    title: str
    columns: list[str]
    rows: list[Row]
    overview: bool = False
    texts: int = 1


@dataclass(frozen=True)
class Document:
    """A run as words. The order of the fields is the order on the page."""

    title: str
    question: str
    expects: str
    void: list[str]
    outcome: list[str]
    cautions: list[str]
    tables: list[Table]
    legend: list[str]
    machine: list[tuple[str, str]] = field(default_factory=list)
    weather: list[tuple[str, str]] = field(default_factory=list)
