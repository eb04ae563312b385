"""share_statistics.py -- the statistics of a profile's samples: shares, their differences, times.

Pure functions. `part` and `whole` are counts of samples, one per process, in the order of the
blocks: a stack, function or layer had `part` of the `whole` samples of that process.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from .statistics import BLOCKS_FOR_SHARE, Interval, binomial_interval, share_of_totals


def share_of_samples(part: ArrayLike, whole: ArrayLike, alpha: float) -> Interval:
    """sum(part) / sum(whole) with its interval over processes at 1 - alpha.

    statistics.share_of_totals where a tick is a sample and nothing ran outside: samples of one
    process are not independent, so the processes' spread decides unless chance draws alone would
    spread more. Fewer than 20 processes, or fewer than two samples in the middle one, give the
    point alone; no sample at all gives nothing."""
    parts, wholes = (np.asarray(x, dtype=float) for x in (part, whole))
    if wholes.sum() <= 0:
        return Interval(np.nan, np.nan, np.nan)
    found = share_of_totals(parts, wholes, np.zeros_like(wholes), alpha, 1.0)
    return found if np.isfinite(found.point) else _alone(parts.sum() / wholes.sum())


def _alone(point: float) -> Interval:
    return Interval(float(point), np.nan, np.nan)


def time_of_share(
    part: ArrayLike, whole: ArrayLike, time_ns: ArrayLike, alpha: float
) -> Interval:
    """Mean over processes of part / whole * time_ns: the time a process spent there, in the unit
    of time_ns (which may be a time per operation).

    A mean, because times add up and so do means, and because most functions have no sample in most
    processes, where a median would be 0. Per process, because its own time is known to the
    nanosecond and only the split is sampled: fast and slow processes are not mixed up. The t
    interval over processes, but never narrower than chance draws alone would have it (Clopper and
    Pearson over all samples, times the mean time). Processes without a sample are left out, unless
    their time was itself counted by samples and is 0: without them a short stage would seem longer.
    Fewer than 20 processes give no interval."""
    rows = np.vstack([np.asarray(x, dtype=float) for x in (part, whole, time_ns)])
    kept = np.isfinite(rows).all(axis=0) & ((rows[1] > 0) | (rows[2] == 0))
    parts, wholes, times = rows[:, kept]
    n = wholes.size
    if wholes.sum() <= 0:
        return Interval(np.nan, np.nan, np.nan)
    spent = parts / np.maximum(wholes, 1) * times
    mean = float(spent.mean())
    if n < BLOCKS_FOR_SHARE:
        return _alone(mean)
    half_width = special.stdtrit(n - 1, 1 - alpha / 2) * spent.std(ddof=1) / np.sqrt(n)
    share = parts.sum() / wholes.sum()
    low, high = binomial_interval(parts.sum(), wholes.sum(), alpha)
    scale = times.mean()
    return Interval(
        mean,
        float(max(0.0, mean - max(half_width, (share - low) * scale))),
        float(mean + max(half_width, (high - share) * scale)),
    )


class Difference(NamedTuple):
    """second's share less first's, one element per row, with bounds and the deviation of the
    estimate; NaN: there is none."""

    point: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    deviation: NDArray[np.float64]


def jackknife_deviation(
    first: NDArray, first_whole: NDArray, second: NDArray, second_whole: NDArray
) -> NDArray[np.float64]:
    """Deviation of sum(second) / sum(its whole) - sum(first) / sum(its whole), rows (m, n) and
    wholes (n,) to (m,), by leaving out one block at a time, in both arms.

    sqrt((n - 1) / n * sum((theta_i - mean theta)^2)) of the n differences theta_i without block i
    (Miller 1974, Biometrika 61:1; for ratios Cochran, Sampling Techniques, 3rd ed., 6.17)."""
    n = first_whole.size
    without = [
        (rows.sum(axis=1, keepdims=True) - rows) / (whole.sum() - whole)
        for rows, whole in ((first, first_whole), (second, second_whole))
    ]
    left = without[1] - without[0]
    spread = ((left - left.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    return np.sqrt((n - 1) / n * spread)


def difference_of_shares(
    first: ArrayLike,
    first_whole: ArrayLike,
    second: ArrayLike,
    second_whole: ArrayLike,
    alpha: float,
) -> Difference:
    """How much larger each row's share of the samples is in the second arm. Rows are of shape
    (m, n), wholes (n,); block i is column i in both arms.

    A difference of two ratio estimators: the mean of the blocks' own differences would weigh a
    process of ten samples like one of a thousand. Its deviation is the jackknife's over blocks,
    so that what a block does to both arms cancels, but never less than that of independent draws;
    t with n - 1 degrees. For m rows judged together pass alpha / m (Bonferroni). Fewer than 20
    blocks give points alone."""
    a, b = (np.atleast_2d(np.asarray(x, dtype=float)) for x in (first, second))
    whole_a, whole_b = (np.asarray(x, dtype=float) for x in (first_whole, second_whole))
    total_a, total_b = whole_a.sum(), whole_b.sum()
    nothing = np.full(len(a), np.nan)
    if total_a <= 0 or total_b <= 0:
        return Difference(nothing, nothing, nothing, nothing)
    share_a, share_b = a.sum(axis=1) / total_a, b.sum(axis=1) / total_b
    point = share_b - share_a
    n = whole_a.size
    if n < BLOCKS_FOR_SHARE or whole_a.max() == total_a or whole_b.max() == total_b:
        return Difference(point, nothing, nothing, nothing)
    drawn = share_a * (1 - share_a) / total_a + share_b * (1 - share_b) / total_b
    deviation = np.maximum(jackknife_deviation(a, whole_a, b, whole_b), np.sqrt(drawn))
    deviation[deviation == 0] = np.nan  # none or all in both arms: nothing varies to judge by
    half_width = special.stdtrit(n - 1, 1 - alpha / 2) * deviation
    return Difference(point, point - half_width, point + half_width, deviation)


def difference_of_times(
    first: tuple[ArrayLike, ArrayLike, ArrayLike],
    second: tuple[ArrayLike, ArrayLike, ArrayLike],
    alpha: float,
) -> Difference:
    """How much longer a process of the second arm is at each row than one of the first, in the unit
    of the times. Of an arm: part (m, n), whole (n,) and time (n,), as of time_of_share; block i is
    column i in both arms.

    The mean over blocks of the blocks' own differences, so that what a block does to both arms
    cancels. Its deviation is theirs, but never less than that of independent draws of the samples
    (binomial, times the mean time, in both arms); t with n - 1 degrees. Blocks without a sample are
    left out as there. Fewer than 20 blocks give points alone."""
    rows = [np.atleast_2d(np.asarray(arm[0], dtype=float)) for arm in (first, second)]
    wholes, times = (
        np.vstack([np.asarray(arm[i], dtype=float) for arm in (first, second)]) for i in (1, 2)
    )
    kept = (np.isfinite(times) & ((wholes > 0) | (times == 0))).all(axis=0)
    rows, wholes, times = [part[:, kept] for part in rows], wholes[:, kept], times[:, kept]
    n, nothing = wholes.shape[1], np.full(len(rows[0]), np.nan)
    totals = wholes.sum(axis=1)
    if n == 0 or (totals <= 0).any():
        return Difference(nothing, nothing, nothing, nothing)
    spent = [part / np.maximum(whole, 1) * time for part, whole, time in zip(rows, wholes, times)]
    between = spent[1] - spent[0]
    point = between.mean(axis=1)
    if n < BLOCKS_FOR_SHARE:
        return Difference(point, nothing, nothing, nothing)
    drawn = np.zeros_like(point)
    for part, total, time in zip(rows, totals, times):
        share = part.sum(axis=1) / total
        drawn += share * (1 - share) / total * time.mean() ** 2
    deviation = np.sqrt(np.maximum(between.var(axis=1, ddof=1) / n, drawn))
    deviation[deviation == 0] = np.nan
    half_width = special.stdtrit(n - 1, 1 - alpha / 2) * deviation
    return Difference(point, point - half_width, point + half_width, deviation)
