"""why.py -- why runs of A after runs of B mislead: identical code, compared in two ways.

The run is one of the baseline against copies of itself. Windows of n blocks are compared as a
usual way would do it (n runs of A, then n runs of B, Mann-Whitney), and as slablab does it (the
ratio within each block, sign test). Every difference that is called significant is a false alarm.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy import stats

from ..drawing import panels
from ..records.records import Run
from ..statistics.statistics import lag_one_autocorrelation, median_ratio, ratio, sign_test_p
from .certificate import ALPHA, share
from .usual_methods import interleaved_windows, windows

QUESTION = "How often is identical code said to differ, run A then B, and run in blocks?"
WINDOWS = (10, 20, 50)  # runs of each arm
STRETCH = 20  # blocks whose median is a point of the line
TREND_BLOCKS = 400  # of the cell that is shown
AFTER, WITHIN = "#c2410c", "#23698c"


@dataclass(frozen=True)
class Alarms:
    """Shares of windows of n runs that are called different, each with its 95 % band."""

    n: int
    a_then_b: dict[str, Any]
    in_blocks: dict[str, Any]


def _times(run: Run, cell: str) -> NDArray[np.float64]:
    return run.matrix(cell, lambda rows: rows["cpu_ns"])


def differ_by_u_test(a: NDArray[np.float64], b: NDArray[np.float64]) -> bool:
    return bool(stats.mannwhitneyu(a, b, alternative="two-sided").pvalue <= ALPHA)


def differ_in_blocks(a: NDArray[np.float64], b: NDArray[np.float64]) -> bool:
    return sign_test_p(ratio(b, a), 1.0) <= ALPHA


def alarms(run: Run) -> list[Alarms]:
    """Over all cells and all copies of the baseline; every block is in one window of each size."""
    pairs = [(_times(run, cell), other) for cell in run.cells for other in range(1, len(run.arms))]
    rows = []
    for n in WINDOWS:
        after = [differ_by_u_test(*w) for times, arm in pairs for w in windows(times, 0, arm, n)]
        within = [
            differ_in_blocks(*w)
            for times, arm in pairs
            for w in interleaved_windows(times, 0, arm, n)
        ]
        rows.append(Alarms(n, share(sum(after), len(after)), share(sum(within), len(within))))
    return rows


def lag_one(run: Run) -> list[tuple[float, float]]:
    """Of each cell, the lag-1 autocorrelation of the baseline's times and of the control's ratios
    to it."""
    correlations = []
    for cell in run.cells:
        times = _times(run, cell)
        logs = np.log(ratio(times[:, 1], times[:, 0]))
        correlations.append((lag_one_autocorrelation(times[:, 0]), lag_one_autocorrelation(logs)))
    return correlations


def shown_cell(run: Run) -> str:
    """The cell whose raw times are correlated most: its drift can be seen."""
    return run.cells[int(np.argmax([raw for raw, _ in lag_one(run)]))]


def layout(run: Run, width_inches: float) -> tuple[int, int, float]:
    return 1, 3, 2.7


def _draw_trend(axes: Axes, ratios: NDArray[np.float64], colour: str, title: str) -> None:
    """Ratios to their median, as per cent: each block a dot, the median of a stretch a line."""
    per_cent = 100 * (ratios - 1)
    blocks = np.arange(1, per_cent.size + 1)
    axes.plot(blocks, per_cent, ".", color=colour, markersize=2, alpha=0.45)
    stretches = np.array_split(np.arange(per_cent.size), max(1, per_cent.size // STRETCH))
    axes.plot(
        [float(np.median(blocks[part])) for part in stretches],
        [float(np.median(per_cent[part])) for part in stretches],
        color=axes.xaxis.label.get_color(),
        linewidth=1.1,
    )
    axes.set_title(title, fontsize=panels.SMALL, loc="left")
    axes.set_xlabel("blocks, in the order in which they ran", fontsize=panels.SMALL)
    axes.yaxis.set_major_formatter(lambda y, _: f"{y:+g} %" if round(y, 9) else "0")


def _draw_alarms(axes: Axes, rows: list[Alarms]) -> None:
    lines = (
        ("runs of A, then of B", "a_then_b", AFTER, "o"),
        ("in blocks", "in_blocks", WITHIN, "s"),
    )
    at = np.arange(len(rows))
    for name, key, colour, marker in lines:
        bands = [getattr(row, key) for row in rows]
        shares = np.array([band["share"] for band in bands])
        reach = np.array([[b["share"] - b["low"], b["high"] - b["share"]] for b in bands]).T
        axes.errorbar(
            at, shares, yerr=np.maximum(reach, 0), color=colour, marker=marker, markersize=4.5,
            linewidth=1, elinewidth=2, label=name,
        )  # fmt: skip
    axes.axhline(ALPHA, color=axes.xaxis.label.get_color(), linewidth=0.7, linestyle=":")
    axes.annotate("promised: 5 %", (at[-1], ALPHA), xytext=(0, 3), textcoords="offset points",
                  fontsize=panels.TINY, ha="right")  # fmt: skip
    axes.set_xticks(at, [str(row.n) for row in rows])
    axes.set_xlim(-0.3, len(rows) - 0.7)
    axes.set_ylim(0, 0.75)
    axes.yaxis.set_major_formatter(lambda y, _: f"{100 * y:g} %")
    axes.set_title("identical code called different", fontsize=panels.SMALL, loc="left")
    axes.set_xlabel("runs of each", fontsize=panels.SMALL)
    axes.legend(loc="upper left", fontsize=panels.TINY, frameon=False)


def draw(run: Run, axes: NDArray[Any]) -> None:
    times = _times(run, shown_cell(run))[:TREND_BLOCKS]
    raw = times[:, 0] / np.median(times[:, 0])
    ratios = ratio(times[:, 1], times[:, 0])
    _draw_trend(axes[0], raw, AFTER, "CPU time of A, run after run")
    _draw_trend(axes[1], ratios / median_ratio(ratios), WITHIN, "A' against A, within a block")
    limit = 100 * float(np.percentile(np.abs(raw - 1), 97))
    for panel in axes[:2]:
        panel.set_ylim(-1.1 * limit, 1.1 * limit)
    _draw_alarms(axes[2], alarms(run))
    for panel in axes:
        panel.tick_params(labelsize=panels.TINY)
