"""bmf1.py -- version 1 of the Bencher Metric Format: parameters, and named values of a measure.

A benchmark is a list of entries, each with its parameters (scalars) and its measures, of which each
has eight named numbers at most (bencherdev/bencher, pull request 990).

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
from typing import Any

from ..statistics.statistics import finite
from .bmf import MEASURE_MAX, NAME_MAX, check_names
from .medians import bounds, medians
from .names import column
from .series import Bench

PURPOSE = "bencher run --adapter json, version 1: parameters of their own, extremes and counts"
RESERVED = {"arm", "start", "cell", "experiment"}


def _entry(bench: Bench) -> dict[str, Any]:
    parameters = {column(name, RESERVED): value for name, value in bench.parameters.items()}
    measures = {}
    for metric, median, samples in medians(bench):
        values = finite(bench.values[metric])
        measures[metric.column] = {
            **bounds(median),
            "min": float(values.min()),
            "max": float(values.max()),
            "samples": samples,
        }
    check_names(list(measures), MEASURE_MAX)
    return {
        "parameters": {
            **parameters,
            "start": bench.cell["start"],
            "arm": bench.arm,
            "cell": bench.cell["id"],
        },
        "measures": measures,
    }


def written(benches: list[Bench]) -> str:
    """{workload: [{parameters, measures}]}"""
    found: dict[str, list[dict[str, Any]]] = {}
    for bench in benches:
        found.setdefault(bench.cell["workload"], []).append(_entry(bench))
    check_names(list(found), NAME_MAX)
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"
