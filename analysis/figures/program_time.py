"""program_time.py -- every arm's CPU time in every program.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from typing import Any

from ..comparison.deciding import PROGRAM_TIME, deciding
from ..drawing import value_rows
from ..records.records import Run

QUESTION = "How long does each program take under each arm?"

layout = value_rows.layout_of(PROGRAM_TIME)


def applies(samples: Run) -> bool:
    """In a run of programs alone: a workload's process takes as long as it is told to."""
    return all(deciding(cell) == PROGRAM_TIME for cell in samples.plan["cells"])


def draw(samples: Run, axes: Any) -> None:
    value_rows.draw(samples, axes, PROGRAM_TIME, "ms of CPU time, from exec to exit")


def caption(samples: Run) -> str:
    return value_rows.caption(samples, "CPU time of the program and all of its children,")
