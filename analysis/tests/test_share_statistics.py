"""test_share_statistics.py -- shares of samples: by hand, and by how often their intervals hold.

SPDX-License-Identifier: MIT"""

import numpy as np
import pytest
from scipy import stats

from analysis.statistics.share_statistics import (
    difference_of_shares,
    difference_of_times,
    jackknife_deviation,
    share_of_samples,
    time_of_share,
)
from analysis.statistics.statistics import binomial_interval

ALPHA = 0.05


def test_a_share_is_a_ratio_of_totals() -> None:
    found = share_of_samples([1] * 20, [10] * 10 + [30] * 10, ALPHA)
    assert found.point == 20 / 400
    assert found.low < 20 / 400 < found.high


def test_equal_processes_have_the_interval_of_independent_draws() -> None:
    found = share_of_samples([5] * 20, [10] * 20, ALPHA)
    assert (found.low, found.high) == pytest.approx(binomial_interval(100, 200, ALPHA))


def test_processes_that_differ_widen_it() -> None:
    equal = share_of_samples([5] * 20, [10] * 20, ALPHA)
    found = share_of_samples([0, 10] * 10, [10] * 20, ALPHA)
    assert found.point == 0.5 and found.high - found.low > 2 * (equal.high - equal.low)


@pytest.mark.parametrize("part, whole", [([1] * 19, [10] * 19), ([0, 1] * 15, [1] * 30)])
def test_few_processes_or_samples_give_the_point_alone(part: list[int], whole: list[int]) -> None:
    found = share_of_samples(part, whole, ALPHA)
    assert found.point == sum(part) / sum(whole) and np.isnan([found.low, found.high]).all()


def test_no_sample_no_share() -> None:
    assert np.isnan(share_of_samples([0] * 20, [0] * 20, ALPHA).point)


def test_a_function_that_was_never_seen_may_still_take_time() -> None:
    found = share_of_samples([0] * 20, [100] * 20, ALPHA)
    assert found.point == 0 == found.low and 0 < found.high < 0.003
    time = time_of_share([0] * 20, [100] * 20, [1000] * 20, ALPHA)
    assert time.point == 0 == time.low and time.high == pytest.approx(1000 * found.high)


def test_time_is_the_mean_of_each_process_own() -> None:
    found = time_of_share([1, 3] * 10, [4, 4] * 10, [100, 200] * 10, ALPHA)
    assert found.point == (25 + 150) / 2  # not 1/2 of 150
    assert found.low < found.point < found.high


def test_time_leaves_out_processes_without_a_sample() -> None:
    found = time_of_share([1, 0], [2, 0], [100, 100], ALPHA)
    assert found.point == 50 and np.isnan(found.low)


def test_a_time_that_samples_told_is_zero_without_any() -> None:
    """Three samples of 0.1 ms in one process and none in the other are 0.15 ms a process."""
    assert time_of_share([3, 0], [3, 0], [300_000, 0], ALPHA).point == 150_000
    assert np.isnan(time_of_share([0, 0], [0, 0], [0, 0], ALPHA).point)


def test_jackknife_by_hand() -> None:
    """first is 1/2 of every block; second is 1 and 3 of 4. Without block 0 the difference is
    3/4 - 1/2, without block 1 it is 1/4 - 1/2: +-1/4 about their mean 0, times (2 - 1) / 2."""
    first, second = np.array([[2.0, 2.0]]), np.array([[1.0, 3.0]])
    whole = np.array([4.0, 4.0])
    assert jackknife_deviation(first, whole, second, whole) == pytest.approx(
        np.sqrt(0.5 * (0.25**2 + 0.25**2))
    )


def test_what_a_block_does_to_both_arms_cancels() -> None:
    whole = np.full(20, 1000)
    wild = np.tile([300, 700], 10)
    paired = difference_of_shares([wild], whole, [wild + 50], whole, ALPHA)
    opposed = difference_of_shares([wild], whole, [wild[::-1] + 50], whole, ALPHA)
    assert paired.point[0] == opposed.point[0] == pytest.approx(0.05)
    assert paired.low[0] > 0 > opposed.low[0]


def test_a_difference_is_never_surer_than_independent_draws() -> None:
    """Processes that agree to the sample: the jackknife alone would call it certain."""
    whole = np.full(20, 10)
    found = difference_of_shares([[5] * 20], whole, [[6] * 20], whole, ALPHA)
    assert found.deviation[0] == pytest.approx(np.sqrt(0.25 / 200 + 0.24 / 200))


def test_differences_flip_with_the_arms_and_need_twenty_blocks() -> None:
    random = np.random.default_rng(3)
    whole = random.integers(40, 60, (2, 30))
    a, b = (random.binomial(w, p) for w, p in zip(whole, (0.3, 0.4)))
    there = difference_of_shares([a], whole[0], [b], whole[1], ALPHA)
    back = difference_of_shares([b], whole[1], [a], whole[0], ALPHA)
    assert there.low[0] == pytest.approx(-back.high[0])
    few = difference_of_shares([a[:19]], whole[0][:19], [b[:19]], whole[1][:19], ALPHA)
    assert np.isfinite(few.point[0]) and np.isnan(few.low[0])


def test_what_neither_arm_has_is_no_certain_equality() -> None:
    whole = np.full(20, 10)
    found = difference_of_shares([[0] * 20], whole, [[0] * 20], whole, ALPHA)
    assert found.point[0] == 0 and np.isnan(found.low[0])


REPLICATIONS = 400


def _simulated(random: np.random.Generator, share: float, spread: float, n: int):
    """Processes whose own share varies about the true one, and their wholes with it."""
    weather = random.normal(0, 1, n)
    wholes = random.poisson(60 * np.exp(0.3 * weather))
    own = np.clip(share * (1 + spread * random.normal(0, 1, n)), 0, 1)
    return random.binomial(wholes, own), wholes


def _at_least(covered: float) -> bool:
    """Within 3 standard errors of nominal, or above."""
    return covered >= 1 - ALPHA - 3 * np.sqrt(ALPHA * (1 - ALPHA) / REPLICATIONS)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7])
@pytest.mark.parametrize("spread", [0.0, 0.3])
@pytest.mark.parametrize("n", [20, 40])
def test_the_interval_of_a_share_covers_it(share: float, spread: float, n: int) -> None:
    random = np.random.default_rng([int(100 * share), int(10 * spread), n])
    true = share if spread == 0 or share < 0.5 else _mean_share(share, spread)
    held = 0
    for _ in range(REPLICATIONS):
        found = share_of_samples(*_simulated(random, share, spread, n), ALPHA)
        held += found.low <= true <= found.high
    assert _at_least(held / REPLICATIONS)


def _mean_share(share: float, spread: float) -> float:
    """The mean of a share that is clipped at 1."""
    own = np.random.default_rng(9).normal(0, 1, 1_000_000)
    return float(np.clip(share * (1 + spread * own), 0, 1).mean())


@pytest.mark.parametrize("share", [0.02, 0.3])
def test_equal_arms_differ_no_more_often_than_promised(share: float) -> None:
    random = np.random.default_rng(int(100 * share))
    held = 0
    for _ in range(REPLICATIONS):
        (a, whole_a), (b, whole_b) = (_simulated(random, share, 0.3, 30) for _ in range(2))
        found = difference_of_shares([a], whole_a, [b], whole_b, ALPHA)
        held += found.low[0] <= 0 <= found.high[0]
    assert _at_least(held / REPLICATIONS)
    assert held / REPLICATIONS < 1  # an interval that always holds says nothing


def test_a_difference_of_times_is_the_mean_of_the_blocks_own() -> None:
    """Against the formulas written out: paired t, or draws where those spread more."""
    generator = np.random.default_rng(7)
    n = 24
    whole = generator.integers(50, 90, (2, n))
    part = np.array([generator.binomial(whole[i], share) for i, share in enumerate((0.3, 0.5))])
    time = generator.normal(100, 20, (2, n)) + np.linspace(0, 400, n)  # a machine that slows down
    found = difference_of_times(
        ([part[0]], whole[0], time[0]), ([part[1]], whole[1], time[1]), ALPHA
    )
    own = part[1] / whole[1] * time[1] - part[0] / whole[0] * time[0]
    drawn = sum(
        (p := part[i].sum() / whole[i].sum()) * (1 - p) / whole[i].sum() * time[i].mean() ** 2
        for i in range(2)
    )
    deviation = max(own.std(ddof=1) / np.sqrt(n), np.sqrt(drawn))
    half = stats.t.ppf(1 - ALPHA / 2, n - 1) * deviation
    assert found.point[0] == pytest.approx(own.mean())
    assert [found.low[0], found.high[0]] == pytest.approx([own.mean() - half, own.mean() + half])


def test_a_difference_of_times_needs_blocks_and_samples() -> None:
    whole, time = np.full(19, 10), np.full(19, 5.0)
    few = difference_of_times(([whole / 5], whole, time), ([whole / 2], whole, time), ALPHA)
    assert few.point[0] == pytest.approx(1.5) and np.isnan(few.low[0])
    nothing = difference_of_times(
        ([whole * 0], whole * 0, time), ([whole / 2], whole, time), ALPHA
    )
    assert np.isnan(nothing.point[0])
    unknown = np.full(19, np.nan)
    none = difference_of_times(([whole], whole, unknown), ([whole], whole, time), ALPHA)
    assert np.isnan(none.point[0])


def test_blocks_of_a_slow_machine_cancel_in_a_difference_of_times() -> None:
    """The same share of a time that doubles: the difference is of the blocks, and none."""
    time = np.linspace(100, 200, 40)
    whole = np.full(40, 1000)
    found = difference_of_times(([whole // 2], whole, time), ([whole // 2], whole, time), ALPHA)
    assert found.point[0] == 0 and found.high[0] - found.low[0] < 5
