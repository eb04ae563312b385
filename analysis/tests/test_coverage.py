"""test_coverage.py -- intervals cover what they promise, and blocks survive bad clocks.

Every experiment is a series of runs in time, two in each block in random order, as the harness
makes them.

SPDX-License-Identifier: MIT"""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal, stats

from analysis.statistics.statistics import holm, median_interval, sign_test_p

ALPHA = 0.05
EFFECT = np.log(1.03)
Noise = Callable[[np.random.Generator, tuple[int, int]], NDArray[np.float64]]


def autocorrelated(random: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.float64]:
    return signal.lfilter([1], [1, -0.85], random.normal(0, 0.05, shape), axis=1)


def contaminated(random: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.float64]:
    return random.normal(0, 0.02, shape) * np.where(random.random(shape) < 0.05, 20, 1)


NOISES: dict[str, Noise] = {  # of ln(time), one run after another in time
    "normal": lambda random, shape: random.normal(0, 0.02, shape),
    "lognormal": lambda random, shape: np.log(random.lognormal(0, 1, shape)),
    "autocorrelated": autocorrelated,
    "contaminated": contaminated,
    "one-sided": lambda random, shape: np.log1p(random.exponential(0.3, shape)),
    "ties": lambda random, shape: 0.02 * np.round(random.normal(0, 0.02, shape) / 0.02),
}


def differences(noise: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.float64]:
    """d = ln(time_A) - ln(time_B) of each block, without an effect. Shape (experiments, 2 n) to
    (experiments, n)."""
    first, second = noise[:, 0::2], noise[:, 1::2]
    return np.where(random.random(first.shape) < 0.5, first - second, second - first)


@pytest.mark.parametrize("n", [6, 20, 100, 1500])
@pytest.mark.parametrize("name", NOISES)
def test_the_interval_covers_the_true_median(name: str, n: int) -> None:
    random = np.random.default_rng([n, *name.encode()])
    experiments = 400 if n == 1500 else 3000
    d = np.sort(EFFECT + differences(NOISES[name](random, (experiments, 2 * n)), random), axis=1)
    low, high = median_interval(n, ALPHA)
    tiny = 1e-9  # a tie at the truth must count as covered in spite of rounding
    covered = np.mean((d[:, low - 1] <= EFFECT + tiny) & (EFFECT - tiny <= d[:, high - 1]))
    assert covered >= 1 - ALPHA - 3 * np.sqrt(ALPHA * (1 - ALPHA) / experiments)


# Clocks: what they add to ln(time) of run k of a series; 30 ms a run.
RUNS = 400
EXPERIMENTS = 300
CLOCKS: dict[str, Callable[[NDArray[np.int_]], NDArray[np.float64]]] = {
    "drift of 10 % a minute": lambda k: k * 0.030 / 60 * 0.10,
    "step of 2 %": lambda k: np.where(k >= RUNS // 2 + 20, 0.02, 0.0),
    "3 % for the first run": lambda k: np.where(k % 2 == 0, 0.03, 0.0),
    "sinusoid of two runs": lambda k: 0.02 * np.cos(np.pi * k),
}
# The usual orders of identical binaries: one after the other, or always the same one first.
NAIVE = {
    "drift of 10 % a minute": "A..AB..B",
    "step of 2 %": "A..AB..B",
    "3 % for the first run": "ABAB",
    "sinusoid of two runs": "ABAB",
}


def naive_false_alarms(order: str, times: NDArray[np.float64]) -> float:
    if order == "A..AB..B":
        a, b = times[:, : RUNS // 2], times[:, RUNS // 2 :]
    else:
        a, b = times[:, 0::2], times[:, 1::2]
    return float(np.mean(stats.mannwhitneyu(a, b, axis=1).pvalue <= ALPHA))


@pytest.mark.parametrize("clock", CLOCKS)
def test_blocks_survive_a_clock_that_fools_the_usual_way(clock: str) -> None:
    random = np.random.default_rng(11)
    times = random.normal(0, 0.01, (EXPERIMENTS, RUNS)) + CLOCKS[clock](np.arange(RUNS))
    alarms = np.mean([sign_test_p(d) <= ALPHA for d in differences(times, random)])
    assert alarms <= ALPHA + 3 * np.sqrt(ALPHA * (1 - ALPHA) / EXPERIMENTS)
    assert naive_false_alarms(NAIVE[clock], times) > 0.5


def test_holm_keeps_the_family_and_its_absence_does_not() -> None:
    random = np.random.default_rng(3)
    p = np.array(
        [[sign_test_p(d) for d in family] for family in random.normal(0, 1, (400, 12, 40))]
    )
    assert np.mean([holm(row).min() <= ALPHA for row in p]) <= ALPHA + 3 * np.sqrt(
        ALPHA * (1 - ALPHA) / 400
    )
    assert np.mean(p.min(axis=1) <= ALPHA) > 0.2
