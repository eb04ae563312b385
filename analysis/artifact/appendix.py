"""appendix.py -- an artifact's appendix: each claim with its command, time and what is expected.

Made from experiments/claims.yaml and the stored runs, as Markdown of all claims and, for a column
of a paper, as LaTeX: \\slabappendix is a list of the main ones. It needs no package.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from pathlib import Path

from ..claims.claims import CANNOT_TELL
from ..comparison.numbers import latex_number
from ..document.document import Row, Table
from ..document.formats import markdown_table
from .expectation import Expectation
from .reproduce import expectations, time_of, time_text

NAME = "ARTIFACT"
COMMAND = "build/slablab reproduce"
INTRODUCTION = """# What is here, and how to measure it again

Sources, stored runs (`results/reference/`), their tables and figures (`report/`) and a description
of every file (`ro-crate-metadata.json`, Process Run Crate).{origin}

Needed: Linux on x86-64, and the packages that `run_all.sh` lists (on Debian 12 it installs them,
which is all that takes a network). Then, offline:

    make
    build/slablab reproduce --main     # {time}: the main claims
    build/slablab reproduce --list     # all of them, with their times
    build/slablab claims --against results/reference/claims   # the stored verdicts
    build/slablab verify RUN... --against report              # the stored report

Leave the machine alone meanwhile. Exit status: 0 reproduced, 1 not, 3 undecided.
A claim is reproduced where the interval measured now lies within what is expected; not, where it
lies apart from that; else it is undecided. Of a comparison of speeds, the stored runs' interval for
one machine more is expected ([docs/method/elsewhere.md](docs/method/elsewhere.md)); of a share or a
count, that the claim's rule decides as it did ([docs/method/claims.md](docs/method/claims.md)).
Times are of blocks, at the pace of the stored run.
"""


def _rows(found: list[Expectation], path: Path) -> list[Row]:
    rows = []
    for one in found:
        mark = "Main: " if one.claim.main else ""
        command = f"{COMMAND} --claim {one.claim.id}"
        time = time_text(time_of(one, path))
        rows.append(Row("group", [f"{mark}{one.claim.claim} {verdict_sentence(one.verdict)}"]))
        for expected in one.cells:
            cells = [expected.cell, command, time, expected.stored_text, expected.text]
            rows.append(Row("value", cells))
            command = time = ""
    return rows


def verdict_sentence(verdict: str) -> str:
    """What stored runs say of the source's claim, which is another thing than its figure here."""
    return "Cannot tell." if verdict == CANNOT_TELL else f"It {verdict}."


def appendix_markdown(path: Path, origin: str) -> str:
    """All claims. origin: of which sources it is made."""
    found = expectations(path)
    main = sum(time_of(one, path) for one in found if one.claim.main)
    head = INTRODUCTION.format(origin=origin, time=time_text(main))
    columns = ["cell", "command", "time", "stored", "reproduced if"]
    ordered = sorted(found, key=lambda one: not one.claim.main)
    table = Table("Claims", columns, _rows(ordered, path), texts=2)
    return f"{head}\n## The claims\n\n{markdown_table(table)}\n"


def _item(one: Expectation, path: Path) -> str:
    """A claim of the list, with the cell that is first and how many more there are."""
    text = latex_number
    lines = [
        rf"  \item[] {text(one.claim.claim)}",
        rf"    \\\texttt{{reproduce --claim}}\\\texttt{{{text(one.claim.id)}}}"
        rf" ({text(time_text(time_of(one, path)))})",
    ]
    for expected in one.cells:
        stored = expected.stored_text
        lines.append(rf"    \\{text(expected.cell)}: {text(stored)}; {text(expected.text)}")
    return "\n".join(lines)


def appendix_latex(path: Path) -> str:
    """\\slabappendix: the main claims."""
    main = [one for one in expectations(path) if one.claim.main]
    items = "\n".join(_item(one, path) for one in main)
    time = latex_number(time_text(sum(time_of(one, path) for one in main)))
    return (
        "% appendix.tex -- the main claims of the artifact, as slablab appendix wrote "
        "it.\n"
        rf"\newcommand{{\slabappendixtime}}{{{time}}}" + "\n"
        r"\newcommand{\slabappendix}{%" + "\n"
        r"  \begin{list}{}{\leftmargin=0pt\itemindent=0pt\labelwidth=0pt\labelsep=0pt}"
        r"\raggedright\small" + f"\n{items}\n" + r"  \end{list}}" + "\n"
    )


def write_appendix(path: Path, out: Path, origin: str = "") -> Path:
    """ARTIFACT.md and appendix.tex in a folder; returns the first."""
    out.mkdir(parents=True, exist_ok=True)
    page = out / f"{NAME}.md"
    page.write_text(appendix_markdown(path, origin), encoding="utf-8")
    (out / "appendix.tex").write_text(appendix_latex(path), encoding="utf-8")
    return page
