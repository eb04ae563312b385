"""components_table.py -- the components of every comparison as a table, and the command.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ..document.document import Document, Row, Table
from ..document.formats import TERMINAL_COLUMNS, csv_text, markdown, terminal
from ..document.rounding import fixed
from ..records.machines import prior
from ..records.records import Run, load
from ..statistics.components import OneLink
from .components import OVER_LINKS, Decomposition, Factor, decompositions
from .wording import (
    ABSENT,
    LAYOUT_BOUND,
    LINKS_LEGEND,
    NO_SPREAD,
    OVER_LINKS_LEGEND,
    per_cent,
)

TITLE = "components: what varies the effects"
FORMATS = ("terminal", "markdown", "csv")


def _one_link_text(found: OneLink) -> str:
    """One link alone may show -0.8 to +1.2 %, marked where the effect is smaller."""
    if found.low >= found.high:
        return f"links: {NO_SPREAD}"
    bounds = f"{per_cent(found.low, 2, '')} to {per_cent(found.high, 2)}"
    return f"one link alone may show {bounds}{f': {LAYOUT_BOUND}' if found.bound else ''}"


def _factor_row(factor: Factor) -> Row:
    if factor.component is None:
        return Row("value", [factor.what, ABSENT, ABSENT, f"too few {factor.of_what}"])
    point, low, high = (fixed(100 * value, 2) for value in factor.component.sd)
    borrowed = ", borrowed" if factor.borrowed else ""
    count = factor.component.levels
    levels = f"{count} {factor.of_what if count > 1 else factor.of_what[:-1]}{borrowed}"
    return Row("value", [factor.what, f"{point} %", f"[{low}, {high}]", levels])


def _rows(found: Decomposition) -> list[Row]:
    head = f"{found.cell}: {found.pair.arm} vs {found.pair.against}: {per_cent(found.effect, 2)}"
    if found.over_links is not None:
        low, high = (per_cent(end, 2, "") for end in found.over_links)
        head += f" [{low}, {high}] over all links"
    if found.one_link is not None:
        head += f"; {_one_link_text(found.one_link)}"
    return [Row("group", [head]), *map(_factor_row, found.factors)]


def components_table(runs: Sequence[Run]) -> Table:
    """A group per comparison in a cell, a row per factor."""
    confidence = f"{100 * (1 - runs[0].plan['alpha']):g} %"
    rows = [row for found in decompositions(runs) for row in _rows(found)]
    return Table(TITLE, ["", "SD", f"{confidence} interval", "from"], rows)


def components_legend(runs: Sequence[Run]) -> list[str]:
    found = [
        "A component is the standard deviation, in logarithms, that one factor alone gives the "
        "ratio of a block: the link of either arm, the process (what is left within a block), the "
        "occasion (another run of the plan on this machine), the machine (tau of the runs that "
        f"are stored, pooled with stored comparisons of {prior().degrees:g} degrees of freedom; "
        "borrowed: they say it, not this one).",
    ]
    linked = any("layouts" in run.plan for run in runs)
    return found + ([LINKS_LEGEND, OVER_LINKS_LEGEND] if linked else [])


def _outcome(runs: Sequence[Run], found: Sequence[Decomposition]) -> list[str]:
    """How many effects are larger than what a link alone may make."""
    linked = [one for one in found if one.one_link is not None]
    if not linked:
        return ["No arm has several links: what a link alone may show is not known of these runs."]
    bound = sum(one.one_link.bound for one in linked)
    return [f"{bound} of {len(linked)} effects {'is' if bound == 1 else 'are'} {LAYOUT_BOUND}."]


def components_document(runs: Sequence[Run]) -> Document:
    plan = runs[0].plan
    names = ", ".join(run.path.resolve().name for run in runs)
    return Document(
        f"{plan['experiment']} ({plan['form']}, {names})",
        plan["question"],
        plan["expects"],
        [],
        _outcome(runs, decompositions(runs)),
        [],
        [components_table(runs)],
        components_legend(runs),
    )


def components_frame(runs: Sequence[Run]) -> pd.DataFrame:
    """A row per factor, raw: standard deviations in logarithms, effects as ratios less 1."""
    rows = []
    for found in decompositions(runs):
        link = found.one_link
        over = found.over_links or (None, None)
        for factor in found.factors:
            component = factor.component
            sd = dict(zip(("sd", "sd_low", "sd_high"), component.sd)) if component else {}
            rows.append(
                {
                    "cell": found.cell,
                    "arm": found.pair.arm,
                    "against": found.pair.against,
                    "effect_ratio": found.effect,
                    **dict(zip(OVER_LINKS, over)),
                    "one_link_low_ratio": link.low if link else None,
                    "one_link_high_ratio": link.high if link else None,
                    "layout_bound": link.bound if link else None,
                    "factor": factor.what,
                    **sd,
                    "levels": component.levels if component else None,
                    "borrowed": factor.borrowed,
                }
            )
    return pd.DataFrame(rows)


def components_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", nargs="+", type=Path, metavar="RUN", help="of one plan and machine")
    parser.add_argument("--format", choices=FORMATS, default="terminal", help="of the output")


def print_components(arguments: argparse.Namespace) -> int:
    runs = [load(folder) for folder in arguments.run]
    if arguments.format == "csv":
        sys.stdout.write(csv_text(components_frame(runs)))
        return 0
    found = components_document(runs)
    sys.stdout.write(
        markdown(found) if arguments.format == "markdown" else terminal(found, TERMINAL_COLUMNS)
    )
    return 0
