"""go.py -- Go's text format of benchmarks, a line per sample.

The format is golang.org/design/14313-benchmark-format; `Unit` lines are those of benchstat. A name
ends in the number of threads, which readers take off again.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import math
from collections.abc import Iterator

from ..records.metrics import Metric
from .names import path
from .series import Bench, per_operation

PURPOSE = "benchstat, benchfmt: Go's benchmark text, a line per sample"
PER_OPERATION = "ns/op"
DIRECTION = {"less": "lower", "more": "higher"}


def _head(benches: list[Bench]) -> Iterator[str]:
    run = benches[0].run
    yield f"slablab-run: {' '.join(run.name.split())}"
    model = run.machine.get("cpu_model")
    if isinstance(model, str):
        yield f"cpu: {' '.join(model.split())}"
    metrics: dict[str, Metric] = {
        metric.column: metric for bench in benches for metric in bench.values
    }
    for metric in metrics.values():
        yield f"Unit {_unit(metric)} better={DIRECTION[metric.better]}"


def _unit(metric: Metric) -> str:
    return "_".join(metric.column.split())


def _lines(bench: Bench) -> Iterator[str]:
    named = path(bench)
    name = f"Benchmark{named[0].upper()}{named[1:]}-{bench.threads}"
    times = per_operation(bench, "cpu_ns")
    for index, operations in enumerate(bench.operations):
        measured = {PER_OPERATION: times[index]}
        measured |= {_unit(metric): values[index] for metric, values in bench.values.items()}
        pairs = [f"{float(value)!r} {unit}" for unit, value in measured.items()
                 if math.isfinite(value)]  # fmt: skip
        count = int(operations) if math.isfinite(operations) else 1
        yield "\t".join([name, str(count), *pairs])


def written(benches: list[Bench]) -> str:
    """All samples of all benches."""
    lines = [*_head(benches), "", *(line for bench in benches for line in _lines(bench))]
    return "\n".join(lines) + "\n"
