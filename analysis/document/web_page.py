"""web_page.py -- a Document as a section of one self-contained HTML page.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import jinja2

from .document import Document, Row, Table
from .fonts import font_faces

PAGE, SECTION = "report.html.jinja", "report_section.html.jinja"
ANSWER = "report_answer.html.jinja"
DRAWN = re.compile(r'<svg [^>]*?(data-of="[^"]*")[^>]*>.*?</svg>', re.DOTALL)
STYLES = re.compile(r"<style>.*?</style>", re.DOTALL)
STYLE = re.compile(r' style="([^"]*)"')
SORTED_ROWS_MIN = 2


@dataclass(frozen=True)
class Picture:
    """wide and narrow are SVG elements; without a narrow one a phone shrinks the wide one."""

    question: str
    caption: str
    wide: str
    narrow: str = ""


@dataclass(frozen=True)
class Headline:
    """A line of the page's opening: the answer to one run's question. name: of its section. facts:
    (rank, effect, what was compared, cell). plot: an SVG element, or nothing."""

    name: str
    question: str
    verdict: str
    facts: list[tuple[str, str, str, str]]
    plot: str


@dataclass(frozen=True)
class Shown:
    html: str
    overview: bool


def _classes(row: Row, table: Table, index: int) -> str:
    cell = row.cells[index]
    names = ["text"] if index < table.texts else []
    names += ["better"] if cell == "better" or cell.endswith("▲") else []
    names += ["worse"] if cell == "worse" or cell.endswith("▼") else []
    return f' class="{" ".join(names)}"' if names else ""


def _notes(row: Row) -> list[str]:
    """Those of its figures, one after another."""
    return [note for note, cell in zip(row.notes[1:], row.cells[1:]) if cell.strip()]


def _note(text: str) -> str:
    """report.js gives a row's to each of its figures."""
    return f' data-note="{escape(text)}"' if text else ""


def _whole_name(row: Row) -> str:
    """On hover, of a row whose name was shortened."""
    return f' title="{escape(row.notes[0])}"' if row.notes and row.notes[0] else ""


def _html_row(row: Row, table: Table) -> str:
    if row.kind == "group":
        return (
            f'<tr class="group"><th colspan="{len(table.columns)}" scope="rowgroup">'
            f"{escape(row.cells[0])}</th></tr>"
        )
    name = escape(row.cells[0].strip())
    cells = [f'<th scope="row"{_whole_name(row)}{_classes(row, table, 0)}>{name}</th>']
    notes = _notes(row)
    shared = _note(notes[0]) if len(set(notes)) == 1 else ""
    for index, cell in enumerate(row.cells[1:], start=1):
        text = escape(cell.strip())
        own = _note(row.notes[index]) if text and row.notes and not shared else ""
        cells.append(f"<td{_classes(row, table, index)}{own}>{text}</td>")
    return f'<tr class="{row.kind}"{shared}>{"".join(cells)}</tr>'


def _head(table: Table, index: int) -> str:
    kind = "text" if index < table.texts else "figure"
    name = " ".join(f"<span>{escape(word)}</span>" for word in table.columns[index].split(" "))
    if sum(row.kind == "value" for row in table.rows) < SORTED_ROWS_MIN:
        return f'<th scope="col" class="{kind}">{name}</th>'
    button = f'<button type="button">{name}</button>'
    return f'<th scope="col" class="{kind}" aria-sort="none">{button}</th>'


def _html_table(table: Table, void: bool) -> str:
    heads = "".join(_head(table, index) for index in range(len(table.columns)))
    rows = "\n".join(_html_row(row, table) for row in table.rows)
    title = escape(table.title) + (" – VOID" if void else "")
    return (
        f'<h3>{title}</h3>\n<div class="scroll"><table><thead><tr>{heads}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody></table></div>"
    )


def _html_tables(found: Document) -> list[str]:
    return [_html_table(table, bool(found.void)) for table in found.tables]


def headline_html(found: Headline) -> str:
    return _template(ANSWER).render(answer=found)


def section_html(section: dict[str, Any]) -> str:
    return _template(SECTION).render(section=section)


def of_picture(origin: str) -> str:
    """Stands for a picture of that provenance in comparisons that ignore how it is drawn."""
    return f'<svg data-of="{origin}"></svg>'


def without_drawings(html: str) -> str:
    """The same with of_picture for each picture."""
    return DRAWN.sub(r"<svg \1></svg>", html)


def words_of_page(html: str) -> str:
    """A page without pictures and styles: what no library for drawing has a part in."""
    return STYLES.sub("", without_drawings(html))


def _template(name: str) -> jinja2.Template:
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    return jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True).get_template(name)


def section(name: str, found: Document, pictures: list[Picture]) -> dict[str, Any]:
    shown = [
        Shown(html, table.overview) for html, table in zip(_html_tables(found), found.tables)
    ]
    return {"name": name, "document": found, "figures": pictures, "tables": shown}


def _shared_styles(sections: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], str]:
    """The sections with a class for each style of their pictures, and what these classes are: the
    same few styles are a fifth of a page otherwise."""
    classes: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        return f' class="{classes.setdefault(found[1], f"p{len(classes)}")}"'

    def classed(picture: Picture) -> Picture:
        wide, narrow = (STYLE.sub(named, svg) for svg in (picture.wide, picture.narrow))
        return Picture(picture.question, picture.caption, wide, narrow)

    found = [{**one, "figures": list(map(classed, one["figures"]))} for one in sections]
    return found, "\n".join(f".{name} {{ {style} }}" for style, name in classes.items())


def page_of(sections: list[dict[str, Any]], headlines: Mapping[str, Headline] | None = None) -> str:
    """The self-contained page, with the fonts of its pictures. headlines: what it opens
    with, by the name that its contents list gives each; several have such a list."""
    letters = "".join(
        picture.wide + picture.narrow for one in sections for picture in one["figures"]
    )
    shown, styles = _shared_styles(sections)
    fonts = font_faces(letters) if letters else ""
    opening = {name: (one, headline_html(one)) for name, one in (headlines or {}).items()}
    return _template(PAGE).render(sections=shown, opening=opening, fonts=fonts, styles=styles)
