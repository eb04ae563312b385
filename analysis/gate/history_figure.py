"""history_figure.py -- every series of a history: effects, intervals, levels and change points.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ..drawing.colours import PALETTE
from .history import History, Series
from .history_axes import label_gates, legend, metric_axis, named, short, titled

QUESTION = "When did which metric change its level against the reference?"
PANEL_INCHES = 1.25
CHANGE = "#c2410c"


def layout(history: History, width_inches: float) -> tuple[int, int, float]:
    count = len(history.series)
    return count, 1, 0.7 + PANEL_INCHES * count


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """First and last of each unbroken run."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and found[-1][1] == row - 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found


def _draw_group(axes: Axes, series: Series, group: str, colour: str) -> None:
    points = series.points[series.points["group"] == group]
    bounded = points[points[["low", "high"]].notna().all(axis=1)]
    axes.vlines(
        bounded.index, bounded["low"], bounded["high"], color=colour, linewidth=2.2, alpha=0.4
    )
    axes.plot(points.index, points["effect"], "o", color=colour, markersize=3)


def _draw_parts(axes: Axes, series: Series) -> None:
    """A line and a name where a part or another reference begins."""
    groups = series.points["group"]
    for group, rows in groups.groupby(groups, sort=False).groups.items():
        first = rows[0]
        if first:
            axes.axvline(first - 0.5, color="0.35", linewidth=1.1)
        named(axes, str(group), first - 0.4)


def _draw_series(axes: Axes, series: Series, colours: dict[str, str]) -> None:
    for group in series.points["group"].unique():
        _draw_group(axes, series, group, colours[group])
    axes.axhline(0, color=axes.xaxis.label.get_color(), linewidth=0.6, zorder=0)
    for stretch in series.stretches:
        for first, last in _runs(stretch.rows):
            axes.plot(
                [first - 0.5, last + 0.5], [stretch.level] * 2, color=CHANGE, linewidth=1.3
            )
    for change in series.changes:
        axes.axvline(change.after - 0.5, color=CHANGE, linewidth=0.9, linestyle="dashed")
        named(axes, short(series.points["head"].iloc[change.after]), change.after - 0.4)
    titled(axes, series.cell, series.metric, series.scale, series.unit)
    metric_axis(axes, series.scale)
    if len(colours) > 1:
        _draw_parts(axes, series)
    label_gates(axes, np.arange(len(series.points)), series.points)


def draw(history: History, axes: Any) -> None:
    panels = np.atleast_1d(axes)
    colours = {
        group.name: PALETTE[number % len(PALETTE)] for number, group in enumerate(history.groups)
    }
    for panel, series in zip(panels, history.series):
        _draw_series(panel, series, colours)
    legend(
        panels[-1],
        "gates, in order of time (day and head) · line: the level · dashed: a change of it, and "
        "the head with which it came · upright: another part or reference",
    )
