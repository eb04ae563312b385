"""fault_heat_map.py -- where in its SuperSlab, and when, each page fault was.

Reuse is visible at a glance: no dots after the first cycles. Without it they go on to the end. What
is hatched is no reuse: the arm's region had ended.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.ticker import LogLocator, NullLocator
from numpy.typing import NDArray

from ..joined import Joined
from ..ledgers import Touches
from ..wording import count

QUESTION = "Does an arm go on touching new memory, or does it reuse what it has?"
TIME_BINS, PAGE_BINS = 90, 64
COLUMNS_MAX = 4
ENDED = {"facecolor": "#8f979f", "alpha": 0.28, "hatch": "////", "edgecolor": "#5b6168"}
# Every step is told from both white and near-black.
COLOURS = LinearSegmentedColormap.from_list("faults", ["#5aa9e6", "#7457c9", "#c94f9b", "#e0483e"])


def _arms(joined: Joined) -> list[str]:
    """Those that declare their memory; the control would show the baseline again."""
    touches = joined.ledger.touches if joined.ledger is not None else {}
    seen = {arm for _, arm in touches}
    return [arm for arm in joined.arms if arm != joined.control and arm in seen]


def _cells(joined: Joined) -> list[str]:
    touches = joined.ledger.touches if joined.ledger is not None else {}
    return [cell for cell in joined.cells if any((cell, arm) in touches for arm in _arms(joined))]


def _shape(joined: Joined) -> tuple[int, int]:
    """Rows of panels for each cell, and columns."""
    arms = len(_arms(joined))
    columns = min(COLUMNS_MAX, arms)
    return -(-arms // columns), columns


def applies(joined: Joined) -> bool:
    return bool(_cells(joined))


def layout(joined: Joined) -> tuple[int, int, float, float]:
    rows, columns = _shape(joined)
    rows *= len(_cells(joined))
    return rows, columns, 0.9 + 2.5 * columns, 0.3 + 2.2 * rows


def time_range_ns(all_touches: list[Touches]) -> tuple[float, float]:
    """From the first fault or the region's begin to the last fault or the region's end, of all
    panels of a cell together."""
    first = min([0.0, *(float(t.time_ns.min()) for t in all_touches if t.time_ns.size)])
    last = max(float(max(t.region_ns, t.time_ns.max(initial=0))) for t in all_touches)
    return first, max(last, first + 1)


def counts_of(touches: Touches, time_range: tuple[float, float]) -> NDArray[np.float64]:
    """Faults by page, grouped evenly, and time. Shape (at most PAGE_BINS, TIME_BINS)."""
    pages = max(1, touches.superslab_bytes // touches.page_bytes)
    return np.histogram2d(
        touches.page,
        touches.time_ns,
        bins=(min(PAGE_BINS, pages), TIME_BINS),
        range=((0, pages), time_range),
    )[0]


def _draw_panel(
    axes: Axes, touches: Touches, time_range: tuple[float, float], norm: LogNorm
) -> str:
    """Draws one arm's faults; returns how many there are."""
    found = counts_of(touches, time_range)
    pages = touches.superslab_bytes // touches.page_bytes
    edges = np.linspace(*time_range, TIME_BINS + 1) / 1e6
    axes.pcolormesh(
        edges,
        np.linspace(0, pages, len(found) + 1),
        np.ma.masked_equal(found, 0),
        cmap=COLOURS,
        norm=norm,
        rasterized=True,
    )
    superslabs = len(np.unique(touches.superslab))
    plural = "" if superslabs == 1 else "s"
    return f"{count(touches.time_ns.size)} faults, {count(superslabs)} SuperSlab{plural}"


def ended_ms(touches: Touches, time_range: tuple[float, float]) -> tuple[float, float] | None:
    """From where to where a panel lies beyond the arm's region; None where it does not, or nobody
    knows."""
    if not 0 < touches.region_ns < time_range[1]:
        return None
    return touches.region_ns / 1e6, time_range[1] / 1e6


def _over(axes: Axes, text: str, points: int, **style: object) -> None:
    """Text so far above the axes; the lines that its title leaves empty keep room for it."""
    axes.annotate(
        text, (0, 1), (0, points), xycoords="axes fraction", textcoords="offset points", **style
    ).set_in_layout(False)


def _draw_cell(
    joined: Joined, panels: list[Axes], cell: str, time_range: tuple[float, float], norm: LogNorm
) -> None:
    """One panel per arm, then empty ones; the cell's name stands over the first."""
    touches = joined.ledger.touches
    _over(panels[0], cell, 26, fontsize=8, fontweight="bold")
    for panel, arm in zip(panels, _arms(joined)):
        panel.set_xlim(*(x / 1e6 for x in time_range))
        panel.tick_params(labelsize=7)
        found = "not recorded"
        if (cell, arm) in touches:
            known = touches[cell, arm]
            found = _draw_panel(panel, known, time_range, norm)
            panel.set_ylim(0, known.superslab_bytes // known.page_bytes)
            ended = ended_ms(known, time_range)
            if ended is not None:
                panel.axvspan(*ended, zorder=0, linewidth=0, **ENDED)
        _over(panel, arm, 14, fontsize=7.5, fontweight="bold")
        panel.set_title(f"\n\n\n{found}", loc="left", fontsize=7, pad=3)
        if panel not in panels[:: _shape(joined)[1]]:
            panel.set_yticklabels([])
        if time_range[0] < -0.01 * time_range[1]:
            panel.axvline(0, linewidth=0.6, linestyle=":", color=panel.xaxis.label.get_color())
    for panel in panels[len(_arms(joined)) :]:
        panel.set_visible(False)
    panels[0].set_ylabel("page in its SuperSlab,\nall SuperSlabs overlaid", fontsize=7.5)
    panels[0].set_xlabel(
        "ms of wall time while recording, since\nthe region began; hatched: it had ended",
        fontsize=7,
    )


def draw(joined: Joined, axes: NDArray) -> None:
    cells, arms, touches = _cells(joined), _arms(joined), joined.ledger.touches
    panels = np.asarray(axes).reshape(len(cells), -1)
    drawn = {cell: [touches[cell, arm] for arm in arms if (cell, arm) in touches] for cell in cells}
    ranges = {cell: time_range_ns(found) for cell, found in drawn.items()}
    most = max(counts_of(one, ranges[cell]).max() for cell in cells for one in drawn[cell])
    norm = LogNorm(1, max(2, most))
    for row, cell in zip(panels, cells):
        _draw_cell(joined, list(row), cell, ranges[cell], norm)
    figure = panels[0, 0].figure
    bar = figure.colorbar(ScalarMappable(norm, COLOURS), ax=list(panels.flat), shrink=0.6)
    bar.set_label("faults in a dot", fontsize=7.5)
    bar.ax.tick_params(labelsize=7)
    bar.ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    bar.ax.yaxis.set_major_formatter(lambda faults, _: f"{faults:,.0f}")
    bar.ax.yaxis.set_minor_locator(NullLocator())
    bar.outline.set_visible(False)
