"""test_gate_replay.py -- gates replayed on real blocks of identical builds, and on made ones.

The fixture is the stored run of experiments/null.yaml: 1,000 blocks in each of five cells, each
with the baseline three times (itself, its control, and an arm that is the baseline again).

SPDX-License-Identifier: MIT"""

import math
from functools import lru_cache
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from .test_coverage import EFFECT, NOISES, differences
from analysis.records.records import load
from analysis.statistics.sequential import Rule, confidence_sequence, decide
from analysis.statistics.statistics import sign_test_p

pytestmark = pytest.mark.slow

NULL_RUNS = sorted(Path(__file__).parents[2].glob("results/reference/null/*-full"))
GATES = 600
MARGIN, ALPHA_FAIL, ALPHA_PASS = 0.02, 0.005, 0.05
CAP = 1000
FALSE_ALARMS_MAX = 0.01  # of gates: the promise


@lru_cache(maxsize=None)
def cells() -> list[NDArray[np.float64]]:
    """CPU times of every cell, shape (blocks, 3)."""
    run = load(NULL_RUNS[-1])
    return [run.matrix(cell, lambda rows: rows["cpu_ns"]) for cell in run.cells]


def rule() -> Rule:
    decisions = len(cells())
    return Rule(MARGIN, False, math.log(decisions / ALPHA_FAIL), -math.log(ALPHA_PASS))


def replay(random: np.random.Generator, factor: float) -> tuple[str, int]:
    """One gate over all cells: in each a random pair of its arms, its blocks in a random order, the
    head's times multiplied by factor. (verdict, blocks of all cells)."""
    verdicts, blocks = set(), 0
    for times in cells():
        base, head = random.choice(list(permutations(range(3), 2)))
        order = random.permutation(len(times))[:CAP]
        decision = decide(times[order, head] * factor, times[order, base], rule())
        verdicts.add(decision.verdict)
        blocks += decision.decided_at or CAP
    if "fail" in verdicts:
        return "fail", blocks
    return ("undecided" if "undecided" in verdicts else "pass"), blocks


@lru_cache(maxsize=None)
def replayed(factor: float) -> tuple[list[str], float]:
    """(verdicts of all gates, their median of blocks)."""
    random = np.random.default_rng([7, round(1000 * factor)])
    gates = [replay(random, factor) for _ in range(GATES)]
    return [verdict for verdict, _ in gates], float(np.median([blocks for _, blocks in gates]))


def within(count: int, n: int, promise: float) -> bool:
    """Could so many of n be, if each had the promised probability? At one in a thousand."""
    return bool(stats.binom.sf(count - 1, n, promise) > 0.001)


def test_the_fixture_holds_four_thousand_real_blocks() -> None:
    assert sum(len(times) for times in cells()) >= 4000


def test_identical_builds_fail_no_more_often_than_promised() -> None:
    verdicts, _ = replayed(1.0)
    assert within(verdicts.count("fail"), GATES, FALSE_ALARMS_MAX)
    assert verdicts.count("pass") >= 0.95 * GATES


def test_stretches_in_the_order_in_which_they_ran_do_not_fail_either() -> None:
    """Disjoint stretches of 200 blocks, all six pairs of arms: what a gate would have seen."""
    fails = gates = 0
    for times in cells():
        for first in range(0, len(times) - 199, 200):
            for base, head in permutations(range(3), 2):
                stretch = times[first : first + 200]
                fails += decide(stretch[:, head], stretch[:, base], rule()).verdict == "fail"
                gates += 1
    assert gates >= 100
    assert within(fails, gates, FALSE_ALARMS_MAX)


def test_looking_every_ten_blocks_until_p_is_small_cries_wolf() -> None:
    random = np.random.default_rng(8)
    alarms = 0
    for _ in range(200):
        times = cells()[random.integers(len(cells()))]
        d = np.log(times[random.permutation(len(times)), 1:]) @ np.array([1, -1])
        alarms += any(sign_test_p(d[:n]) < 0.05 for n in range(10, 401, 10))
    assert not within(alarms, 200, 0.05)


def test_one_after_the_other_cries_wolf_on_the_same_machine() -> None:
    """A n times, then A again n times, by Mann-Whitney: n of 50 in the order in which they ran."""
    alarms = pairs = 0
    for times in cells():
        for first in range(0, len(times) - 99, 100):
            one, other = times[first : first + 50, 0], times[first + 50 : first + 100, 0]
            alarms += stats.mannwhitneyu(one, other).pvalue < 0.05
            pairs += 1
    assert not within(alarms, pairs, 0.05)


@pytest.mark.parametrize(("factor", "caught"), [(1.02, 0.95), (1.05, 0.99)])
def test_a_slow_down_is_caught(factor: float, caught: float) -> None:
    verdicts, _ = replayed(factor)
    assert within(GATES - verdicts.count("fail"), GATES, 1 - caught)


def test_larger_changes_are_caught_sooner() -> None:
    assert replayed(1.05)[1] < replayed(1.02)[1] < replayed(1.0)[1] * 5
    assert replayed(0.98)[0].count("fail") == 0


@pytest.mark.parametrize("name", NOISES)
def test_the_sequence_covers_the_median_at_a_stop_that_hopes_to_miss_it(name: str) -> None:
    """Every experiment stops where its interval first leaves the truth out, if it ever does within
    400 blocks. The interval for one look is left out so by most."""
    random = np.random.default_rng([3, *name.encode()])
    experiments, n = 300, 400
    d = EFFECT + differences(NOISES[name](random, (experiments, 2 * n)), random)
    tiny = 1e-9
    above = np.cumsum(d > EFFECT + tiny, axis=1)
    below = np.cumsum(d < EFFECT - tiny, axis=1)
    looks = np.arange(1, n + 1)
    low = np.array([(confidence_sequence(int(k), 0.05) or (0, 0))[0] for k in looks])
    missed = ((np.minimum(looks - above, looks - below) < low) & (low > 0)).any(axis=1)
    assert within(int(missed.sum()), experiments, 0.05)


def test_the_interval_for_one_look_does_not_hold_at_such_a_stop() -> None:
    random = np.random.default_rng(4)
    signs = random.random((300, 400)) < 0.5
    heads = np.cumsum(signs, axis=1)
    looks = np.arange(1, 401)
    p = 2 * stats.binom.cdf(np.minimum(heads, looks - heads), looks, 0.5)
    assert not within(int((p <= 0.05).any(axis=1).sum()), 300, 0.05)
