"""chosen_table.py -- one table of the arms, cells, columns and metric that its reader chooses.

With several columns a row is an arm in a cell; with a single one a row is a cell, and a column is
an arm. What is left out is still one of the comparisons that Holm's adjustment counts.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..complaint import Complaint
from ..document.document import Row, Table
from ..records.metrics import Metric
from ..records.records import Run
from ..records.style import nearest
from .deciding import deciding
from .elsewhere_table import one_more_text
from .estimates import timed_metrics
from .judgement import judged, void_reasons
from .tables import long_form
from .wording import ABSENT, band, mde_text, per_cent, relative, value_text, verdict_text

VS = " vs "
KINDS = ("baseline", "arm", "comparison", "control")


@dataclass(frozen=True)
class Choice:
    """Nothing chosen is everything, and of columns those of DEFAULT. cells: words, of which a cell
    has every one of some entry."""

    arms: Sequence[str] = ()
    cells: Sequence[str] = ()
    columns: Sequence[str] = ()
    metric: str | None = None

    def __bool__(self) -> bool:
        return bool(self.arms or self.cells or self.columns or self.metric)


def _published(row: pd.Series, metric: Metric) -> str:
    bounds = [row["effect_published_low_ratio"], row["effect_published_high_ratio"]]
    return band([per_cent(x) for x in bounds]) or ABSENT


def _value(row: pd.Series, metric: Metric) -> str:
    return value_text(row["value"], metric) if row["kind"] != "comparison" else ""


def _elsewhere(row: pd.Series, metric: Metric) -> str:
    return one_more_text(row) if np.isfinite(row["machines"]) else ABSENT


# name -> (whether a baseline has it, its heading, its text)
Column = tuple[bool, Callable[[Run, Metric], str], Callable[[pd.Series, Metric], str]]
COLUMNS: dict[str, Column] = {
    "n": (True, lambda run, metric: "n", lambda row, metric: str(int(row["blocks"]))),
    "value": (True, lambda run, metric: metric.shown_unit, _value),
    "effect": (False, lambda run, metric: "effect", lambda row, metric: relative(row)[0]),
    "interval": (
        False,
        lambda run, metric: f"{100 * (1 - run.plan['alpha']):g} % interval",
        lambda row, metric: relative(row)[1],
    ),
    "mde": (False, lambda run, metric: "MDE", lambda row, metric: mde_text(row)),
    "verdict": (False, lambda run, metric: "verdict", lambda row, m: verdict_text(row["verdict"])),
    "published": (False, lambda run, metric: "published", _published),
    "elsewhere": (False, lambda run, metric: "elsewhere", _elsewhere),
}
DEFAULT = ("value", "effect", "interval", "verdict")


CHOICES = {
    "arms": "arms and comparisons: phase17-1,'phase17-2 vs phase17-1'",
    "cells": "cells that hold all of these words; again for others",
    "columns": f"of {', '.join(COLUMNS)}; of a single one a cell is a row",
}


def choice_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds --arms, --cells, --columns and --metric to a command's words."""
    chosen = parser.add_argument_group("one table instead, of what is chosen")
    for name, what in CHOICES.items():
        chosen.add_argument(f"--{name}", action="append", default=[], help=what)
    chosen.add_argument("--metric", help="page_faults, vm_hwm_bytes, ...; without it what decides")


def choice_of(arguments: argparse.Namespace) -> Choice:
    """What these words choose. Raises Complaint beside words that show a table of their own."""
    found = Choice(arguments.arms, arguments.cells, arguments.columns, arguments.metric)
    if found and (arguments.brief or arguments.watch):
        raise Complaint("--brief and --watch have tables of their own", "a choice without them")
    return found


def listed_words(words: Sequence[str], known: Sequence[str]) -> list[str]:
    """What was given, some of it as lists with commas; a name that has commas itself is known."""
    found: list[str] = []
    for word in words:
        found += [word] if word in known else [part.strip() for part in word.split(",")]
    return [word for word in found if word]


def _labels(run: Run) -> list[str]:
    """What an arm or a comparison is called in a choice: the arm, or "a vs b"."""
    frame = judged(run)
    frame = frame[frame["kind"].isin(KINDS)]
    return list(dict.fromkeys(_name(row) for row in frame.itertuples()))


def _name(row: Any) -> str:
    return f"{row.arm}{VS}{row.against}" if row.kind == "comparison" else row.arm


def _check(what: str, words: Sequence[str], known: Sequence[str]) -> None:
    for word in words:
        if word not in known:
            raise Complaint(f"--{what}: no '{word}' here", nearest(word, known))


def _cells(run: Run, choices: Sequence[str]) -> list[str]:
    for words in choices:
        if not any(set(words.split()) <= set(cell.split()) for cell in run.cells):
            raise Complaint(f"--cells: no cell holds '{words}'", nearest(words, run.cells))
    held = [set(words.split()) for words in choices]
    return [c for c in run.cells if not held or any(words <= set(c.split()) for words in held)]


def _rows(run: Run, choice: Choice) -> pd.DataFrame:
    """The chosen rows of judged(run), those of an arm under its name in a choice."""
    arms = listed_words(choice.arms, _labels(run))
    _check("arms", arms, _labels(run))
    metrics = {metric.column for metric in _metrics(run).values()}
    if choice.metric is not None:
        _check("metric", [choice.metric], sorted(metrics))
    frame = judged(run)
    of_metric = frame["decides"] if choice.metric is None else frame["metric"] == choice.metric
    frame = frame[of_metric & frame["kind"].isin(KINDS)]
    frame = frame[frame["cell"].isin(_cells(run, choice.cells))]
    named = frame.assign(name=[_name(row) for row in frame.itertuples()])
    return named[named["name"].isin(arms) if arms else named["kind"] != "control"]


def _metrics(run: Run) -> dict[str, Metric]:
    decided = [deciding(cell) for cell in run.plan["cells"]]
    return {metric.column: metric for metric in [*decided, *timed_metrics(run)]}


def _shown_name(run: Run, row: pd.Series) -> str:
    if row["kind"] == "comparison":
        return f"{run.label(row['arm'])}{VS}{run.label(row['against'])}"
    return run.label(row["arm"])


def _text(row: pd.Series, metric: Metric, column: str) -> str:
    of_baseline, _, text = COLUMNS[column]
    return text(row, metric) if of_baseline or row["kind"] != "baseline" else ""


def _by_cell(run: Run, frame: pd.DataFrame, metric: Metric, columns: Sequence[str]) -> Table:
    heads = [COLUMNS[name][1](run, metric) for name in columns]
    rows = []
    for cell, here in frame.groupby("cell", sort=False):
        rows.append(Row("group", [run.cell_label(str(cell))]))
        rows += [
            Row("value", [_shown_name(run, row), *(_text(row, metric, name) for name in columns)])
            for _, row in here.iterrows()
        ]
    return Table(metric.title, ["arm", *heads], rows)


def _matrix(run: Run, frame: pd.DataFrame, metric: Metric, column: str) -> Table:
    names = list(dict.fromkeys(frame["name"]))
    heads = {row["name"]: _shown_name(run, row) for _, row in frame.iterrows()}
    rows = []
    for cell, here in frame.groupby("cell", sort=False):
        texts = {row["name"]: _text(row, metric, column) for _, row in here.iterrows()}
        rows.append(
            Row("value", [run.cell_label(str(cell)), *(texts.get(n, ABSENT) for n in names)])
        )
    title = f"{metric.title}: {COLUMNS[column][1](run, metric)}"
    return Table(title, ["cell", *(heads[name] for name in names)], rows)


def chosen_tables(run: Run, choice: Choice) -> list[Table]:
    """One table, or one for each metric that decides. Raises Complaint for what is not there."""
    columns = listed_words(choice.columns, list(COLUMNS)) or list(DEFAULT)
    _check("columns", columns, list(COLUMNS))
    frame, found = _rows(run, choice), []
    if not any(COLUMNS[name][0] for name in columns):
        frame = frame[frame["kind"] != "baseline"]
    for column in dict.fromkeys(frame["metric"]):
        here, metric = frame[frame["metric"] == column], _metrics(run)[column]
        if len(columns) == 1:
            found.append(_matrix(run, here, metric, columns[0]))
        else:
            found.append(_by_cell(run, here, metric, columns))
    if void_reasons(run):
        return [Table(f"VOID: {one.title}", one.columns, one.rows) for one in found]
    return found


def chosen_long_form(run: Run, choice: Choice) -> pd.DataFrame:
    """The chosen rows for CSV, with every column."""
    if choice.columns:
        raise Complaint("--columns: a CSV file has every column", "--format markdown, or latex")
    return long_form(run).loc[_rows(run, choice).index]
