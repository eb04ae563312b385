"""report.py -- a report's folder, made from samples and checked against them.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import csv
import io
import math
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from .blocks import cpus
from .drawing import ONE_COLUMN, TWO_COLUMNS, drawn_for, on_paper
from .figures import figures_for
from .formats import FORMATS
from .numbers import FILE as NUMBERS
from .numbers import numbers_differences, numbers_file
from .records import Run
from .tables import document
from .web_page import Picture, html_head, html_tables, page_of, section

STORED = ("markdown", "csv", "latex")
# Exponentials differ in their last bits between processors; more is another table.
CSV_TOLERANCE_RATIO = 1e-9


def table_files(run: Run) -> dict[str, str]:
    """File name in tables/ to its text."""
    return {f"{run.name}.{FORMATS[name][0]}": FORMATS[name][1](run) for name in STORED}


def _section(run: Run, out: Path) -> dict[str, Any]:
    """Writes one run's tables and figures; returns what the page shows of it."""
    for name, text in table_files(run).items():
        (out / "tables" / name).write_text(text, encoding="utf-8")
    shown = []
    for name, module in figures_for(run).items():
        wide, narrow = (drawn_for(module, run, width) for width in (TWO_COLUMNS, ONE_COLUMN))
        for (ending, _), drawing in ((TWO_COLUMNS, wide), (ONE_COLUMN, narrow)):
            for kind, content in drawing.files.items():
                path = out / "figures" / f"{run.name}-{name}{ending}.{kind}"
                path.write_bytes(on_paper(content) if kind == "svg" else content)
        shown.append(Picture(module.QUESTION, module.caption(run), wide.inline, narrow.inline))
    return section(run.name, document(run), shown)


def write_report(runs: list[Run], out: Path) -> Path:
    """Makes the folder and everything in it; returns the page's path."""
    for folder in (out / "tables", out / "figures"):
        folder.mkdir(parents=True, exist_ok=True)
    page = out / "report.html"
    made = partial(_section, out=out)
    if len(runs) > 1 and cpus() > 1:
        with ProcessPoolExecutor(max_workers=min(cpus(), len(runs))) as pool:
            sections = list(pool.map(made, runs))
    else:
        sections = list(map(made, runs))
    page.write_text(page_of(sections), encoding="utf-8")
    (out / NUMBERS).write_text(numbers_file(runs), encoding="utf-8")
    return page


def _close(left: str, right: str) -> bool:
    if left == right:
        return True
    try:
        return math.isclose(float(left), float(right), rel_tol=CSV_TOLERANCE_RATIO, abs_tol=1e-12)
    except ValueError:
        return False


def _csv_differs(stored: str, derived: str) -> bool:
    left, right = (list(csv.reader(io.StringIO(text))) for text in (stored, derived))
    return len(left) != len(right) or any(
        len(a) != len(b) or not all(map(_close, a, b)) for a, b in zip(left, right)
    )


def _first_difference(stored: str, derived: str) -> str:
    left, right = stored.splitlines(), derived.splitlines()
    for number, (a, b) in enumerate(zip(left, right), start=1):
        if a != b:
            return f"line {number}: '{a[:100]}', but the samples give '{b[:100]}'"
    return f"{len(left)} lines, but the samples give {len(right)}"


def files_differences(folder: Path, derived: dict[str, str]) -> list[str]:
    """A line for each file of that name in the folder that is not what was derived."""
    found = []
    for name, text in derived.items():
        path = folder / name
        if not path.exists():
            found.append(f"{path}: missing")
            continue
        stored = path.read_text(encoding="utf-8")
        differs = _csv_differs if path.suffix == ".csv" else str.__ne__
        if differs(stored, text):
            found.append(f"{path}: {_first_difference(stored, text)}")
    return found


def differences(run: Run, folder: Path) -> list[str]:
    """What in a report's folder is not what the run's samples give; empty: all of it is."""
    found = files_differences(folder / "tables", table_files(run))
    path = folder / NUMBERS
    stored = path.read_text(encoding="utf-8") if path.exists() else ""
    found += [f"{path}: {what}" for what in numbers_differences(run, stored)]
    page = folder / "report.html"
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    shown = text.partition(f'<section id="{escape(run.name)}">')[2].partition("</section>")[0]
    derived = document(run)
    parts = {
        f"the table '{table.title}'": html
        for table, html in zip(derived.tables, html_tables(derived))
    }
    parts["what it says above its tables"] = html_head(derived)
    for name, html in parts.items():
        if html not in shown:
            found.append(f"{page}: {name} of {run.name} is not what the samples give")
    return found
