"""program_time.py -- every arm's CPU time in every program.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from ..comparison.deciding import PROGRAM_TIME, deciding
from ..drawing import amount_rows
from ..records.records import Run

QUESTION = "How long does each program take under each arm?"

_, items, layout, draw = amount_rows.module_functions(
    PROGRAM_TIME, lambda _: "ms of CPU time, from exec to exit"
)


def applies(samples: Run) -> bool:
    """In a run of programs alone: a workload's process takes as long as it is told to."""
    return all(deciding(cell) == PROGRAM_TIME for cell in samples.plan["cells"])


def caption(samples: Run) -> str:
    return amount_rows.caption(samples, "CPU time of the program and all of its children,")
