"""history_page.py -- a history as a table of changes, a page, and a figure.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pandas as pd

from ..comparison.wording import ABSENT, count
from ..document.document import Document, Row, Table
from ..document.formats import csv_text, markdown
from ..document.web_page import Picture, page_of, section
from ..drawing.drawing import TWO_COLUMNS, drawn
from ..statistics.change_points import PERMUTATIONS
from ..document.rounding import fixed
from . import history_figure
from .gates import SCALES_OF_ONE, of_one
from .history import ALPHA, History, Series

EXPECTS = "Nothing, unless a change was meant."


def _value_text(series: Series, value: float) -> str:
    """A level or an effect, in per cent or in the metric's unit."""
    if series.scale in SCALES_OF_ONE:
        return of_one(series.scale, value)
    return f"{'+' if value > 0 else ''}{count(value)} {series.unit}"


def _day(unix_ns: int) -> str:
    return datetime.fromtimestamp(unix_ns / 1e9, timezone.utc).strftime("%Y-%m-%d")


def _change_rows(series: Series) -> list[list[str]]:
    """last head before, first head after, its day, the levels before and after, p."""
    rows = []
    for index, change in enumerate(series.changes):
        before, after = series.points.iloc[change.first - 1], series.points.iloc[change.first]
        levels = [
            _value_text(series, series.level(*series.bounds[place])) for place in (index, index + 1)
        ]
        day = _day(after["started_unix_ns"])
        rows.append([before["head"], after["head"], day, *levels, fixed(change.p, 4)])
    return rows


def change_table(history: History) -> Table:
    rows = []
    for series in history.series:
        for cells in _change_rows(series):
            rows.append(Row("value", [series.cell, series.metric, *cells]))
    columns = ["cell", "metric", "after", "from", "day", "level before", "level after", "p"]
    return Table("Change points", columns, rows, overview=True, texts=5)


def latest_table(history: History) -> Table:
    rows = []
    for series in history.series:
        last, bounds = series.points.iloc[-1], series.bounds[-1]
        known = pd.notna(last["low"]) and pd.notna(last["high"])
        low, high = (_value_text(series, last[key]) if known else ABSENT for key in ("low", "high"))
        cells = [
            series.cell,
            series.metric,
            str(len(series.points)),
            _value_text(series, series.level(*bounds)),
            str(bounds[1] - bounds[0]),
            _value_text(series, last["effect"]),
            f"[{low}, {high}]",
            last["verdict"],
        ]
        rows.append(Row("value", cells))
    columns = ["cell", "metric", "gates", "median since", "of gates"]
    columns += ["last effect", "interval", "verdict"]
    return Table("The latest level and the latest gate", columns, rows, texts=2)


def _outcome(history: History) -> list[str]:
    found = [
        f"{series.metric} of {series.cell}: {before} to {after}, between {left} and {right} ({day})"
        for series in history.series
        for left, right, day, before, after, _ in _change_rows(series)
    ]
    return found or [f"No change point in {history.gates} gates."]


def _cautions(history: History) -> list[str]:
    found = []
    if history.void:
        found.append(f"{history.void} void gates are left out.")
    if history.other_reference:
        found.append(
            f"{history.other_reference} gates against another reference than the newest are left "
            "out: their zero is another one."
        )
    return found


def _document(history: History) -> Document:
    return Document(
        title=f"History of {history.name}, {history.gates} gates",
        question=f"Did anything change against {history.base['spec']}, and when?",
        expects=EXPECTS,
        void=[],
        outcome=_outcome(history),
        cautions=_cautions(history),
        tables=[change_table(history), latest_table(history)],
        legend=[
            f"Change points: rank-based binary segmentation, {PERMUTATIONS:,} permutations, each "
            f"of {len(history.series)} series at {100 * history.alpha_each:.2g} %: where nothing "
            f"changed, any of them shows one in at most {100 * ALPHA:g} % of histories. A change "
            "shows only after it stayed for some gates; the gate itself judges the last one. "
            "Median since: of the effects since the last change point, or of all; one gate's "
            "effect may differ from it by what its interval allows.",
        ],
    )


def _long_form(history: History) -> pd.DataFrame:
    """A row per point, with the number of its stretch and that stretch's level."""
    frames = []
    for series in history.series:
        lengths = [end - first for first, end in series.bounds]
        levels = [series.level(*bounds) for bounds in series.bounds]
        stretch = np.repeat(np.arange(len(lengths)), lengths)
        frames.append(series.points.assign(stretch=stretch, level=np.repeat(levels, lengths)))
    return pd.concat(frames)


def history_files(history: History) -> dict[str, bytes]:
    """All files of the report. The same history gives the same bytes."""
    found = _document(history)
    figure = drawn(history_figure, history, TWO_COLUMNS)
    shown = Picture(history_figure.QUESTION, "", figure.inline)
    return {
        "history.md": markdown(found).encode(),
        "history.csv": csv_text(_long_form(history)).encode(),
        "history.html": page_of([section(history.name, found, [shown])]).encode(),
        **{f"history.{kind}": content for kind, content in figure.files.items()},
    }


def write_history(history: History, out: Path) -> Path:
    """Makes the folder and everything in it; returns the page's path."""
    out.mkdir(parents=True, exist_ok=True)
    for name, content in history_files(history).items():
        (out / name).write_bytes(content)
    return out / "history.html"
