"""value_rows.py -- a panel per cell, a row per arm: a metric's median, and the middle half.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from ..comparison.estimates import published_band
from ..document.rounding import exponent
from ..records.metrics import Metric
from ..records.records import Run
from . import panels
from .colours import colours, markers

PANEL_INCHES = 0.62  # a panel's title and ticks
COLUMNS_MOST = 3
LINEAR_BELOW = 1.0  # on an axis of counts that reaches 0


def cells_with(run: Run, metric: Metric) -> list[str]:
    """The measured cells whose samples have it: a program has no rate."""
    return [
        cell
        for cell in panels.measured_cells(run)
        if np.isfinite(run.matrix(cell, metric.values)).any()
    ]


def layout_of(metric: Metric) -> Callable[[Run, float], tuple[int, int, float]]:
    """A figure's `layout`."""
    return partial(_layout, metric)


def _layout(metric: Metric, run: Run, width_inches: float) -> tuple[int, int, float]:
    cells = cells_with(run, metric)
    rows, columns = panels.grid(len(cells), width_inches, COLUMNS_MOST)
    arms = panels.shown_arms(run)
    row_inches = panels.row_inches(arms, width_inches)
    return rows, columns, 0.65 + rows * (PANEL_INCHES + row_inches * len(arms))


def _quartiles(run: Run, metric: Metric) -> dict[str, NDArray[np.float64]]:
    """Cell to an array of shape (3, arms): quarter, median, three quarters, as they are shown."""
    shown = {
        cell: run.matrix(cell, metric.values) / metric.shown_divisor
        for cell in cells_with(run, metric)
    }
    return {cell: np.percentile(values, [25, 50, 75], axis=0) for cell, values in shown.items()}


def _draw_cell(
    run: Run, axes: Axes, cell: str, metric: Metric, values: NDArray[np.float64]
) -> None:
    colour, marker = colours(run), markers(run)
    for row, arm in enumerate(panels.shown_arms(run)):
        quarter, middle, three = values[:, run.arms.index(arm)]
        axes.plot(
            [quarter, three],
            [row, row],
            color=colour[arm],
            linewidth=4.5,
            alpha=0.45,
            solid_capstyle="butt",
        )
        size = panels.size_of(marker[arm], 4.2)
        axes.plot([middle], [row], marker=marker[arm], markersize=size, color=colour[arm])
        band = published_band(run, cell, metric.column, arm, None)
        axes.plot(
            [x / metric.shown_divisor for x in band],
            [row, row],
            marker="d",
            markersize=5,
            linewidth=0.8,
            color=colour[arm],
            markerfacecolor="none",
            markeredgecolor=axes.xaxis.label.get_color(),
        )


def _scale(panel: Axes, low: float, high: float) -> None:
    """The same axis in every panel: logarithmic where values are decades apart."""
    if panels.wants_log(low, high):
        panel.set_xscale("log")
        panel.set_xlim(low / 1.25, high * 1.25)
        panels.log_ticks(panel.xaxis, low / 1.25, high * 1.25, 6)
    elif low <= 0 and high > 10:
        panel.set_xscale("symlog", linthresh=LINEAR_BELOW)
        panel.set_xlim(-0.3, high * 2)
        most = exponent(high) + (high > 10.0 ** exponent(high))
        ticks = [0, *(10.0**power for power in range(0, most + 1, 1 + most // 4))]
        panel.set_xticks(ticks, [panels.value_text(x) for x in ticks])
        panel.minorticks_off()
    else:
        room = 0.06 * (high - low) or 0.05 * abs(high) or 1
        panel.set_xlim(max(0, low - room) if low >= 0 else low - room, high + room)
        panel.xaxis.set_major_locator(MaxNLocator(4))
        panel.xaxis.set_major_formatter(lambda x, _: panels.value_text(round(x, 6)))


def draw(run: Run, axes: Any, metric: Metric, axis_text: str) -> None:
    found = panels.flat(axes)
    figure = found[0].figure
    values = _quartiles(run, metric)
    published = [
        x / metric.shown_divisor
        for cell in values
        for arm in panels.shown_arms(run)
        for x in published_band(run, cell, metric.column, arm, None)
        if np.isfinite(x)
    ]
    every = np.concatenate([np.ravel(array) for array in values.values()] + [published])
    _, columns, _ = _layout(metric, run, figure.get_figwidth())
    inches = panels.row_panel_inches(figure, panels.shown_arms(run), columns)
    for place, (panel, cell) in enumerate(zip(found, values)):
        _draw_cell(run, panel, cell, metric, values[cell])
        first = place % columns == 0
        panels.row_labels(panel, panels.shown_arms(run), named=first)
        panels.cell_title(panel, cell, inches)
        _scale(panel, float(every.min()), float(every.max()))
        panel.grid(True, axis="x", alpha=0.2, linewidth=0.5)
    panels.hide_spare(found, len(values))
    key = "◇ published · " if published else ""
    panels.footer(
        figure,
        f"{axis_text} · marker: median · {key}bar: middle half of the blocks",
        panels.origin(run),
    )


def any_value(samples: Run, metric: Metric) -> bool:
    """Whether a figure of the metric would show anything but zeros."""
    cells = cells_with(samples, metric)
    return any(samples.matrix(cell, metric.values).any() for cell in cells)


def caption(run: Run, what: str) -> str:
    arms = panels.listed(panels.shown_arms(run))
    return (
        f"{what} of {arms}, a panel per cell: the median over blocks, and a bar over the middle "
        "half of them, which tells how much processes vary and not how sure a difference is (that "
        f"is in the figure of effects). {panels.measured_on(run)}"
    )
