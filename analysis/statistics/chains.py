"""chains.py -- effects of one gate after another, and what they amount to.

A chain's effect is the product of its gates' ratios (of differences the sum), and its interval
reaches from the product of their low ends to that of their high ends.

It holds wherever all of theirs do. At which level: on the scale of logarithms the chain's error is
the sum of K independent ones, and the interval's half the sum of theirs. With errors that are
alike, symmetric and of log-concave density once each is divided by its own half-width, the weighted
mean of K lies within 1 at least as often as one alone (Proschan 1965, Ann. Math. Statist. 36:1703),
so the chain's interval holds at least at the level of one gate's, 95 %, whatever K. Errors pushed
to one side, by stopping at will or because a change that fails never lands, add up, but to less
than the sum of the half-widths; the root of the sum of their squares would be narrower, and misses
nearly always there (tests/test_chains.py simulates it). Without any assumption the interval holds
at 1 - K alpha (Boole).

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def _on_scale(values: ArrayLike, is_ratio: bool) -> NDArray[np.float64]:
    """Where effects of gates add up."""
    array = np.asarray(values, dtype=float)
    return np.log1p(array) if is_ratio else array


def amounts(effects: ArrayLike, is_ratio: bool) -> NDArray[np.float64]:
    """What the first 1, 2, ... n effects amount to: relative effects multiply, differences add.
    Shape (n,); NaN from the first NaN on."""
    array = np.asarray(effects, dtype=float)
    return np.cumprod(1 + array) - 1 if is_ratio else np.cumsum(array)


def worst_stretch(lows: ArrayLike, is_ratio: bool) -> tuple[int, int]:
    """First and one past the last of the stretch whose low ends amount to most; a NaN is in none.
    (0, 0) without any number."""
    best, found, total, first = -np.inf, (0, 0), 0.0, 0
    for index, low in enumerate(_on_scale(lows, is_ratio)):
        if np.isnan(low):
            total, first = 0.0, index + 1
            continue
        if total <= 0:
            total, first = 0.0, index
        total += float(low)
        if total > best:
            best, found = total, (first, index + 1)
    return found
