"""change_points.py -- where a series of values changed its level, with a stated error rate.

Rank-based binary segmentation. In a series of n values with midranks r, the statistic of a cut
after the k-th value is the standardised rank sum of the first k (that of Wilcoxon's test),

    z_k = sum_{i <= k} (r_i - mean r) / sqrt(k (n - k) / n * s2),   s2 the variance of r,

and a series' statistic is the largest |z_k| of all cuts: Pettitt (1979, Applied Statistics 28:126)
with every cut on the same scale, so that a change near an end is seen, too. Where nothing changed
the values are exchangeable, and the p-value is the statistic's rank among those of random
permutations, (1 + at least as large) / (1 + permutations): a valid test of any number of them
(Phipson and Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9:39). At p <= alpha the series is cut where
|z_k| is largest, and both parts are looked at in the same way (Scott and Knott 1974, Biometrics
30:507; Vostrikova 1981).

The rate: a series in which nothing ever changed shows any change point with probability alpha or
less, since all others follow a first one; so does each part between two true changes. A series as
short as 2 / C(n, k) > alpha shows none, so a change is seen only after it stayed for some values.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

PERMUTATIONS = 9_999
SEED = 20261125  # of the permutations: the same series has the same change points
EXACT_MOST = 60  # values of both sides, whose rank sums are counted; of more it is a normal one
CLOSE = 1e-9  # of two statistics that are equal but for their last bits


@dataclass(frozen=True)
class ChangePoint:
    """The level changed between values[first - 1] and values[first], counted from 0."""

    first: int
    p: float


def _statistics(ranks: NDArray[np.float64]) -> NDArray[np.float64]:
    """|z_k| of every cut k = 1 ... n - 1. Shape (..., n) to (..., n - 1)."""
    n = ranks.shape[-1]
    centred = ranks - ranks.mean(axis=-1, keepdims=True)
    k = np.arange(1, n)
    scale = np.sqrt(k * (n - k) / n * centred.var(axis=-1, keepdims=True, ddof=1))
    return np.abs(np.cumsum(centred, axis=-1)[..., :-1]) / scale


def best_cut(values: ArrayLike, permutations: int = PERMUTATIONS) -> ChangePoint:
    """The cut with the largest |z_k| and the p-value of the whole series; p = 1 where no value
    differs from another."""
    array = np.asarray(values, dtype=float)
    if array.size < 2 or np.ptp(array) == 0:
        return ChangePoint(0, 1.0)
    ranks = stats.rankdata(array)
    found = _statistics(ranks)
    random = np.random.default_rng(SEED)
    shuffled = random.permuted(np.tile(ranks, (permutations, 1)), axis=1)
    as_large = int((_statistics(shuffled).max(axis=1) >= found.max() - CLOSE).sum())
    return ChangePoint(int(found.argmax()) + 1, (1 + as_large) / (1 + permutations))


def change_points(
    values: ArrayLike, alpha: float, permutations: int = PERMUTATIONS
) -> list[ChangePoint]:
    """All change points of a series, in its order, each at alpha. The values must be numbers."""
    array = np.asarray(values, dtype=float)
    cut = best_cut(array, permutations)
    if cut.p > alpha:
        return []
    later = change_points(array[cut.first :], alpha, permutations)
    return [
        *change_points(array[: cut.first], alpha, permutations),
        cut,
        *(ChangePoint(cut.first + point.first, point.p) for point in later),
    ]


def _rank_sum_counts(m: int, n: int) -> list[int]:
    """Of the C(m + n, m) ways to part ranks how many have U = 0, 1, ... m n: the coefficients of
    Gauss's binomial (Mann and Whitney 1947, Ann. Math. Statist. 18:50)."""
    counts = [1] + [0] * (m * n)
    for i in range(1, m + 1):
        for u in range(m * n, n + i - 1, -1):
            counts[u] -= counts[u - n - i]
        for u in range(i, m * n + 1):
            counts[u] += counts[u - i]
    return counts


def _outer(m: int, n: int, alpha: float) -> int:
    """How many of the m n differences lie outside of the interval on each side."""
    if m + n > EXACT_MOST:
        spread = (m * n * (m + n + 1) / 12) ** 0.5
        return max(0, int(m * n / 2 - stats.norm.ppf(1 - alpha / 2) * spread))
    ways, tail, k = comb(m + n, m), 0, 0
    for count in _rank_sum_counts(m, n):
        tail += count
        if 2 * tail > alpha * ways:
            break
        k += 1
    return k


def shift(
    before: ArrayLike, after: ArrayLike, alpha: float, as_ratios: bool
) -> tuple[float, float, float]:
    """(point, low, high): by how much the values after lie above those before, the median of all
    differences with the interval that inverts Wilcoxon's test (Hodges and Lehmann 1963, Ann. Math.
    Statist. 34:598); of relative effects by the ratios (1 + after) / (1 + before) - 1. It takes the
    cut as given. NaN ends: too few values."""
    found = sorted(
        (1 + b) / (1 + a) - 1 if as_ratios else b - a
        for a, b in product(map(float, np.asarray(before)), map(float, np.asarray(after)))
    )
    k = _outer(len(np.asarray(before)), len(np.asarray(after)), alpha)
    ends = (found[k - 1], found[-k]) if k > 0 else (np.nan, np.nan)
    return float(np.median(found)), float(ends[0]), float(ends[1])
