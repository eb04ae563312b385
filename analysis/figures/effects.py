"""Forest plot: every comparison's effect on operations per second, with interval and published figure.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..colours import colours
from ..estimates import OPERATIONS
from ..judgement import judged
from ..records import Run

QUESTION = "By how much does each arm differ, and how sure is that?"
ROW_INCHES = 0.21
FAR = np.log(1.5)     # beyond +50 % the axis is told in multiples, not in per cent
MULTIPLES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


def _rows(samples: Run) -> pd.DataFrame:
    frame = judged(samples)
    return frame[(frame["metric"] == OPERATIONS.name) & (frame["kind"] != "baseline")
                 & frame["effect_ratio"].notna()]


def layout(samples: Run) -> tuple[int, int, float, float]:
    rows = _rows(samples)
    return 1, 1, 7.2, max(2.2, 1.1 + ROW_INCHES * (len(rows) + 1.6 * rows["cell"].nunique()))


def applies(samples: Run) -> bool:
    return not _rows(samples).empty


def _draw_row(axes: Axes, row: pd.Series, height: float, colour: str) -> None:
    """A point with its interval, filled where the verdict is better or worse; a diamond for what was published."""
    low, high = np.log1p(row["effect_low_ratio"]), np.log1p(row["effect_high_ratio"])
    middle = np.log1p(row["effect_ratio"])
    axes.plot([low, high], [height, height], color=colour, linewidth=2, solid_capstyle="butt")
    decided = row["verdict"] in ("better", "worse")
    axes.plot([middle], [height], marker="o", markersize=5, color=colour,
              markerfacecolor=colour if decided else "none", markeredgewidth=1.3)
    published = row["effect_published_low_ratio"]
    if np.isfinite(published):
        axes.plot([np.log1p(published)], [height], marker="D", markersize=5, color="none",
                  markeredgecolor=axes.xaxis.label.get_color(), markeredgewidth=1)


def _label_axis(axes: Axes) -> None:
    """Per cent near zero; multiples of the baseline where the effects are large."""
    low, high = axes.get_xlim()
    if max(abs(low), abs(high)) > FAR:
        ticks = [m for m in MULTIPLES if low <= np.log(m) <= high]
        axes.set_xticks(np.log(ticks), [f"×{m:g}" for m in ticks])
        axes.set_xlabel("operations per second, as a multiple (log scale)")
    else:
        axes.xaxis.set_major_formatter(lambda x, _: f"{100 * np.expm1(x):+.3g} %" if abs(x) > 1e-9 else "0")
        axes.set_xlabel("effect on operations per second")


def draw(samples: Run, axes: Axes) -> None:
    rows, colour = _rows(samples), colours(samples)
    height, heights, labels = 0.0, [], []
    for cell in samples.cells:
        here = rows[rows["cell"] == cell]
        if here.empty:
            continue
        axes.annotate(cell, (0, height), xycoords=("axes fraction", "data"), xytext=(4, 0),
                      textcoords="offset points", va="center", fontsize=7.5, fontweight="bold")
        for _, row in here.iterrows():
            height -= 1
            _draw_row(axes, row, height, colour[row["arm"]])
            heights.append(height)
            labels.append(row["label"])
        height -= 1.6
    axes.axvline(0, color=axes.xaxis.label.get_color(), linewidth=0.8, zorder=0)
    axes.axvspan(np.log1p(-samples.plan["margin"]), np.log1p(samples.plan["margin"]), color=colour[samples.baseline],
                 alpha=0.13, linewidth=0, zorder=0)
    axes.set_yticks(heights, labels, fontsize=7.5)
    axes.set_ylim(height + 0.6, 0.9)
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.08)
    _label_axis(axes)
    axes.set_title(f"band: ±{100 * samples.plan['margin']:g} %, the margin of “same” · filled: better or worse · "
                   "diamond: published", fontsize=7.5, loc="left")
