"""page_faults.py -- every arm's page faults in the region, in every cell.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from ..comparison.estimates import FAULTS
from ..drawing import amount_rows
from ..records.records import Run

QUESTION = "How many page faults does each arm take in each cell?"

applies, items, layout, draw = amount_rows.module_functions(
    FAULTS, lambda _: "page faults in the measured region"
)


def caption(samples: Run) -> str:
    return amount_rows.caption(
        samples, "Page faults in the measured region (start-up and warm-up are outside it)"
    )
