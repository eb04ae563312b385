"""ladder.py -- what each rung of a ladder of phases gains over the one before it.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ..comparison.rungs import MEMORY, Rungs, ladder, rungs
from ..drawing import panels
from ..drawing.colours import colours, markers
from ..drawing.value_axis import ValueAxis, effect_axis
from ..records.records import Run
from ..statistics.statistics import Interval

QUESTION = "What does each phase gain over the one that it is built over, and where?"
RUNGS_MIN = 3  # fewer are plain in the figure of effects
COLUMNS_MOST = 3
AROUND_INCHES = 0.42  # of a panel: its title, and the figures on its axis
BESIDE_INCHES = 0.15
MARKER_POINTS, CELL_POINTS = 4.5, 2.0


def applies(samples: Run) -> bool:
    return len(ladder(samples)) > RUNGS_MIN and bool(rungs(samples))


def items(samples: Run) -> list[Rungs]:
    return rungs(samples)


def _names(samples: Run) -> list[str]:
    names = panels.shown_names(samples)
    return [names[arm] for arm in ladder(samples)]


def layout(
    samples: Run, width_inches: float, shown: Sequence[Rungs]
) -> tuple[int, int, float]:
    rows, columns = panels.grid(len(shown), width_inches, COLUMNS_MOST)
    names = _names(samples)[1:]
    panel = AROUND_INCHES + len(names) * panels.row_inches(names, width_inches)
    return rows, columns, rows * panel + panels.footer_inches(width_inches, *_footer(samples))


def _ends(one: Interval) -> list[float]:
    return [x for x in (one.low, one.point, one.high) if np.isfinite(x)]


def _axis(samples: Run) -> ValueAxis:
    """The same in every panel, and on every page."""
    every = [x for of in rungs(samples) for one in of.means for x in _ends(one)]
    every += [x for of in rungs(samples) for values in of.by_cell for x in values]
    return effect_axis(every, logarithmic=True)


def _draw_rung(samples: Run, axes: Axes, axis: ValueAxis, row: int, of: Rungs) -> None:
    """Every cell as a dot, then the interval and the mean: filled where 0 is outside."""
    arm, one = ladder(samples)[row + 1], of.means[row]
    colour, marker = colours(samples)[arm], markers(samples)[arm]
    cells = [axis.coordinate(x) for x in of.by_cell[row] if np.isfinite(x)]
    axes.plot(cells, [row] * len(cells), linestyle="none", marker="o", markersize=CELL_POINTS,
              color=axes.xaxis.label.get_color(), alpha=0.45, markeredgewidth=0)  # fmt: skip
    if not np.isfinite(one.point):
        return
    known = np.isfinite([one.low, one.high]).all()
    if known:
        ends = [axis.coordinate(one.low), axis.coordinate(one.high)]
        axes.plot(ends, [row, row], color=colour, linewidth=1.5, solid_capstyle="butt")
    told = known and not one.low <= 0 <= one.high
    axes.plot([axis.coordinate(one.point)], [row], linestyle="none", marker=marker, color=colour,
              markersize=panels.size_of(marker, MARKER_POINTS), markeredgewidth=0.9,
              markerfacecolor=colour if told else "none")  # fmt: skip


def _footer(samples: Run) -> tuple[str, str]:
    return (
        "effect on speed, and on peak memory, % (logarithmic), each rung against the one above "
        f"it, the first against {_names(samples)[0]}",
        f"marker: geometric mean over cells · bar: {100 * (1 - samples.plan['alpha']):g} % "
        "interval · filled: 0 is outside · dot: a cell",
    )


def draw(samples: Run, axes: Any, shown: Sequence[Rungs]) -> None:
    found, axis, names = panels.flat(axes), _axis(samples), _names(samples)[1:]
    figure = found[0].figure
    columns = panels.grid(len(shown), figure.get_figwidth(), COLUMNS_MOST)[1]
    inches = panels.row_panel_inches(figure, names, columns) - BESIDE_INCHES
    for index, (panel, of) in enumerate(zip(found, shown)):
        for row in range(len(names)):
            _draw_rung(samples, panel, axis, row, of)
        count = f"{len(of.cells)} cell{'s' if len(of.cells) > 1 else ''}"
        more = ", more is worse" if of.title == MEMORY else ""
        panel.set_title(f"{of.title}, {count}{more}", fontsize=panels.TINY, fontweight="bold",
                        loc="left")  # fmt: skip
        for tick in axis.finish(panel, inches):
            panel.axvline(axis.coordinate(tick), color=panel.xaxis.label.get_color(), zorder=0,
                          linewidth=0.3 if tick else 0.7, alpha=0.3 if tick else 1)  # fmt: skip
        panels.row_labels(panel, names, index % columns == 0)
    panels.hide_spare(found, len(shown))
    panels.footer(figure, *_footer(samples))


def caption(samples: Run) -> str:
    first, *others = _names(samples)
    level = f"{100 * (1 - samples.plan['alpha']):g} %"
    kinds = panels.listed([of.title for of in rungs(samples)])
    return (
        f"What each phase gains over the one that it is built over, from {first} to {others[-1]} "
        f"({panels.listed(others)}), by kind of cell ({kinds}): the geometric mean over the cells "
        "of the median ratio within blocks, less 1, of what decides in a cell turned so that right "
        f"is faster, and of peak memory, of which right is more; with its {level} interval, "
        "unadjusted for the number of rungs. Filled where 0 is outside it; each dot is a cell. A "
        "phase between two that this run did not measure is part of the later one's rung. "
        f"{panels.measured_on(samples)}"
    )
