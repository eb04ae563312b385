"""report.py -- a report's folder, made from samples and checked against them.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import csv
import io
import math
from html import escape
from pathlib import Path
from typing import Any

import jinja2

from .drawing import drawn, embeddable
from .figures import figures_for
from .formats import FORMATS
from .numbers import FILE as NUMBERS
from .numbers import numbers_differences, numbers_file
from .page import Document, Row, Table
from .records import Run
from .tables import document

PAGE, HEAD = "report.html.jinja", "report_head.html.jinja"
STORED = ("markdown", "csv", "latex")
# Exponentials differ in their last bits between processors; more is another table.
CSV_TOLERANCE_RATIO = 1e-9


def _html_row(row: Row, table: Table) -> str:
    if row.kind == "group":
        return (
            f'<tr class="group"><th colspan="{len(table.columns)}">{escape(row.cells[0])}</th></tr>'
        )
    cells = []
    for index, cell in enumerate(row.cells):
        kinds = ["text"] if index < table.texts else []
        kinds += ["better"] if cell == "better" or cell.endswith("▲") else []
        kinds += ["worse"] if cell == "worse" or cell.endswith("▼") else []
        mark = f' class="{" ".join(kinds)}"' if kinds else ""
        cells.append(f"<td{mark}>{escape(cell.strip())}</td>")
    return f'<tr class="{row.kind}">{"".join(cells)}</tr>'


def html_table(table: Table, void: bool) -> str:
    heads = "".join(
        f'<th class="{"text" if index < table.texts else "figure"}">{escape(name)}</th>'
        for index, name in enumerate(table.columns)
    )
    rows = "\n".join(_html_row(row, table) for row in table.rows)
    title = escape(table.title) + (" – VOID" if void else "")
    return (
        f'<h3>{title}</h3>\n<div class="scroll"><table><thead><tr>{heads}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody></table></div>"
    )


def html_tables(found: Document) -> list[str]:
    return [html_table(table, bool(found.void)) for table in found.tables]


def template(name: str) -> jinja2.Template:
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    return jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True).get_template(name)


def page_of(
    name: str, found: Document, figures: list[dict[str, str]], tables: list[str]
) -> str:
    """A page of one section. figures: {"question": its caption, "svg": the element}."""
    section = {"name": name, "document": found, "figures": figures, "tables": tables}
    return template(PAGE).render(sections=[section])


def table_files(run: Run) -> dict[str, str]:
    """File name in tables/ to its text."""
    return {f"{run.name}.{FORMATS[name][0]}": FORMATS[name][1](run) for name in STORED}


def _section(run: Run, out: Path) -> dict[str, Any]:
    """Writes one run's tables and figures; returns what the page shows of it."""
    for name, text in table_files(run).items():
        (out / "tables" / name).write_text(text, encoding="utf-8")
    shown = []
    for name, module in figures_for(run).items():
        files = drawn(module, run)
        for ending, content in files.items():
            (out / "figures" / f"{run.name}-{name}.{ending}").write_bytes(content)
        shown.append({"question": module.QUESTION, "svg": embeddable(files["svg"])})
    found = document(run)
    return {"name": run.name, "document": found, "figures": shown, "tables": html_tables(found)}


def write_report(runs: list[Run], out: Path) -> Path:
    """Makes the folder and everything in it; returns the page's path."""
    for folder in (out / "tables", out / "figures"):
        folder.mkdir(parents=True, exist_ok=True)
    page = out / "report.html"
    text = template(PAGE).render(sections=[_section(run, out) for run in runs])
    page.write_text(text, encoding="utf-8")
    (out / NUMBERS).write_text(numbers_file(runs), encoding="utf-8")
    return page


def _close(left: str, right: str) -> bool:
    if left == right:
        return True
    try:
        return math.isclose(float(left), float(right), rel_tol=CSV_TOLERANCE_RATIO, abs_tol=1e-12)
    except ValueError:
        return False


def csv_differs(stored: str, derived: str) -> bool:
    left, right = (list(csv.reader(io.StringIO(text))) for text in (stored, derived))
    return len(left) != len(right) or any(
        len(a) != len(b) or not all(map(_close, a, b)) for a, b in zip(left, right)
    )


def first_difference(stored: str, derived: str) -> str:
    left, right = stored.splitlines(), derived.splitlines()
    for number, (a, b) in enumerate(zip(left, right), start=1):
        if a != b:
            return f"line {number}: '{a[:100]}', but the samples give '{b[:100]}'"
    return f"{len(left)} lines, but the samples give {len(right)}"


def differences(run: Run, folder: Path) -> list[str]:
    """What in a report's folder is not what the run's samples give; empty: all of it is."""
    found = []
    for name, derived in table_files(run).items():
        path = folder / "tables" / name
        if not path.exists():
            found.append(f"{path}: missing")
            continue
        stored = path.read_text(encoding="utf-8")
        differs = csv_differs if path.suffix == ".csv" else str.__ne__
        if differs(stored, derived):
            found.append(f"{path}: {first_difference(stored, derived)}")
    path = folder / NUMBERS
    stored = path.read_text(encoding="utf-8") if path.exists() else ""
    found += [f"{path}: {what}" for what in numbers_differences(run, stored)]
    page = folder / "report.html"
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    section = text.partition(f'<section id="{escape(run.name)}">')[2].partition("</section>")[0]
    derived = document(run)
    parts = {
        f"the table '{table.title}'": html
        for table, html in zip(derived.tables, html_tables(derived))
    }
    parts["what it says above its tables"] = template(HEAD).render(document=derived)
    for name, html in parts.items():
        if html not in section:
            found.append(f"{page}: {name} of {run.name} is not what the samples give")
    return found
