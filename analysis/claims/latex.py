"""latex.py -- claims for a paper: \\slabclaims, a table, and \\slab{claims.<id>.verdict}.

To be input after a report's numbers.tex, which defines \\slab. A claim's keys are verdict, measured
and published; those of each cell, claims.<id>.<cell>.*, are found low high mde n verdict and by
(here or elsewhere), of a comparison of speeds also elsewhere-low elsewhere-high and machines, and
begin with the run's name where several runs tested it.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from dataclasses import replace

from ..comparison.numbers import definitions, key_of, latex_number
from ..comparison.wording import ABSENT, per_cent
from ..document.latex import words_table
from .claims import Finding, Judged
from .page import measured, summary_table, texts

HEAD = r"""% claims.tex -- what was claimed and what holds, as slablab claims wrote it.
%
% Input it after a report's numbers.tex, which defines \slab. \slabclaims is the table; it needs
% array, booktabs and amssymb. Keys are \slab{claims.<id>.verdict} and more: claims/latex.py.
"""
TITLE = "The claims of the source, and what stored runs say of each."
SHARES = (0.36, 0.14, 0.24, 0.2)  # of the line: claim, published, measured here, verdict


def _finding_numbers(found: Finding, prefix: str) -> dict[str, str]:
    point, interval, mde = texts(found)
    low, high = ABSENT, ABSENT
    if interval != ABSENT:
        unit = " %" if point.endswith(" %") else " M" if point.endswith(" M") else ""
        low, high = (text + unit for text in interval.strip("[]").split(", "))
    fields = {"found": point, "low": low, "high": high, "mde": mde}
    fields |= {"n": str(found.n), "verdict": found.verdict, "by": found.by}
    if found.elsewhere is not None:
        ends = {"elsewhere-low": found.elsewhere.low, "elsewhere-high": found.elsewhere.high}
        fields |= {name: per_cent(end) for name, end in ends.items()}
        fields["machines"] = str(found.machines)
    return {f"{prefix}.{name}": latex_number(text) for name, text in fields.items()}


def _claim_numbers(judged: Judged) -> dict[str, str]:
    """Every key of one claim with its text."""
    stem = f"claims.{judged.claim.id}"
    found = {
        f"{stem}.verdict": latex_number(judged.verdict),
        f"{stem}.measured": latex_number(measured(judged)),
        f"{stem}.published": latex_number(judged.claim.published),
    }
    several = len({one.run for one in judged.findings}) > 1
    for one in judged.findings:
        run = f".{key_of(one.run)}" if several else ""
        found |= _finding_numbers(one, f"{stem}{run}.{key_of(one.cell)}")
    return found


def _table(judged: list[Judged]) -> str:
    """The floats of document/latex.py: longtable is refused in two columns."""
    table = replace(summary_table(judged), title=TITLE)
    lines = words_table(table, SHARES)
    return "\n".join([r"\newcommand{\slabclaims}{%", *(line or "%" for line in lines)]) + "}\n"


def claims_latex(judged: list[Judged]) -> str:
    found = {key: text for one in judged for key, text in _claim_numbers(one).items()}
    return HEAD + definitions(found) + _table(judged)
