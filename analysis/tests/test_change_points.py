"""test_change_points.py -- steps that were planted in a series, and none.

SPDX-License-Identifier: MIT"""

import numpy as np

from analysis.statistics.change_points import _outer, best_cut, change_points, shift
from analysis.statistics.statistics import binomial_interval

ALPHA = 0.05


def noise(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_t(3, n)


def quiet(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.2, n)


def test_a_cut_is_where_the_ranks_part() -> None:
    """1 to 3, then 7 to 9: the cut after the third. 2 of the C(6, 3) = 20 ways to part six ranks
    are as extreme, and no other cut of any order is: p is about 2 * 3! * 3! / 6! = .1."""
    found = best_cut([1, 3, 2, 8, 7, 9])
    assert found.first == 3
    assert abs(found.p - 0.1) < 0.02


def test_a_series_of_one_value_has_no_change() -> None:
    assert change_points([5] * 30, ALPHA) == []
    assert change_points([], ALPHA) == [] and change_points([1], ALPHA) == []


def test_a_planted_step_is_found_where_it_is() -> None:
    values = quiet(40, 1)
    values[25:] += 2
    (found,) = change_points(values, ALPHA)
    assert found.first == 25 and found.p <= 0.001


def test_two_steps_are_both_found() -> None:
    values = quiet(60, 2)
    values[20:40] += 3
    assert [point.first for point in change_points(values, ALPHA)] == [20, 40]


def test_one_wild_value_is_no_change() -> None:
    values = quiet(40, 3)
    values[20] = 1000
    assert change_points(values, ALPHA) == []


def test_order_and_scale_of_the_values_are_all_that_counts() -> None:
    values = noise(40, 4)
    values[25:] += 3
    assert change_points(values, ALPHA) == change_points(np.exp(values), ALPHA)


def test_false_alarms_are_as_rare_as_stated() -> None:
    """500 series in which nothing changed: those with any change point are alpha of them or less,
    as far as 500 can tell; and enough of them, or alpha would not be used at all. (Of 2,000 others
    94 had one, 4.7 %.)"""
    alarms = sum(bool(change_points(noise(30, 100 + i), ALPHA, 199)) for i in range(500))
    low, _ = binomial_interval(alarms, 500, 0.01)
    assert low <= ALPHA
    assert alarms >= 10


def test_a_step_of_two_deviations_is_seldom_missed() -> None:
    found = 0
    for i in range(100):
        values = np.random.default_rng(900 + i).normal(size=30)
        values[20:] += 2
        found += bool(change_points(values, ALPHA, 199))
    assert found >= 95


def test_the_interval_of_a_shift_is_between_differences() -> None:
    """1, 2, 3 and 11, 12, 13: nine differences from 8 to 12 about 10. Of the 20 ways to part six
    ranks one has U = 0 and one U = 1, so at 10 % the outermost bound it, and at 20 % the next."""
    sides = [1, 2, 3], [11, 12, 13]
    assert shift(*sides, 0.1, False) == (10, 8, 12)
    assert shift(*sides, 0.2, False) == (10, 9, 11)
    point, low, high = shift(*sides, 0.05, False)
    assert point == 10 and np.isnan([low, high]).all()
    assert shift([0.0], [0.5], 1.0, True)[0] == 0.5
    assert shift([1.0], [0.5], 1.0, True)[0] == -0.25


def test_long_sides_have_the_normal_interval_beside_the_exact_one() -> None:
    """By 30 and 30 it is counted, by 31 and 31 it is not: they leave out nearly as many."""
    assert abs(_outer(30, 30, 0.05) / 900 - _outer(31, 31, 0.05) / 961) < 0.01


def test_the_interval_of_a_shift_holds_the_truth() -> None:
    random = np.random.default_rng(7)
    held = 0
    for _ in range(400):
        _, low, high = shift(random.normal(0, 1, 8), random.normal(2, 1, 12), ALPHA, False)
        held += low <= 2 <= high
    assert binomial_interval(held, 400, 0.001)[1] >= 0.95
    assert held < 400  # an interval that always holds is too wide
