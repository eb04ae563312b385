"""amount_rows.py -- a metric's median in every cell, an arm a marker, and the middle half of it.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np

from ..comparison.estimates import published_band
from ..records.metrics import Metric
from ..records.records import Run
from . import cell_rows, panels
from .cell_rows import Chart, Point, Series
from .colours import colours, markers
from .value_axis import amount_axis


@lru_cache(maxsize=32)
def cells_with(run: Run, metric: Metric) -> list[str]:
    """The measured cells whose samples have it: a program has no rate."""
    return [
        cell
        for cell in panels.measured_cells(run)
        if np.isfinite(run.matrix(cell, metric.values)).any()
    ]


def _points(run: Run, metric: Metric, cell: str) -> list[Point]:
    shown = run.matrix(cell, metric.values) / metric.shown_divisor
    quarters, medians, threes = np.percentile(shown, [25, 50, 75], axis=0)
    found = []
    for series, arm in enumerate(run.shown_arms):
        index = run.arms.index(arm)
        if not np.isfinite(medians[index]):
            continue
        low, high = published_band(run, cell, metric.column, arm, None)
        published = (low / metric.shown_divisor, high / metric.shown_divisor)
        bar = float(quarters[index]), float(threes[index])
        known = published if np.isfinite(low) else None
        found.append(Point(cell, series, float(medians[index]), bar, True, known))
    return found


@lru_cache(maxsize=8)
def chart(run: Run, metric: Metric, words: str) -> Chart:
    colour, marker, names = colours(run), markers(run), panels.shown_names(run)
    series = [Series(names[arm], colour[arm], marker[arm]) for arm in run.shown_arms]
    points = [point for cell in cells_with(run, metric) for point in _points(run, metric, cell)]
    values = [x for p in points for x in (p.value, *p.band, *(p.published or ()))]
    known = " · ◇ published" if any(point.published for point in points) else ""
    axis = amount_axis(values)
    return Chart(
        series,
        points,
        axis,
        f"{words} (logarithmic)",
        f"marker: median · bar: middle half{known}",
    )


def module_functions(metric: Metric, words: Callable[[Run], str]) -> tuple[Any, Any, Any, Any]:
    """A figure's applies, items, layout and draw. words: of the axis."""

    def made(run: Run) -> Chart:
        return chart(run, metric, words(run))

    def items(run: Run) -> list[str]:
        return cell_rows.items(run, made(run))

    def layout(run: Run, width_inches: float, cells: Sequence[str]) -> tuple[int, int, float]:
        key = panels.has_key(run, first=False)
        return cell_rows.layout(run, made(run), width_inches, cells, key)

    def draw(run: Run, axes: Any, cells: Sequence[str]) -> None:
        cell_rows.draw(run, made(run), axes, cells, panels.has_key(run, first=False))

    return partial(any_value, metric=metric), items, layout, draw


def any_value(run: Run, metric: Metric) -> bool:
    """Whether a figure of the metric would show anything but zeros."""
    return any(
        np.nan_to_num(run.matrix(cell, metric.values)).any() for cell in cells_with(run, metric)
    )


def caption(run: Run, what: str) -> str:
    return (
        f"{what} of {panels.arms_in_words(run)}, a row per cell: the median over blocks, and a bar "
        "over the middle half of them, which tells how much processes vary and not how sure a "
        f"difference is (that is in the figure of effects). {panels.measured_on(run)}"
    )
