"""latex.py -- tables for a paper of one column or of two: floats of bounded size, aligned figures.

A table that is wider than a column is a table*, one that is wider than a page several, and one that
is higher than a page several, too; longtable is refused in two columns. A column of figures is one
of siunitx, with its unit in the heading, and with a column of its own for the verdicts' marks.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from .document import NO_BREAK, Document, Row, Table
from .split_tables import split

PACKAGES = "array,booktabs,siunitx,amssymb"
ROWS_MOST = 42  # of a float, in \footnotesize: 6 inches
ONE_COLUMN_LETTERS, TWO_COLUMNS_LETTERS = 54, 112  # of a line, in \footnotesize
NAME_LETTERS_MOST = 40  # of a column of words; longer ones are broken
HEAD_LETTERS = 7  # of a line of a heading, at least
NUMBER = re.compile(r"([+-]?)(\d[\d,]*)(?:\.(\d+))?( %)?(?: ([▲▼△▽=?≷…]))?")
LATEX_SPECIAL = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "±": r"$\pm$",
    "–": "--",
    "…": r"\ldots{}",
    "▲": r"$\blacktriangle$",
    "▼": r"$\blacktriangledown$",
    "△": r"$\vartriangle$",
    "▽": r"$\triangledown$",
    "\u00a0": "~",
    "<": r"$<$",
    ">": r"$>$",
}


def escape_latex(text: str) -> str:
    return "".join(LATEX_SPECIAL.get(letter, letter) for letter in text)


def _text(text: str) -> str:
    """A signed figure gets a real minus; a cell that opens with [ is braced, or \\\\ would take it
    for a length. operator-- has no dash."""
    escaped = "-{}-".join(map(escape_latex, text.strip().split("--")))
    escaped = re.sub(r"(?<![\w.])([+-])(?=\d)", r"$\1$", escaped)
    return f"{{{escaped}}}" if text.startswith("[") else escaped


@dataclass(frozen=True)
class _Column:
    """kind: "words", "text" (figures that do not align) or "figures". before, after: digits before
    and behind the point. share: of the line, 0 where the column is as wide as its words."""

    kind: str
    signed: bool = False
    before: int = 0
    after: int = 0
    percent: bool = False
    marked: bool = False
    letters: int = 0
    share: float = 0.0

    @property
    def layout(self) -> str:
        if self.share:
            return rf">{{\raggedright\arraybackslash}}p{{{self.share}\linewidth}}"
        if self.kind == "words":
            wide = self.letters > NAME_LETTERS_MOST
            return r">{\raggedright\arraybackslash}p{16em}" if wide else "l"
        if self.kind == "text":
            return "r"
        sign = "+" if self.signed else ""
        plus = ",retain-explicit-plus" if self.signed else ""
        found = f"S[table-format={sign}{self.before}.{self.after}{plus}]"
        return found + r"@{\,}l" if self.marked else found

    @property
    def width(self) -> int:
        """How many of LaTeX's columns it takes."""
        return 2 if self.marked else 1


def _column(table: Table, index: int) -> _Column:
    """As its values need; what was published stands in it as text."""
    texts = [row.cells[index].strip() for row in table.rows if row.kind != "group"]
    letters = max(map(len, [*texts, *table.columns[index].replace(NO_BREAK, " ").split(" ")]))
    if index < table.texts:
        return _Column("words", letters=letters)
    values = [row.cells[index].strip() for row in table.rows if row.kind == "value"]
    found = [NUMBER.fullmatch(text) for text in values if text not in ("", "–")]
    units = {match[4] for match in found if match is not None}
    if not found or None in found or len(units) > 1:
        return _Column("text", letters=letters)
    matches = [match for match in found if match is not None]
    return _Column(
        "figures",
        signed=any(match[1] for match in matches),
        before=max(len(match[2].replace(",", "")) for match in matches),
        after=max(len(match[3] or "") for match in matches),
        percent=units == {" %"},
        marked=any(match[5] for match in matches),
        letters=letters,
    )


def _cell(text: str, column: _Column) -> str:
    """One cell of ours as one or two of LaTeX's."""
    text = text.strip()
    if column.kind != "figures":
        return _text(text)
    match = NUMBER.fullmatch(text)
    if match is None or bool(match[4]) != column.percent:
        words = f"{{{_text(text).strip('{}')}}}" if text else ""
        return f"{words} &" if column.marked else words
    point = f".{match[3]}" if match[3] else ""
    number = match[1] + match[2].replace(",", "") + point
    return f"{number} & {escape_latex(match[5] or '')}".rstrip() if column.marked else number


def _head(name: str, column: _Column) -> str:
    """On as many lines as keep it no wider than what stands below."""
    words = name.replace(NO_BREAK, " ") + (" (%)" if column.percent else "")
    lines = textwrap.wrap(
        words, max(column.letters, HEAD_LETTERS), break_long_words=False, break_on_hyphens=False
    )
    text = r"\\".join(map(escape_latex, lines))
    if len(lines) > 1:
        text = rf"\shortstack{{{text}}}"
    if column.marked:
        return rf"\multicolumn{{2}}{{c}}{{{text}}}"
    return f"{{{text}}}" if column.kind == "figures" else text


def _row(row: Row, columns: list[_Column]) -> str:
    if row.kind == "group":
        width = sum(column.width for column in columns)
        name = escape_latex(row.cells[0])
        return rf"\addlinespace \multicolumn{{{width}}}{{@{{}}l}}{{\textit{{{name}}}}} \\"
    cells = [_cell(text, column) for text, column in zip(row.cells, columns)]
    if row.kind == "published":
        cells[0] = rf"\quad \textit{{{cells[0]}}}"
    return " & ".join(cells) + r" \\"


def _parts(rows: list[Row], lines_of: Callable[[Row], int]) -> list[list[Row]]:
    """Of at most ROWS_MOST lines; a group's heading stands above its rows, on every part again."""
    found: list[list[Row]] = [[]]
    group: Row | None = None
    ends = {at for at, row in enumerate(rows) if row.kind == "group"} | {len(rows)}
    for at, row in enumerate(rows):
        group = row if row.kind == "group" else group
        height = sum(map(lines_of, found[-1]))
        end = min(end for end in ends if end > at)  # of the group that begins here
        fits = height + sum(map(lines_of, rows[at:end])) <= ROWS_MOST
        full = height + lines_of(row) > ROWS_MOST or (row.kind == "group" and not fits)
        if found[-1] and full and row.kind != "published":
            found.append([group] if group is not None and row is not group else [])
        found[-1].append(row)
    return found


def _float(table: Table, rows: list[Row], columns: list[_Column], title: str) -> list[str]:
    letters = sum(min(column.letters, NAME_LETTERS_MOST) + 2 for column in columns)
    shared = any(column.share for column in columns)
    name = "table" if letters <= ONE_COLUMN_LETTERS and not shared else "table*"
    layout = "".join(column.layout for column in columns)
    heads = " & ".join(map(_head, table.columns, columns))
    return [
        rf"\begin{{{name}}}[tp]",
        r"\centering\footnotesize\setlength{\tabcolsep}{4pt}",
        rf"\caption{{{escape_latex(title)}}}",
        rf"\begin{{tabular}}{{{layout}}}",
        r"\toprule",
        heads + r" \\",
        r"\midrule",
        *(_row(row, columns) for row in rows),
        r"\bottomrule",
        r"\end{tabular}",
        rf"\end{{{name}}}",
    ]


def words_table(table: Table, shares: Sequence[float]) -> list[str]:
    """Lines: floats across the page of columns of words, each a share of the line, in which words
    are broken, but not between a figure and its per cent sign."""
    columns = [_Column("words", share=share) for share in shares]
    rows = [
        Row(row.kind, [text.replace(" %", NO_BREAK + "%") for text in row.cells])
        for row in table.rows
    ]

    def lines_of(row: Row) -> int:
        return max(
            len(textwrap.wrap(text, max(1, int(share * TWO_COLUMNS_LETTERS)))) or 1
            for text, share in zip(row.cells, shares)
        )

    return _floats(replace(table, rows=rows), columns, table.title, lines_of)


def _floats(
    table: Table, columns: list[_Column], name: str, lines_of: Callable[[Row], int]
) -> list[str]:
    found: list[str] = []
    for number, rows in enumerate(_parts(table.rows, lines_of)):
        title = name + (" (continued)" if number else "")
        found += [*([""] if found else []), *_float(table, rows, columns, title)]
    return found


def latex_table(table: Table, void: bool = False) -> list[str]:
    """Lines: one float, or as many as the table needs."""
    found: list[str] = []
    columns = [_column(table, index) for index in range(len(table.columns))]
    letters = sum(min(column.letters, NAME_LETTERS_MOST) + 2 for column in columns)
    narrow = [table] if letters <= TWO_COLUMNS_LETTERS else split(table, TWO_COLUMNS_LETTERS)
    for one in narrow:
        columns = [_column(one, index) for index in range(len(one.columns))]
        title = one.title + (" -- VOID" if void else "")
        found += [*([""] if found else []), *_floats(one, columns, title, lambda row: 1)]
    return found


def latex(found: Document) -> str:
    """Tables to \\input; they need PACKAGES. Question, outcome and cautions stand above as
    comments."""
    said = [
        found.title,
        f"Question: {found.question}",
        f"Expected: {found.expects}",
        *(f"VOID: {reason}" for reason in found.void),
        *(f"Outcome: {line}" for line in found.outcome),
        *(f"Caution: {line}" for line in found.cautions),
        *found.legend,
    ]
    parts = [
        f"% needs \\usepackage{{{PACKAGES}}}",
        *(f"% {' '.join(line.split())}" for line in said if line.strip()),
    ]
    for table in found.tables:
        parts += ["", *latex_table(table, bool(found.void))]
    return "\n".join(parts) + "\n"
