"""operations_per_second.py -- every arm's operations per second in every cell.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from typing import Any

from ..comparison.deciding import OPERATIONS
from ..comparison.wording import clock
from ..drawing import value_rows
from ..records.records import Run

QUESTION = "How fast is each arm in each cell?"

layout = value_rows.layout_of(OPERATIONS)


def applies(samples: Run) -> bool:
    return value_rows.any_value(samples, OPERATIONS)


def draw(samples: Run, axes: Any) -> None:
    value_rows.draw(samples, axes, OPERATIONS, f"M operations per second of {clock(samples)}")


def caption(samples: Run) -> str:
    return value_rows.caption(
        samples, f"Operations per second of {clock(samples)}, in the measured region,"
    )
