"""where_time_goes.py -- CPU time by layer: the region's per operation beside the start-up's.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...comparison.wording import number
from ...drawing import panels, stacked_bars
from ...drawing.stacked_bars import Bars, Part, draw_cell, legend_of
from ...records.joined import Joined
from ...records.layers import LAYER_HATCHES, LAYERS, words
from ...records.profiles import Profile
from ...statistics.share_statistics import time_of_share
from ...statistics.statistics import Interval
from ..estimates import layer_counts, layers, time_ns
from ..frames import main_stage
from ..wording import STAGE_WORDS, share_text

QUESTION = "Where does CPU time go, in the region and before it?"
PARTS = {
    layer: Part(words(layer), colour, LAYER_HATCHES.get(layer, ""))
    for layer, colour in LAYERS.items()
}


def items(joined: Joined) -> list[str]:
    profile = joined.profile
    if profile is None:
        return []
    return [
        cell
        for cell in profile.shown_cells
        if any(profile.samples_of(cell, arm).sum() for arm in profile.arms)
    ]


def applies(joined: Joined) -> bool:
    return bool(items(joined))


def layout(joined: Joined, width_inches: float, cells: Sequence[str]) -> tuple[int, int, float]:
    names = [part.name for part in _seen(joined.profile)]
    return stacked_bars.layout(len(cells), _labels(joined), names, width_inches)


def _labels(joined: Joined) -> list[str]:
    names = panels.shown_names(joined)
    return [names[arm] for arm in joined.arms]


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


def _shares_of(profile: Profile, cell: str, stage: str) -> NDArray[np.float64]:
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


def _bars(profile: Profile, cell: str, stage: str) -> Bars:
    times, unit = times_of(profile, cell, stage)
    labels = [[_label(share) for share in row] for row in _shares_of(profile, cell, stage)]
    totals = [number(total, 3) for total in times.sum(axis=0)]
    return Bars(times, labels, totals, f"{STAGE_WORDS[stage]}, {unit}")


def _seen(profile: Profile) -> list[Part]:
    """Of layers that have any samples."""
    seen = {layer for _, layer in profile.stacks}
    return [part for layer, part in PARTS.items() if layer in seen]


def draw(joined: Joined, axes: NDArray, cells: Sequence[str]) -> None:
    profile = joined.profile
    found = np.asarray(axes).reshape(len(cells), 2)
    for (left, right), cell in zip(found, cells):
        both = _bars(profile, cell, main_stage(profile, cell)), _bars(profile, cell, "start_up")
        draw_cell(left, right, joined.cell_label(cell), _labels(joined), list(PARTS.values()), both)
    figure = found[0, 0].figure
    legend_of(figure, _seen(profile))
    panels.footer(
        figure,
        "length: mean CPU time, also at the bar's end · in a part: its share of the samples",
    )


def _uncertainty(joined: Joined) -> str:
    """The largest distance from a shown share to an end of its interval."""
    frame = layers(joined.profile)
    frame = frame[frame["cell"].isin(items(joined))]
    left = frame["cell"].map(lambda cell: main_stage(joined.profile, cell))
    frame = frame[(frame["stage"] == left) | (frame["stage"] == "start_up")]
    up = frame["share_high_ratio"] - frame["share_ratio"]
    down = frame["share_ratio"] - frame["share_low_ratio"]
    reach = np.fmax(up, down).max()
    if not np.isfinite(reach):
        return ", too few processes for an interval"
    level = f"{100 * (1 - joined.plan['alpha']):g} %"
    return f", {level} intervals that reach at most {np.ceil(100 * reach - 1e-9):.0f} points away"


def caption(joined: Joined) -> str:
    return (
        f"Where CPU time goes, by layer, of {panels.listed(_labels(joined))}: the region on the "
        "left and, to its own scale, the start-up on the right, a row of panels per cell. A bar is "
        "as long as the mean CPU time of an unsampled process; the figures in it are shares "
        f"of all samples of the arm{_uncertainty(joined)} (each is in the table). "
        f"{panels.processes_on(joined, joined.profile.sizes(items(joined)))}"
    )
