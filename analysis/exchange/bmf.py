"""bmf.py -- the Bencher Metric Format: a value and its bounds for each measure of a benchmark.

The format is bencher.dev/docs/reference/bencher-metric-format. It has no place for parameters,
which are in the benchmark's name, nor for samples.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json

from ..complaint import Complaint
from .medians import bounds, medians
from .names import path
from .series import Bench

PURPOSE = "bencher run --adapter json: medians and their intervals, parameters in the names"
NAME_MAX = 1024
MEASURE_MAX = 64


def check_names(names: list[str], most: int) -> None:
    """Raises Complaint for a name that Bencher refuses."""
    for name in names:
        if len(name) > most:
            raise Complaint(
                f"{name[:80]}...: {len(name)} letters, and a name there has {most} at most",
                "a shorter label of the arm: 'path/to/x.so as NAME'",
            )


def written(benches: list[Bench]) -> str:
    """{benchmark: {measure: {value, lower_value, upper_value}}}"""
    found = {
        path(bench): {metric.column: bounds(median) for metric, median, _ in medians(bench)}
        for bench in benches
    }
    check_names(list(found), NAME_MAX)
    check_names([measure for measures in found.values() for measure in measures], MEASURE_MAX)
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"
