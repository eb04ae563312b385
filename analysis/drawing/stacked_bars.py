"""stacked_bars.py -- two panels a cell with a bar per arm of parts: the region, and the start-up.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from ..records.layers import ink_on
from . import panels

BAR_INCHES = 0.21
PANEL_INCHES = 0.72  # a panel's title, ticks and words
LABEL_INCHES = 0.26  # a narrower part has no figure in it
ROOM_FOR_TOTAL_INCHES = 0.36
FOOTER_INCHES, FOOTER_INCHES_NARROW = 0.55, 1.0
HATCH_INK = "#ffffff"


@dataclass(frozen=True)
class Bars:
    """parts: shape (m, arms), from the left; labels: the texts in them; totals: at the bars'
    ends."""

    parts: NDArray[np.float64]
    labels: list[list[str]]
    totals: list[str]
    words: str  # what a bar is, and its unit


@dataclass(frozen=True)
class Part:
    """How a part looks, in a bar and in the key."""

    name: str
    colour: str
    hatch: str


def layout(
    cells: int, arms: list[str], names: list[str], width_inches: float
) -> tuple[int, int, float]:
    """names: of the parts, for the key."""
    bar_inches = max(BAR_INCHES, panels.row_inches(arms, width_inches))
    around = panels.key_inches(names, width_inches)
    around += FOOTER_INCHES_NARROW if panels.narrow(width_inches) else FOOTER_INCHES
    return cells, 2, around + cells * (PANEL_INCHES + bar_inches * len(arms))


def _panel_inches(figure: Figure, arms: list[str]) -> float:
    return max(2 * ROOM_FOR_TOTAL_INCHES, panels.row_panel_inches(figure, arms, 2))


def _look(part: Part) -> dict[str, Any]:
    """A hatch has the colour of the edge, which is not drawn itself."""
    edge = {"edgecolor": HATCH_INK, "hatch": part.hatch} if part.hatch else {"edgecolor": "none"}
    return {"facecolor": part.colour, "linewidth": 0, **edge}


def _draw_bars(
    axes: Axes, arms: list[str], parts: list[Part], bars: Bars, named: bool
) -> None:
    """One bar per arm, from the top; only the left panel names them."""
    inches = _panel_inches(axes.figure, arms)
    longest = bars.parts.sum(axis=0).max()
    reach = (longest or 1.0) * inches / (inches - ROOM_FOR_TOTAL_INCHES)
    for bar, _ in enumerate(arms):
        left = 0.0
        for length, part, label in zip(
            bars.parts[:, bar], parts, (row[bar] for row in bars.labels)
        ):
            if length <= 0:
                continue
            axes.barh(bar, length, left=left, height=0.78, **_look(part))
            if length >= reach * LABEL_INCHES / inches:
                axes.text(
                    left + length / 2,
                    bar,
                    label,
                    ha="center",
                    va="center_baseline",
                    fontsize=panels.TINY,
                    color=ink_on(part.colour),
                    bbox={"facecolor": part.colour, "edgecolor": "none", "pad": 0.6},
                )
            left += length
        axes.text(
            left + 0.03 * reach / inches,
            bar,
            bars.totals[bar],
            va="center_baseline",
            fontsize=panels.TINY,
        )
    panels.row_labels(axes, arms, named)
    axes.set_xlim(0, reach)
    if longest > 0:
        axes.xaxis.set_major_locator(MaxNLocator(3 if inches < panels.SLIM_INCHES else 5))
    else:
        axes.set_xticks([0])
    axes.set_xlabel(bars.words, fontsize=panels.TINY)


def draw_cell(
    left: Axes, right: Axes, cell: str, arms: list[str], parts: list[Part], both: tuple[Bars, Bars]
) -> None:
    """The region's panel and the start-up's, under the cell's name."""
    _draw_bars(left, arms, parts, both[0], True)
    _draw_bars(right, arms, parts, both[1], False)
    panels.cell_title(left, cell, 0.9 * left.figure.get_figwidth())


def legend_of(figure: Figure, parts: list[Part]) -> None:
    """One legend above all panels, which make room for it."""
    longest = max(len(part.name) for part in parts)
    columns = min(panels.key_columns(figure.get_figwidth(), longest), len(parts))
    lines = -(-len(parts) // columns)
    panels.room_above(figure, lines)
    figure.legend(
        handles=[Patch(label=part.name, **_look(part)) for part in parts],
        loc="upper left",
        bbox_to_anchor=(0, 1),
        ncol=columns,
        fontsize=panels.SMALL,
        frameon=False,
        handlelength=1.1,
        labelspacing=0.35,
        columnspacing=1.3,
        borderaxespad=0.1,
    ).set_in_layout(False)
