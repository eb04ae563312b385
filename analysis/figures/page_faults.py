"""page_faults.py -- every arm's page faults in the region, in every cell.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from typing import Any

from ..comparison.estimates import FAULTS
from ..drawing import value_rows
from ..records.records import Run

QUESTION = "How many page faults does each arm take in each cell?"

layout = value_rows.layout_of(FAULTS)


def applies(samples: Run) -> bool:
    return value_rows.any_value(samples, FAULTS)


def draw(samples: Run, axes: Any) -> None:
    value_rows.draw(samples, axes, FAULTS, "page faults in the measured region")


def caption(samples: Run) -> str:
    return value_rows.caption(
        samples, "Page faults in the measured region (start-up and warm-up are outside it)"
    )
