"""test_rounding.py -- numbers as texts: ties, signs, sizes.

SPDX-License-Identifier: MIT"""

import math

import pytest

from analysis.document.rounding import exponent, fixed, significant


@pytest.mark.parametrize(
    "value, decimals, text",
    [
        (43.75, 1, "43.8"),  # ties go to the even digit
        (43.65, 1, "43.6"),
        (543.75, 1, "543.8"),
        (15.25, 1, "15.2"),
        (-0.04, 1, "0.0"),
        (2.5, 0, "2"),
        (1e300, 0, "1" + "0" * 300),
    ],
)
def test_ties_go_to_the_even_digit(value: float, decimals: int, text: str) -> None:
    assert fixed(value, decimals) == text


@pytest.mark.parametrize("value", [43.75, 15.25, 0.435, 7.25, 100 * (1.0725 - 1), 1e6 + 0.5])
def test_the_last_bits_do_not_show(value: float) -> None:
    beside = [math.nextafter(value, towards) for towards in (-math.inf, math.inf)]
    for decimals in range(4):
        assert len({fixed(x, decimals) for x in (value, *beside)}) == 1
    for digits in range(1, 10):
        assert len({significant(x, digits) for x in (value, *beside)}) == 1


def test_signs_and_commas() -> None:
    assert fixed(1.25, 1, "+") == "+1.2" and fixed(-1.25, 1, "+") == "-1.2"
    assert fixed(0.001, 1, "+") == "0.0"
    assert fixed(1234567.8, 1, commas=True) == "1,234,567.8"


@pytest.mark.parametrize("value", [0.0, 0.5, -1.25e-7, 123456.0, 1e22, -3.0])
def test_significant_digits_are_written_as_by_percent_g(value: float) -> None:
    assert significant(value, 9) == f"{value:.9g}"


def test_a_power_of_ten_is_not_missed_by_a_bit() -> None:
    for power in range(-20, 21):
        value = float(f"1e{power}")
        assert exponent(value) == exponent(math.nextafter(value, 0)) == power
    assert exponent(9999) == 3 and exponent(-0.02) == -2
    with pytest.raises(ValueError, match="no power"):
        exponent(0.0)
