"""statistics.py -- the statistics of method.md as pure functions.

Nothing here knows a file, an arm or a table.

Differences are one-dimensional arrays of d = ln(metric_B) - ln(metric_A), one per block; they have
no unit, and exp(d) - 1 is a relative effect (0.02 is +2 %). Values that are NaN are left out by
every function.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

BLOCKS_MIN = 6  # method.md: fewer blocks give no interval
POWER = 0.80  # of the smallest effect that a run is said to have been able to see
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


def _tail_probability(n: int, k: int) -> float:
    """P(S <= k) for S of Binomial(n, 1/2), summed from logarithms so that no term underflows
    early."""
    if k < 0:
        return 0.0
    terms = np.arange(k + 1, dtype=float)
    logs = (
        special.gammaln(n + 1)
        - special.gammaln(terms + 1)
        - special.gammaln(n - terms + 1)
        - n * np.log(2)
    )
    return float(min(1.0, np.exp(special.logsumexp(logs))))


@lru_cache(maxsize=None)
def median_interval(n: int, alpha: float) -> tuple[int, int] | None:
    """Ranks, counted from 1, of the ordered values that bound the median of n values.

    The narrowest pair (k, n + 1 - k) that misses the median with probability alpha or less,
    whatever the distribution: the exact order-statistic interval (David and Nagaraja, Order
    Statistics, 3rd ed., 7.1). None for fewer than 6 values, and where n is too small for alpha."""
    if n < BLOCKS_MIN:
        return None
    k = int(special.bdtrik(alpha / 2, n, 0.5)) if alpha < 1 else n // 2
    while k >= 0 and _tail_probability(n, k) > alpha / 2:
        k -= 1
    while _tail_probability(n, k + 1) <= alpha / 2:
        k += 1
    return (k + 1, n - k) if k >= 0 else None


def median_with_interval(values: ArrayLike, alpha: float) -> Interval:
    """Median of the values and its exact interval, in the unit of the values. NaN where there is
    none."""
    ordered = np.sort(finite(values))
    if ordered.size == 0:
        return Interval(np.nan, np.nan, np.nan)
    point = float(np.median(ordered))
    ranks = median_interval(ordered.size, alpha)
    if ranks is None:
        return Interval(point, np.nan, np.nan)
    return Interval(point, float(ordered[ranks[0] - 1]), float(ordered[ranks[1] - 1]))


def effect(differences: ArrayLike, alpha: float) -> Interval:
    """The relative effect exp(median d) - 1 with its exact interval. Monotone, so the ranks
    stay."""
    found = median_with_interval(differences, alpha)
    return Interval(*(float(np.expm1(x)) for x in (found.point, found.low, found.high)))


def sign_test_p(differences: ArrayLike) -> float:
    """Exact two-sided p of the sign test that the median of d is 0; 1.0 where there is no value.

    A zero counts against rejection: as the sign that is rarer. That is conservative, and it keeps p
    and median_interval in agreement: p <= alpha exactly when the interval at alpha leaves 0
    outside."""
    kept = finite(differences)
    commoner = max(int((kept > 0).sum()), int((kept < 0).sum()))
    return min(1.0, 2 * _tail_probability(kept.size, kept.size - commoner)) if kept.size else 1.0


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


def minimum_detectable_effect(differences: ArrayLike, alpha: float, power: float = POWER) -> float:
    """The smallest true relative effect that the sign test would have found with the given power;
    NaN: none.

    The residuals r = d - median(d) stand for the noise. Under a true shift s a block is positive
    with the share of residuals above -s, and the number of positive blocks is binomial; p* is the
    smallest share at which the exact two-sided test at alpha rejects with the power, and s the
    smallest shift that gives it: an order statistic of the residuals. The worse of the two
    directions is told. alpha is the level at which one comparison is judged: a table of m passes
    alpha / m, Holm's first and strictest step."""
    kept = finite(differences)
    ranks = median_interval(kept.size, alpha)
    if ranks is None:
        return float("nan")
    n, k = kept.size, ranks[0] - 1
    share = _share_needed(n, k, power)
    residuals = np.sort(kept - np.median(kept))
    needed = int(np.ceil(share * n - 1e-9))
    upwards = -residuals[n - needed]
    downwards = residuals[needed - 1]
    return float(np.expm1(max(upwards, downwards, 0.0)))


def lag_one_autocorrelation(values: ArrayLike, series: ArrayLike | None = None) -> float:
    """Correlation of each value with the one before it, about the mean; NaN where nothing varies.

    series tells which series each value belongs to (the machine that ran it): every series has its
    own mean, and only neighbours within one are compared."""
    array = np.asarray(values, dtype=float).ravel()
    names = np.zeros(array.size) if series is None else np.asarray(series)
    kept = [finite(array[names == name]) for name in np.unique(names)]
    centred = [one - one.mean() for one in kept if one.size]
    scale = sum(float(one @ one) for one in centred)
    if sum(one.size for one in centred) <= 2 or scale <= 0:
        return float("nan")
    return sum(float(one[1:] @ one[:-1]) for one in centred) / scale


def lag_one_bound(n: int) -> float:
    """2 / sqrt(n): what independent values exceed in about 5 % of cases (Bartlett 1946)."""
    return 2 / np.sqrt(n) if n > 0 else float("nan")


def hodges_lehmann(values: ArrayLike) -> float:
    """Median of all averages (x_i + x_j) / 2, i <= j (Hodges and Lehmann 1963). Unit of the values.

    Beyond PAIRWISE_MAX values the averages below a guess are counted in the sorted values instead
    of being written out, and the guess is halved in: the lower median, to 1e-9 of the range, in O(n
    log n)."""
    ordered = np.sort(finite(values))
    n = ordered.size
    if n == 0:
        return float("nan")
    if n <= PAIRWISE_MAX:
        first, second = np.triu_indices(n)
        return float(np.median((ordered[first] + ordered[second]) / 2))
    low, high = ordered[0], ordered[-1]
    tolerance = 1e-9 * (high - low)
    while high - low > tolerance:
        middle = (low + high) / 2
        if not low < middle < high:  # neighbours among the numbers: nothing is left to halve
            break
        pairs = np.searchsorted(ordered, 2 * middle - ordered, side="right")
        below = (int(pairs.sum()) + int((ordered <= middle).sum())) // 2
        low, high = (low, middle) if 2 * below >= n * (n + 1) // 2 else (middle, high)
    return float((low + high) / 2)


def trimmed_mean(values: ArrayLike, each_side: float = TRIMMED_EACH_SIDE) -> float:
    """Mean without the smallest and largest share of the values, that share rounded down. Unit of
    the values."""
    ordered = np.sort(finite(values))
    cut = int(each_side * ordered.size)
    return float(ordered[cut : ordered.size - cut].mean()) if ordered.size else float("nan")


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


def log_ratio(values: ArrayLike, against: ArrayLike) -> NDArray[np.float64]:
    """ln(values) - ln(against), block by block; NaN where either is not a positive number. Shape
    (n,)."""
    top, bottom = (np.asarray(x, dtype=float) for x in (values, against))
    usable = (top > 0) & (bottom > 0)
    return np.log(np.where(usable, top, np.nan)) - np.log(np.where(usable, bottom, np.nan))


def interaction(
    both: ArrayLike, first: ArrayLike, second: ArrayLike, neither: ArrayLike
) -> NDArray[np.float64]:
    """ln both - ln first - ln second + ln neither, block by block: 0 where two changes multiply.
    Shape (n,)."""
    return log_ratio(both, first) - log_ratio(second, neither)


def verdict(found: Interval, p_adjusted: float, alpha: float, margin: float) -> str:
    """better, worse, same or unclear, of a metric of which more is better.

    The family-wise test decides first; what it leaves open is `same` when the whole interval lies
    within the margin. Without a finite interval (too few blocks) it is unclear."""
    if not (np.isfinite(found.low) and np.isfinite(found.high)):
        return "unclear"
    if p_adjusted <= alpha:
        return "better" if found.point > 0 else "worse"
    return "same" if -margin <= found.low and found.high <= margin else "unclear"
