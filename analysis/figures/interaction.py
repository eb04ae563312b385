"""interaction.py -- 2 x 2: do two changes together do more than each of them alone?

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ..comparison.deciding import OPERATIONS
from ..comparison.judgement import judged
from ..comparison.wording import relative
from ..drawing import panels
from ..drawing.colours import colours, markers
from ..records.records import Run

QUESTION = "Do two changes together do more, or less, than each of them alone?"
PANEL_INCHES = 1.95
COLUMNS_MOST = 4
Shown = tuple[dict[str, str], str]  # of plan.interactions, and the cell


def _time(samples: Run) -> pd.DataFrame:
    frame = judged(samples)
    return frame[(frame["metric"] == OPERATIONS.column) & frame["effect_ratio"].notna()]


def _row(frame: pd.DataFrame, cell: str, arm: str, against: str) -> pd.Series | None:
    found = frame[
        (frame["cell"] == cell) & (frame["arm"] == arm) & (frame["against"] == against)
    ]
    return None if found.empty else found.iloc[0]


def items(samples: Run) -> list[Shown]:
    """Every interaction in every cell in which all four arms were measured."""
    if not samples.plan.get("interactions"):
        return []
    frame = _time(samples)
    return [
        (found, cell)
        for found in samples.plan["interactions"]
        for cell in samples.shown_cells
        if _row(frame, cell, found["both"], f"{found['first']} x {found['second']}") is not None
    ]


def applies(samples: Run) -> bool:
    return bool(items(samples))


def layout(samples: Run, width_inches: float, shown: Sequence[Shown]) -> tuple[int, int, float]:
    rows, columns = panels.grid(len(shown), width_inches, COLUMNS_MOST)
    return rows, columns, 0.55 + rows * PANEL_INCHES


def _draw_line(
    axes: Axes, left: pd.Series | None, right: pd.Series, colour: str, marker: Any
) -> None:
    """Draws a line from an arm's effect (None: the baseline's, which is 0; dashed and hollow, for
    in print it is as grey as an arm's) to another's, with intervals."""
    ends = [
        [0.0] * 3
        if row is None
        else list(
            np.log1p([row["effect_ratio"], row["effect_low_ratio"], row["effect_high_ratio"]])
        )
        for row in (left, right)
    ]
    axes.plot(
        [0, 1],
        [ends[0][0], ends[1][0]],
        color=colour,
        marker=marker,
        markersize=4.5,
        markerfacecolor="none" if left is None else colour,
        linestyle="--" if left is None else "-",
    )
    for at, (_, low, high) in enumerate(ends):
        axes.plot([at, at], [low, high], color=colour, linewidth=2.5, alpha=0.6)


def _draw_panel(samples: Run, axes: Axes, one: Shown, inches: float) -> None:
    found, cell = one
    frame, colour, marker = _time(samples), colours(samples), markers(samples)
    first = _row(frame, cell, found["first"], samples.baseline)
    second = _row(frame, cell, found["second"], samples.baseline)
    both = _row(frame, cell, found["both"], samples.baseline)
    together = _row(frame, cell, found["both"], f"{found['first']} x {found['second']}")
    if first is None or second is None or both is None or together is None:
        return
    base = samples.baseline
    _draw_line(axes, None, second, colour[base], marker[base])
    _draw_line(axes, first, both, colour[found["first"]], marker[found["first"]])
    expected = np.log1p(first["effect_ratio"]) + np.log1p(second["effect_ratio"])
    axes.plot(
        [0, 1],
        [np.log1p(first["effect_ratio"]), expected],
        color=axes.xaxis.label.get_color(),
        linestyle=":",
        linewidth=1.2,
        marker="x",
        markevery=[1],
        markersize=4.5,
    )
    effect, interval = relative(together)
    panels.cell_title(axes, cell, inches)
    axes.annotate(
        f"interaction {effect}\n{interval}",
        (0.03, 0.97),
        xycoords="axes fraction",
        va="top",
        fontsize=panels.TINY,
    )


def draw(samples: Run, axes: Any, shown: Sequence[Shown]) -> None:
    found, named = panels.flat(axes), panels.shown_names(samples)
    figure = found[0].figure
    _, columns, _ = layout(samples, figure.get_figwidth(), shown)
    for panel, one in zip(found, shown):
        _draw_panel(samples, panel, one, 0.8 * figure.get_figwidth() / columns)
        panel.set_xlim(-0.25, 1.25)
        panel.set_xticks([0, 1], ["without", "with"])
        low, high = panel.get_ylim()
        panel.set_ylim(low, high + 0.35 * (high - low))
        ratios = MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(*np.exp(panel.get_ylim()))
        ratios = [ratio for ratio in ratios if low <= np.log(max(ratio, 1e-9)) <= high]
        panel.set_yticks(np.log(ratios), [f"×{ratio:g}" for ratio in np.round(ratios, 6)])
        panel.tick_params(labelsize=panels.TINY, length=2.5, pad=2)
        panel.grid(True, axis="y", alpha=0.2, linewidth=0.5)
    panels.hide_spare(found, len(shown))
    names = dict.fromkeys((one[0]["first"], one[0]["second"]) for one in shown)
    panels.footer(
        figure,
        "across: " + "; ".join(f"without and with {named[second]}" for _, second in names),
        "up: operations per second, as a multiple of the baseline's · solid: with "
        + "; ".join(named[first] for first, _ in names),
    )


def caption(samples: Run) -> str:
    pairs = dict.fromkeys((found["first"], found["second"]) for found, _ in items(samples))
    names = panels.shown_names(samples)
    named = panels.listed([f"{names[first]} and {names[second]}" for first, second in pairs])
    interval = f"{100 * (1 - samples.plan['alpha']):g} %"
    return (
        f"The 2 x 2 of {named}, a panel per cell: operations per second as a multiple of the "
        f"baseline's, bars: {interval} sign-test intervals of the effects. Dashed: without "
        "the first of them, solid: with it. Parallel lines: no interaction; the cross is the "
        "product of the two alone. The interaction, with its "
        f"interval, is in the panel; 0 inside it: not told from none. {panels.measured_on(samples)}"
    )
