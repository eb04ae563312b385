"""against_operations.py -- a metric against the operations that a process does, or their time.

For runs that hold the same workload with several numbers of operations, all from a cold start: a
panel for each set of other parameters, which is an item of a page, and a line per arm.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from ..records.metrics import Metric
from ..records.records import Run
from . import panels
from .colours import colours, markers

PANEL_INCHES = 1.85
COLUMNS_MOST = 4
COUNTS_MIN = 2
Across = tuple[str, Metric | None]  # the quantity across, and the metric that gives it, if any
OPERATIONS_DONE: Across = ("operations done since the cold start of the process", None)
Group = tuple[str, list[dict[str, Any]]]  # what its cells share, and they, by operations


def items(run: Run) -> list[Group]:
    """Cold cells that differ in their operations alone, at least two of them."""
    measured = set(panels.measured_cells(run))
    found: dict[str, list[dict[str, Any]]] = {}
    for cell in run.plan["cells"]:
        if cell.get("operations") and cell["start"] == "cold" and cell["id"] in measured:
            words = [cell["workload"], *(f"{k}={v}" for k, v in cell["parameters"].items()), "cold"]
            found.setdefault(" ".join(words), []).append(cell)
    return [
        (name, sorted(cells, key=lambda cell: cell["operations"]))
        for name, cells in found.items()
        if len({cell["operations"] for cell in cells}) >= COUNTS_MIN
    ]


def applies(run: Run) -> bool:
    return bool(items(run))


def layout(run: Run, width_inches: float, groups: Sequence[Group]) -> tuple[int, int, float]:
    names = panels.shown_names(run)
    rows, columns = panels.grid(len(groups), width_inches, COLUMNS_MOST)
    key = 0.0
    if panels.has_key(run, first=False):
        key = panels.key_inches([names[arm] for arm in run.shown_arms], width_inches)
    return rows, columns, 0.55 + key + rows * PANEL_INCHES


def _quartiles(run: Run, cell: str, metric: Metric) -> NDArray[np.float64]:
    """Shape (3, arms): quarter, median, three quarters, as they are shown."""
    shown = run.matrix(cell, metric.values) / metric.shown_divisor
    return np.percentile(shown, [25, 50, 75], axis=0)


def _across(run: Run, cell: dict[str, Any], across: Metric | None) -> NDArray[np.float64]:
    """The position across of each arm's point in a cell. Shape (arms)."""
    if across is None:
        return np.full(len(run.arms), float(cell["operations"]))
    return _quartiles(run, cell["id"], across)[1]


def _draw_group(
    run: Run, axes: Axes, cells: list[dict[str, Any]], metric: Metric, across: Metric | None
) -> None:
    colour, marker = colours(run), markers(run)
    values = np.stack([_quartiles(run, cell["id"], metric) for cell in cells])
    coordinates = np.stack([_across(run, cell, across) for cell in cells])
    for arm in run.shown_arms:
        index = run.arms.index(arm)
        quarter, middle, three = values[:, :, index].T
        across_arm = coordinates[:, index]
        axes.fill_between(across_arm, quarter, three, color=colour[arm], alpha=0.22, linewidth=0)
        axes.plot(
            across_arm,
            middle,
            marker=marker[arm],
            markersize=panels.size_of(marker[arm], 4),
            linewidth=1.3,
            color=colour[arm],
        )


def extent(run: Run, metric: Metric) -> tuple[float, float]:
    """Smallest and largest value of all panels."""
    shown = [run.arms.index(arm) for arm in run.shown_arms]
    every = [
        _quartiles(run, cell["id"], metric)[:, shown] for _, cells in items(run) for cell in cells
    ]
    return float(np.min(every)), float(np.max(every))


def _limits(run: Run, cells: list[dict[str, Any]], across: Metric | None) -> tuple[float, float]:
    shown = [run.arms.index(arm) for arm in run.shown_arms]
    every = np.stack([_across(run, cell, across)[shown] for cell in cells])
    return float(every.min()) / 1.6, float(every.max()) * 1.6


def draw(
    run: Run,
    axes: Any,
    groups: Sequence[Group],
    metric: Metric,
    up: str,
    across: Across = OPERATIONS_DONE,
) -> list[Axes]:
    """Returns the panels that hold something, in the order of the groups."""
    words, across_metric = across
    found, here = panels.flat(axes), groups
    figure = found[0].figure
    _, columns, _ = layout(run, figure.get_figwidth(), groups)
    low, high = extent(run, metric)
    logarithmic = low > 0
    for index, (panel, (name, cells)) in enumerate(zip(found, here)):
        _draw_group(run, panel, cells, metric, across_metric)
        panels.cell_title(panel, name, 0.85 * figure.get_figwidth() / columns)
        limits = _limits(run, cells, across_metric)
        panel.set_xscale("log")
        panel.set_xlim(*limits)
        panels.log_ticks(panel.xaxis, *limits, 5)
        if logarithmic:
            panel.set_yscale("log")
            panel.set_ylim(low / 1.4, high * 1.4)
            panels.log_ticks(panel.yaxis, low / 1.4, high * 1.4, 7)
        else:
            panel.set_ylim(0, 1.1 * high or 1)
        panel.tick_params(labelsize=panels.TINY, length=2.5, pad=2)
        panel.tick_params(labelleft=index % columns == 0)
        panel.grid(True, alpha=0.2, linewidth=0.5)
    panels.hide_spare(found, len(here))
    if panels.has_key(run, first=False):
        panels.arm_key(figure, run, run.shown_arms)
    panels.footer(figure, f"across: {words}", f"up: {up}")
    return found[: len(here)]


def caption(run: Run, what: str, across: Across = OPERATIONS_DONE) -> str:
    return (
        f"{what} of {panels.arms_in_words(run)} against {across[0]}, each point from processes "
        "that begin anew, a panel for each set of the other parameters: the median over blocks, "
        f"and a band over the middle half of them. {panels.measured_on(run)}"
    )
