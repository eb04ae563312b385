"""statistics.py -- the statistics of docs/method as pure functions.

Nothing here knows a file, an arm or a table.

Ratios are one-dimensional arrays of metric_B / metric_A, one per block; they have no unit, and a
ratio less 1 is a relative effect (0.02 is +2 %). The median of logarithms and its exact interval
are order statistics, so those of the ratios are the same without logarithms: the results are exact
in IEEE arithmetic and the same on every processor. Values that are NaN are left out by every
function.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

POWER = 0.80  # of the MDE
TRIMMED_EACH_SIDE = 0.20
BLOCKS_FOR_SHARE = 20  # fewer ratios are too few for their t interval
OUTSIDE_MAX = 0.25  # of a whole; with more beside it, its ticks say little about it
PAIRWISE_MAX = 1000  # up to here all n (n + 1) / 2 Walsh averages are written out


@dataclass(frozen=True)
class Interval:
    """A point and its bounds, all relative effects or all in the unit of the values; NaN: none."""

    point: float
    low: float
    high: float


def finite(values: ArrayLike) -> NDArray[np.float64]:
    """The values that are numbers, in their order. Shape (n,) to (m,), m <= n."""
    array = np.asarray(values, dtype=float).ravel()
    return array[np.isfinite(array)]


@lru_cache(maxsize=None)
def _tails(n: int) -> NDArray[np.float64]:
    """P(S <= k) for S of Binomial(n, 1/2) and k = 0 .. n // 2, each rounded once: sums of whole
    numbers over 2^n. What is below the smallest double is 0."""
    tails, ways, total = np.empty(n // 2 + 1), 1, 0
    for k in range(n // 2 + 1):
        total += ways
        tails[k] = total / (1 << n)
        ways = ways * (n - k) // (k + 1)
    return tails


@lru_cache(maxsize=None)
def median_interval(n: int, alpha: float, n_min: int = 1) -> tuple[int, int] | None:
    """Ranks, counted from 1, of the ordered values that bound the median of n values.

    The narrowest pair (k, n + 1 - k) that misses the median with probability alpha or less,
    whatever the distribution: the exact order-statistic interval (David and Nagaraja, Order
    Statistics, 3rd ed., 7.1). None for fewer than n_min values, and where n is too small for
    alpha."""
    if n < n_min:
        return None
    rank = int(np.searchsorted(_tails(n)[: (n + 1) // 2], alpha / 2, side="right"))
    return (rank, n + 1 - rank) if rank > 0 else None


def median_with_interval(values: ArrayLike, alpha: float, n_min: int = 1) -> Interval:
    """Median of the values and its exact interval, in the unit of the values. NaN where there is
    none."""
    ordered = np.sort(finite(values))
    if ordered.size == 0:
        return Interval(np.nan, np.nan, np.nan)
    point = float(np.median(ordered))
    ranks = median_interval(ordered.size, alpha, n_min)
    if ranks is None:
        return Interval(point, np.nan, np.nan)
    return Interval(point, float(ordered[ranks[0] - 1]), float(ordered[ranks[1] - 1]))


def median_ratio(ratios: ArrayLike) -> float:
    """exp of the median of their logarithms: the middle ratio, and of an even number the root of
    the product of the two in the middle. NaN of none."""
    ordered = np.sort(finite(ratios))
    if ordered.size == 0:
        return float("nan")
    middle = ordered[(ordered.size - 1) // 2], ordered[ordered.size // 2]
    return float(middle[0] if middle[0] == middle[1] else np.sqrt(middle[0] * middle[1]))


def effect(ratios: ArrayLike, alpha: float, n_min: int = 1) -> Interval:
    """The relative effect exp(median ln ratio) - 1 with its exact interval, which are ratios of
    single blocks less 1."""
    found = median_with_interval(ratios, alpha, n_min)
    return Interval(median_ratio(ratios) - 1, found.low - 1, found.high - 1)


def sign_test_p(values: ArrayLike, about: float = 0.0) -> float:
    """Exact two-sided p of the sign test that the median is `about`; 1.0 where there is no value.

    A value that equals it counts against rejection: as the sign that is rarer. That is
    conservative, and it keeps p and median_interval in agreement: p <= alpha exactly when the
    interval at alpha leaves `about` outside."""
    kept = finite(values)
    if not kept.size:
        return 1.0
    rarer = kept.size - max(int((kept > about).sum()), int((kept < about).sum()))
    return min(1.0, 2 * float(_tails(kept.size)[rarer])) if 2 * rarer < kept.size else 1.0


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Holm's step-down adjustment (Holm 1979, Scand. J. Statist. 6:65). Shape (m,) to (m,).

    Rejecting where the result is <= alpha keeps the family-wise error at alpha. NaN counts as 1."""
    p = np.nan_to_num(np.asarray(p_values, dtype=float), nan=1.0)
    adjusted = np.empty_like(p)
    order = np.argsort(p, kind="stable")
    steps = p[order] * np.arange(p.size, 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return adjusted


def _power(probability: float, n: int, k: int) -> float:
    """P(the sign test rejects) when each d is positive with this probability; it rejects at <= k or
    >= n - k."""
    return float(special.bdtr(k, n, probability) + special.bdtrc(n - k - 1, n, probability))


@lru_cache(maxsize=None)
def _share_needed(n: int, k: int, power: float) -> float:
    """The smallest probability of a positive d at which the test rejects with this power."""
    return optimize.brentq(lambda p: _power(p, n, k) - power, 0.5, 1.0, xtol=1e-12)


def binomial_share(n: int, successes: int, power: float) -> float:
    """The smallest p with P(Bin(n, p) >= successes) >= power."""
    if successes <= 0:
        return 0.0
    return float(special.betaincinv(successes, n - successes + 1, power))


def minimum_detectable_effect(
    ratios: ArrayLike, alpha: float, n_min: int = 1, power: float = POWER
) -> float:
    """The smallest true relative effect that the sign test would have found with the given power;
    NaN: none.

    The residuals, each ratio over the median one, stand for the noise. Under a true effect s a
    block is above 1 with the share of residuals above 1 / (1 + s), and the number of such blocks is
    binomial; p* is the smallest share at which the exact two-sided test at alpha rejects with the
    power, and s the smallest effect that gives it: an order statistic of the residuals. The worse
    of the two directions is returned. alpha is the level at which one comparison is judged: a table
    of m passes alpha / m, Holm's first and strictest step."""
    ordered = np.sort(finite(ratios))
    ranks = median_interval(ordered.size, alpha, n_min)
    if ranks is None:
        return float("nan")
    n, middle = ordered.size, median_ratio(ordered)
    needed = whole_up(_share_needed(n, ranks[0] - 1, power) * n)
    upwards, downwards = middle / ordered[n - needed], ordered[needed - 1] / middle
    return float(max(upwards, downwards, 1.0) - 1)


def whole_up(value: float) -> int:
    """The next whole number up; a value that misses one by rounding is that one."""
    return int(np.ceil(value - 1e-9))


def lag_one_autocorrelation(values: ArrayLike, series: ArrayLike | None = None) -> float:
    """Correlation of each value with the one before it, about the mean; NaN where nothing varies.

    series tells which series each value belongs to (the machine that ran it): every series has its
    own mean, and only neighbours within one are compared."""
    array = np.asarray(values, dtype=float).ravel()
    names = np.zeros(array.size) if series is None else np.asarray(series)
    kept = [finite(array[names == name]) for name in np.unique(names)]
    centred = [one - one.mean() for one in kept if one.size]
    scale = sum(float((one * one).sum()) for one in centred)
    if sum(one.size for one in centred) <= 2 or scale <= 0:
        return float("nan")
    return sum(float((one[1:] * one[:-1]).sum()) for one in centred) / scale


def correlation(first: ArrayLike, second: ArrayLike) -> float:
    """Pearson's, of two arrays of one shape; NaN where one of them does not vary."""
    x, y = (np.asarray(values, dtype=float) for values in (first, second))
    x, y = x - x.mean(), y - y.mean()
    scale = float(np.sqrt((x * x).sum() * (y * y).sum()))
    return float((x * y).sum()) / scale if scale > 0 else float("nan")


def lag_one_bound(n: int) -> float:
    """2 / sqrt(n): the bound that independent values exceed in about 5 % of cases (Bartlett
    1946)."""
    return 2 / np.sqrt(n) if n > 0 else float("nan")


def hodges_lehmann(ratios: ArrayLike) -> float:
    """exp of the median of all averages (ln x_i + ln x_j) / 2, i <= j (Hodges and Lehmann 1963):
    the root of the middle product of two ratios, of positive ratios. NaN of none.

    Beyond PAIRWISE_MAX ratios the products below a guess are counted in the sorted ratios instead
    of being written out, and the guess is halved in: the lower median, to 1e-9 of itself, in O(n
    log n)."""
    ordered = np.sort(finite(ratios))
    n = ordered.size
    if n == 0:
        return float("nan")
    if n <= PAIRWISE_MAX:
        first, second = np.triu_indices(n)
        return float(np.sqrt(median_ratio(ordered[first] * ordered[second])))
    low, high = ordered[0], ordered[-1]
    while high > low * (1 + 1e-9):
        middle = np.sqrt(low * high)
        if not low < middle < high:  # adjacent floating-point numbers: nothing is left to halve
            break
        pairs = np.searchsorted(ordered, middle * middle / ordered, side="right")
        below = (int(pairs.sum()) + int((ordered <= middle).sum())) // 2
        low, high = (low, middle) if 2 * below >= n * (n + 1) // 2 else (middle, high)
    return float(np.sqrt(low * high))


def geometric_mean(ratios: ArrayLike) -> float:
    """exp of the mean of their logarithms; NaN of none, and where one is NaN."""
    array = np.asarray(ratios, dtype=float)
    return float(np.exp(np.log(array).mean())) if array.size else float("nan")


def trimmed_mean(ratios: ArrayLike, each_side: float = TRIMMED_EACH_SIDE) -> float:
    """Geometric mean without the smallest and largest share of the ratios, that share rounded
    down."""
    ordered = np.sort(finite(ratios))
    cut = int(each_side * ordered.size)
    return geometric_mean(ordered[cut : ordered.size - cut])


def ratio_of_totals(values: ArrayLike, against: ArrayLike) -> float:
    """sum(values) / sum(against) - 1 of times or other amounts, which add up (rates do not), over
    the blocks where both are numbers. Secondary: heavy tails rule it."""
    pairs = np.vstack([np.asarray(values, dtype=float), np.asarray(against, dtype=float)])
    pairs = pairs[:, np.isfinite(pairs).all(axis=0)]
    totals = pairs.sum(axis=1)
    return float(totals[0] / totals[1] - 1) if totals[1] > 0 else float("nan")


def share_of_totals(
    part: ArrayLike, whole: ArrayLike, outside: ArrayLike, alpha: float, tick: float
) -> Interval:
    """sum(part) / sum(whole), where a clock's ticks split the whole into parts, with an interval at
    1 - alpha; all in one unit, one value per block. NaN where ticks cannot tell.

    The wider of two intervals: the ratio estimator's t interval over blocks (Cochran, Sampling
    Techniques, 3rd ed., 6.3) and that of Clopper and Pearson (1934) over sum(whole) / tick draws.
    A process splits all of its time by all of its ticks, so what ran outside the whole can move its
    split by sum(outside) / sum(whole): both bounds give way by that. There is no share of fewer
    than 20 blocks, of wholes shorter than two ticks in the median, or with more than a quarter as
    much outside."""
    rows = np.vstack([np.asarray(x, dtype=float) for x in (part, whole, outside)])
    parts, wholes, others = rows[:, np.isfinite(rows).all(axis=0)]
    n, total = wholes.size, wholes.sum()
    moved = np.maximum(others, 0).sum() / total if total > 0 else np.inf
    if n < BLOCKS_FOR_SHARE or np.median(wholes) < 2 * tick or moved > OUTSIDE_MAX:
        return Interval(np.nan, np.nan, np.nan)
    share = min(1.0, parts.sum() / total)
    deviation = np.sqrt(((parts - share * wholes) ** 2).sum() / (n - 1) / n) / wholes.mean()
    half_width = special.stdtrit(n - 1, 1 - alpha / 2) * deviation
    draws = total / tick
    low, high = binomial_interval(share * draws, draws, alpha)
    return Interval(
        float(share),
        float(max(0.0, min(share - half_width, low) - moved)),
        float(min(1.0, max(share + half_width, high) + moved)),
    )


def binomial_interval(successes: float, draws: float, alpha: float) -> tuple[float, float]:
    """Clopper and Pearson's exact interval (1934, Biometrika 26:404) of a probability; draws need
    not be whole."""
    failures = draws - successes
    low = special.betaincinv(successes, failures + 1, alpha / 2) if successes > 0 else 0.0
    high = special.betaincinv(successes + 1, failures, 1 - alpha / 2) if failures > 0 else 1.0
    return float(low), float(high)


def ratio(values: ArrayLike, against: ArrayLike) -> NDArray[np.float64]:
    """values / against, block by block; NaN where either is not a positive number. Shape (n,)."""
    top, bottom = (np.asarray(x, dtype=float) for x in (values, against))
    usable = (top > 0) & (bottom > 0)
    return np.where(usable, top, np.nan) / np.where(usable, bottom, np.nan)


def interaction(
    both: ArrayLike, first: ArrayLike, second: ArrayLike, neither: ArrayLike
) -> NDArray[np.float64]:
    """(both / first) / (second / neither), block by block: 1 where two changes multiply. Shape
    (n,)."""
    return ratio(both, first) / ratio(second, neither)


WITHIN = " within the margin"  # ends the verdict of a difference that is sure and small


def verdict(found: Interval, p_adjusted: float, alpha: float, margin: float) -> str:
    """better, worse, same or unclear, of a metric of which more is better.

    The family-wise test decides first. What it rejects is "better within the margin" (or worse)
    when the whole interval lies within the margin: it differs, but by less than matters. What it
    leaves open is then `same`. Without a finite interval (too few blocks) it is unclear."""
    if not (np.isfinite(found.low) and np.isfinite(found.high)):
        return "unclear"
    within = -margin <= found.low and found.high <= margin
    if p_adjusted <= alpha:
        return ("better" if found.point > 0 else "worse") + (WITHIN if within else "")
    return "same" if within else "unclear"
