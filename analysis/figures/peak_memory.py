"""peak_memory.py -- every arm's peak resident memory in every cell.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from typing import Any

from ..comparison.estimates import PEAK_MEMORY
from ..drawing import value_rows
from ..records.records import Run

QUESTION = "How much memory does each arm hold at its peak, in each cell?"

layout = value_rows.layout_of(PEAK_MEMORY)


def applies(samples: Run) -> bool:
    return value_rows.any_value(samples, PEAK_MEMORY)


def draw(samples: Run, axes: Any) -> None:
    value_rows.draw(samples, axes, PEAK_MEMORY, "MiB resident at the peak (VmHWM)")


def caption(samples: Run) -> str:
    return value_rows.caption(
        samples, "Peak resident memory of the process (VmHWM, read by the process itself)"
    )
