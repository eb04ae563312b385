"""test_gate_traps.py -- coverage at any stop, and gates on machines that try to fool them.

Every proof is beside the usual analysis of the same data, which fails it.

SPDX-License-Identifier: MIT"""

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from .test_coverage import CLOCKS, EFFECT, NAIVE, NOISES, differences, naive_false_alarms
from .test_gate_replay import FALSE_ALARMS_MAX, within
from analysis.statistics.sequential import Rule, confidence_sequence, decide
from analysis.statistics.statistics import median_interval

ALPHA = 0.05
TIME = Rule(0.02, False, math.log(5 / 0.005), math.log(20))  # one of five rows that decide
Array = NDArray[np.float64]
Ranks = Callable[[int, float], tuple[int, int] | None]


def missed_at_a_stop(d: Array, ranks: Ranks) -> int:
    """Experiments of which some look's interval leaves the truth out: who stops there tells a
    falsehood. d has shape (experiments, blocks)."""
    tiny = 1e-9  # a tie at the truth counts as covered in spite of rounding
    looks = np.arange(1, d.shape[1] + 1)
    above = looks - np.cumsum(d > EFFECT + tiny, axis=1)
    below = looks - np.cumsum(d < EFFECT - tiny, axis=1)
    low = np.array([(ranks(int(n), ALPHA) or (0, 0))[0] for n in looks])
    return int(((np.minimum(above, below) < low) & (low > 0)).any(axis=1).sum())


@pytest.mark.parametrize("n", [6, 20, 100, 1500])
@pytest.mark.parametrize("name", NOISES)
def test_the_sequence_covers_at_every_stop(name: str, n: int) -> None:
    random = np.random.default_rng([21, n, *name.encode()])
    experiments = {1500: 250, 100: 1500}.get(n, 3000)
    d = EFFECT + differences(NOISES[name](random, (experiments, 2 * n)), random)
    bound = experiments * ALPHA + 3 * np.sqrt(experiments * ALPHA * (1 - ALPHA))
    assert missed_at_a_stop(d, confidence_sequence) <= bound
    if n > 6 and name != "ties":  # 6 blocks are one look; a tie is never outside
        assert missed_at_a_stop(d, median_interval) > bound


def test_six_blocks_have_no_sequence_and_the_first_has_all_of_them() -> None:
    first = next(n for n in range(1, 99) if confidence_sequence(n, ALPHA))
    assert first > 6
    assert confidence_sequence(first, ALPHA) == (1, first)


def of_blocks(times: Array, random: np.random.Generator) -> tuple[Array, Array]:
    """Times of a series of runs as the gate has them: blocks of three arms in random order."""
    blocks = times[: times.size // 3 * 3].reshape(-1, 3)
    order = random.permuted(np.tile([0, 1, 2], (len(blocks), 1)), axis=1)
    shuffled = np.take_along_axis(blocks, order, axis=1)
    return shuffled[:, 2], shuffled[:, 0]


def always_in_order(times: Array, random: np.random.Generator) -> tuple[Array, Array]:
    """The gate without its shuffling: the head always runs first."""
    blocks = times[: times.size // 3 * 3].reshape(-1, 3)
    return blocks[:, 0], blocks[:, 1]


GATES, RUNS = 300, 1200


def series(clock: str) -> Array:
    """ln(time) of runs one after another."""
    random = np.random.default_rng([23, *clock.encode()])
    noise = random.normal(0, 0.01, (GATES, RUNS))
    return noise + CLOCKS[clock](np.arange(RUNS))


def fails(times: Array, arranged: Callable, slower: float = 0.0) -> int:
    random = np.random.default_rng(24)
    found = 0
    for row in times:
        head, base = arranged(row, random)
        found += decide(np.exp(head + slower), np.exp(base), TIME).verdict == "fail"
    return found


@pytest.mark.parametrize("clock", CLOCKS)
def test_a_gate_survives_a_clock_that_fools_the_usual_way(clock: str) -> None:
    times = series(clock)
    assert within(fails(times, of_blocks), GATES, FALSE_ALARMS_MAX)
    assert within(GATES - fails(times, of_blocks, EFFECT), GATES, 0.05)  # and is not blind
    assert naive_false_alarms(NAIVE[clock], times[:, :400]) > 0.5


def test_it_is_the_shuffling_that_saves_the_gate() -> None:
    blocks = np.arange(RUNS) % 3 == 0
    times = np.random.default_rng(25).normal(0, 0.01, (GATES, RUNS)) + 0.03 * blocks
    assert within(fails(times, of_blocks), GATES, FALSE_ALARMS_MAX)
    assert fails(times, always_in_order) == GATES


def test_a_value_that_is_not_there_counts_against_both() -> None:
    base = np.full(60, 100.0)
    head = np.where(np.arange(60) % 2 == 0, np.nan, 90.0)
    decision = decide(head, base, TIME)
    assert decision.verdict == "undecided"
    half = decide(np.where(np.arange(60) % 2 == 0, 110.0, 90.0), base, TIME)
    assert decision.log_e_pass == half.log_e_pass
    assert decision.log_e_fail < half.log_e_fail


def test_fewer_than_six_blocks_never_decide() -> None:
    for n in range(1, 6):
        for head in (1.0, 99.0):
            assert decide(np.full(n, head), np.full(n, 10.0), TIME).verdict == "undecided"


def test_swapped_arms_swap_what_is_more() -> None:
    random = np.random.default_rng(26)
    head, base = np.exp(random.normal(0, 0.01, (2, 300))) * [[1.03], [1.0]]
    rule = Rule(0.0, False, TIME.fail_at, TIME.pass_at)
    there, back = decide(head, base, rule), decide(base, head, rule)
    assert (there.verdict, back.verdict) == ("fail", "pass")
    assert (there.log_e_fail, there.log_e_pass) == (back.log_e_pass, back.log_e_fail)
