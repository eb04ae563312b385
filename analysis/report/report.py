"""report.py -- a report's folder, made from samples and checked against them.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ..comparison.numbers import FILE as NUMBERS
from ..comparison.numbers import HEAD, numbers_differences, section_text
from ..document.stored import files_differences, text_difference
from ..document.web_page import (
    Headline,
    Picture,
    headline_html,
    of_picture,
    page_of,
    section,
    section_html,
    without_drawings,
)
from ..drawing.drawing import ONE_COLUMN, TWO_COLUMNS, Width, drawn, provenance
from ..records.lines import cpus
from .sections import Section

PAGE, VERSIONS = "report.html", "versions.txt"
SECTION_NAME = re.compile(r'<section id="([^"]+)">')
LIBRARIES = ("numpy", "scipy", "pandas", "matplotlib", "fonttools", "pillow", "jinja2")
WIDTHS = (TWO_COLUMNS, ONE_COLUMN)


def _figure_file(one: Section, name: str, ending: str, kind: str) -> str:
    return f"{one.subject.name}-{name}{ending}.{kind}"


def _section(one: Section, out: Path) -> tuple[dict[str, Any], Headline]:
    """Writes one run's tables and figures; returns what the page shows of it, and opens with."""
    for name, text in one.tables().items():
        (out / "tables" / name).write_text(text, encoding="utf-8")
    shown = []
    for name, module in one.figures().items():
        pictures = {width: drawn(module, one.subject, width) for width in WIDTHS}
        for width, drawing in pictures.items():
            for kind, content in drawing.files.items():
                file = _figure_file(one, name, width.ending, kind)
                (out / "figures" / file).write_bytes(content)
        inline = (drawing.inline for drawing in pictures.values())
        shown.append(Picture(module.QUESTION, module.caption(one.subject), *inline))
    return section(one.subject.name, one.document(), shown), one.headline()


def _prefix(one: Section, sections: list[Section]) -> str:
    """A run's keys begin with its experiment's name, where that is its own; contents call it so."""
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


def _of_run(one: Section, folder: Path) -> list[Path]:
    """The existing tables and figures of a run, including those of an older analysis."""
    named = re.compile(re.escape(one.subject.name) + r"(-[a-z_]+)*\.\w+")
    return [
        path
        for kind in ("tables", "figures")
        for path in sorted((folder / kind).glob("*"))
        if named.fullmatch(path.name)
    ]


def versions() -> str:
    """What a report's bytes depend on besides its runs: a line for each library."""
    return "".join(f"{name} {version(name)}\n" for name in LIBRARIES)


def write_report(sections: list[Section], out: Path) -> Path:
    """Makes the folder and everything in it; returns the page's path. Files of these runs that an
    older analysis left in tables/ and figures/ are removed."""
    for folder in (out / "tables", out / "figures"):
        folder.mkdir(parents=True, exist_ok=True)
    for one in sections:
        for path in _of_run(one, out):
            path.unlink()
    page = out / PAGE
    made = partial(_section, out=out)
    if len(sections) > 1 and cpus() > 1:
        with ProcessPoolExecutor(max_workers=min(cpus(), len(sections))) as pool:
            shown = list(pool.map(made, sections))
    else:
        shown = list(map(made, sections))
    headlines = {_prefix(one, sections): told for one, (_, told) in zip(sections, shown)}
    page.write_text(page_of([made for made, _ in shown], headlines), encoding="utf-8")
    (out / NUMBERS).write_text(numbers_file(sections), encoding="utf-8")
    (out / VERSIONS).write_text(versions(), encoding="utf-8")
    return page


def _origins(one: Section) -> dict[tuple[str, Width], str]:
    """The provenance that each figure at each width must state."""
    return {
        (name, width): provenance(module, one.subject, width)
        for name, module in one.figures().items()
        for width in WIDTHS
    }


def _figures_differences(
    one: Section, folder: Path, origins: Mapping[tuple[str, Width], str]
) -> list[str]:
    """Files name their plan and data; if either differs, it is another picture."""
    found = []
    for (name, width), said in origins.items():
        for kind in width.kinds:
            path = folder / _figure_file(one, name, width.ending, kind)
            if not path.exists():
                found.append(f"{path}: missing")
            elif said.encode() not in path.read_bytes():
                found.append(f"{path}: is not of what the samples give, '{said}'")
    return found


def _page_differences(
    one: Section, text: str, origins: Mapping[tuple[str, Width], str]
) -> list[str]:
    """In the run's section of the page and in its answer, all but how pictures are drawn."""
    pictures = [
        Picture(
            module.QUESTION,
            module.caption(one.subject),
            *(of_picture(origins[name, width]) for width in WIDTHS),
        )
        for name, module in one.figures().items()
    ]
    derived = section_html(section(one.subject.name, one.document(), pictures))
    name = escape(one.subject.name)
    for begin, end, html in (
        (f'<section id="{name}">', "</section>", derived),
        (f'<li class="answer" data-run="{name}">', "</li>", headline_html(one.headline())),
    ):
        stored, given = (
            without_drawings(page).partition(begin)[2].partition(end)[0] for page in (text, html)
        )
        what = text_difference(stored, given)
        if what:
            return [f"in {one.subject.name}, {what}"]
    return []


def _left_over(one: Section, folder: Path, page: str, tables: Mapping[str, str]) -> list[str]:
    """Files of the run that this analysis does not make; a file of another run with a longer name
    belongs to that run."""
    others = [name for name in SECTION_NAME.findall(page) if name != one.subject.name]
    longer = tuple(name for name in others if name.startswith(one.subject.name))
    expected = set(tables)
    for name in one.figures():
        for width in WIDTHS:
            expected |= {_figure_file(one, name, width.ending, kind) for kind in width.kinds}
    return [
        f"{path}: nothing that this analysis makes of the run"
        for path in _of_run(one, folder)
        if path.name not in expected and not path.name.startswith(longer)
    ]


def differences(one: Section, folder: Path) -> list[str]:
    """The differences between a report's folder and what the run's samples give; empty: none."""
    tables = one.tables()
    found = files_differences(folder / "tables", tables)
    path = folder / NUMBERS
    stored = path.read_text(encoding="utf-8") if path.exists() else ""
    found += [f"{path}: {what}" for what in numbers_differences(one.subject, stored, one.numbers)]
    origins = _origins(one)
    path = folder / PAGE
    page = path.read_text(encoding="utf-8") if path.exists() else ""
    found += [f"{path}: {what}" for what in _page_differences(one, page, origins)]
    found += _figures_differences(one, folder / "figures", origins)
    return found + _left_over(one, folder, page, tables)
