"""history_figure.py -- every series of a history: effects, intervals, levels and change points.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ..drawing.colours import PALETTE
from .gates import SCALES_OF_ONE
from .history import History, Series

QUESTION = "When did which metric change its level against the reference?"
PANEL_INCHES = 1.25
TICKS = 8
LABEL_LETTERS = 14
LEAST_RANGE = {"ratio": 0.005, "points": 0.01}  # half of an axis; of counts, 1
CHANGE = "#c2410c"


def layout(history: History, width_inches: float) -> tuple[int, int, float]:
    count = len(history.series)
    return count, 1, 0.7 + PANEL_INCHES * count


def short(name: str) -> str:
    """Its end, where the names of files differ, with a sign that there is more."""
    return name if len(name) <= LABEL_LETTERS else f"…{name[1 - LABEL_LETTERS :]}"


def _scale(axes: Axes, series: Series) -> None:
    """Readable where nothing changes: an axis that is not of rounding errors alone."""
    least = LEAST_RANGE.get(series.scale, 1.0)
    low, high = axes.get_ylim()
    if high - low < 2 * least:
        middle = (low + high) / 2
        axes.set_ylim(middle - least, middle + least)


def _label_gates(axes: Axes, series: Series) -> None:
    """The day and the head of some gates."""
    n = len(series.points)
    shown = np.unique(np.linspace(0, n - 1, min(n, TICKS)).round().astype(int))
    labels = []
    for index in shown:
        point = series.points.iloc[index]
        began = datetime.fromtimestamp(point["started_unix_ns"] / 1e9, timezone.utc)
        labels.append(f"{began:%m-%d}\n{short(point['head'])}")
    axes.set_xticks(shown, labels, fontsize=6.5)


def _draw_series(axes: Axes, series: Series) -> None:
    points, gates = series.points, np.arange(len(series.points))
    unit = SCALES_OF_ONE.get(series.scale)
    bounded = points[["low", "high"]].notna().all(axis=1).to_numpy()
    axes.vlines(
        gates[bounded],
        points["low"][bounded],
        points["high"][bounded],
        color=PALETTE[0],
        linewidth=2.2,
        alpha=0.4,
    )
    axes.plot(gates, points["effect"], "o", color=PALETTE[0], markersize=3)
    axes.axhline(0, color=axes.xaxis.label.get_color(), linewidth=0.6, zorder=0)
    for first, end in series.bounds:
        level = series.level(first, end)
        axes.plot([first - 0.5, end - 0.5], [level, level], color=CHANGE, linewidth=1.3)
    for change in series.changes:
        axes.axvline(change.first - 0.5, color=CHANGE, linewidth=0.9, linestyle="dashed")
    if unit:
        axes.yaxis.set_major_formatter(
            lambda y, _: f"{100 * y:+.3g}{unit}" if round(y, 9) else "0"
        )
    else:
        axes.yaxis.set_major_formatter(lambda y, _: f"{y:+,.6g}" if round(y, 9) else "0")
    axes.set_title(
        f"{series.cell}: {series.metric}" + ("" if unit else f", {series.unit}"),
        fontsize=7.5,
        loc="left",
        fontweight="bold",
    )
    _scale(axes, series)
    axes.tick_params(labelsize=6.5)
    _label_gates(axes, series)


def draw(history: History, axes: Any) -> None:
    panels = np.atleast_1d(axes)
    for panel, series in zip(panels, history.series):
        _draw_series(panel, series)
    panels[-1].set_xlabel(
        "gates, in order of time (day and head) · line: the level · dashed: a change of it"
    )
