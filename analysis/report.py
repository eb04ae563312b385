"""report.py -- a report's folder, made from samples and checked against them.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .blocks import cpus
from .drawing import ONE_COLUMN, TWO_COLUMNS, Drawing, Width, drawn, provenance
from .numbers import FILE as NUMBERS
from .numbers import HEAD, numbers_differences, section_text
from .sections import Section
from .web_page import Picture, html_head, html_tables, page_of, section

VERSIONS = "versions.txt"
LIBRARIES = ("numpy", "scipy", "pandas", "matplotlib", "fonttools", "pillow", "jinja2")
# Processors differ in the last bits of an exponential, and so may the last of a number's nine
# digits; more is another table.
CSV_TOLERANCE_RATIO = 2e-8


def _figure_file(one: Section, name: str, ending: str, kind: str) -> str:
    return f"{one.subject.name}-{name}{ending}.{kind}"


def _files_of(one: Section, name: str, width: Width, drawing: Drawing) -> dict[str, bytes]:
    """File name in figures/ to what it holds."""
    return {
        _figure_file(one, name, width.ending, kind): content
        for kind, content in drawing.files.items()
    }


def figure_files(one: Section, width: Width) -> dict[str, bytes]:
    """All of a run's figures at one width."""
    found: dict[str, bytes] = {}
    for name, module in one.figures().items():
        found |= _files_of(one, name, width, drawn(module, one.subject, width))
    return found


def _section(one: Section, out: Path) -> dict[str, Any]:
    """Writes one run's tables and figures; returns what the page shows of it."""
    for name, text in one.tables().items():
        (out / "tables" / name).write_text(text, encoding="utf-8")
    shown = []
    for name, module in one.figures().items():
        pictures = {width: drawn(module, one.subject, width) for width in (TWO_COLUMNS, ONE_COLUMN)}
        for width, drawing in pictures.items():
            for file, content in _files_of(one, name, width, drawing).items():
                (out / "figures" / file).write_bytes(content)
        inline = (drawing.inline for drawing in pictures.values())
        shown.append(Picture(module.QUESTION, module.caption(one.subject), *inline))
    return section(one.subject.name, one.document(), shown)


def _prefix(one: Section, sections: list[Section]) -> str:
    """A run's keys begin with its experiment's name, where that is its own."""
    experiments = [other.subject.plan["experiment"] for other in sections]
    own = one.subject.plan["experiment"]
    return own if experiments.count(own) == 1 else one.subject.name


def numbers_file(sections: list[Section]) -> str:
    """numbers.tex of a report."""
    found = [HEAD]
    for one in sections:
        prefix = _prefix(one, sections)
        found.append(section_text(one.subject.name, prefix, one.numbers(prefix)))
    return "".join(found)


def versions() -> str:
    """What a report's bytes depend on besides its runs: a line for each library."""
    return "".join(f"{name} {version(name)}\n" for name in LIBRARIES)


def write_report(sections: list[Section], out: Path) -> Path:
    """Makes the folder and everything in it; returns the page's path."""
    for folder in (out / "tables", out / "figures"):
        folder.mkdir(parents=True, exist_ok=True)
    page = out / "report.html"
    made = partial(_section, out=out)
    if len(sections) > 1 and cpus() > 1:
        with ProcessPoolExecutor(max_workers=min(cpus(), len(sections))) as pool:
            shown = list(pool.map(made, sections))
    else:
        shown = list(map(made, sections))
    page.write_text(page_of(shown), encoding="utf-8")
    (out / NUMBERS).write_text(numbers_file(sections), encoding="utf-8")
    (out / VERSIONS).write_text(versions(), encoding="utf-8")
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


def files_differences(folder: Path, derived: Mapping[str, str]) -> list[str]:
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


def _figures_differences(one: Section, folder: Path) -> list[str]:
    """Files say of which plan, run and data they are; other data, or another plan, is another
    picture."""
    found = []
    for name, module in one.figures().items():
        for width in (TWO_COLUMNS, ONE_COLUMN):
            said = provenance(module, one.subject, width)
            for kind in width.kinds:
                path = folder / _figure_file(one, name, width.ending, kind)
                if not path.exists():
                    found.append(f"{path}: missing")
                elif said.encode() not in path.read_bytes():
                    found.append(f"{path}: is not of what the samples give, '{said}'")
    return found


def differences(one: Section, folder: Path) -> list[str]:
    """What in a report's folder is not what the run's samples give; empty: all of it is."""
    run = one.subject
    found = files_differences(folder / "tables", one.tables())
    path = folder / NUMBERS
    stored = path.read_text(encoding="utf-8") if path.exists() else ""
    found += [f"{path}: {what}" for what in numbers_differences(run, stored, one.numbers)]
    page = folder / "report.html"
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    shown = text.partition(f'<section id="{escape(run.name)}">')[2].partition("</section>")[0]
    derived = one.document()
    parts = {
        f"the table '{table.title}'": html
        for table, html in zip(derived.tables, html_tables(derived))
    }
    parts["what it says above its tables"] = html_head(derived)
    for name, html in parts.items():
        if html not in shown:
            found.append(f"{page}: {name} of {run.name} is not what the samples give")
    return found + _figures_differences(one, folder / "figures")
