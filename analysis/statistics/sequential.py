"""sequential.py -- statistics that may be looked at after every block, as pure functions.

An e-process is at most 1 in expectation at any stopping time where its hypothesis is true, so it
reaches 1 / alpha with probability alpha at most, however often one looks (Ville 1939, Etude
critique de la notion de collectif). Here it bets on signs: with S of n differences positive, a bet
on a share p pays p^S (1 - p)^(n - S) 2^n, and p is mixed over Beta(A, A) (Robbins 1970, Ann. Math.
Statist. 41:1397). harness/judge/sequential.c computes the same in C; a test compares the two to
1e-9.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from .statistics import POWER, binomial_share, finite, median_ratio, whole_up

A = 10  # both parameters of the mixture: docs/method/gate.md
HALF = 0.5


def log_e_two_sided(successes: ArrayLike, n: ArrayLike) -> NDArray[np.float64]:
    """ln e against "a success is as likely as not". Shapes are broadcast."""
    s, all_ = np.asarray(successes, dtype=float), np.asarray(n, dtype=float)
    mixed = special.betaln(s + A, all_ - s + A) - special.betaln(A, A)
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


def log_e_one_sided(successes: ArrayLike, n: ArrayLike) -> NDArray[np.float64]:
    """ln e against "a success is at most as likely as not". Shapes are broadcast.

    The mixture is cut to p > 1/2, where it doubles: for a whole A, P(Beta(S + A, n - S + A) > 1/2)
    is P(Bin(n + 2A - 1, 1/2) <= S + A - 1). Rare successes therefore never count."""
    s, all_ = np.broadcast_arrays(np.asarray(successes, float), np.asarray(n, float))
    return np.log(2) + log_e_two_sided(s, all_) + _log_tail(all_ + 2 * A - 1, s + A - 1)


@lru_cache(maxsize=None)
def confidence_sequence(n: int, alpha: float) -> tuple[int, int] | None:
    """Ranks, counted from 1, of the ordered values that bound the median at any stop.

    The medians that the two-sided e-process leaves under 1 / alpha (Howard and Ramdas 2022,
    Bernoulli 28:1704, invert tests of quantiles so). None where n is too small."""
    lows = np.arange(n // 2 + 1)
    left = np.nonzero(log_e_two_sided(lows, n) < -np.log(alpha))[0]
    if not left.size or left[0] == 0:
        return None
    return int(left[0]), n + 1 - int(left[0])


@lru_cache(maxsize=None)
def sequential_mde_rank(n: int, log_threshold: float) -> int | None:
    """Of n ordered values the rank, counted from 1, of the one that must be shifted up to 0 for the
    one-sided e-process to be at the threshold after the last of them with probability .8; None
    where it cannot be. Their residuals stand for the noise, as in minimum_detectable_effect."""
    enough = np.nonzero(log_e_one_sided(np.arange(n + 1), n) >= log_threshold)[0]
    if n == 0 or not enough.size:
        return None
    return n + 1 - whole_up(binomial_share(n, int(enough[0]), POWER) * n)


def sequential_mde(changes: ArrayLike, log_threshold: float, is_count: bool) -> float:
    """The smallest change that the one-sided e-process would have seen so: how far the value of
    that rank lies below the median, a ratio less 1 or a difference of counts; NaN: none."""
    ordered = np.sort(finite(changes))
    rank = sequential_mde_rank(ordered.size, log_threshold)
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
    """What decides a row: a margin as a ratio, thresholds of ln e, and whether it is a count."""

    margin: float
    is_count: bool
    fail_at: float
    pass_at: float


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


def decide(head: ArrayLike, base: ArrayLike, rule: Rule) -> Decision:
    """Looks after every block: FAIL where "not more" is rejected and the median change is half
    the margin or more, else PASS where "more by the margin" is. The first decision stays. Ties
    count against both."""
    x, y = np.asarray(head, dtype=float), np.asarray(base, dtype=float)
    looks = np.arange(1, x.size + 1)
    fails = log_e_one_sided(np.cumsum(x > y), looks)
    passes = log_e_one_sided(np.cumsum(x - y < _margins(y, rule)), looks)
    last = (float(fails[-1]), float(passes[-1])) if x.size else (0.0, 0.0)
    for place in np.nonzero((fails >= rule.fail_at) | (passes >= rule.pass_at))[0]:
        n = int(place) + 1
        if fails[place] >= rule.fail_at and _reaches_half_margin(x[:n], y[:n], rule):
            return Decision("fail", n, *last)
        if passes[place] >= rule.pass_at:
            return Decision("pass", n, *last)
    return Decision("undecided", None, *last)


def decide_instructions(
    head: ArrayLike, base: ArrayLike, margin: float
) -> tuple[str, float, float]:
    """(verdict, effect, spread) of callgrind's counts; `base` holds those of the base and of its
    control, whose spread is the tolerance."""
    x, y = np.asarray(head, dtype=float), np.asarray(base, dtype=float)
    effect = float(np.median(x) / np.median(y) - 1)
    spread = float(y.max() / y.min() - 1)
    if effect - spread > 0 and effect >= margin / 2:
        return "fail", effect, spread
    return ("pass" if effect + spread < margin else "undecided"), effect, spread
