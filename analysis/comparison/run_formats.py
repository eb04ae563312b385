"""run_formats.py -- a timed run in each of the formats that `analysis table` and a report give.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..document.formats import TERMINAL_COLUMNS, csv_text, latex, markdown, terminal
from ..records.records import Run
from .tables import document, long_form


def brief(run: Run, width: int = TERMINAL_COLUMNS) -> str:
    """For a terminal: all that is said, and of the tables the overviews alone."""
    found = document(run)
    overviews = [table for table in found.tables if table.overview]
    return terminal(replace(found, tables=overviews), width)


def shown(run: Run, form: str, width: int) -> str:
    """In a format of FORMATS or in brief; a terminal's as wide as it is said to be."""
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
