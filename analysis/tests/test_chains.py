"""test_chains.py -- what effects of gate after gate amount to, and how often the interval holds.

SPDX-License-Identifier: MIT"""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.statistics.chains import amounts, worst_stretch
from analysis.statistics.sequential import Rule, confidence_sequence, decide

MARGIN, BLOCKS_MAX = 0.02, 200


def test_ratios_multiply_and_differences_add() -> None:
    assert amounts([0.1, 0.1, -0.5], True).tolist() == pytest.approx([0.1, 0.21, -0.395])
    assert amounts([3, -1, 2], False).tolist() == [3, 2, 4]
    assert np.isnan(amounts([0.1, math.nan, 0.1], True)).tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("lows", "wanted"),
    [
        ([1, 1, 1], (0, 3)),
        ([-9, 1, 1], (1, 3)),
        ([2, -1, 2], (0, 3)),
        ([2, -3, 2.5], (2, 3)),
        ([1, math.nan, 0.5, 0.6], (2, 4)),
        ([-2, -1], (1, 2)),
        ([math.nan], (0, 0)),
        ([], (0, 0)),
    ],
)
def test_the_worst_stretch_has_the_largest_sum(lows: list[float], wanted: tuple) -> None:
    assert worst_stretch(lows, False) == wanted


def test_the_worst_stretch_of_ratios_is_of_their_product() -> None:
    """1.5 * .7 * 1.4 is less than 1.5, and 1.5 * .7 * 1.5 more; the sums say other things."""
    assert worst_stretch([0.5, -0.3, 0.4], True) == (0, 1)
    assert worst_stretch([0.5, -0.3, 0.5], True) == (0, 3)


def _gate(random: np.random.Generator, truth: float) -> tuple[str, float, float, float]:
    """A gate of one row that stops as soon as it can tell: verdict, effect, low, high."""
    noise = random.laplace(0, 0.02, BLOCKS_MAX) + np.where(random.random(BLOCKS_MAX) < 0.1, 0.05, 0)
    ratios = (1 + truth) * np.exp(noise)
    rule = Rule(MARGIN, False, math.log(36 / 0.005), -math.log(0.05))
    found = decide(ratios, np.ones(BLOCKS_MAX), rule)
    kept = np.sort(ratios[: max(found.decided_at or BLOCKS_MAX, 30)])
    ranks = confidence_sequence(kept.size, 0.05)
    assert ranks is not None
    ends = (float(kept[rank - 1]) - 1 for rank in ranks)
    return found.verdict, float(np.median(kept)) - 1, *ends


def _true_ratio(truth: float) -> float:
    """The noise is skewed: its median is not 0."""
    random, size = np.random.default_rng(1), 400_001
    noise = random.laplace(0, 0.02, size) + np.where(random.random(size) < 0.1, 0.05, 0)
    return (1 + truth) * float(np.exp(np.median(noise)))


def _misses(rows: NDArray[np.float64], ratio: float, chains: int) -> tuple[int, int]:
    """Of chains of 24 drawn gates, how many intervals do not hold the truth: this one's, and that
    by the root of the sum of squares. rows: effect, low, high."""
    random = np.random.default_rng(2)
    ends, roots = 0, 0
    for _ in range(chains):
        drawn = rows[random.integers(0, len(rows), 24)]
        effect, low, high = (amounts(drawn[:, i], True)[-1] for i in range(3))
        ends += not low <= ratio**24 - 1 <= high
        logs = np.log1p(drawn)
        half = math.sqrt((((logs[:, 2] - logs[:, 1]) / 2) ** 2).sum())
        roots += abs(math.log1p(effect) - 24 * math.log(ratio)) > half
    return ends, roots


@pytest.mark.parametrize("truth", [0.0, 0.012])
def test_intervals_of_chains_hold_and_those_by_squares_would_not(truth: float) -> None:
    """Gates stop at will, under skewed and heavy noise, and only those that passed are chained, as
    where a change that fails never lands. At 95 %, 9 or more misses of 60 come in fewer than 1 of
    300 such tests (Binomial(60, .05)); squares miss nearly always at +1.2 %."""
    random, passed = np.random.default_rng(20261130), []
    while len(passed) < 150:
        verdict, *ends = _gate(random, truth)
        passed += [ends] if verdict == "pass" else []
    ends, roots = _misses(np.array(passed), _true_ratio(truth), 60)
    assert ends < 9
    assert (roots > 50) == (truth > 0)
