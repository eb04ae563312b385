"""formats.py -- the same document for a terminal, for Markdown and for CSV.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd

from .rounding import fixed, significant
from .document import NO_BREAK, Document, Row, Table
from .split_tables import NAME_COLUMNS_MIN, split

TERMINAL_COLUMNS = 80
CSV_DIGITS, RATIO_DECIMALS = 9, 8


def _filled(text: str, width: int, **options: Any) -> str:
    """Wrapped to the terminal, but never between a figure and its per cent sign."""
    wrapped = textwrap.fill(
        text.replace(" %", NO_BREAK + "%"),
        width,
        break_long_words=False,
        break_on_hyphens=False,
        **options,
    )
    return wrapped.replace(NO_BREAK, " ")


def _paragraph(label: str, text: str, width: int) -> str:
    """ "Question  Does ..." with a hanging indent."""
    return _filled(
        " ".join(text.split()), width, initial_indent=f"{label:<10}", subsequent_indent=" " * 10
    )


def _bullet(text: str, width: int) -> str:
    return _filled(text, width, initial_indent="  - ", subsequent_indent="    ")


def _header_lines(columns: list[str], widths: list[int], texts: int) -> list[str]:
    wrapped = [
        textwrap.wrap(name, width, break_long_words=False, break_on_hyphens=False) or [""]
        for name, width in zip(columns, widths)
    ]
    height = max(map(len, wrapped))
    padded = [[""] * (height - len(lines)) + lines for lines in wrapped]
    return [
        _aligned([lines[i].replace(NO_BREAK, " ") for lines in padded], widths, texts)
        for i in range(height)
    ]


def _aligned(cells: list[str], widths: list[int], texts: int) -> str:
    return "  ".join(
        f"{cell:<{width}}" if index < texts else f"{cell:>{width}}"
        for index, (cell, width) in enumerate(zip(cells, widths))
    ).rstrip()


def _widths(table: Table, terminal_width: int) -> list[int] | None:
    """Column widths that fit; the first gives way, down to a minimum. None: the table does not
    fit."""
    cells = [row.cells for row in table.rows if row.kind != "group"]
    widths = [
        max([len(row[i]) for row in cells] + [max(map(len, name.split(" ")))])
        for i, name in enumerate(table.columns)
    ]
    if not table.overview:  # so that the figures of all cells stand in the same columns
        widths[0] = max(widths[0], NAME_COLUMNS_MIN)
    room = terminal_width - 2 - sum(widths[1:]) - 2 * (len(widths) - 1)
    if room < min(widths[0], NAME_COLUMNS_MIN):
        return None
    return [min(widths[0], room), *widths[1:]]


def _terminal_table(table: Table, width: int) -> str:
    """Within the width; a table with a column that is too wide is replaced by a note."""
    widths = _widths(table, width)
    if widths is None:
        note = _filled("too wide for a terminal: --format markdown", width, initial_indent="  ")
        return f"{_filled(table.title, width)}\n\n{note}\n"
    lines = [f"  {line}" for line in _header_lines(table.columns, widths, table.texts)]
    lines.append("  " + "-" * (sum(widths) + 2 * (len(widths) - 1)))
    for row in table.rows:
        name, *rest = row.cells
        if row.kind == "group":
            lines += ["", *textwrap.wrap(name, width, subsequent_indent="    ")]
        elif len(name) > widths[0]:
            lines += [
                *textwrap.wrap(name, width, initial_indent="  ", subsequent_indent="    "),
                f"  {_aligned(['', *rest], widths, table.texts)}",
            ]
        else:
            lines.append(f"  {_aligned(row.cells, widths, table.texts)}")
    return "\n".join([_filled(table.title, width), "", *lines]) + "\n"


def terminal_table(table: Table, width: int) -> str:
    """A table alone; one that is too wide is several."""
    narrow = [table] if _widths(table, width) else split(table, width - 2)
    return "\n".join(_terminal_table(one, width) for one in narrow)


def terminal(found: Document, width: int = TERMINAL_COLUMNS) -> str:
    def bullets(lines: list[str]) -> list[str]:
        return [_bullet(line, width) for line in lines]

    parts = [
        found.title,
        "",
        _paragraph("Question", found.question, width),
        _paragraph("Expected", found.expects, width),
    ]
    if found.void:
        parts += [
            "",
            "*" * width,
            "V O I D".center(width).rstrip(),
            "*" * width,
            *bullets(found.void),
        ]
    parts += ["Outcome", *bullets(found.outcome), ""]
    if found.cautions:
        parts += ["Cautions", *bullets(found.cautions), ""]
    for table in found.tables:
        parts.append(terminal_table(table, width))
    parts += [_filled(line, width) for line in found.legend]
    return "\n".join(parts) + "\n"


MARKDOWN_SPECIAL = str.maketrans({letter: f"\\{letter}" for letter in "\\`*_<|"})


def _escape_markdown(text: str) -> str:
    return text.translate(MARKDOWN_SPECIAL)


def _pipe(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _markdown_row(row: Row, columns: int) -> str:
    cells = [_escape_markdown(cell.strip()) for cell in row.cells]
    if row.kind == "group":
        return _pipe([f"**{cells[0]}**", *[""] * (columns - 1)])
    if row.kind == "published":
        return _pipe([f"*{cell}*" if cell else "" for cell in cells])
    return _pipe(cells)


def markdown_table(table: Table) -> str:
    rule = _pipe([":--" if i < table.texts else "--:" for i in range(len(table.columns))])
    lines = [
        _pipe([_escape_markdown(name.replace(NO_BREAK, " ")) for name in table.columns]),
        rule,
        *(_markdown_row(row, len(table.columns)) for row in table.rows),
    ]
    return "\n".join(lines)


def title_and_table(table: Table) -> str:
    return f"## {_escape_markdown(table.title)}\n\n{markdown_table(table)}"


def _list(lines: list[str]) -> str:
    return "\n".join(f"- {_escape_markdown(line)}" for line in lines)


def markdown(found: Document) -> str:
    parts = [
        f"# {_escape_markdown(found.title)}",
        f"**Question.** {_escape_markdown(found.question.strip())}",
        f"**Expected.** {_escape_markdown(found.expects.strip())}",
    ]
    if found.void:
        parts += ["# VOID", _list(found.void)]
    parts += ["**Outcome.**", _list(found.outcome)]
    if found.cautions:
        parts += ["**Cautions.**", _list(found.cautions)]
    for table in found.tables:
        parts.append(title_and_table(table))
    return "\n\n".join([*parts, *map(_escape_markdown, found.legend)]) + "\n"


def _csv_number(value: float, is_ratio: bool) -> str:
    if not np.isfinite(value):
        return "" if np.isnan(value) else f"{value:g}"
    return significant(float(fixed(value, RATIO_DECIMALS)) if is_ratio else value, CSV_DIGITS)


def csv_text(frame: pd.DataFrame) -> str:
    """Nine digits, and of ratios eight decimals: an effect of nearly nothing has little else than
    the last bits, in which processors differ."""
    texts = {
        name: [_csv_number(value, str(name).endswith("_ratio")) for value in frame[name]]
        for name in frame.select_dtypes("float")
    }
    return frame.assign(**texts).to_csv(index=False, lineterminator="\n")
