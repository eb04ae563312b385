"""fault_heat_map.py -- where in its SuperSlab, and when, each page fault was.

Reuse is visible at a glance: no dots after the first cycles. Without reuse they continue to the
end. A hatched area is not reuse: the arm's region had ended.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from ...comparison.wording import count
from ...drawing import panels
from ...records.joined import Joined
from ...records.ledgers import Touches

QUESTION = "Does an arm go on touching new memory, or does it reuse what it has?"
TIME_BINS, PAGE_BINS = 90, 64
COLUMNS_MOST, COLUMNS_NARROW = 4, 2
PANEL_INCHES = 1.75
SETTLED_DECIMALS = 9  # of a colour's fraction of the scale
ENDED = {"facecolor": "#8f979f", "alpha": 0.28, "hatch": "////", "edgecolor": "#5b6168"}
# Every step is told from both white and near-black, and more is darker for every eye and in grey.
COLOURS = LinearSegmentedColormap.from_list("faults", ["#63b4ee", "#8c86d8", "#b2559f", "#b03a2e"])


def _arms(joined: Joined) -> list[str]:
    """Those that declare their memory; the control would show the baseline again."""
    touches = joined.ledger.touches if joined.ledger is not None else {}
    seen = {arm for _, arm in touches}
    return [arm for arm in joined.shown_arms if arm in seen]


def items(joined: Joined) -> list[str]:
    touches = joined.ledger.touches if joined.ledger is not None else {}
    arms = _arms(joined)
    return [cell for cell in joined.shown_cells if any((cell, arm) in touches for arm in arms)]


def _shape(joined: Joined, width_inches: float) -> tuple[int, int]:
    """Rows of panels for each cell, and columns."""
    arms = len(_arms(joined))
    columns = min(COLUMNS_NARROW if panels.narrow(width_inches) else COLUMNS_MOST, arms)
    return -(-arms // columns), columns


def applies(joined: Joined) -> bool:
    return bool(items(joined))


def layout(joined: Joined, width_inches: float, cells: Sequence[str]) -> tuple[int, int, float]:
    rows, columns = _shape(joined, width_inches)
    rows *= len(cells)
    return rows, columns, 1.1 + PANEL_INCHES * rows


class SettledNorm(LogNorm):
    """A LogNorm without its last bits, in which processors differ: a value on the border between
    two colours has the same one everywhere."""

    def __call__(self, value: Any, clip: bool | None = None) -> Any:
        counts = np.ma.filled(np.ma.asarray(value, dtype=float), np.nan)
        fraction = np.log(counts / self.vmin) / np.log(self.vmax / self.vmin)
        return np.ma.masked_invalid(np.round(fraction, SETTLED_DECIMALS))


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
) -> tuple[str, str]:
    """Draws one arm's faults; returns how many there are, and in how many SuperSlabs."""
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
    faults = count(touches.time_ns.size)
    return f"{faults} faults", f"{count(superslabs)} SuperSlab{plural}"


def ended_ms(touches: Touches, time_range: tuple[float, float]) -> tuple[float, float] | None:
    """The part of a panel that is beyond the arm's region; None if there is none, or unknown."""
    if not 0 < touches.region_ns < time_range[1]:
        return None
    return touches.region_ns / 1e6, time_range[1] / 1e6


def _draw_cell(
    joined: Joined, row: list[Axes], cell: str, time_range: tuple[float, float], norm: LogNorm
) -> None:
    """One panel per arm, then empty ones; the cell's name stands over the first."""
    touches, figure = joined.ledger.touches, row[0].figure
    _, columns = _shape(joined, figure.get_figwidth())
    arms = _arms(joined)
    for index, (panel, arm) in enumerate(zip(row, arms)):
        panel.set_xlim(*(x / 1e6 for x in time_range))
        panel.tick_params(labelsize=panels.TINY, length=2.5, pad=2)
        panel.xaxis.set_major_locator(MaxNLocator(4))
        found = "not recorded"
        if (cell, arm) in touches:
            known = touches[cell, arm]
            between = "\n" if panels.narrow(figure.get_figwidth()) else ", "
            found = between.join(_draw_panel(panel, known, time_range, norm))
            panel.set_ylim(0, known.superslab_bytes // known.page_bytes)
            ended = ended_ms(known, time_range)
            if ended is not None:
                panel.axvspan(*ended, zorder=0, linewidth=0, **ENDED)
        inches = (figure.get_figwidth() - panels.AXIS_INCHES) / columns
        name = panels.wrapped(panels.shown_names(joined)[arm], inches, panels.TINY)
        panel.set_title(f"{name}\n{found}", loc="left", fontsize=panels.TINY, pad=3)
        panel.tick_params(labelleft=index % columns == 0)
        if time_range[0] < -0.01 * time_range[1]:
            panel.axvline(0, linewidth=0.6, linestyle=":", color=panel.xaxis.label.get_color())
    panels.hide_spare(row, len(arms))
    _name(row[0], joined.cell_label(cell))


def _name(axes: Axes, cell: str) -> None:
    """The cell above its first panel, whose title makes room for it."""
    inches = axes.figure.get_figwidth() - 0.2
    text = panels.wrapped(cell, inches / panels.BOLD, panels.TINY)
    lines = text.count("\n") + 1
    title = axes.get_title(loc="left")
    axes.set_title("\n" * lines + title, loc="left", fontsize=panels.TINY, pad=3)
    axes.annotate(
        text,
        (0, 1),
        (0, 3 + 1.25 * panels.TINY * (title.count("\n") + 1)),
        xycoords="axes fraction",
        textcoords="offset points",
        va="bottom",
        fontsize=panels.TINY,
        fontweight="bold",
    ).set_in_layout(False)


def draw(joined: Joined, axes: NDArray, cells: Sequence[str]) -> None:
    arms, touches = _arms(joined), joined.ledger.touches
    found = np.asarray(axes).reshape(len(cells), -1)
    drawn = {
        cell: [touches[cell, arm] for arm in arms if (cell, arm) in touches]
        for cell in items(joined)
    }
    ranges = {cell: time_range_ns(known) for cell, known in drawn.items()}
    most = max(counts_of(one, ranges[cell]).max() for cell in drawn for one in drawn[cell])
    norm = SettledNorm(1, max(2, most))
    for row, cell in zip(found, cells):
        _draw_cell(joined, list(row), cell, ranges[cell], norm)
    figure = found[0, 0].figure
    bar = figure.colorbar(
        ScalarMappable(norm, COLOURS),
        ax=list(found.flat),
        location="bottom",
        shrink=0.6,
        aspect=40,
        pad=0.1 / figure.get_figheight(),
    )
    bar.set_label("faults in a dot", fontsize=panels.TINY)
    bar.ax.tick_params(labelsize=panels.TINY)
    panels.log_ticks(bar.ax.xaxis, norm.vmin, norm.vmax, 8)
    bar.outline.set_visible(False)
    panels.footer(
        figure,
        "across: ms since the region began, while recording · up: page in its SuperSlab",
    )


def caption(joined: Joined) -> str:
    names = panels.shown_names(joined)
    return (
        "Each page fault in the SuperSlabs of "
        f"{panels.listed([names[arm] for arm in _arms(joined)])} in one process a cell: when it "
        "was, and which page of its SuperSlab it touched, all SuperSlabs overlaid; hatched: the "
        "region had ended. Recording makes a process slower than it is alone. "
        "Dots that go on to the end are memory that is touched anew; an arm that reuses what it "
        "has shows none after its first cycles. One process, so no interval: the table has the "
        f"spread of the counts. On {panels.machine_text(joined)}."
    )
