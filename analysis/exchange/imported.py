"""imported.py -- benchmarks that another tool measured, as they are read from its file.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from ..complaint import Complaint

SECOND_NS = 1e9


@dataclass(frozen=True)
class Reading:
    """One sample. Times are of one iteration, in nanoseconds; cpu_ns: None where it is unknown."""

    iterations: int
    wall_ns: float
    cpu_ns: float | None


@dataclass
class Benchmark:
    """cell: what was measured; arm: of what, "" where the file does not tell. by_wall: whether its
    author judges by wall time. iterates: whether a sample is of many operations."""

    cell: str
    arm: str
    by_wall: bool
    iterates: bool
    threads: int = 1
    parameters: dict[str, int | str] = field(default_factory=dict)
    readings: list[Reading] = field(default_factory=list)


def number(entry: dict[str, Any], key: str, where: str) -> float:
    """A finite number above 0; raises Complaint for anything else."""
    value = entry.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        what = f"there is no {key}" if value is None else f"{key} is {value!r:.40}, not a number"
        raise Complaint(f"{where}: {what}", "the tool's own JSON, as it was written")
    if not math.isfinite(value) or value <= 0:
        raise Complaint(
            f"{where}: {key} is {value!r:.40}, and a time is more than 0",
            "leave this benchmark out where the tool writes the file",
        )
    return float(value)
