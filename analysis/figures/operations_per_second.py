"""operations_per_second.py -- every arm's operations per second in every cell.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter

from ..colours import colours
from ..estimates import OPERATIONS, published_band
from ..records import Run

QUESTION = "How fast is each arm in each cell?"
ROW_INCHES = 0.17
LOG_BEYOND = 10  # times the slowest: then the axis is logarithmic


def _arms(samples: Run) -> list[str]:
    return [arm for arm in samples.arms if arm != samples.control]


def layout(samples: Run) -> tuple[int, int, float, float]:
    return 1, 1, 7.2, 1.4 + ROW_INCHES * len(samples.cells) * (len(_arms(samples)) + 1.7)


def _draw_cell(samples: Run, axes: Axes, cell: str, top: float) -> None:
    """One line per arm, in plan order, from `top` downwards."""
    values = samples.matrix(cell, OPERATIONS.values) / OPERATIONS.scale
    colour = colours(samples)
    for step, arm in enumerate(_arms(samples), start=1):
        column = values[:, samples.arms.index(arm)]
        quarter, middle, three = np.percentile(column, [25, 50, 75])
        axes.plot(
            [quarter, three],
            [top - step, top - step],
            color=colour[arm],
            linewidth=5,
            alpha=0.45,
            solid_capstyle="butt",
        )
        axes.plot([middle], [top - step], marker="o", markersize=4.5, color=colour[arm])
        band = [
            x / OPERATIONS.scale for x in published_band(samples, cell, OPERATIONS.name, arm, None)
        ]
        axes.plot(
            band,
            [top - step, top - step],
            marker="D",
            markersize=4.5,
            linewidth=0.8,
            color=colour[arm],
            markerfacecolor="none",
            markeredgecolor=axes.xaxis.label.get_color(),
        )


def draw(samples: Run, axes: Axes) -> None:
    arms, colour = _arms(samples), colours(samples)
    top = 0.0
    shown = [cell for cell in samples.cells if len(samples.matrix(cell, OPERATIONS.values))]
    for cell in shown:
        axes.annotate(
            cell,
            (0, top),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=7.5,
            fontweight="bold",
        )
        _draw_cell(samples, axes, cell, top)
        top -= len(arms) + 1.7
    medians = np.concatenate(
        [np.median(samples.matrix(cell, OPERATIONS.values), axis=0) for cell in shown]
    )
    if medians.max() > LOG_BEYOND * medians.min():
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:g}")
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_ylim(top + 0.7, 1)
    axes.set_xlabel(
        "M operations per second of CPU time · bar: middle half of the blocks · diamond: published"
    )
    handles = [
        axes.plot([], [], marker="o", linestyle="none", color=colour[arm], label=arm)[0]
        for arm in arms
    ]
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncol=min(3, len(arms)),
        fontsize=7.5,
        frameon=False,
    )
