"""components.py -- variance components: how much each of several random factors varies.

A value is y = mean + a_i + b_j + ... + e, where the level of each factor is drawn for every block
on its own (a link of the arm, a link of the baseline), so that for one factor the others are noise
of equal variance. Of one factor with I levels, n_i values in level i and N in all,

  S1  = variance of the levels' means           (unweighted: df I - 1)
  S2  = variance within the levels, pooled      (df N - I)
  h   = I / sum of 1/n_i                        (the harmonic mean of the sizes)
  between^2 = max(0, S1 - S2 / h)               (method of moments by unweighted means; Searle,
                                                 Casella and McCulloch, Variance Components, 1992,
                                                 section 3.6)
  interval  = (I - 1) (S1 - (S2 / h) F) / chi2  at both ends, F of I - 1 and N - I degrees of
              freedom, chi2 of I - 1 (Tukey 1951 and Williams 1962, Biometrika 49:278, who prove
              that it holds for equal sizes; unequal ones by Thomas and Hultquist 1978, Ann.
              Statist. 6:582), cut at 0

Before that a value that is farther from its level's median (from that of all where the level has
fewer than four) than six robust SDs, 1.4826 times the median of such distances, counts as that far:
one process that took twice as long says nothing of its link.

  residual^2 = squares left by a least-squares fit of all factors' levels, over N less the fit's
               rank: the degrees of freedom of its chi2 interval (Henderson 1953, Biometrics 9:226,
               method 3)

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

OWN_MEDIAN = 4  # values that a level needs for that
FARTHEST = 6 * 1.482602218505602  # median distances that a value counts as, at most
MASS = 0.95  # of the effects of single pairs of links that link_spread covers


@dataclass(frozen=True)
class Component:
    """A variance, in the square of the values' unit, with the ends of its interval."""

    variance: float
    low: float
    high: float
    levels: int

    @property
    def sd(self) -> tuple[float, float, float]:
        """Point, low and high as standard deviations."""
        point, low, high = np.sqrt([self.variance, self.low, self.high])
        return float(point), float(low), float(high)


def _limited(y: NDArray[np.float64], level: NDArray[np.int_]) -> NDArray[np.float64]:
    """y with no value far out; level: from 0, as many as there are values."""
    own = [y[level == one] for one in range(int(level.max(initial=-1)) + 1)]
    middles = np.array([np.median(one if one.size >= OWN_MEDIAN else y) for one in own])
    apart = y - middles[level]
    most = FARTHEST * float(np.median(np.abs(apart)))
    return middles[level] + np.clip(apart, -most, most) if most > 0 else y


def between(values: ArrayLike, levels: ArrayLike, alpha: float = 0.05) -> Component | None:
    """values and the level of each, shape (N,). None with fewer than two levels, or no level that
    has two values."""
    y = np.asarray(values, dtype=float)
    _, level, sizes = np.unique(np.asarray(levels), return_inverse=True, return_counts=True)
    count = sizes.size
    if count < 2 or y.size <= count:
        return None
    y = _limited(y, level)
    means = np.bincount(level, weights=y) / sizes
    within = float(((y - means[level]) ** 2).sum() / (y.size - count))
    of_means, of_noise = float(np.var(means, ddof=1)), within * float(np.mean(1 / sizes))
    df = count - 1, y.size - count
    tails = np.array([1 - alpha / 2, alpha / 2])
    f, chi2 = stats.f.ppf(tails, *df), stats.chi2.ppf(tails, df[0])
    low, high = np.maximum(0, df[0] * (of_means - of_noise * f) / chi2)
    return Component(max(0.0, of_means - of_noise), float(low), float(high), count)


def residual(
    values: ArrayLike, factors: Sequence[ArrayLike], alpha: float = 0.05
) -> Component | None:
    """What these factors leave of the variance of N values; factors: the level of each value, each
    of shape (N,). None where they leave no degree of freedom."""
    y = np.asarray(values, dtype=float)
    columns = [np.ones((y.size, 1))]
    for levels in factors:
        known, level = np.unique(np.asarray(levels), return_inverse=True)
        columns.append(np.eye(known.size)[level])
    design = np.hstack(columns)
    fitted, _, rank, _ = np.linalg.lstsq(design, y, rcond=None)
    degrees = y.size - int(rank)
    if degrees < 1:
        return None
    left = float(((y - design @ fitted) ** 2).sum() / degrees)
    return of_variance(left, degrees, alpha, y.size)


def of_variance(variance: float, degrees: float, alpha: float, levels: int) -> Component:
    """With the interval of a variance of normal values that has so many degrees of freedom."""
    tails = np.array([1 - alpha / 2, alpha / 2])
    low, high = degrees * variance / stats.chi2.ppf(tails, degrees)
    return Component(variance, float(low), float(high), levels)


def link_spread(*links: Component | None) -> float:
    """How far the effects of MASS of the pairs of links are from their mean, at most: logarithms.
    NaN where none of the two varies that could be estimated."""
    known = [found.variance for found in links if found is not None]
    return float(stats.norm.ppf((1 + MASS) / 2) * np.sqrt(sum(known))) if known else np.nan


def over_links(
    effect: float, here: tuple[float, float], links: Sequence[Component | None], alpha: float
) -> tuple[float, float] | None:
    """The interval of the mean over all links that might have been drawn, as ratios less 1.

    effect and here, its interval of blocks, which knows of the drawn links alone: ratios less 1.
    links: the component of either arm's, None of one that has a single link. On the logarithms
    the error's square is s^2 + sum of between^2 / levels, s the half-width of `here` over its
    normal quantile, and the quantile is t's of the fewest levels less 1: no fewer degrees of
    freedom than the sum has (Satterthwaite 1946, Biometrics 2:110). None where neither arm's links
    tell a component, or `here` has no end."""
    known = [found for found in links if found is not None]
    middle, *ends = (float(value) for value in np.log1p([effect, *here]))
    if not known or not np.isfinite([middle, *ends]).all():
        return None
    error = (ends[1] - ends[0]) / (2 * stats.norm.ppf(1 - alpha / 2))
    square = error**2 + sum(found.variance / found.levels for found in known)
    half = stats.t.ppf(1 - alpha / 2, min(found.levels for found in known) - 1) * np.sqrt(square)
    low, high = np.expm1([middle - half, middle + half])
    return float(low), float(high)


@dataclass(frozen=True)
class OneLink:
    """What one pair of links alone may show of an effect, as ratios less 1."""

    low: float
    high: float
    bound: bool  # the effect is smaller than what the layout alone can make


def one_link(effect: float, spread: float) -> OneLink | None:
    """effect: a ratio less 1; spread as link_spread has it. None without either."""
    middle = float(np.log1p(effect))
    if not np.isfinite([middle, spread]).all():
        return None
    low, high = np.expm1([middle - spread, middle + spread])
    return OneLink(float(low), float(high), abs(middle) < spread)
