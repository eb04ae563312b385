"""rounding.py -- numbers as texts, the same on every processor.

Logarithms, sums and special functions differ between processors in their last bits, some 16 digits
down. Every number that is printed is therefore first rounded to 12 significant digits and only then
to those that are shown; a tie goes to the even digit both times, in decimal arithmetic (IEEE 754's
roundTiesToEven; ASTM E29). 43.75 is "43.8", and 43.749999999999993 is too.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, Context, Decimal

SETTLED_DIGITS = 12
_SETTLING = Context(prec=SETTLED_DIGITS, rounding=ROUND_HALF_EVEN)
_WIDE = Context(prec=400, rounding=ROUND_HALF_EVEN)  # any double, to any decimals


def _settled(value: float) -> Decimal:
    """A finite number without the digits in which processors differ."""
    return _SETTLING.create_decimal_from_float(float(value))


def fixed(value: float, decimals: int, sign: str = "", commas: bool = False) -> str:
    """A finite number with so many decimals. sign: "+" shows that of positive numbers too. commas:
    between thousands. Nothing is ever "-0.0"."""
    rounded = _settled(value).quantize(Decimal(1).scaleb(-decimals), context=_WIDE)
    shown, sign = (rounded, sign) if rounded else (abs(rounded), "")
    return f"{shown:{sign}{',' if commas else ''}f}"


def significant(value: float, digits: int) -> str:
    """The number as `%.<digits>g` writes it: without zeros at the end, with an exponent where it
    is far from 1; NaN and infinity as Python names them."""
    if not math.isfinite(value):
        return f"{value:g}"
    rounded = Context(prec=digits, rounding=ROUND_HALF_EVEN).plus(_settled(value))
    return f"{float(rounded) + 0.0:.{digits}g}"  # + 0.0: of -0, 0


def exponent(value: float) -> int:
    """The power of ten of a number's first digit: 3 of 1,000 and of 9,999. Raises ValueError for
    0, NaN and infinity."""
    if value == 0 or not math.isfinite(value):
        raise ValueError(f"{value} has no power of ten")
    return _settled(value).adjusted()
