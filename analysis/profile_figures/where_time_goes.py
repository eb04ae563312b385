"""where_time_goes.py -- CPU time by layer: the region's per operation beside the start-up's.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from ..frames import main_stage
from ..joined import Joined
from ..layers import LAYERS, words
from ..profile_estimates import layer_counts, layers, time_ns
from ..profile_wording import share_text
from ..profiles import Profile
from ..share_statistics import time_of_share
from ..stacked_bars import BAR_INCHES, draw_bars, legend_of, title_of
from ..statistics import Interval
from ..wording import number

QUESTION = "Where does CPU time go, in the region and before it?"


def _measured(joined: Joined) -> list[str]:
    profile = joined.profile
    if profile is None:
        return []
    return [
        cell
        for cell in profile.cells
        if any(profile.samples_of(cell, arm).sum() for arm in profile.arms)
    ]


def applies(joined: Joined) -> bool:
    return bool(_measured(joined))


def layout(joined: Joined) -> tuple[int, int, float, float]:
    cells = _measured(joined)
    return len(cells), 2, 8.6, 0.7 + len(cells) * (0.62 + BAR_INCHES * len(joined.arms))


def times_of(profile: Profile, cell: str, stage: str) -> tuple[NDArray[np.float64], str]:
    """Mean time of a process by layer and arm as the tables have it, shape (layers, arms), and its
    unit: ns per operation of a region whose operations are known, or ms."""
    frame = layers(profile)
    frame = frame[(frame["cell"] == cell) & (frame["stage"] == stage)]
    if stage == "region" and frame["cpu_per_operation_ns"].notna().any():
        found = _by_layer(profile, frame, "cpu_per_operation_ns")
        return np.nan_to_num(found), "ns per operation"
    times = []
    for arm in profile.arms:
        counts = layer_counts(profile, cell, arm, stage)
        whole, time = counts.sum(axis=0), time_ns(profile, cell, arm, stage)
        alpha = profile.plan["alpha"]
        times.append([time_of_share(part, whole, time, alpha).point / 1e6 for part in counts])
    return np.nan_to_num(np.array(times)).T, "ms per process"


def shares_of(profile: Profile, cell: str, stage: str) -> NDArray[np.float64]:
    """Shares of the samples as the tables have them, shape (layers, arms); NaN without samples."""
    frame = layers(profile)
    frame = frame[(frame["cell"] == cell) & (frame["stage"] == stage)]
    return _by_layer(profile, frame, "share_ratio")


def _by_layer(profile: Profile, frame: pd.DataFrame, name: str) -> NDArray[np.float64]:
    table = frame.pivot(index="layer", columns="arm", values=name)
    return table.reindex(index=list(LAYERS), columns=profile.arms).to_numpy(dtype=float)


def _label(share: float) -> str:
    """A share as in the table, without its interval."""
    text = share_text(Interval(share, np.nan, np.nan)).split(" ")[0]
    return f"{text} %" if np.isfinite(share) else ""


def _draw_panel(profile: Profile, axes: Axes, cell: str, stage: str) -> str:
    times, unit = times_of(profile, cell, stage)
    labels = [[_label(share) for share in row] for row in shares_of(profile, cell, stage)]
    draw_bars(
        axes,
        profile.arms,
        times,
        list(LAYERS.values()),
        labels,
        [number(total, 3) for total in times.sum(axis=0)],
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
