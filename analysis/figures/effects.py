"""effects.py -- forest plot: every comparison's effect on operations per second, with its interval.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, NullLocator

from ..colours import colours
from ..estimates import OPERATIONS
from ..judgement import judged
from ..records import Run

QUESTION = "By how much does each arm differ, and how sure is that?"
ROW_INCHES = 0.21
FAR = np.log(1.5)  # beyond +50 % the axis is linear up to NEAR and logarithmic from there
NEAR = 0.05
TICKS = (-0.9, -0.5, -0.2, -0.05, -0.02, 0, 0.02, 0.05, 0.2, 1, 4, 19, 99)


def _rows(samples: Run) -> pd.DataFrame:
    frame = judged(samples)
    return frame[
        (frame["metric"] == OPERATIONS.name)
        & ~frame["kind"].isin(["baseline", "average"])
        & frame["effect_ratio"].notna()
    ]


def layout(samples: Run) -> tuple[int, int, float, float]:
    rows = _rows(samples)
    return 1, 1, 7.2, max(2.2, 1.1 + ROW_INCHES * (len(rows) + 1.6 * rows["cell"].nunique()))


def applies(samples: Run) -> bool:
    return not _rows(samples).empty


def _draw_row(axes: Axes, row: pd.Series, height: float, colour: str) -> None:
    """A point with its interval, filled where the verdict is better or worse; diamonds for what
    was published, joined where that is a band."""
    low, high = np.log1p(row["effect_low_ratio"]), np.log1p(row["effect_high_ratio"])
    middle = np.log1p(row["effect_ratio"])
    axes.plot([low, high], [height, height], color=colour, linewidth=2, solid_capstyle="butt")
    decided = row["verdict"] in ("better", "worse")
    axes.plot(
        [middle],
        [height],
        marker="o",
        markersize=5,
        color=colour,
        markerfacecolor=colour if decided else "none",
        markeredgewidth=1.3,
    )
    published = [row["effect_published_low_ratio"], row["effect_published_high_ratio"]]
    if np.isfinite(published[0]):
        axes.plot(
            np.log1p(published),
            [height, height],
            marker="D",
            markersize=5,
            linewidth=0.8,
            color=axes.xaxis.label.get_color(),
            markerfacecolor="none",
            markeredgewidth=1,
        )


def _tick_label(ratio: float) -> str:
    """Per cent up to a doubling, multiples beyond."""
    return f"×{1 + ratio:g}" if ratio >= 1 else f"{100 * ratio:+g} %" if ratio else "0"


def _label_axis(axes: Axes) -> str:
    """Ticks at round effects; says what the axis is."""
    low, high = axes.get_xlim()
    far = max(abs(low), abs(high)) > FAR
    if far:
        axes.set_xscale("symlog", linthresh=NEAR, linscale=0.7)
        low, high = 1.25 * min(low, -NEAR), 1.25 * high
        ratios = TICKS
    else:
        ratios = tuple(
            round(x, 6)
            for x in MaxNLocator(7, steps=[1, 2, 5, 10]).tick_values(np.expm1(low), np.expm1(high))
        )
    axes.set_xticks([np.log1p(x) for x in ratios], [_tick_label(x) for x in ratios])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlim(low, high)
    return "effect on operations per second" + (
        f" (logarithmic beyond ±{100 * NEAR:g} %)" if far else ""
    )


def _short(row: pd.Series) -> str:
    return f"interaction in {row['arm']}" if row["kind"] == "interaction" else row["label"]


def draw(samples: Run, axes: Axes) -> None:
    rows, colour = _rows(samples), colours(samples)
    height, heights, labels = 0.0, [], []
    for cell in samples.cells:
        here = rows[rows["cell"] == cell]
        if here.empty:
            continue
        axes.annotate(
            cell,
            (0, height),
            xycoords=("figure fraction", "data"),
            xytext=(4, 0),
            va="center",
            textcoords="offset points",
            fontsize=7.5,
            fontweight="bold",
        ).set_in_layout(False)
        for _, row in here.iterrows():
            height -= 1
            _draw_row(axes, row, height, colour[row["arm"]])
            heights.append(height)
            labels.append(_short(row))
        height -= 1.6
    axes.axvline(0, color=axes.xaxis.label.get_color(), linewidth=0.8, zorder=0)
    axes.axvspan(
        np.log1p(-samples.plan["margin"]),
        np.log1p(samples.plan["margin"]),
        color=colour[samples.baseline],
        alpha=0.13,
        linewidth=0,
        zorder=0,
    )
    axes.set_yticks(heights, labels, fontsize=7.5)
    axes.set_ylim(height + 0.6, 0.9)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.margins(x=0.08)
    axes.set_xlabel(
        f"{_label_axis(axes)}\nband: ±{100 * samples.plan['margin']:g} %, the margin of “same” · "
        "filled: better or worse · diamond: published"
    )
