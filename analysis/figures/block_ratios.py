"""block_ratios.py -- the blocks' log-ratios: how they are spread, and whether one tells the next.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from ..comparison.residuals import has_residuals, residual_arms, residual_name, residuals
from ..drawing import panels
from ..drawing.colours import colours
from ..records.records import Run
from ..statistics import statistics
from ..document.rounding import fixed

ORDER = 2
QUESTION = "Are the blocks independent, and what does their spread look like?"
ROW_INCHES = 1.15
REACH = 5.0  # spreads to both sides; what lies beyond is drawn at the edge, and counted
BESIDE_INCHES = 0.2  # of a title, which begins at the left edge
BINS = 41
DRAWN_MOST = 1500  # points of a lag plot; beyond, every k-th

applies, items = has_residuals, residual_arms


def layout(samples: Run, width_inches: float, arms: Sequence[str]) -> tuple[int, int, float]:
    return len(arms), 2, 0.6 + ROW_INCHES * len(arms)


def _spread_bound(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip(values, -REACH, REACH)


def _draw_distribution(axes: Axes, values: NDArray[np.float64], colour: str) -> None:
    edges = np.linspace(-REACH, REACH, BINS + 1)
    if len(values):
        axes.hist(_spread_bound(values), bins=edges, density=True, color=colour, alpha=0.55)
    across = np.linspace(-REACH, REACH, 201)
    # The spread is the middle half's width over that of a standard normal.
    axes.plot(
        across,
        np.exp(-(across**2) / 2) / np.sqrt(2 * np.pi),
        color=axes.xaxis.label.get_color(),
        linewidth=0.9,
        linestyle=":",
    )
    beyond = int((np.abs(values) > REACH).sum())
    if beyond:
        axes.annotate(
            f"{panels.whole(beyond)} beyond ±{REACH:g}",
            (1, 0.95),
            xycoords="axes fraction",
            ha="right",
            va="top",
            fontsize=panels.TINY,
        )
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def _draw_lag(axes: Axes, pairs: NDArray[np.float64], colour: str) -> None:
    shown = pairs[:: max(1, len(pairs) // DRAWN_MOST)]
    axes.plot(
        _spread_bound(shown[:, 0]),
        _spread_bound(shown[:, 1]),
        linestyle="none",
        marker="o",
        markersize=2,
        alpha=0.35,
        color=colour,
        markeredgewidth=0,
        rasterized=True,
    )
    ink = axes.xaxis.label.get_color()
    axes.axhline(0, color=ink, linewidth=0.4)
    axes.axvline(0, color=ink, linewidth=0.4)
    if len(pairs) > 2:
        together = statistics.correlation(*_spread_bound(pairs).T)
        chance = statistics.lag_one_bound(len(pairs))
        axes.annotate(
            f"r = {fixed(together, 2, '+')}\nchance ±{fixed(chance, 2)}",
            (1.02, 0.5),
            xycoords="axes fraction",
            va="center",
            fontsize=panels.TINY,
        )
    axes.set_ylim(-REACH, REACH)
    axes.set_yticks([])


def draw(samples: Run, axes: Any, arms: Sequence[str]) -> None:
    found = np.asarray(axes, dtype=object).reshape(-1, 2)
    frame, colour = residuals(samples), colours(samples)
    for (left, right), arm in zip(found, arms):
        here = frame[(frame["arm"] == arm) & np.isfinite(frame["in_spreads"])]
        values = here["in_spreads"].to_numpy()
        pairs = [
            np.column_stack([series[:-1], series[1:]])
            for _, rows in here.groupby("cell", observed=True)
            for series in [rows["in_spreads"].to_numpy()]
        ]
        _draw_distribution(left, values, colour[arm])
        _draw_lag(right, np.concatenate(pairs or [np.empty((0, 2))]), colour[arm])
        left.set_title(
            panels.arm_title(
                left.figure,
                f"{residual_name(samples, arm)}, {panels.whole(len(values))} blocks",
                BESIDE_INCHES,
            ),
            fontsize=panels.TINY,
            fontweight="bold",
            loc="left",
        )
        for panel in (left, right):
            panel.set_xlim(-REACH, REACH)
            panel.tick_params(labelsize=panels.TINY, length=2.5, pad=2)
    panels.footer(
        found[0, 0].figure,
        "left: log-ratio less its cell's median, in spreads · right: a block across, the next up",
    )


def caption(samples: Run) -> str:
    return (
        "Log-ratios of operations per second within a block, each arm against the baseline, less "
        "their cell's median and in units of their cell's spread (the standard deviation of a "
        "normal distribution with as wide a middle half), all cells together. Left: their "
        "distribution, with a normal one dotted; the sign test assumes no shape. Right: each block "
        "against the next one of its cell; independent blocks make a round cloud, and r within "
        f"what chance gives; one that leans is dependence. {panels.measured_on(samples)}"
    )
