"""block_series.py -- the blocks' log-ratios in the order in which they were taken, and the weather.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..comparison.residuals import has_residuals, residual_arms, residual_name, residuals
from ..comparison.weather import along_time
from ..drawing import panels
from ..drawing.colours import colours
from ..records.kinds import is_imported
from ..records.records import Run
from ..document.rounding import significant

ORDER = 2
QUESTION = "Did a drift, or the weather on the machine, get into the effects?"
ROW_INCHES = 0.62
LIMIT_PERCENTILE = 90  # of the distances from 0: the axis reaches so far
STRETCHES = 24  # of the run's blocks, each with a median
DRAWN_MOST = 1500  # points of a series; beyond, every k-th


def applies(samples: Run) -> bool:
    """What was imported tells no times of its blocks."""
    return has_residuals(samples) and not is_imported(samples.plan)


def items(samples: Run) -> list[str]:
    """Arms, then what is known of the weather: a panel each."""
    weather = [name for name in along_time(samples).columns if name != "minutes"]
    return [*residual_arms(samples), *weather]


def layout(samples: Run, width_inches: float, rows: Sequence[str]) -> tuple[int, int, float]:
    return len(rows), 1, 0.55 + ROW_INCHES * len(rows)


def _draw_series(axes: Axes, here: pd.DataFrame, colour: str) -> None:
    """Every block as a point, and the median of each stretch of them as a line."""
    values = 100 * np.expm1(here["residual"].to_numpy())
    minutes = here["minutes"].to_numpy()
    limit = max(0.2, float(np.percentile(np.abs(values), LIMIT_PERCENTILE)))
    every = max(1, len(values) // DRAWN_MOST)
    axes.plot(
        minutes[::every],
        np.clip(values, -limit, limit)[::every],
        linestyle="none",
        marker="o",
        markersize=1.6,
        markeredgewidth=0,
        rasterized=True,
        alpha=0.55,
        color=colour,
    )
    stretches = [part for part in np.array_split(np.arange(len(values)), STRETCHES) if len(part)]
    axes.plot(
        [np.median(minutes[part]) for part in stretches],
        [np.median(values[part]) for part in stretches],
        color=axes.xaxis.label.get_color(),
        linewidth=1.1,
    )
    axes.axhline(0, color=axes.xaxis.label.get_color(), linewidth=0.4)
    axes.set_ylim(-1.08 * limit, 1.08 * limit)
    tick = float(significant(0.8 * limit, 1))
    axes.set_yticks([-tick, 0, tick], [f"{-tick:+g} %", "0", f"{tick:+g} %"])


def _draw_weather(axes: Axes, minutes: pd.Series, values: pd.Series) -> None:
    ink = axes.xaxis.label.get_color()
    axes.fill_between(minutes, 0, values, step="mid", color=ink, alpha=0.35, linewidth=0)
    axes.set_ylim(0, 1.08 * float(np.nanmax(values, initial=0.0)) or 1)
    axes.locator_params(axis="y", nbins=3)


def _name(axes: Axes, text: str) -> None:
    title = panels.arm_title(axes.figure, text, panels.AXIS_INCHES)
    axes.set_title(title, fontsize=panels.TINY, fontweight="bold", loc="left", pad=2)
    axes.tick_params(labelsize=panels.TINY, length=2.5, pad=2)


def draw(samples: Run, axes: Any, rows: Sequence[str]) -> None:
    found = panels.flat(axes)
    frame, sky, colour = residuals(samples), along_time(samples), colours(samples)
    arms = residual_arms(samples)
    for panel, arm in ((panel, row) for panel, row in zip(found, rows) if row in arms):
        here = frame[(frame["arm"] == arm) & np.isfinite(frame["residual"])]
        _draw_series(panel, here.sort_values("minutes", kind="stable"), colour[arm])
        _name(panel, residual_name(samples, arm))
    for panel, name in ((panel, row) for panel, row in zip(found, rows) if row not in arms):
        _draw_weather(panel, sky["minutes"], sky[name])
        _name(panel, name)
    last = float(sky["minutes"].max()) or 1.0
    for panel in found:
        panel.set_xlim(-0.01 * last, 1.01 * last)
        panel.tick_params(labelbottom=panel is found[-1])
    panels.footer(
        found[0].figure,
        "minutes since the first block",
        "dot: a block · line: median of a stretch of blocks",
    )


def caption(samples: Run) -> str:
    return (
        "Log-ratios of operations per second within a block, each arm against the baseline, less "
        "their cell's median, as per cent, in the order in which the blocks were taken; the line "
        f"is the median of each of {STRETCHES} stretches and should stay at 0; points beyond the "
        "axis are at its edge. Below: what the machine did meanwhile, a mean per stretch of "
        f"blocks. {panels.measured_on(samples)}"
    )
