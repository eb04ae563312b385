"""effects.py -- forest plot: every comparison's effect on operations per second, with its interval.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ..comparison.deciding import OPERATIONS, WALL_RATE, WALL_TIME, deciding
from ..comparison.judgement import judged
from ..comparison.wording import clock
from ..drawing import panels
from ..drawing.colours import colours, markers
from ..records.records import Run

PLACE = 0
QUESTION = "By how much does each arm differ, and how sure is that?"
PANEL_INCHES = 0.62
COLUMNS_MOST = 3
FAR = np.log(1.5)  # beyond +50 % the axis is linear up to NEAR and logarithmic from there
NEAR = 0.05
# Ticks of such an axis, the most important first: later ones are dropped if there is no room.
TICKS = (0, -0.9, 1, 9, -0.5, 0.2, -0.2, 99, 0.05, -0.05, 4, -0.99)
TICK_POINTS = 22  # between the middles of two ticks' words


def _rows(samples: Run) -> pd.DataFrame:
    frame = judged(samples)
    return frame[
        frame["decides"]
        & ~frame["kind"].isin(["baseline", "average"])
        & frame["effect_ratio"].notna()
    ]


RATES = {
    OPERATIONS.column: "operations per second",
    WALL_RATE.column: "operations per second of wall time",
}


def _what(samples: Run) -> tuple[str, str]:
    """What decides in the run's cells, and what lies right of 0."""
    columns = {deciding(cell).column for cell in samples.plan["cells"]}
    rates = [name for column, name in RATES.items() if column in columns]
    times = ["wall time"] if WALL_TIME.column in columns else []
    times += ["the CPU time of programs"] if columns - {*RATES, WALL_TIME.column} else []
    right = "more" if rates and times else "faster" if rates else "slower"
    return ", and on ".join([*rates, *times]), f"right of 0 is {right}"


def _short(row: pd.Series) -> str:
    if row["kind"] == "control":
        return "control (identical code)"
    return f"interaction in {row['arm']}" if row["kind"] == "interaction" else row["label"]


def _labels(rows: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(_short(row) for _, row in rows.iterrows()))


def layout(samples: Run, width_inches: float) -> tuple[int, int, float]:
    frame = _rows(samples)
    rows, columns = panels.grid(frame["cell"].nunique(), width_inches, COLUMNS_MOST)
    labels = _labels(frame)
    row_inches = panels.row_inches(labels, width_inches)
    footer_inches = 1.3 if panels.narrow(width_inches) else 0.9
    return rows, columns, footer_inches + rows * (PANEL_INCHES + row_inches * len(labels))


def applies(samples: Run) -> bool:
    return not _rows(samples).empty


def _draw_row(axes: Axes, row: pd.Series, height: float, colour: str, marker: Any) -> None:
    """A point with its interval, filled where the verdict is better or worse by more than
    the margin; diamonds for what
    was published, joined where that is a band."""
    low, high = np.log1p(row["effect_low_ratio"]), np.log1p(row["effect_high_ratio"])
    axes.plot([low, high], [height, height], color=colour, linewidth=2, solid_capstyle="butt")
    decided = row["verdict"] in ("better", "worse")
    axes.plot(
        [np.log1p(row["effect_ratio"])],
        [height],
        marker=marker,
        markersize=panels.size_of(marker, 4.5),
        color=colour,
        markerfacecolor=colour if decided else "none",
        markeredgewidth=1.1,
        clip_on=False,
    )
    published = [row["effect_published_low_ratio"], row["effect_published_high_ratio"]]
    if np.isfinite(published[0]):
        axes.plot(
            np.log1p(published),
            [height, height],
            marker="d",
            markersize=5.5,
            linewidth=0.8,
            color=axes.xaxis.label.get_color(),
            markerfacecolor="none",
            markeredgewidth=0.9,
        )


def _tick_label(ratio: float) -> str:
    """Per cent up to a doubling, multiples beyond."""
    return f"×{1 + ratio:g}" if ratio >= 1 else f"{100 * ratio:+g} %" if ratio else "0"


def _bounds(rows: pd.DataFrame) -> tuple[float, float]:
    names = ["effect_ratio", "effect_low_ratio", "effect_high_ratio"]
    names += ["effect_published_low_ratio", "effect_published_high_ratio"]
    every = np.log1p(rows[names].to_numpy(dtype=float))
    return min(0.0, float(np.nanmin(every))), max(0.0, float(np.nanmax(every)))


def _compressed(logs: float) -> float:
    """The position of a value on a symlog axis, in units of a decade."""
    inner = 0.7 * min(abs(logs), NEAR) / NEAR
    return float(np.sign(logs)) * (inner + np.log10(max(abs(logs), NEAR) / NEAR))


def _far_ticks(low: float, high: float, inches: float) -> list[float]:
    """Those of TICKS that have room on an axis of so many inches."""
    per_unit = 72 * inches / (_compressed(high) - _compressed(low))
    kept: list[float] = []
    for ratio in TICKS:
        place = _compressed(np.log1p(ratio)) * per_unit
        room = all(
            abs(place - _compressed(np.log1p(other)) * per_unit) >= TICK_POINTS for other in kept
        )
        if low <= np.log1p(ratio) <= high and room:
            kept.append(ratio)
    return kept


def _label_axis(axes: Axes, bounds: tuple[float, float], inches: float) -> None:
    low, high = bounds
    if max(abs(low), abs(high)) > FAR:
        axes.set_xscale("symlog", linthresh=NEAR, linscale=0.7)
        low, high = 1.5 * min(low, -NEAR), 1.5 * max(high, NEAR)
        ratios = _far_ticks(low, high, inches)
    else:
        low, high = low - 0.06 * (high - low), high + 0.06 * (high - low)
        locator = MaxNLocator(4, steps=[1, 2, 5, 10])
        ratios = [round(x, 6) for x in locator.tick_values(np.expm1(low), np.expm1(high))]
    axes.set_xticks([np.log1p(x) for x in ratios], [_tick_label(x) for x in ratios])
    axes.minorticks_off()
    axes.set_xlim(low, high)


def _draw_cell(
    samples: Run, axes: Axes, here: pd.DataFrame, labels: list[str], named: bool
) -> None:
    colour, marker = colours(samples), markers(samples)
    for _, row in here.iterrows():
        _draw_row(axes, row, labels.index(_short(row)), colour[row["arm"]], marker[row["arm"]])
    axes.axvline(0, color=axes.xaxis.label.get_color(), linewidth=0.8, zorder=0)
    margin = samples.plan["margin"]
    axes.axvspan(
        np.log1p(-margin),
        np.log1p(margin),
        color=colour[samples.baseline],
        alpha=0.16,
        linewidth=0,
        zorder=0,
    )
    panels.row_labels(axes, labels, named)


def draw(samples: Run, axes: Any) -> None:
    rows = _rows(samples)
    found, labels, bounds = panels.flat(axes), _labels(rows), _bounds(rows)
    figure = found[0].figure
    cells = [cell for cell in samples.cells if (rows["cell"] == cell).any()]
    _, columns, _ = layout(samples, figure.get_figwidth())
    inches = panels.row_panel_inches(figure, labels, columns)
    for place, (panel, cell) in enumerate(zip(found, cells)):
        _draw_cell(samples, panel, rows[rows["cell"] == cell], labels, place % columns == 0)
        panels.cell_title(panel, cell, inches)
        _label_axis(panel, bounds, inches)
    panels.hide_spare(found, len(cells))
    far = max(map(abs, bounds)) > FAR
    published = "◇ published · " if rows["effect_published_low_ratio"].notna().any() else ""
    panels.footer(
        figure,
        f"effect on {_what(samples)[0]}, against the baseline unless the row says otherwise"
        + (f" (logarithmic beyond ±{100 * NEAR:g} %; ×2: twice as many)" if far else ""),
        f"bar: {100 * (1 - samples.plan['alpha']):g} % interval (none: narrower than its marker) · "
        f"filled: better or worse · hollow: same or unclear · {published}"
        f"grey: ±{100 * samples.plan['margin']:g} %, the margin of “same”",
        panels.origin(samples),
    )


def caption(samples: Run) -> str:
    rows, (what, right) = _rows(samples), _what(samples)
    speed = re.sub(r"(operations per second)(?! of)", r"\1 of CPU time", what)
    copy = "; the control row is identical code" if samples.control is not None else ""
    interval = f"{100 * (1 - samples.plan['alpha']):g} %"
    return (
        f"Effect on {speed} ({panels.listed(_labels(rows))}), "
        f"a panel per cell: exp(median log-ratio within blocks) - 1, with its {interval} sign-test "
        f"interval (no line: narrower than the marker); {right}. Filled where Holm's "
        "adjustment over the whole run leaves "
        f"better or worse{copy}. {panels.measured_on(samples)}"
    )
