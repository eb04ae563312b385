"""run_formats.py -- a timed run in each of the formats that `analysis table` and a report give.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..document.formats import (
    TERMINAL_COLUMNS,
    csv_text,
    markdown,
    terminal,
    terminal_table,
    title_and_table,
)
from ..document.latex import PACKAGES, latex, latex_table
from ..records.records import Run
from .chosen_table import Choice, chosen_long_form, chosen_tables
from .tables import document, long_form


def brief(run: Run, width: int = TERMINAL_COLUMNS) -> str:
    """For a terminal: all that is said, and of the tables the overviews alone."""
    found = document(run)
    overviews = [table for table in found.tables if table.overview]
    return terminal(replace(found, tables=overviews), width)


def _chosen(run: Run, form: str, width: int, choice: Choice) -> str:
    if form == "csv":
        return csv_text(chosen_long_form(run, choice))
    tables = chosen_tables(run, choice)
    if form == "latex":
        lines = [line for table in tables for line in ["", *latex_table(table)]]
        return "\n".join([f"% needs \\usepackage{{{PACKAGES}}}", *lines]) + "\n"
    if form == "markdown":
        return "\n".join(f"{title_and_table(table)}\n" for table in tables)
    return "\n".join(terminal_table(table, width) for table in tables)


def shown(run: Run, form: str, width: int, choice: Choice = Choice()) -> str:
    """In a format of FORMATS or in brief; a terminal's as wide as it is said to be. A choice is
    shown without what else a run says."""
    if choice:
        return _chosen(run, form, width, choice)
    if form == "brief":
        return brief(run, width)
    return terminal(document(run), width) if form == "terminal" else FORMATS[form][1](run)


def _csv(run: Run) -> str:
    return csv_text(long_form(run))


# name -> (file ending, function of a run)
FORMATS: dict[str, tuple[str, Callable[[Run], str]]] = {
    "terminal": ("txt", lambda run: terminal(document(run))),
    "markdown": ("md", lambda run: markdown(document(run))),
    "csv": ("csv", _csv),
    "latex": ("tex", lambda run: latex(document(run))),
}
