"""machines_needed.py -- how many machines, and how many blocks on each, make elsewhere narrow.

With k machines of b blocks each, a standard deviation tau between machines and sigma between
blocks (over_machines.py; q at its expectation, 1),

  error^2 = (tau^2 + sigma^2 / b) / k
  half width of the mean over machines   t error
  half width of one machine more         t sqrt(tau^2 + error^2)      never below z tau

with t of k - 1 + n degrees of freedom, n the prior's. Blocks make sigma^2 / b small and leave tau.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

USELESS = 0.1  # blocks whose noise is this share of tau^2 or less: more of them change little
MOST_MACHINES = 10_000


def _t(machines: int, degrees: float, alpha: float) -> float:
    return float(stats.t.ppf(1 - alpha / 2, machines - 1 + degrees))


def _error_squared(tau: float, sigma: float, machines: int, blocks: float) -> float:
    return (tau**2 + sigma**2 / blocks) / machines


def half_width_of_mean(
    tau: float, sigma: float, machines: int, blocks: float, degrees: float, alpha: float
) -> float:
    """Of the mean over so many machines, in the unit of tau and sigma."""
    error = math.sqrt(_error_squared(tau, sigma, machines, blocks))
    return _t(machines, degrees, alpha) * error


def half_width_one_more(
    tau: float, sigma: float, machines: int, blocks: float, degrees: float, alpha: float
) -> float:
    """Of the interval for one machine more."""
    spread = math.sqrt(tau**2 + _error_squared(tau, sigma, machines, blocks))
    return _t(machines, degrees, alpha) * spread


def least_one_more(tau: float, alpha: float) -> float:
    """What half_width_one_more tends to, however many machines and blocks."""
    return float(stats.norm.ppf(1 - alpha / 2)) * tau


def machines_needed(
    tau: float, sigma: float, blocks: float, half_width: float, degrees: float, alpha: float
) -> int | None:
    """The fewest machines of so many blocks whose mean has that half width or less; None beyond
    MOST_MACHINES."""
    below, enough = 0, 1
    while half_width_of_mean(tau, sigma, enough, blocks, degrees, alpha) > half_width:
        below, enough = enough, 2 * enough
        if below >= MOST_MACHINES:
            return None
    while enough - below > 1:
        middle = (below + enough) // 2
        wide = half_width_of_mean(tau, sigma, middle, blocks, degrees, alpha) > half_width
        below, enough = (middle, enough) if wide else (below, middle)
    return enough if enough <= MOST_MACHINES else None


def blocks_that_matter(tau: float, sigma: float, least: int) -> int:
    """From this number of blocks a machine on, and from `least` on, their noise is at most USELESS
    of the variance between machines."""
    if tau == 0:
        return least
    return max(least, int(np.ceil(sigma**2 / (USELESS * tau**2))))
