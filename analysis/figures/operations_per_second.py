"""operations_per_second.py -- every arm's operations per second in every cell.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from ..comparison.deciding import OPERATIONS
from ..comparison.wording import clock
from ..drawing import amount_rows
from ..records.records import Run

QUESTION = "How fast is each arm in each cell?"

applies, items, layout, draw = amount_rows.module_functions(
    OPERATIONS, lambda samples: f"M operations per second of {clock(samples)}"
)


def caption(samples: Run) -> str:
    return amount_rows.caption(
        samples, f"Operations per second of {clock(samples)}, in the measured region,"
    )
