"""cold_start.py -- operations per second against operations done since a cold start.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from ..comparison.deciding import OPERATIONS
from ..comparison.wording import clock
from ..drawing import against_operations as lines
from ..drawing import panels
from ..records.records import Run

QUESTION = "How fast is a process that has done so many operations since its cold start?"

items, layout, applies = lines.items, lines.layout, lines.applies


def _window(samples: Run) -> int | None:
    """The number of operations that published speeds are about, where they name one."""
    named = {
        int(found[1])
        for entry in samples.plan.get("published", [])
        if entry["metric"] == OPERATIONS.column and not entry.get("against")
        for found in [re.search(r"(?:^| )operations=(\d+)(?: |$)", entry["where"])]
        if found
    }
    return named.pop() if len(named) == 1 else None


def _published(samples: Run) -> list[float]:
    return [
        entry["value"] / OPERATIONS.shown_divisor
        for entry in samples.plan.get("published", [])
        if entry["metric"] == OPERATIONS.column and not entry.get("against")
    ]


def _mark(samples: Run, axes: Axes, named: bool) -> None:
    """The published window as a line upwards, and the published speeds as one across."""
    ink = axes.xaxis.label.get_color()
    window, speeds = _window(samples), _published(samples)
    if window is None:
        return
    axes.axvline(window, color=ink, linewidth=0.8, linestyle=(0, (4, 2)), zorder=0)
    axes.axhspan(
        min(speeds) / 1.01, max(speeds) * 1.01, color=ink, alpha=0.35, linewidth=0, zorder=0
    )
    if named:
        axes.annotate(
            f"published\n{min(speeds):.3g} to {max(speeds):.3g}",
            (1, max(speeds)),
            ha="right",
            va="bottom",
            xycoords=("axes fraction", "data"),
            fontsize=panels.TINY,
        )


def draw(samples: Run, axes: Any, groups: Sequence[lines.Group]) -> None:
    found = lines.draw(samples, axes, groups, OPERATIONS, _axis_text(samples))
    for index, panel in enumerate(found):
        _mark(samples, panel, named=index == 0)


def _axis_text(samples: Run) -> str:
    return f"M operations per second of {clock(samples)}, on average since the start"


def caption(samples: Run) -> str:
    window, speeds = _window(samples), _published(samples)
    said = lines.caption(
        samples, f"Operations per second of {clock(samples)}, averaged from the first one,"
    )
    if window is None:
        return said
    return (
        f"{said} Dashed: the {panels.whole(window)} operations after which the published figures "
        f"were taken; grey line: those figures, {min(speeds):.3g} to {max(speeds):.3g} M, of "
        "another machine."
    )
