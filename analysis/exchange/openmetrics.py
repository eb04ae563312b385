"""openmetrics.py -- OpenMetrics text, a gauge for each metric and a line per sample.

The format is prometheus.io/docs/specs/om/open_metrics_spec. Times are in seconds there, so
nanoseconds are divided; labels are the cell's parts, the arm and the block.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import math
from collections.abc import Iterator

from ..records.metrics import Metric
from .names import column, identifier
from .series import Bench

PURPOSE = "Prometheus and what else reads OpenMetrics: a gauge per metric, a line per sample"
LABELS = ("experiment", "workload", "start", "arm", "cell", "host", "block")
UNITS = {"ns": ("seconds", 1e9), "bytes": ("bytes", 1.0), "ratio": ("ratio", 1.0)}
ENDINGS = ("_ns", "_bytes", "_ratio")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _family(metric: Metric) -> tuple[str, str | None, float]:
    """Name, unit and divisor; the unit ends the name."""
    unit, divisor = UNITS.get(metric.unit, (None, 1.0))
    name = identifier(metric.column)
    if unit is None:
        return f"slablab_{name}", None, divisor
    for ending in ENDINGS:
        name = name.removesuffix(ending)
    return f"slablab_{name}_{unit}", unit, divisor


def _labels(bench: Bench) -> dict[str, str]:
    labels = {
        "experiment": bench.run.plan["experiment"],
        "workload": bench.cell["workload"],
        "start": bench.cell["start"],
        "arm": bench.arm,
        "cell": bench.cell["id"],
    }
    for name, value in bench.parameters.items():
        labels[column(identifier(name).lstrip("_") or "_", set(LABELS))] = str(value)
    return labels


def _samples(bench: Bench, metric: Metric) -> Iterator[str]:
    name, _, divisor = _family(metric)
    shared = "".join(f'{key}="{_escaped(text)}",' for key, text in _labels(bench).items())
    for block, host, value in zip(bench.blocks, bench.hosts, bench.values[metric], strict=True):
        if math.isfinite(value):
            where = f'{shared}host="{_escaped(host)}",block="{block}"'
            yield f"{name}{{{where}}} {float(value / divisor)!r}"


def written(benches: list[Bench]) -> str:
    """The families one after another, as they must be, and # EOF."""
    metrics = {metric.column: metric for bench in benches for metric in bench.values}
    lines = []
    for metric in metrics.values():
        name, unit, _ = _family(metric)
        lines.append(f"# TYPE {name} gauge")
        if unit is not None:
            lines.append(f"# UNIT {name} {unit}")
        lines.append(f"# HELP {name} {_escaped(metric.title)}; {metric.better} is better")
        lines += [
            line
            for bench in benches
            for own in bench.values
            if own.column == metric.column
            for line in _samples(bench, own)
        ]
    return "\n".join([*lines, "# EOF"]) + "\n"
