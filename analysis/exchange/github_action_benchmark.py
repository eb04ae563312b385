"""github_action_benchmark.py -- the list that github-action-benchmark takes as a custom benchmark.

Its tool is customSmallerIsBetter or customBiggerIsBetter for a whole file, so a file holds metrics
of one direction: less unless --better more is asked for.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
import math
from typing import Any

from ..complaint import Complaint
from ..records.metrics import Metric
from ..statistics.statistics import Interval
from .medians import medians
from .names import path
from .series import Bench

PURPOSE = "github-action-benchmark: customSmallerIsBetter, or customBiggerIsBetter (--better more)"
BETTER = "less"  # where the command does not say
TOOLS = {"less": "customSmallerIsBetter", "more": "customBiggerIsBetter"}


def _entry(bench: Bench, metric: Metric, median: Interval, samples: int) -> dict[str, Any]:
    entry = {
        "name": f"{path(bench)} {metric.column}",
        "unit": metric.unit,
        "value": float(median.point),
    }
    if math.isfinite(median.low):
        entry["range"] = f"{median.low:.6g} to {median.high:.6g}"
    confidence = 100 * (1 - bench.run.plan["alpha"])
    extra = f"{metric.title}\nmedian of {samples} samples; range: its {confidence:g} % interval"
    return {**entry, "extra": f"{extra}\nrun: {bench.run.name}"}


def written(benches: list[Bench]) -> str:
    """[{name, unit, value, range, extra}]"""
    directions = {metric.better for bench in benches for metric in bench.values}
    if len(directions) > 1:
        raise Complaint(
            "less is better of some metrics and more of others: a file is for one of the tools "
            + " and ".join(TOOLS.values()),
            "--better less, or --better more",
        )
    found = [
        _entry(bench, metric, median, samples)
        for bench in benches
        for metric, median, samples in medians(bench)
    ]
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"
