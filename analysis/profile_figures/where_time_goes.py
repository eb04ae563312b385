"""where_time_goes.py -- CPU time by layer: the region's per operation beside the start-up's.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from ..frames import main_stage
from ..joined import Joined
from ..layers import LAYERS, words
from ..profile_estimates import layer_counts
from ..profiles import Profile
from ..stacked_bars import BAR_INCHES, draw_bars, legend_of, title_of
from ..wording import number

QUESTION = "Where does CPU time go, in the region and before it?"


def _measured(joined: Joined) -> list[str]:
    profile = joined.profile
    return [cell for cell in joined.cells if profile is not None and profile.measured(cell)]


def applies(joined: Joined) -> bool:
    return bool(_measured(joined))


def layout(joined: Joined) -> tuple[int, int, float, float]:
    cells = _measured(joined)
    return len(cells), 2, 8.6, 0.7 + len(cells) * (0.62 + BAR_INCHES * len(joined.arms))


def _times(profile: Profile, cell: str, stage: str) -> tuple[NDArray[np.float64], str]:
    """Mean time of a process by layer and arm, shape (layers, arms), and its unit: ns per operation
    of a region whose operations are known, or ms of samples."""
    found, unit = [], "ms per process"
    for arm in profile.arms:
        counts = layer_counts(profile, cell, arm, stage).astype(float)
        operations = profile.column(cell, arm, "operations")
        if stage == "region" and np.isfinite(operations).all() and (operations > 0).all():
            whole = np.where(counts.sum(axis=0) > 0, counts.sum(axis=0), np.nan)
            time = profile.column(cell, arm, "cpu_ns") / operations
            found.append(np.nanmean(counts / whole * time, axis=1))
            unit = "ns per operation"
        else:
            period_ns = profile.column(cell, arm, "period_ns")
            found.append((counts * period_ns).mean(axis=1) / 1e6)
    return np.nan_to_num(np.array(found)).T, unit


def _draw_panel(profile: Profile, axes: Axes, cell: str, stage: str) -> str:
    times, unit = _times(profile, cell, stage)
    totals = times.sum(axis=0)
    labels = [
        [f"{100 * part / total:.0f} %" if total else "" for part, total in zip(row, totals)]
        for row in times
    ]
    draw_bars(
        axes,
        profile.arms,
        times,
        list(LAYERS.values()),
        labels,
        [number(total, 3) for total in totals],
    )
    return unit


def draw(joined: Joined, axes: NDArray) -> None:
    profile, cells = joined.profile, _measured(joined)
    panels = np.asarray(axes).reshape(len(cells), 2)
    for (left, right), cell in zip(panels, cells):
        stage = main_stage(profile, cell)
        unit = _draw_panel(profile, left, cell, stage)
        title_of(left, cell, f"{'region' if stage == 'region' else 'whole process'}, {unit}")
        unit = _draw_panel(profile, right, cell, "start_up")
        right.set_yticks([])
        right.set_xlabel(f"start-up, {unit}", fontsize=7.5)
    seen = {layer for _, layer in profile.stacks}
    legend_of(
        panels[0, 0], {words(layer): colour for layer, colour in LAYERS.items() if layer in seen}
    )
