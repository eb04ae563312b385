"""regime.py -- speed and faults per operation against slots, beside the published figures.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator
from numpy.typing import NDArray

from ..comparison.deciding import OPERATIONS
from ..comparison.estimates import FAULTS
from ..comparison.wording import clock
from ..drawing import panels
from ..drawing.colours import colours
from ..records.records import Run

QUESTION = "At which number of operations and slots do the published operations per second appear?"
MARKERS = "osD^v<>p"
ARMS_BESIDE = 4


def _grid(samples: Run) -> list[dict[str, Any]]:
    """The cells that are shown, state both operations and slots and hold at least one block."""
    return [
        cell
        for cell in samples.plan["cells"]
        if cell["id"] in samples.shown_cells
        and cell.get("operations")
        and "slots" in cell["parameters"]
        and len(samples.matrix(cell["id"], OPERATIONS.values))
    ]


def applies(samples: Run) -> bool:
    """A grid: at least two numbers of operations by two of slots, each with each, of one workload,
    either cold or warm."""
    cells = _grid(samples)
    operations, slots = (
        {cell["operations"] for cell in cells},
        {cell["parameters"]["slots"] for cell in cells},
    )
    return (
        len({(cell["workload"], cell["start"]) for cell in cells}) == 1
        and min(len(operations), len(slots)) > 1
        and len(cells) == len(operations) * len(slots)
    )


def items(samples: Run) -> list[str]:
    """The arms."""
    return samples.shown_arms


def layout(samples: Run, width_inches: float, arms: Sequence[str]) -> tuple[int, int, float]:
    """Two panels an arm: side by side for the arms of a wide figure, else in a row of their own."""
    if panels.narrow(width_inches):
        return 2 * len(arms), 1, 0.5 + 1.95 * 2 * len(arms)
    columns = min(len(arms), ARMS_BESIDE)
    bands = -(-len(arms) // columns)
    return 2 * bands, columns, 0.5 + 4.1 * bands


def _mark_published(samples: Run, axes: Axes) -> None:
    """The range of all absolute figures that the plan cites, for any arm."""
    cited = [
        entry["value"] / OPERATIONS.shown_divisor
        for entry in samples.plan.get("published", [])
        if entry["metric"] == OPERATIONS.column and not entry.get("against")
    ]
    if cited:
        ink = axes.xaxis.label.get_color()
        low, high = min(cited) / 1.01, max(cited) * 1.01
        axes.axhspan(low, high, color=ink, alpha=0.35, linewidth=0, zorder=0)
        axes.annotate(
            f"published {min(cited):.3g} – {max(cited):.3g}",
            (1, max(cited)),
            ha="right",
            va="bottom",
            xycoords=("axes fraction", "data"),
            xytext=(0, 2),
            textcoords="offset points",
            fontsize=panels.TINY,
        )


def _draw_lines(
    axes: Axes, cells: list[dict[str, Any]], medians: dict[str, float], colour: str
) -> None:
    """One line per number of operations: paler for fewer, with its own marker."""
    counts = sorted({cell["operations"] for cell in cells})
    for index, operations in enumerate(counts):
        points = sorted(
            (cell["parameters"]["slots"], medians[cell["id"]])
            for cell in cells
            if cell["operations"] == operations
        )
        axes.plot(
            *zip(*points),
            marker=MARKERS[index % len(MARKERS)],
            markersize=4,
            linewidth=1.3,
            color=colour,
            alpha=0.4 + 0.6 * (index + 1) / len(counts),
            label=f"{panels.whole(operations)} operations",
        )


def _finish(axes: Axes, slots: list[int], values: list[float]) -> None:
    axes.set_xscale("log", base=2)
    axes.set_xticks(slots, [panels.whole(n) for n in slots])
    axes.xaxis.set_minor_locator(NullLocator())
    low, high = min(values), max(values)
    if low > 0:
        axes.set_yscale("log")
        axes.set_ylim(low / 1.4, high * 1.4)
        panels.log_ticks(axes.yaxis, low / 1.4, high * 1.4, 7, lambda y: f"{y:g}")
    axes.tick_params(labelsize=panels.TINY, length=2.5, pad=2)
    axes.grid(True, alpha=0.2, linewidth=0.5)


def _medians(samples: Run, cells: list[dict[str, Any]]) -> list[dict[str, NDArray[np.float64]]]:
    """Of each quantity, by cell, an arm each: M operations per second, and faults per
    operation."""
    return [
        {
            cell["id"]: np.median(samples.matrix(cell["id"], metric.values), axis=0)
            / (metric.shown_divisor if metric.is_rate else cell["operations"])
            for cell in cells
        }
        for metric in (OPERATIONS, FAULTS)
    ]


def draw(samples: Run, axes: NDArray[Any], arms: Sequence[str]) -> None:
    cells, colour, names = _grid(samples), colours(samples), panels.shown_names(samples)
    slots = sorted({cell["parameters"]["slots"] for cell in cells})
    found = panels.flat(axes)
    figure = found[0].figure
    _, columns, _ = layout(samples, figure.get_figwidth(), arms)
    indices = [samples.arms.index(arm) for arm in arms]
    every_index = [samples.arms.index(arm) for arm in samples.shown_arms]
    quantities = ("M operations per second", "page faults per operation")
    for row, (name, medians) in enumerate(zip(quantities, _medians(samples, cells))):
        every = [float(values[index]) for values in medians.values() for index in every_index]
        for number, (arm, index) in enumerate(zip(arms, indices)):
            band, column = divmod(number, columns)
            panel = found[(2 * band + row) * columns + column]
            _draw_lines(
                panel, cells, {cell: values[index] for cell, values in medians.items()}, colour[arm]
            )
            _finish(panel, slots, every)
            if row == 0:
                _mark_published(samples, panel)
            inches = 0.85 * figure.get_figwidth() / columns
            panels.cell_title(panel, f"{names[arm]}: {name}", inches)
    found[0].legend(fontsize=panels.TINY, frameon=False, loc="lower left")
    for panel in found:
        if not panel.lines:
            panel.set_axis_off()
    panels.footer(figure, "across: slots, which hold an object each")


def caption(samples: Run) -> str:
    return (
        f"Operations per second of {clock(samples)}, and page faults per operation, of "
        f"{panels.arms_in_words(samples)} "
        "against the number of slots, a line for each number of operations: medians over blocks "
        "(their intervals are in the tables). The band across is the range of the published "
        f"figures, which are of another machine. {panels.measured_on(samples)}"
    )
