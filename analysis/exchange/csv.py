"""csv.py -- every sample of every metric, a row each, for a data frame.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import csv
import io
import math

from .names import column
from .series import Bench

PURPOSE = "data frames: a row per sample and metric, a column per parameter"
COLUMNS = (
    "experiment", "run", "workload", "start", "cell", "arm", "role", "host", "block", "metric",
    "value", "unit", "better",
)  # fmt: skip


def written(benches: list[Bench]) -> str:
    """Values have all their digits."""
    names = list(dict.fromkeys(name for bench in benches for name in bench.parameters))
    shown = {name: column(name, set(COLUMNS)) for name in names}
    text = io.StringIO()
    rows = csv.DictWriter(text, [*COLUMNS, *shown.values()], restval="", lineterminator="\n")
    rows.writeheader()
    for bench in benches:
        roles = {arm["id"]: arm["role"] for arm in bench.run.plan["arms"]}
        shared = {
            "experiment": bench.run.plan["experiment"],
            "run": bench.run.name,
            "workload": bench.cell["workload"],
            "start": bench.cell["start"],
            "cell": bench.cell["id"],
            "arm": bench.arm,
            "role": roles[bench.arm],
        }
        shared |= {shown[name]: value for name, value in bench.parameters.items()}
        for metric, values in bench.values.items():
            about = {"metric": metric.column, "unit": metric.unit, "better": metric.better}
            for block, host, value in zip(bench.blocks, bench.hosts, values, strict=True):
                if math.isfinite(value):
                    sample = {"host": host, "block": block, "value": repr(float(value))}
                    rows.writerow({**shared, **about, **sample})
    return text.getvalue()
