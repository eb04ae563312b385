"""history_axes.py -- what figures of gates over time share: axes, titles, names of gates.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import textwrap
from datetime import datetime, timezone

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from .gates import SCALES_OF_ONE

TICKS_PER_INCH = 1.2
LETTERS_PER_INCH = 13  # of a title
LABEL_LETTERS = 11
LEAST_RANGE = {"ratio": 0.005, "points": 0.01}  # half of an axis; of counts, 1
FONT_SIZE, LEGEND_SIZE = 6.5, 8


def _inches(axes: Axes) -> float:
    """The figure's width."""
    return float(axes.figure.get_size_inches()[0])


def legend(axes: Axes, text: str) -> None:
    """Below the last panel, in as many lines as its width takes."""
    axes.set_xlabel(
        textwrap.fill(text, int(LETTERS_PER_INCH * _inches(axes))), fontsize=LEGEND_SIZE
    )


def short(name: str) -> str:
    """Its end, where the names of files differ, with a sign that there is more."""
    return name if len(name) <= LABEL_LETTERS else f"…{name[1 - LABEL_LETTERS :]}"


def metric_axis(axes: Axes, scale: str) -> None:
    """In per cent, in points or in the metric's unit; readable where nothing changes: no axis of
    rounding errors alone."""
    unit = SCALES_OF_ONE.get(scale)
    if unit:
        axes.yaxis.set_major_formatter(
            lambda y, _: f"{100 * y:+.3g}{unit}" if round(y, 9) else "0"
        )
    else:
        axes.yaxis.set_major_formatter(lambda y, _: f"{y:+,.6g}" if round(y, 9) else "0")
    least = LEAST_RANGE.get(scale, 1.0)
    low, high = axes.get_ylim()
    if high - low < 2 * least:
        middle = (low + high) / 2
        axes.set_ylim(middle - least, middle + least)
    axes.tick_params(labelsize=FONT_SIZE)


def titled(axes: Axes, cell: str, metric: str, scale: str, unit: str) -> None:
    shown = "" if scale in SCALES_OF_ONE else f", {unit}"
    text = textwrap.fill(f"{cell}: {metric}{shown}", int(LETTERS_PER_INCH * _inches(axes)))
    axes.set_title(text, fontsize=7.5, loc="left", fontweight="bold")


def named(axes: Axes, name: str, at: float) -> None:
    """A part or a chain, above where it begins."""
    axes.annotate(
        name,
        (at, 1),
        xycoords=("data", "axes fraction"),
        va="top",
        fontsize=7,
        fontweight="bold",
    )


def label_gates(axes: Axes, at: NDArray[np.float64], points: pd.DataFrame) -> None:
    """The day and the head of some gates. at: where each of them is."""
    n = len(points)
    ticks = max(2, int(TICKS_PER_INCH * _inches(axes)))
    shown = np.unique(np.linspace(0, n - 1, min(n, ticks)).round().astype(int))
    labels = []
    for index in shown:
        point = points.iloc[index]
        began = datetime.fromtimestamp(point["started_unix_ns"] / 1e9, timezone.utc)
        labels.append(f"{began:%m-%d}\n{short(point['head'])}")
    axes.set_xticks(np.asarray(at)[shown], labels, fontsize=FONT_SIZE)
