"""sequential.py -- statistics that may be looked at after every block, as pure functions.

An e-process is at most 1 in expectation at any stopping time where its hypothesis is true, so it
reaches 1 / alpha with probability alpha at most, however often one looks (Ville 1939, Etude
critique de la notion de collectif). Here it bets on signs: with S of n differences positive, a bet
on a share p pays p^S (1 - p)^(n - S) 2^n, and p is mixed over Beta(A, A) (Robbins 1970, Ann. Math.
Statist. 41:1397). harness/judge/sequential.c computes the same in C; a test compares the two to
1e-9.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from .statistics import POWER, binomial_share, finite, median_ratio, whole_up

# Both parameters of a mixture. Times differ in shares near a half, where 10 puts its weight; counts
# and failures that differ do so in nearly every block, where 1 needs the fewest.
OF_TIMES, OF_COUNTS = 10, 1
HALF = 0.5


def log_e_two_sided(
    successes: ArrayLike, n: ArrayLike, mixture: int = OF_TIMES
) -> NDArray[np.float64]:
    """ln e against "a success is as likely as not". Shapes are broadcast."""
    s, all_ = np.asarray(successes, dtype=float), np.asarray(n, dtype=float)
    mixed = special.betaln(s + mixture, all_ - s + mixture) - special.betaln(mixture, mixture)
    return np.asarray(mixed + all_ * np.log(2))


def _log_tail(n: NDArray[np.float64], k: NDArray[np.float64]) -> NDArray[np.float64]:
    """ln P(Bin(n, 1/2) <= k); where that underflows, its largest term and a geometric bound of the
    rest, which is exact to the last digits there."""
    probability = special.betainc(n - k, k + 1, HALF)  # DLMF 8.17.5
    with np.errstate(divide="ignore"):
        logs = np.log(probability)
    small = probability < 1e-280
    if small.any():
        log_term = (
            special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
        ) - n * np.log(2)
        ratio, total = np.ones_like(k), np.ones_like(k)
        for i in range(int(k[small].max()) + 1):
            ratio = ratio * np.maximum(k - i, 0) / (n - k + i + 1)
            total = total + ratio
        logs = np.where(small, log_term + np.log(total), logs)
    return logs


def log_e_one_sided(
    successes: ArrayLike, n: ArrayLike, mixture: int = OF_TIMES
) -> NDArray[np.float64]:
    """ln e against "a success is at most as likely as not". Shapes are broadcast.

    The mixture is cut to p > 1/2, where it doubles: for a whole a, P(Beta(S + a, n - S + a) > 1/2)
    is P(Bin(n + 2a - 1, 1/2) <= S + a - 1). Rare successes therefore never count."""
    s, all_ = np.broadcast_arrays(np.asarray(successes, float), np.asarray(n, float))
    cut = _log_tail(all_ + 2 * mixture - 1, s + mixture - 1)
    return np.log(2) + log_e_two_sided(s, all_, mixture) + cut


# Shares of what may be staked, and their weights.
BETS = ((15 / 16, 0.5), (0.5, 0.25), (0.25, 0.125), (0.125, 0.125))


def log_e_mean_below(
    more: ArrayLike, less: ArrayLike, n: ArrayLike, mean: float
) -> NDArray[np.float64]:
    """ln e against "the mean of T is `mean` or more", where T was 1 in `more` of n blocks, -1 in
    `less` and 0 in the others: the wealth of bets on less, which multiply by 1 + bet (mean - T) in
    each block (Waudby-Smith and Ramdas 2024, J. R. Statist. Soc. B 86:1), mixed by weight. Shapes
    are broadcast."""
    up, down, all_ = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (more, less, n)))
    wealth = []
    for share, weight in BETS:
        bet = share / (1 - mean)
        grown = down * np.log1p(bet * (mean + 1)) + (all_ - up - down) * np.log1p(bet * mean)
        wealth.append(np.log(weight) + grown + up * np.log1p(bet * (mean - 1)))
    return special.logsumexp(wealth, axis=0)


def mean_upper_bound(more: int, less: int, n: int, alpha: float) -> float:
    """The smallest mean of T that log_e_mean_below rules out at alpha, at any stop; 1: none."""
    low, high = -1.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        if log_e_mean_below(more, less, n, middle) >= -np.log(alpha):
            high = middle
        else:
            low = middle
    return high


@lru_cache(maxsize=None)
def confidence_sequence(
    n: int, alpha: float, mixture: int = OF_TIMES
) -> tuple[int, int] | None:
    """Ranks, counted from 1, of the ordered values that bound the median at any stop.

    The medians that the two-sided e-process leaves under 1 / alpha (Howard and Ramdas 2022,
    Bernoulli 28:1704, invert tests of quantiles so). None where n is too small."""
    lows = np.arange(n // 2 + 1)
    left = np.nonzero(log_e_two_sided(lows, n, mixture) < -np.log(alpha))[0]
    if not left.size or left[0] == 0:
        return None
    return int(left[0]), n + 1 - int(left[0])


@lru_cache(maxsize=None)
def sequential_mde_rank(
    n: int, log_threshold: float, mixture: int = OF_TIMES
) -> int | None:
    """Of n ordered values the rank, counted from 1, of the one that must be shifted up to 0 for the
    one-sided e-process to be at the threshold after the last of them with probability .8; None
    where it cannot be. Their residuals stand for the noise, as in minimum_detectable_effect."""
    enough = np.nonzero(log_e_one_sided(np.arange(n + 1), n, mixture) >= log_threshold)[0]
    if n == 0 or not enough.size:
        return None
    return n + 1 - whole_up(binomial_share(n, int(enough[0]), POWER) * n)


def sequential_mde_share(n: int, against: int, log_threshold: float) -> float:
    """The smallest probability of a success in a block with which, in n blocks and beside `against`
    failures, the one-sided e-process is at the threshold with probability .8; NaN: none is."""
    successes = np.arange(1, n + 1)
    log_e = log_e_one_sided(successes, successes + against, OF_COUNTS)
    enough = np.nonzero(log_e >= log_threshold)[0]
    return binomial_share(n, int(successes[enough[0]]), POWER) if enough.size else float("nan")


def sequential_mde(
    changes: ArrayLike, log_threshold: float, is_count: bool, mixture: int = OF_TIMES
) -> float:
    """The smallest change that the one-sided e-process would have seen so: how far the value of
    that rank lies below the median, a ratio less 1 or a difference of counts; NaN: none."""
    ordered = np.sort(finite(changes))
    rank = sequential_mde_rank(ordered.size, log_threshold, mixture)
    if rank is None:
        return float("nan")
    middle, lower = median_change(ordered, is_count), float(ordered[rank - 1])
    return middle - lower if is_count else max(0.0, middle / lower - 1)


def dependence_p(values: ArrayLike) -> float:
    """One-sided p of "each block is independent of the one before it".

    The lag-1 correlation r of the ranks (equal values share the mean of theirs), by
    1 - Phi(r sqrt n) (Wald and Wolfowitz 1943, Ann. Math. Statist. 14:378). 1 where nothing
    varies."""
    kept = finite(values)
    if kept.size < 3:
        return 1.0
    order, counts = np.unique(kept, return_inverse=True, return_counts=True)[1:]
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[order]
    centred = ranks - (kept.size + 1) / 2
    scale = float((centred * centred).sum())
    if scale <= 0:
        return 1.0
    along = float((centred[1:] * centred[:-1]).sum())
    return float(special.erfc(along / scale * np.sqrt(kept.size) / np.sqrt(2)) / 2)


@dataclass(frozen=True)
class Rule:
    """What decides a row: a margin as a ratio, thresholds of ln e, whether it is compared by
    difference, the mixture, and of a tail how far beyond the base a block must be."""

    margin: float
    is_count: bool
    fail_at: float
    pass_at: float
    mixture: int = OF_TIMES
    beyond: float = 0.0


@dataclass(frozen=True)
class Decision:
    """verdict is "fail", "pass" or "undecided"; decided_at counts blocks, None where it is not.
    The logarithms of e are those after the last block."""

    verdict: str
    decided_at: int | None
    log_e_fail: float
    log_e_pass: float


def changes(head: ArrayLike, base: ArrayLike, is_count: bool) -> NDArray[np.float64]:
    """head - base of counts, head / base of all else, block by block. Shape (n,)."""
    x, y = np.asarray(head, dtype=float), np.asarray(base, dtype=float)
    return x - y if is_count else x / y


def median_change(found: ArrayLike, is_count: bool) -> float:
    """Of differences of counts the median, of ratios that of their logarithms."""
    return float(np.median(found)) if is_count else median_ratio(found)


def effect_of(change: float, is_count: bool) -> float:
    """A ratio as a relative effect; a difference of counts as it is."""
    return change if is_count else change - 1


def _margins(base: NDArray[np.float64], rule: Rule) -> NDArray[np.float64]:
    """In the metric's unit. Of a count, one more is the least that can be more."""
    return np.maximum(rule.margin * base, 1.0 if rule.is_count else 0.0)


def _reaches_half_margin(head: NDArray, base: NDArray, rule: Rule) -> bool:
    middle = median_change(changes(head, base, rule.is_count), rule.is_count)
    effect = effect_of(middle, rule.is_count)
    if rule.is_count:
        return bool(effect >= _margins(np.median(base, keepdims=True), rule)[0] / 2)
    return effect >= rule.margin / 2


def _first(
    fails: NDArray[np.float64],
    passes: NDArray[np.float64],
    rule: Rule,
    matters: Callable[[int], bool],
) -> Decision:
    """Looks after every block; the first decision stays. matters: of n blocks, is what was found
    half the margin or more?"""
    last = (float(fails[-1]), float(passes[-1])) if fails.size else (0.0, 0.0)
    for index in np.nonzero((fails >= rule.fail_at) | (passes >= rule.pass_at))[0]:
        n = int(index) + 1
        if fails[index] >= rule.fail_at and matters(n):
            return Decision("fail", n, *last)
        if passes[index] >= rule.pass_at:
            return Decision("pass", n, *last)
    return Decision("undecided", None, *last)


def decide(head: ArrayLike, base: ArrayLike, rule: Rule) -> Decision:
    """FAIL where "not more" is rejected and the median change is half the margin or more, else PASS
    where "more by the margin" is. Ties count against both."""
    x, y = np.asarray(head, dtype=float), np.asarray(base, dtype=float)
    looks = np.arange(1, x.size + 1)
    fails = log_e_one_sided(np.cumsum(x > y), looks, rule.mixture)
    passes = log_e_one_sided(np.cumsum(x - y < _margins(y, rule)), looks, rule.mixture)
    return _first(fails, passes, rule, lambda n: _reaches_half_margin(x[:n], y[:n], rule))


@dataclass(frozen=True)
class Tail:
    """Of n blocks, in how many the head alone, the control alone and both are beyond."""

    more: int
    less: int
    both: int
    n: int


def exceeds(values: ArrayLike, base: ArrayLike, beyond: float) -> NDArray[np.bool_]:
    """In which blocks a value is more than `beyond` above the base's."""
    return np.asarray(values, dtype=float) > np.asarray(base, dtype=float) * (1 + beyond)


def decide_tail(
    head: ArrayLike, control: ArrayLike, base: ArrayLike, rule: Rule
) -> tuple[Decision, Tail]:
    """Head and control are exchangeable where their code is equal: FAIL where of the blocks in
    which just one of them exceeds it is the head too often, and in half the margin more of all
    blocks; PASS where "by the margin more often than the control" is rejected."""
    x, c = exceeds(head, base, rule.beyond), exceeds(control, base, rule.beyond)
    n = np.arange(1, x.size + 1)
    more, less = np.cumsum(x & ~c), np.cumsum(c & ~x)
    fails = log_e_one_sided(more, more + less, OF_COUNTS)
    passes = log_e_mean_below(more, less, n, rule.margin)
    found = Tail(*(int(part.sum()) for part in (x & ~c, c & ~x, x & c)), x.size)
    matters = lambda k: (more[k - 1] - less[k - 1]) / k >= rule.margin / 2  # noqa: E731
    return _first(fails, passes, rule, matters), found
