"""medians.py -- medians with their intervals, for formats that have no place for samples.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import math
from collections.abc import Iterator

from ..records.metrics import Metric
from ..statistics.statistics import Interval, finite
from .series import Bench


def medians(bench: Bench) -> Iterator[tuple[Metric, Interval, int]]:
    """Each metric with its median and how many samples it is of."""
    for metric, values in bench.values.items():
        yield metric, bench.median(metric), int(finite(values).size)


def bounds(found: Interval) -> dict[str, float]:
    """value, and lower_value and upper_value where there are blocks enough for an interval."""
    named = {"value": found.point, "lower_value": found.low, "upper_value": found.high}
    return {name: float(value) for name, value in named.items() if math.isfinite(value)}
