"""history_chain_figure.py -- what gate after gate amounts to, chain beside chain.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..drawing.colours import PALETTE
from .history import History
from .history_axes import label_gates, legend, metric_axis, named, titled
from .history_chains import Link

QUESTION = "What do gates amount to, each against the head of the one before?"
PANEL_INCHES = 1.25
MARGIN = "#c2410c"
GAP = 1  # gates between two chains


def by_row(history: History) -> list[list[Link]]:
    """The links of each cell and metric; first where a margin is crept over."""
    found: dict[tuple[str, str], list[Link]] = {}
    for link in history.links:
        found.setdefault((link.cell, link.metric), []).append(link)
    return sorted(found.values(), key=lambda links: not any(link.crept() for link in links))


def layout(history: History, width_inches: float) -> tuple[int, int, float]:
    count = len(by_row(history))
    return count, 1, 0.7 + PANEL_INCHES * count


def _draw_link(axes: Axes, link: Link, first: int) -> None:
    points, colour = link.points, PALETTE[(link.chain.number - 1) % len(PALETTE)]
    at = first + np.arange(len(points) + 1)
    low, amount, high = (
        np.concatenate([[0.0], points[name]]) for name in ("amount_low", "amount", "amount_high")
    )
    axes.fill_between(at, low, high, color=colour, alpha=0.25, linewidth=0)
    axes.plot(at, amount, "o-", color=colour, markersize=2.5, linewidth=1.1)
    axes.plot(at[[0, -1]], [link.bound] * 2, color=MARGIN, linewidth=0.9, linestyle="dashed")


def _draw_row(axes: Axes, links: list[Link]) -> None:
    axes.axhline(0, color=axes.xaxis.label.get_color(), linewidth=0.6, zorder=0)
    first, at = 0, []
    for link in links:
        _draw_link(axes, link, first)
        if len(links) > 1:
            named(axes, str(link.chain.number), first)
        at.append(first + 1 + np.arange(len(link.points)))
        first += len(link.points) + 1 + GAP
    titled(axes, links[0].cell, links[0].metric, links[0].scale, links[0].unit)
    metric_axis(axes, links[0].scale)
    label_gates(axes, np.concatenate(at), pd.concat([link.points for link in links]))


def draw(history: History, axes: Any) -> None:
    panels = np.atleast_1d(axes)
    for panel, links in zip(panels, by_row(history)):
        _draw_row(panel, links)
    legend(
        panels[-1],
        "gates, chain by chain (day and head) · band: 95 % interval · dashed: one gate's margin",
    )
