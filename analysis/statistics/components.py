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

  residual^2 = squares left by a least-squares fit of all factors' levels, over N less the fit's
               rank: the degrees of freedom of its chi2 interval (Henderson 1953, Biometrics 9:226,
               method 3)

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

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


def between(values: ArrayLike, levels: ArrayLike, alpha: float = 0.05) -> Component | None:
    """values and the level of each, shape (N,). None with fewer than two levels, or no level that
    has two values."""
    y = np.asarray(values, dtype=float)
    _, level, sizes = np.unique(np.asarray(levels), return_inverse=True, return_counts=True)
    count = sizes.size
    if count < 2 or y.size <= count:
        return None
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
