"""report.py -- a report's folder, made from samples and checked against them.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Collection, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from html import escape
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

from ..comparison.numbers import FILE as NUMBERS
from ..comparison.numbers import HEAD, numbers_differences, section_text
from ..document.latex import escape_latex
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
from ..drawing.drawing import Width, drawn, page_count, provenance, widths
from ..records.lines import cpus
from ..records.style import style_text
from .sections import Section

PAGE, VERSIONS = "report.html", "versions.txt"
SECTION_NAME = re.compile(r'<section id="([^"]+)">')
LIBRARIES = ("numpy", "scipy", "pandas", "matplotlib", "fonttools", "pillow", "jinja2")
STYLE = "style.yaml"


@dataclass(frozen=True)
class Page:
    """One of the figures that a module takes at a width: most take one."""

    name: str
    width: Width
    number: int

    def stem(self, one: Section) -> str:
        """ "phase17-effects-column"; the second page is "phase17-effects-2-column"."""
        number = f"-{self.number + 1}" if self.number else ""
        return f"{one.subject.name}-{self.name}{number}{self.width.ending}"


def _pages(one: Section, name: str, module: ModuleType) -> list[Page]:
    """Those of the wide figure, then those of the one in a column."""
    return [
        Page(name, width, number)
        for width in widths(one.subject.style)
        for number in range(page_count(module, one.subject, width))
    ]


def _captions(one: Section) -> dict[str, str]:
    """File name to what stands in it: every figure's caption, as text and for LaTeX."""
    found = {}
    for name, module in one.figures().items():
        text = module.caption(one.subject)
        found[f"{one.subject.name}-{name}.txt"] = f"{text}\n"
        found[f"{one.subject.name}-{name}.tex"] = f"{escape_latex(text)}%\n"
    return found


def _picture(one: Section, name: str, out: Path) -> Picture:
    """Writes a figure's files; returns what the page shows of it."""
    module, inline = one.figures()[name], {}
    for page in _pages(one, name, module):
        drawing = drawn(module, one.subject, page.width, page.number)
        for kind, content in drawing.files.items():
            (out / "figures" / f"{page.stem(one)}.{kind}").write_bytes(content)
        inline.setdefault(page.width.ending, []).append(drawing.inline)
    svgs = ("\n".join(pictures) for pictures in inline.values())
    return Picture(module.QUESTION, module.caption(one.subject), *svgs)


_drawn_from: list[Section] = []  # of processes that begin as copies of this one


def _picture_of(task: tuple[int, str], out: Path) -> Picture:
    return _picture(_drawn_from[task[0]], task[1], out)


def _pictures(sections: list[Section], out: Path) -> list[list[Picture]]:
    """Every section's figures, drawn on all CPUs."""
    tasks = [(at, name) for at, one in enumerate(sections) for name in one.figures()]
    _drawn_from[:] = sections
    made = partial(_picture_of, out=out)
    workers = min(cpus(), len(tasks))
    if workers > 1:
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(workers, context) as pool:
            pictures = list(pool.map(made, tasks))
    else:
        pictures = list(map(made, tasks))
    _drawn_from.clear()
    found: list[list[Picture]] = [[] for _ in sections]
    for (at, _), picture in zip(tasks, pictures):
        found[at].append(picture)
    return found


def _write_texts(one: Section, out: Path) -> None:
    """One run's tables, and its figures' captions."""
    for name, text in one.tables().items():
        (out / "tables" / name).write_text(text, encoding="utf-8")
    for name, text in _captions(one).items():
        (out / "figures" / name).write_text(text, encoding="utf-8")


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
    named = re.compile(re.escape(one.subject.name) + r"(-[a-z_]+(-[0-9]+)?)*\.\w+")
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
    for one in sections:  # what is computed for the texts is there when the pictures are drawn
        _write_texts(one, out)
    pictures = _pictures(sections, out)
    shown = [section(o.subject.name, o.document(), found) for o, found in zip(sections, pictures)]
    headlines = {_prefix(one, sections): one.headline() for one in sections}
    page = out / PAGE
    page.write_text(page_of(shown, headlines), encoding="utf-8")
    (out / NUMBERS).write_text(numbers_file(sections), encoding="utf-8")
    (out / VERSIONS).write_text(versions(), encoding="utf-8")
    (out / STYLE).write_text(style_text(sections[0].subject.style), encoding="utf-8")
    return page


def _origins(one: Section) -> dict[Page, str]:
    """The provenance that each figure at each width must state."""
    return {
        page: provenance(module, one.subject, page.width, page.number)
        for name, module in one.figures().items()
        for page in _pages(one, name, module)
    }


def _figures_differences(one: Section, folder: Path, origins: Mapping[Page, str]) -> list[str]:
    """Files name their plan and data; if either differs, it is another picture."""
    found = []
    for page, said in origins.items():
        for kind in page.width.kinds:
            path = folder / f"{page.stem(one)}.{kind}"
            if not path.exists():
                found.append(f"{path}: missing")
            elif said.encode() not in path.read_bytes():
                found.append(f"{path}: is not of what the samples give, '{said}'")
    return found


def _page_differences(
    one: Section, text: str, origins: Mapping[Page, str]
) -> list[str]:
    """In the run's section of the page and in its answer, all but how pictures are drawn."""
    pictures = [
        Picture(
            module.QUESTION,
            module.caption(one.subject),
            *(
                "\n".join(
                    of_picture(said)
                    for page, said in origins.items()
                    if (page.name, page.width) == (name, width)
                )
                for width in widths(one.subject.style)
            ),
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


def _left_over(
    one: Section, folder: Path, page: str, expected: Collection[str]
) -> list[str]:
    """Files of the run that this analysis does not make; a file of another run with a longer name
    belongs to that run."""
    others = [name for name in SECTION_NAME.findall(page) if name != one.subject.name]
    longer = tuple(name for name in others if name.startswith(one.subject.name))
    return [
        f"{path}: nothing that this analysis makes of the run"
        for path in _of_run(one, folder)
        if path.name not in expected and not path.name.startswith(longer)
    ]


def differences(one: Section, folder: Path) -> list[str]:
    """The differences between a report's folder and what the run's samples give; empty: none."""
    tables, captions = one.tables(), _captions(one)
    found = files_differences(folder / "tables", tables)
    found += files_differences(folder / "figures", captions)
    path = folder / NUMBERS
    stored = path.read_text(encoding="utf-8") if path.exists() else ""
    found += [f"{path}: {what}" for what in numbers_differences(one.subject, stored, one.numbers)]
    origins = _origins(one)
    path = folder / PAGE
    page = path.read_text(encoding="utf-8") if path.exists() else ""
    found += [f"{path}: {what}" for what in _page_differences(one, page, origins)]
    found += _figures_differences(one, folder / "figures", origins)
    drawn_files = {
        f"{one_page.stem(one)}.{kind}" for one_page in origins for kind in one_page.width.kinds
    }
    return found + _left_over(one, folder, page, {*tables, *captions, *drawn_files})
