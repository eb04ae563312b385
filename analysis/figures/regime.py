"""regime.py -- speed and faults per operation against slots, beside the published figures.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter, NullLocator
from numpy.typing import NDArray

from ..colours import colours
from ..estimates import FAULTS, OPERATIONS
from ..records import Run

QUESTION = "At which number of operations and slots do the published operations per second appear?"
MARKERS = "osD^v<>p"


def _grid(samples: Run) -> list[dict[str, Any]]:
    """The cells that state both operations and slots and hold at least one block."""
    return [
        cell
        for cell in samples.plan["cells"]
        if cell.get("operations")
        and "slots" in cell["parameters"]
        and len(samples.matrix(cell["id"], OPERATIONS.values))
    ]


def _arms(samples: Run) -> list[str]:
    return [arm for arm in samples.arms if arm != samples.control]


def applies(samples: Run) -> bool:
    """A grid: at least two numbers of operations by two of slots, of one workload, either cold or
    warm."""
    cells = _grid(samples)
    return (
        len({(cell["workload"], cell["start"]) for cell in cells}) == 1
        and len({cell["operations"] for cell in cells}) > 1
        and len({cell["parameters"]["slots"] for cell in cells}) > 1
    )


def layout(samples: Run) -> tuple[int, int, float, float]:
    arms = len(_arms(samples))
    return 2, arms, max(5.0, 3.6 * arms), 6.0


def _mark_published(samples: Run, axes: Axes) -> None:
    """The range of all absolute figures that the plan cites, whichever arm they are about."""
    cited = [
        entry["value"] / OPERATIONS.scale
        for entry in samples.plan.get("published", [])
        if entry["metric"] == OPERATIONS.name and not entry.get("against")
    ]
    if cited:
        axes.axhspan(min(cited), max(cited), color="#d9a400", alpha=0.35, linewidth=0, zorder=0)
        axes.annotate(
            f"published {min(cited):.3g} – {max(cited):.3g}",
            (0, max(cited)),
            ha="left",
            va="bottom",
            xycoords=("axes fraction", "data"),
            xytext=(3, 2),
            textcoords="offset points",
            fontsize=7,
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
            markersize=4.5,
            linewidth=1.4,
            color=colour,
            alpha=0.35 + 0.65 * (index + 1) / len(counts),
            label=f"{operations:,} operations".replace(",", " "),
        )


def _finish(axes: Axes, slots: list[int]) -> None:
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xticks(
        slots, [f"{n:,}".replace(",", " ") for n in slots], fontsize=7, rotation=30, ha="right"
    )
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(lambda y, _: f"{y:g}")
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.grid(True, axis="y", alpha=0.25, linewidth=0.6)


def draw(samples: Run, axes: NDArray[Any]) -> None:
    cells, colour = _grid(samples), colours(samples)
    slots = sorted({cell["parameters"]["slots"] for cell in cells})
    per_operation = {
        cell["id"]: np.median(samples.matrix(cell["id"], FAULTS.values), axis=0)
        / cell["operations"]
        for cell in cells
    }
    speed = {
        cell["id"]: np.median(samples.matrix(cell["id"], OPERATIONS.values), axis=0)
        / OPERATIONS.scale
        for cell in cells
    }
    panels = np.asarray(axes).reshape(2, -1)
    for column, arm in enumerate(_arms(samples)):
        index = samples.arms.index(arm)
        for panel, medians in zip(panels[:, column], (speed, per_operation)):
            _draw_lines(
                panel, cells, {cell: values[index] for cell, values in medians.items()}, colour[arm]
            )
            _finish(panel, slots)
        _mark_published(samples, panels[0, column])
        panels[0, column].set_title(arm, fontsize=9, loc="left", fontweight="bold")
        panels[1, column].set_xlabel("slots")
        for row in panels:
            row[column].sharey(row[0]) if column else None
    panels[0, 0].set_ylabel("M operations per second")
    panels[1, 0].set_ylabel("page faults per operation")
    panels[0, 0].legend(fontsize=7, frameon=False, loc="lower left")
