"""ranking.py -- geometric means over cells, and which arms they tell apart: docs/method/ranking.md.

The cells are fixed: they are the ones that were asked about, not a sample of others. Blocks are the
unit, and those of one cell say nothing about those of another.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .statistics import Interval, finite, median_interval


@dataclass(frozen=True)
class Ranked:
    """effect: an arm's geometric mean against the first arm, less 1, with its interval. place: 1 is
    the highest. first, last: where it may stand among the arms. unresolved: the arms, by index,
    that it is not told from."""

    effect: Interval
    place: int
    first: int
    last: int
    unresolved: list[int]


def mean_with_interval(
    points: NDArray[np.float64], lows: NDArray[np.float64], highs: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The mean over the first axis of independent estimates, and its interval from theirs.

    The distances of an estimate from its bounds are added as squares (MOVER: Zou and Donner 2008,
    Statist. Med. 27:1693, for any linear combination). NaN where an estimate has no interval."""
    count = points.shape[0]
    mean = points.mean(axis=0)
    low = mean - np.sqrt(((points - lows) ** 2).sum(axis=0)) / count
    high = mean + np.sqrt(((highs - points) ** 2).sum(axis=0)) / count
    return mean, low, high


def _medians(
    logs: NDArray[np.float64], alpha: float, blocks_min: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Of each column, without NaN: the median and its exact interval. Shape (blocks, k) to (k)."""
    found = np.full((3, logs.shape[1]), np.nan)
    counts = np.isfinite(logs).sum(axis=0)
    ordered = np.sort(np.where(np.isfinite(logs), logs, np.inf), axis=0)
    for count in np.unique(counts[counts > 0]):
        columns = np.flatnonzero(counts == count)
        found[0, columns] = np.median(ordered[:count, columns], axis=0)
        ranks = median_interval(int(count), alpha, blocks_min)
        if ranks is not None:
            found[1, columns] = ordered[ranks[0] - 1, columns]
            found[2, columns] = ordered[ranks[1] - 1, columns]
    return found[0], found[1], found[2]


def geometric_means(
    cells: Sequence[NDArray[np.float64]],
    pairs: Sequence[tuple[int, int]],
    alpha: float,
    blocks_min: int,
) -> list[Interval]:
    """For each pair (arm, against), the mean over cells of the median log-ratio within blocks, with
    its interval, as a relative effect. cells: logarithms, shape (blocks, arms) each; NaN where a
    cell has no block of the pair."""
    arms = [arm for arm, _ in pairs]
    against = [other for _, other in pairs]
    medians = [_medians(logs[:, arms] - logs[:, against], alpha, blocks_min) for logs in cells]
    stacked = (np.array([found[part] for found in medians]) for part in range(3))
    mean, low, high = (np.expm1(part) for part in mean_with_interval(*stacked))
    return [Interval(*map(float, bounds)) for bounds in zip(mean, low, high)]


def ranking(
    cells: Sequence[NDArray[np.float64]], alpha: float, blocks_min: int
) -> list[Ranked]:
    """Every arm's place by its geometric mean over the cells, the highest first.

    Two arms are told apart where the interval of their own geometric mean, at alpha over the number
    of pairs (Bonferroni), leaves 0 outside: with probability 1 - alpha no pair is told apart
    wrongly, and every arm's true place is from `first` to `last` (Al Mohamad, Goeman and van Zwet
    2022, Biometrics 78:238). An arm without a geometric mean stands last, told from none."""
    count = cells[0].shape[1]
    pairs = [(arm, other) for arm in range(count) for other in range(arm + 1, count)]
    effects = geometric_means(cells, [(arm, 0) for arm in range(count)], alpha, blocks_min)
    found = geometric_means(cells, pairs, alpha / max(1, len(pairs)), blocks_min)
    above = np.zeros((count, count), dtype=bool)
    for (arm, other), one in zip(pairs, found):
        above[arm, other], above[other, arm] = one.low > 0, one.high < 0
    points = np.array([one.point for one in effects])
    order = np.argsort(-np.nan_to_num(points, nan=-np.inf), kind="stable")
    places = {int(arm): place for place, arm in enumerate(order, start=1)}
    return [
        Ranked(
            effects[arm],
            places[arm],
            1 + int(above[:, arm].sum()),
            count - int(above[arm].sum()),
            [o for o in range(count) if o != arm and not above[arm, o] and not above[o, arm]],
        )
        for arm in range(count)
    ]


def has_all(logs: NDArray[np.float64]) -> bool:
    """Whether a cell has a value of every arm."""
    return logs.size > 0 and all(finite(column).size for column in logs.T)
