"""deciding.py -- the metric by which a cell is judged.

A workload's is a rate. A program does no operations that could be counted: its CPU time is judged,
of all its processes from exec to exit; a server's is that of its client's run. What was imported
and timed by the wall clock is judged by that: a command by its time, a loop by its rate.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..records.kinds import BENCHMARK, PROGRAM, SERVER, kind_of
from ..records.metrics import Metric, default

OPERATIONS = default("operations_per_second")
PROGRAM_TIME = default("process_cpu_ns")
SERVER_TIME = default("time")
WALL_TIME = default("wall_ns")
WALL_RATE = replace(
    OPERATIONS,
    name="operations_per_wall_second",
    column="operations_per_wall_second",
    title="Operations per second of wall time, in the region",
    threaded_title=None,
    per=("wall_ns",),
    threaded=None,
)
DECIDING = {PROGRAM: PROGRAM_TIME, SERVER: SERVER_TIME, BENCHMARK: WALL_TIME}
TIMES = tuple(metric.column for metric in DECIDING.values())
JUDGES = (OPERATIONS, *DECIDING.values(), WALL_RATE)


def deciding(cell: dict[str, Any]) -> Metric:
    """Of a cell of a plan."""
    if cell.get(BENCHMARK, {}).get("iterates"):
        return WALL_RATE
    return DECIDING.get(kind_of(cell), OPERATIONS)


def is_had(metric: Metric, cell: dict[str, Any]) -> bool:
    """Whether samples of the cell can have it: no rate of a program."""
    if metric.column == deciding(cell).column:
        return True
    return kind_of(cell) not in DECIDING or "operations" not in metric.sum
