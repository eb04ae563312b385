"""test_statistics.py -- figures to check by hand, and properties that no change may break.

SPDX-License-Identifier: MIT"""

import math

import numpy as np
import pytest

from analysis.statistics import statistics as s

RANDOM = np.random.default_rng(7)


@pytest.mark.parametrize(
    "n, ranks", [(1, None), (5, None), (6, (1, 6)), (20, (6, 15)), (100, (40, 61))]
)
def test_ranks_of_the_median(n: int, ranks: tuple[int, int] | None) -> None:
    assert s.median_interval(n, 0.05) == ranks


def test_a_stricter_alpha_needs_more_values() -> None:
    assert s.median_interval(7, 0.01) is None  # 2 / 2^7 = .016
    assert s.median_interval(8, 0.01) == (1, 8)  # 2 / 2^8 = .008


@pytest.mark.parametrize("n", [6, 7, 20, 101, 1500, 60_001])
def test_ranks_are_the_narrowest_that_hold_their_promise(n: int) -> None:
    low, high = s.median_interval(n, 0.05)
    assert low + high == n + 1
    assert s._tails(n)[low - 1] <= 0.025 < s._tails(n)[low]


def test_a_tie_with_alpha_is_within_it() -> None:
    assert s.median_interval(6, 2 / 64) == (1, 6)  # misses with probability 2 / 2^6, to the bit
    assert s.median_interval(6, math.nextafter(2 / 64, 0)) is None


def test_effect_of_known_ratios() -> None:
    found = s.effect([1.01, 1.02, 1.03, 1.04, 1.05, 1.06], 0.05)
    assert (found.low, found.high) == pytest.approx((0.01, 0.06))
    assert found.point == pytest.approx(math.sqrt(1.03 * 1.04) - 1)


def test_the_bounds_are_the_ratios_of_blocks_to_the_last_bit() -> None:
    ratios = np.array([8, 12, 16, 20, 23, 23, 24]) / 16
    found = s.effect(ratios, 0.05)
    assert (found.point, found.low, found.high) == (0.25, -0.5, 0.5)
    assert s.median_ratio([0.5, 2.0]) == 1.0 and s.median_ratio([2.25, 4.0]) == 3.0


def test_five_blocks_give_a_point_but_no_interval() -> None:
    found = s.effect([1.01, 1.02, 1.03, 1.04, 1.05], 0.05)
    assert found.point == pytest.approx(0.03)
    assert math.isnan(found.low) and math.isnan(found.high)
    assert s.verdict(found, 1.0, 0.05, 0.02) == "unclear"


def test_nothing_gives_nothing() -> None:
    assert math.isnan(s.effect([], 0.05).point)
    assert math.isnan(s.hodges_lehmann([])) and math.isnan(s.trimmed_mean([]))
    assert s.sign_test_p([]) == 1.0


@pytest.mark.parametrize(
    "signs, p",
    [
        ([1] * 6, 2 / 64),
        ([1] * 5 + [-1], 14 / 64),
        ([1, -1], 1.0),
        ([1] * 10, 2 / 1024),
        ([1] * 5 + [0], 14 / 64),
    ],
)  # a zero counts as the rarer sign
def test_sign_test(signs: list[int], p: float) -> None:
    assert s.sign_test_p(signs) == pytest.approx(p)


def test_sign_test_does_not_underflow() -> None:
    assert 0 < s.sign_test_p([1.0] * 1000) == pytest.approx(2.0**-999)


def test_p_is_rounded_once() -> None:
    assert s.sign_test_p([1] * 6) == 2 / 64
    assert s.sign_test_p([1] * 599 + [-1]) == 2 * 601 / 2**600


def test_p_and_interval_agree() -> None:
    for n in (6, 9, 30, 31):
        for positive in range(n + 1):
            d = np.concatenate(
                [RANDOM.uniform(0.01, 1, positive), RANDOM.uniform(-1, -0.01, n - positive)]
            )
            found = s.effect(1 + d, 0.05)
            assert (s.sign_test_p(d) <= 0.05) == (found.low > 0 or found.high < 0)


def test_holm_by_hand() -> None:
    assert s.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert s.holm([0.5, float("nan"), 0.001]) == pytest.approx([1.0, 1.0, 0.003])


def test_hodges_lehmann_by_hand() -> None:
    assert s.hodges_lehmann([1, 4, 9]) == math.sqrt(12)  # roots of products: 1 2 3 4 6 9
    assert s.hodges_lehmann([5]) == 5


def test_hodges_lehmann_by_counting_is_the_same_as_by_writing_out() -> None:
    x = np.exp(RANDOM.standard_t(2, 1501))
    first, second = np.triu_indices(x.size)
    written_out = np.median(np.sqrt(x[first] * x[second]))
    assert s.hodges_lehmann(x) == pytest.approx(written_out, rel=1e-6)


def test_trimmed_mean_and_ratio_of_totals_by_hand() -> None:
    assert s.trimmed_mean([100, 1, 2, 4, 0.1]) == pytest.approx(2)  # of 1, 2, 4
    assert s.ratio_of_totals([2, 4, 9], [1, 2, float("nan")]) == 1.0


TICK = 4e6


def share(blocks: int, whole: float, part: float, outside: float = 0.0) -> s.Interval:
    columns = np.full((3, blocks), [[part], [whole], [outside]])
    return s.share_of_totals(*columns, alpha=0.05, tick=TICK)


def test_share_of_twenty_blocks_of_a_hundred_milliseconds() -> None:
    found = share(20, 100e6, 70e6)  # 350 of 500 ticks: Clopper-Pearson [.658, .740]
    assert found.point == pytest.approx(0.7)
    assert (found.low, found.high) == pytest.approx((0.6577, 0.7399), abs=5e-4)


def test_share_of_nothing_has_a_low_of_zero_and_a_high_above() -> None:
    found = share(20, 100e6, 0)
    assert (found.point, found.low) == (0, 0)
    assert found.high == pytest.approx(1 - 0.025 ** (1 / 500))  # by hand: no success in 500
    assert share(20, 100e6, 100e6).high == 1


def test_share_gives_way_by_what_ran_outside() -> None:
    narrow, wide = share(20, 100e6, 70e6), share(20, 100e6, 70e6, outside=20e6)
    assert wide.low == pytest.approx(narrow.low - 0.2)
    assert wide.high == pytest.approx(min(1, narrow.high + 0.2))


@pytest.mark.parametrize(
    "found",
    [share(20, 1e6, 0.7e6), share(19, 100e6, 70e6), share(20, 100e6, 70e6, 26e6), share(20, 0, 0)],
)
def test_where_ticks_cannot_tell_there_is_no_share(found: s.Interval) -> None:
    assert np.isnan([found.point, found.low, found.high]).all()


def test_share_is_as_wide_as_its_blocks_differ() -> None:
    whole = np.full(20, 1e9)
    part = whole * np.tile([0.4, 1.0], 10)  # by hand: deviation .3 * sqrt(20 / 19) / sqrt(20)
    found = s.share_of_totals(part, whole, 0 * whole, 0.05, TICK)
    half_width = 2.093 * 0.3 / math.sqrt(19)
    assert (found.low, found.high) == pytest.approx((0.7 - half_width, 0.7 + half_width), abs=1e-4)


def test_binomial_interval_by_hand() -> None:
    assert s.binomial_interval(0, 10, 0.05) == pytest.approx((0, 1 - 0.025**0.1))
    assert s.binomial_interval(10, 10, 0.05) == pytest.approx((0.025**0.1, 1))


def test_totals_are_of_times_and_not_of_rates() -> None:
    rates, against = np.array([4.0, 1.0]), np.array([2.0, 2.0])  # times .25 + 1, and .5 + .5
    assert s.ratio_of_totals(1 / against, 1 / rates) == pytest.approx(1 / 1.25 - 1)


def test_lag_one_by_hand() -> None:
    assert s.lag_one_autocorrelation([1, -1, 1, -1]) == pytest.approx(-0.75)
    assert math.isnan(s.lag_one_autocorrelation([3, 3, 3]))
    assert s.lag_one_bound(400) == 0.1


def test_lag_one_is_within_a_machine() -> None:
    two = [1, 101, -1, 99, 1, 101, -1, 99]  # of two machines, one at 0 and one at 100
    assert s.lag_one_autocorrelation(two, list("abababab")) == pytest.approx(-0.75)
    assert s.lag_one_autocorrelation(two) != pytest.approx(-0.75)


def test_hodges_lehmann_ends_where_numbers_have_no_room_left() -> None:
    huge = np.full(2000, 1e16)
    huge[::2] += 2  # the next number that there is
    assert s.hodges_lehmann(huge) in (1e16, 1e16 + 2)


def test_mde_of_six_blocks_is_the_worst_residual() -> None:
    # It rejects only where 0 or 6 are above 1, so every one must be moved over it.
    ratios = np.array([0.8, 0.95, 1, 1, 1.05, 1.1])
    assert s.minimum_detectable_effect(ratios, 0.05) == 0.25
    assert s.minimum_detectable_effect(1 / ratios, 0.05) == 0.25
    assert math.isnan(s.minimum_detectable_effect(ratios, 0.01))


def test_mde_is_found_with_the_power_that_it_promises() -> None:
    n, spread = 200, 0.02
    noise = np.exp(RANDOM.normal(0, spread, 4000)[:n])
    effect = math.log1p(s.minimum_detectable_effect(noise, 0.05))
    runs = RANDOM.normal(effect, spread, (2000, n))
    found = np.mean([s.sign_test_p(d) <= 0.05 for d in runs])
    assert 0.6 < found < 0.97  # the residuals of one run of 200 know their own spread to about 10 %


def test_arm_swap_flips_the_sign() -> None:
    a, b = np.exp(RANDOM.normal(0, 0.1, (2, 51)))
    there, back = s.effect(s.ratio(b, a), 0.05), s.effect(s.ratio(a, b), 0.05)
    for x, y in ((there.point, back.point), (there.low, back.high), (there.high, back.low)):
        assert (1 + x) * (1 + y) == pytest.approx(1)
    assert s.sign_test_p(s.ratio(b, a), about=1) == s.sign_test_p(s.ratio(a, b), about=1) < 1


def test_units_do_not_matter() -> None:
    a, b = np.exp(RANDOM.normal(0, 0.1, (2, 40)))
    one, other = s.effect(s.ratio(b, a), 0.05), s.effect(s.ratio(b * 1e6, a * 1e6), 0.05)
    assert (one.point, one.low, one.high) == pytest.approx((other.point, other.low, other.high))


def test_the_order_of_blocks_does_not_matter_to_the_estimate() -> None:
    d = np.exp(RANDOM.normal(0, 0.1, 40))
    assert s.effect(d, 0.05) == s.effect(RANDOM.permutation(d), 0.05)


def test_nan_is_left_out() -> None:
    d = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    assert s.effect([*d, float("nan")], 0.05) == s.effect(d, 0.05)
    assert s.sign_test_p([*d, float("nan")]) == s.sign_test_p(d)
    assert np.isnan(s.ratio([0, 1, -1], [1, 0, 1])).all()


def test_ties_give_an_interval_of_no_width() -> None:
    found = s.effect([1.0] * 20, 0.05)
    assert (found.point, found.low, found.high) == (0, 0, 0)
    assert s.sign_test_p([0.0] * 20) == 1.0
    assert s.verdict(found, 1.0, 0.05, 0.02) == "same"


def test_interaction_is_one_where_changes_multiply() -> None:
    neither = np.array([1.0, 2, 3])
    assert s.interaction(neither * 6, neither * 2, neither * 3, neither) == pytest.approx([1] * 3)
    assert s.interaction(neither * 12, neither * 2, neither * 3, neither) == pytest.approx([2] * 3)


@pytest.mark.parametrize(
    "found, p, expected",
    [
        (s.Interval(0.03, 0.01, 0.05), 0.04, "better"),
        (s.Interval(-0.03, -0.05, -0.01), 0.04, "worse"),
        (s.Interval(0.03, 0.01, 0.05), 0.06, "unclear"),
        (s.Interval(0.003, -0.01, 0.02), 0.06, "same"),
        (s.Interval(0.003, -0.021, 0.02), 0.06, "unclear"),
        (s.Interval(0.003, -0.02, 0.021), 0.06, "unclear"),
        (s.Interval(0.01, 0.005, 0.015), 0.05, "better within the margin"),
        (s.Interval(-0.01, -0.02, -0.005), 0.05, "worse within the margin"),
        (s.Interval(0.01, 0.005, 0.021), 0.05, "better"),
        (s.Interval(0.01, math.nan, math.nan), 0.01, "unclear"),
    ],
)
def test_verdicts(found: s.Interval, p: float, expected: str) -> None:
    assert s.verdict(found, p, alpha=0.05, margin=0.02) == expected
