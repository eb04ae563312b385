"""stored.py -- compares stored files with the texts that samples give.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# Processors differ in the last bits of an exponential, and so may the last of a number's nine
# digits, or of a ratio's eight decimals; more is another table.
CSV_TOLERANCE_RATIO, CSV_TOLERANCE = 2e-8, 1.5e-8


def _close(left: str, right: str) -> bool:
    if left == right:
        return True
    try:
        values = float(left), float(right)
    except ValueError:
        return False
    return math.isclose(*values, rel_tol=CSV_TOLERANCE_RATIO, abs_tol=CSV_TOLERANCE)


def _csv_difference(stored: str, derived: str) -> str:
    """The first cell that differs; empty if none does."""
    left, right = (list(csv.reader(io.StringIO(text))) for text in (stored, derived))
    for number, (a, b) in enumerate(zip(left, right), start=1):
        if len(a) != len(b):
            return f"line {number}: {len(a)} columns, but the samples give {len(b)}"
        for name, had, gives in zip(right[0], a, b):
            if not _close(had, gives):
                return f"line {number}, {name}: '{had}', but the samples give '{gives}'"
    return "" if len(left) == len(right) else _lengths(left, right)


def _lengths(left: Sequence[Any], right: Sequence[Any]) -> str:
    return f"{len(left)} lines, but the samples give {len(right)}"


def _around(text: str, at: int) -> str:
    return text[max(0, at - 30) : at + 70]


def text_difference(stored: str, derived: str) -> str:
    """The first difference, with its surroundings; empty if there is none."""
    left, right = stored.splitlines(), derived.splitlines()
    for number, (a, b) in enumerate(zip(left, right), start=1):
        if a != b:
            at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
            return f"line {number}: '{_around(a, at)}', but the samples give '{_around(b, at)}'"
    return "" if stored == derived else _lengths(left, right)


def files_differences(folder: Path, derived: Mapping[str, str]) -> list[str]:
    """A line for each file of that name in the folder that is not what was derived."""
    found = []
    for name, text in derived.items():
        path = folder / name
        if not path.exists():
            found.append(f"{path}: missing")
            continue
        difference = _csv_difference if path.suffix == ".csv" else text_difference
        what = difference(path.read_text(encoding="utf-8"), text)
        if what:
            found.append(f"{path}: {what}")
    return found
