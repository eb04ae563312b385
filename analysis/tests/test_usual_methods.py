"""test_usual_methods.py -- the usual ways, made again from raw times in the order of time.

SPDX-License-Identifier: MIT"""

import numpy as np
import pytest

from analysis.certificate.usual_methods import METHODS, interleaved_windows, methods_table, windows


def test_a_window_is_a_then_b_and_no_time_is_used_twice() -> None:
    times = np.arange(24).reshape(12, 2)
    found = windows(times, 0, 1, 3)
    assert [(a.tolist(), b.tolist()) for a, b in found] == [
        ([0, 2, 4], [7, 9, 11]),
        ([12, 14, 16], [19, 21, 23]),
    ]
    assert windows(times, 0, 1, 7) == []


def test_interleaved_runs_are_of_the_same_blocks_and_see_no_drift() -> None:
    times = np.arange(24).reshape(12, 2)
    found = interleaved_windows(times, 0, 1, 5)
    assert [(a.tolist(), b.tolist()) for a, b in found] == [
        ([0, 2, 4, 6, 8], [1, 3, 5, 7, 9]),
        ([10, 12, 14, 16, 18], [11, 13, 15, 17, 19]),
    ]
    drift = 1e7 * (1 + 0.001 * np.arange(100)).reshape(50, 2)
    ((a, b),) = interleaved_windows(drift, 0, 1, 50)
    assert not METHODS[1].slower(a, b)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: f"{method.name} of {method.runs}")
def test_every_rule_sees_what_is_plain_and_only_slower(method) -> None:
    random = np.random.default_rng(1)
    a = 1e7 * (1 + random.normal(0, 0.001, method.runs))
    assert method.slower(a, 1.2 * a)
    assert not method.slower(1.2 * a, a)
    assert not method.slower(a, a)


def test_tests_take_a_drift_for_a_slower_build() -> None:
    """A thousandth more with every run: B comes later, and shuffled blocks would not see it."""
    for method in METHODS[:4]:
        drift = 1e7 * (1 + 0.001 * np.arange(2 * method.runs))
        assert method.slower(drift[: method.runs], drift[method.runs :])


def test_the_table_has_a_line_for_each_method_and_number_of_runs() -> None:
    band = {"share": 0.25, "low": 0.1, "high": 0.5}
    rows = [
        {"method": "x", "runs": 10, "variant": "null", "slower": band},
        {"method": "x", "runs": 50, "variant": "null", "slower": band},
        {"method": "slablab gate", "runs": None, "variant": "time+2", "slower": band},
    ]
    table = methods_table(rows)
    assert table.columns == ["method", "runs of each", "null", "time+2"]
    assert [row.cells for row in table.rows] == [
        ["x", "10", "25.0 [10.0, 50.0]", "–"],
        ["x", "50", "25.0 [10.0, 50.0]", "–"],
        ["slablab gate", "as needed", "–", "25.0 [10.0, 50.0]"],
    ]
