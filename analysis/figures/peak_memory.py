"""peak_memory.py -- every arm's peak resident memory in every cell.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from ..comparison.estimates import PEAK_MEMORY
from ..drawing import amount_rows
from ..records.records import Run

QUESTION = "How much memory does each arm hold at its peak, in each cell?"

applies, items, layout, draw = amount_rows.module_functions(
    PEAK_MEMORY, lambda _: "MiB resident at the peak (VmHWM)"
)


def caption(samples: Run) -> str:
    return amount_rows.caption(
        samples, "Peak resident memory of the process (VmHWM, read by the process itself)"
    )
