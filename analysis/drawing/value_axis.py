"""value_axis.py -- an axis that many rows share: logarithmic or linear, with ticks that have room.

Coordinates are what matplotlib draws at: decimal logarithms, or the values themselves. A count of
0 has no logarithm, so it stands left of a dotted line, beyond the smallest other value.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ..document.rounding import exponent
from . import panels

ZERO_SHARE, GAP_SHARE = 0.09, 0.045  # of the axis's length, left of the smallest value
EDGE_SHARE = 0.03
LETTER_POINTS = panels.POINTS_PER_LETTER * panels.TINY
TICK_GAP_POINTS = 5.0
NEARLY_LINEAR = 3.0  # times its low end: then round steps are better ticks than powers
TICK_STEPS = ((1,), (1, 3), (1, 2, 5))  # of decades; more of them where there is room


@dataclass(frozen=True)
class ValueAxis:
    """low, high: the smallest and the largest value, above 0 where it is logarithmic; offset: what
    is added before a logarithm is taken, 1 for effects; text: of a tick."""

    low: float
    high: float
    logarithmic: bool
    text: Callable[[float], str]
    offset: float = 0.0
    has_zero: bool = False

    def _raw(self, value: float) -> float:
        return math.log10(value + self.offset) if self.logarithmic else value

    @property
    def length(self) -> float:
        """From the lowest value's coordinate to the highest's."""
        return self._raw(self.high) - self._raw(self.low) or 0.02

    @property
    def gap(self) -> float | None:
        """Where the dotted line stands."""
        return self._raw(self.low) - GAP_SHARE * self.length if self.has_zero else None

    def coordinate(self, value: float) -> float:
        if self.logarithmic and value + self.offset <= 0:
            return self._raw(self.low) - ZERO_SHARE * self.length
        return self._raw(value)

    def _candidates(self) -> list[list[float]]:
        """Ticks at round values, the fewest first."""
        low, high = self.low + self.offset, self.high + self.offset
        found = []
        if self.logarithmic and not self.offset:
            for steps in TICK_STEPS:
                powers = range(exponent(low) - 1, exponent(high) + 2)
                found.append([step * 10.0**power for power in powers for step in steps])
        if not self.logarithmic or high / low < NEARLY_LINEAR:
            for bins in (2, 3, 4, 5, 6, 8):
                ticks = MaxNLocator(bins, steps=[1, 2, 5, 10]).tick_values(self.low, self.high)
                found.append([round(x, 12) for x in ticks])
        return [sorted(x for x in ticks if self.low <= x <= self.high) for ticks in found]

    def ticks(self, inches: float) -> list[float]:
        """The most that have room for their words on an axis of so many inches; 0 among those of an
        axis that shows it."""
        points = 72 * inches / (self.length * (1 + 2 * EDGE_SHARE + ZERO_SHARE * self.has_zero))
        best = self._important(points) if self.offset else []
        for ticks in self._candidates():
            shown = ([0.0] if self.has_zero else []) + ticks
            if len(shown) > len(best) and self._have_room(shown, points):
                best = shown
        return best or [self.low]

    def _important(self, points: float) -> list[float]:
        """Of effects: as many as have room, the most important first."""
        found: list[float] = []
        for tick in EFFECT_TICKS:
            more = sorted([*found, tick])
            if self.low <= tick <= self.high and self._have_room(more, points):
                found = more
        return found

    def _have_room(self, ticks: list[float], points: float) -> bool:
        ends = [
            (points * self.coordinate(x) - half, points * self.coordinate(x) + half)
            for x in ticks
            for half in [LETTER_POINTS * len(self.text(x)) / 2 + TICK_GAP_POINTS / 2]
        ]
        return all(one[1] <= next_[0] for one, next_ in zip(ends, ends[1:]))

    def finish(self, axes: Axes, inches: float) -> list[float]:
        """Sets limits and ticks; returns the ticks."""
        found = self.ticks(inches)
        axes.set_xticks([self.coordinate(x) for x in found], [self.text(x) for x in found])
        axes.minorticks_off()
        edge = EDGE_SHARE * self.length
        left = self.coordinate(0.0) if self.has_zero else self._raw(self.low)
        axes.set_xlim(left - edge, self._raw(self.high) + edge)
        return found


# Effects as ratios less 1, the most important first.
EFFECT_TICKS = (0.0, -0.5, 1.0, -0.9, 9.0, 0.5, -0.2, 0.2, 3.0, -0.75, 0.1, -0.1, -0.3, 0.3, -0.99,
                99.0, 0.05, -0.05, 0.02, -0.02)  # fmt: skip


def effect_text(ratio: float) -> str:
    """Per cent; the sign of the axis's words is not repeated."""
    return f"{100 * ratio:+.4g}" if ratio else "0"


def effect_axis(ratios: Iterable[float], logarithmic: bool) -> ValueAxis:
    """Of effects, shown in per cent; 0 is on it."""
    known = [x for x in ratios if np.isfinite(x)]
    low, high = min([0.0, *known]), max([0.0, *known])
    if logarithmic:
        low = max(low, -0.999)
        room = max(0.02, 0.02 * math.log((1 + high) / (1 + low)))
        low, high = (1 + low) * math.exp(-room) - 1, (1 + high) * math.exp(room) - 1
    else:
        room = max(0.02, 0.02 * (high - low))
        low, high = low - room, high + room
    return ValueAxis(low, high, logarithmic, effect_text, 1.0 if logarithmic else 0.0)


def amount_axis(values: Iterable[float]) -> ValueAxis:
    """Of amounts that are not negative: logarithmic, with room for 0 where there is one."""
    known = [x for x in values if np.isfinite(x)]
    positive = [x for x in known if x > 0] or [1.0]
    low, high = min(positive), max(positive)
    if high / low < 1.1:
        low, high = low / 1.05, high * 1.05
    return ValueAxis(low, high, True, panels.value_text, has_zero=any(x <= 0 for x in known))
