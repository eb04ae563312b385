"""over_machines.py -- effects on several machines: their mean, their spread, and one machine more.

On machine i the effect y_i (a logarithm of a ratio) has the standard error s_i. Over machines

  y_i ~ N(mu, tau^2 + s_i^2)                       random effects

  own tau^2   = max(0, variance of y - mean of s^2)      (Hedges 1983, Psychol. Bull. 93:388)
  prior tau^2 = a^2 + (b d)^2, d the mean of y           (of stored comparisons: Prior)
  tau^2       = ((k - 1) own + n prior) / (k - 1 + n)    (n the prior's degrees of freedom;
                                                          Smyth 2004, doi 10.2202/1544-6115.1027)
  w_i = 1 / (tau^2 + s_i^2), mu = sum w y / sum w, q = sum w (y - mu)^2 / (k - 1)
  error^2 = max(1, q) / sum w    (Hartung and Knapp 2001, Stat. Med. 20:3875, so modified by Roever,
                                  Knapp and Friede 2015, BMC Med. Res. Methodol. 15:99)
  interval of the mean: mu +- t error; of one machine more: mu +- t sqrt(tau^2 + error^2)
                                  (Higgins, Thompson and Spiegelhalter 2009, JRSS A 172:137)

both with k - 1 + n degrees of freedom: one machine has an interval, and a third one does not make
it jump. One machine has no variance of its own; its tau is the prior's.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from .statistics import Interval

DEPENDS = "depends on the machine"  # the verdict where machines differ in sign
ENOUGH = 3  # machines; of fewer, tau is the prior's more than theirs


@dataclass(frozen=True)
class Prior:
    """What stored comparisons say of the spread between machines, before this one is looked at:
    tau^2 = a^2 + (b d)^2 for an effect of d, with so many degrees of freedom."""

    a: float
    b: float
    degrees: float

    def variance(self, effect: float) -> float:
        return self.a**2 + (self.b * effect) ** 2


@dataclass(frozen=True)
class OverMachines:
    """All of logarithms of ratios. `here` intervals are not in it: it speaks of the mean over
    machines, and of one machine more."""

    machines: int
    mean: Interval
    one_more: Interval  # around the same point
    tau: float
    tau_own: float  # of these machines alone; NaN of one
    q: float  # NaN of one machine

    @property
    def borrowed(self) -> bool:
        """Whether the spread is the prior's more than these machines'."""
        return self.machines < ENOUGH


def own_variance(effects: ArrayLike, errors: ArrayLike) -> float:
    """tau^2 of these machines alone; NaN of one."""
    y, s = np.asarray(effects, dtype=float), np.asarray(errors, dtype=float)
    if y.size < 2:
        return np.nan
    return max(0.0, float(np.var(y, ddof=1) - np.mean(s**2)))


def over_machines(
    effects: ArrayLike, errors: ArrayLike, prior: Prior, alpha: float, error_more: float = 0.0
) -> OverMachines:
    """effects, errors: a logarithm of a ratio and its standard error for each machine, shape (k,),
    k at least 1. error_more: the standard error with which the machine that is predicted will be
    measured; 0: its true effect is."""
    y, s = np.asarray(effects, dtype=float), np.asarray(errors, dtype=float)
    own, degrees = own_variance(y, s), y.size - 1 + prior.degrees
    before = prior.variance(float(y.mean()))
    shared = (0.0 if y.size == 1 else (y.size - 1) * own) + prior.degrees * before
    tau_squared = shared / degrees
    weights = 1 / (tau_squared + s**2)
    mean = float((weights * y).sum() / weights.sum())
    q = np.nan if y.size == 1 else float((weights * (y - mean) ** 2).sum() / (y.size - 1))
    error_squared = float(np.fmax(1.0, q) / weights.sum())
    t = float(stats.t.ppf(1 - alpha / 2, degrees))
    half = t * np.sqrt(error_squared)
    half_more = t * np.sqrt(tau_squared + error_squared + error_more**2)
    return OverMachines(
        int(y.size),
        Interval(mean, mean - half, mean + half),
        Interval(mean, mean - half_more, mean + half_more),
        float(np.sqrt(tau_squared)),
        float(np.sqrt(own)),
        q,
    )


def standard_error(low: float, high: float, alpha: float) -> float:
    """Of an estimate with a normal error whose interval at 1 - alpha reaches from low to high."""
    return (high - low) / (2 * float(stats.norm.ppf(1 - alpha / 2)))
