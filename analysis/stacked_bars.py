"""stacked_bars.py -- horizontal bars of parts, one per arm, for the figures that show where.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from numpy.typing import NDArray

from .layers import ink_on

BAR_INCHES = 0.27
LEGEND_COLUMNS = 5
LABEL_MIN = 0.07  # of the panel's longest bar; a narrower part has no figure in it


def draw_bars(
    axes: Axes,
    arms: list[str],
    parts: NDArray[np.float64],
    colours: list[str],
    labels: list[list[str]],
    totals: list[str],
) -> None:
    """One bar per arm, from the top, of parts (m, arms) from the left; labels and totals are the
    texts in the parts and at the bars' ends."""
    longest = max(parts.sum(axis=0).max(), 1e-12)
    for bar, _ in enumerate(arms):
        left = 0.0
        for part, colour, label in zip(parts[:, bar], colours, (row[bar] for row in labels)):
            if part <= 0:
                continue
            axes.barh(-bar, part, left=left, height=0.74, color=colour, edgecolor="none")
            if part >= LABEL_MIN * longest:
                axes.text(
                    left + part / 2,
                    -bar,
                    label,
                    ha="center",
                    va="center_baseline",
                    fontsize=6.8,
                    color=ink_on(colour),
                )
            left += part
        axes.text(
            left + 0.012 * longest, -bar, totals[bar], va="center_baseline", fontsize=7
        )
    axes.set_xlim(0, 1.17 * longest)
    axes.set_ylim(-len(arms) + 0.45, 0.55)
    axes.set_yticks([-i for i in range(len(arms))], arms, fontsize=7.5)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=7)
    axes.spines["left"].set_visible(False)


def legend_of(axes: Axes, colours: dict[str, str]) -> None:
    """One legend above all panels, which make room for it: name to colour, in their order."""
    figure = axes.figure
    rows = -(-len(colours) // LEGEND_COLUMNS)
    height = (0.08 + 0.17 * rows) / figure.get_figheight()
    figure.get_layout_engine().set(rect=(0, 0, 1, 1 - height), wspace=0.06)
    figure.legend(
        handles=[Patch(facecolor=colour, label=name) for name, colour in colours.items()],
        loc="upper left",
        ncol=min(LEGEND_COLUMNS, len(colours)),
        fontsize=7.5,
        frameon=False,
        handlelength=1.1,
        columnspacing=1.3,
        borderaxespad=0.2,
    ).set_in_layout(False)


def title_of(axes: Axes, cell: str, what: str) -> None:
    """The cell over the left panel of a row; what the panel shows stands under it."""
    axes.set_title(cell, loc="left", fontsize=8, fontweight="bold")
    axes.set_xlabel(what, fontsize=7.5)
