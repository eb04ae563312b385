"""deciding.py -- the metric by which a cell is judged.

A workload's is a rate. A program does no operations that could be counted: its CPU time is judged,
of all its processes from exec to exit; a server's is that of its client's run.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from typing import Any

from ..records.kinds import PROGRAM, SERVER, kind_of
from ..records.metrics import Metric, default

OPERATIONS = default("operations_per_second")
PROGRAM_TIME = default("process_cpu_ns")
SERVER_TIME = default("time")
DECIDING = {PROGRAM: PROGRAM_TIME, SERVER: SERVER_TIME}
TIMES = tuple(metric.column for metric in DECIDING.values())


def deciding(cell: dict[str, Any]) -> Metric:
    """Of a cell of a plan."""
    return DECIDING.get(kind_of(cell), OPERATIONS)


def is_had(metric: Metric, cell: dict[str, Any]) -> bool:
    """Whether samples of the cell can have it: no rate of a program."""
    return kind_of(cell) not in DECIDING or "operations" not in metric.sum
