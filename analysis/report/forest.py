"""forest.py -- every comparison of a run on one small axis, as an SVG inside a page.

A bar for each comparison in each cell, as long as its interval, the largest effect on top. The axis
is logarithmic, and the same for every run, so that pictures can be compared: as far down as up, for
half as fast is as far from 0 as twice as fast.

  |     |    |   [|]   |    |     |
 -90  -75  -50   0 %  +100 +300  +900

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import math
from html import escape

import pandas as pd

from ..comparison.answers import compared_rows
from ..comparison.wording import MARKS, relative
from ..document.rounding import fixed
from ..records.records import Run

WIDTH, EDGE = 340, 12  # of the picture, and what its sides keep for the outermost words
AXIS_HEIGHT = 16
BAR_MIN = 3.0  # wide: an interval that is narrower would not be seen
TICKS = {-0.9: "-90", -0.75: "-75", -0.5: "-50", 0: "0 %", 1: "+100", 3: "+300", 9: "+900"}
FARTHEST = math.log1p(9)
LEAST = -0.9999  # an effect of -100 % has no logarithm, and stands far out
FEW, MANY = 12, 30  # rows; more of them are lower
ROW_HEIGHTS = (7.0, 4.5, 2.5)
COLOURED = ("better", "worse")


def x_of(ratio: float) -> float:
    """Where an effect stands across the picture; beyond the axis's ends, at its end."""
    part = max(-1.0, min(1.0, math.log1p(max(ratio, LEAST)) / FARTHEST))
    return WIDTH / 2 + part * (WIDTH / 2 - EDGE)


def _line(across: float, height: float, kind: str) -> str:
    x = fixed(across, 1)
    return f'<line class="{kind}" x1="{x}" y1="0" x2="{x}" y2="{fixed(height, 1)}"/>'


def _band(low: float, high: float, top: float, height: float, kind: str, words: str = "") -> str:
    """A box from one effect to another, at least BAR_MIN wide around its middle."""
    left, right = x_of(low), x_of(high)
    width = max(right - left, BAR_MIN)
    left = (left + right - width) / 2
    corners = zip(("x", "y", "width", "height"), (left, top, width, height))
    drawn = " ".join(f'{name}="{fixed(value, 1)}"' for name, value in corners)
    title = f"<title>{escape(words)}</title>" if words else ""
    return f'<rect class="{kind}" {drawn}>{title}</rect>'


def _word(ratio: float, y: float) -> str:
    """Of a tick; the outermost end where the picture does."""
    x, at_end = x_of(ratio), {min(TICKS): "start", max(TICKS): "end"}.get(ratio)
    if at_end:
        x = 0 if at_end == "start" else WIDTH
    kind = f' class="{at_end}"' if at_end else ""
    return f'<text{kind} x="{fixed(x, 1)}" y="{fixed(y, 1)}">{TICKS[ratio]}</text>'


def _bar(row: pd.Series, top: float, height: float) -> str:
    """Of an effect without an interval, where it stands."""
    bounds = [row["effect_low_ratio"], row["effect_high_ratio"]]
    if not all(map(math.isfinite, bounds)):
        bounds = [row["effect_ratio"]] * 2
    effect, interval = relative(row)
    verdict = row["verdict"] if row["verdict"] in COLOURED else "undecided"
    mark = MARKS.get(row["verdict"], "")
    words = f"{row['arm']} vs {row['against']}, {row['cell']}: {effect} {interval} {mark}".rstrip()
    return _band(*bounds, top, height, verdict, words)


def forest(run: Run) -> str:
    """The picture; empty where nothing was compared."""
    rows = compared_rows(run).sort_values("effect_ratio", ascending=False, kind="stable")
    if rows.empty:
        return ""
    pitch = ROW_HEIGHTS[(len(rows) > FEW) + (len(rows) > MANY)]
    height = pitch * len(rows) + 4
    margin = run.plan["margin"]
    parts = [_band(-margin, margin, 0, height, "margin")]
    parts += [_line(x_of(ratio), height, "tick" if ratio else "zero") for ratio in TICKS]
    parts += [
        _bar(row, 2 + number * pitch, 0.8 * pitch)
        for number, (_, row) in enumerate(rows.iterrows())
    ]
    parts += [_word(ratio, height + 11) for ratio in TICKS]
    size = f"0 0 {WIDTH} {fixed(height + AXIS_HEIGHT, 1)}"
    low, high = (relative(rows.iloc[at])[0] for at in (-1, 0))
    words = f"Forest plot of {len(rows)} effects on operations per second, from {low} to {high}"
    inner = "\n".join(parts)
    return f'<svg class="forest" viewBox="{size}" role="img" aria-label="{words}">\n{inner}\n</svg>'
