"""series.py -- a run as benchmarks: for each cell and arm the samples of every metric.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..records.metrics import WORKLOAD, Metric, event_metric, metrics_of
from ..records.records import Run
from ..statistics import statistics

BETTER = ("less", "more")


@dataclass(frozen=True, eq=False)
class Bench:
    """One arm in one cell. values: metric to its samples in the order of blocks, one for each of
    `blocks` and `hosts`, NaN where a sample lacks it; metrics that all samples lack are not there.
    operations: of each sample; NaN where they cannot be counted."""

    run: Run
    cell: dict[str, Any]
    arm: str
    blocks: NDArray[np.int64]
    hosts: list[str]
    operations: NDArray[np.float64]
    values: dict[Metric, NDArray[np.float64]]

    @property
    def parameters(self) -> dict[str, int | str]:
        """In the plan's order; operations and warm-up, which tell cells apart, with them."""
        named = {"operations": self.cell.get("operations")}
        if self.cell.get("warmup_operations"):
            named["warmup"] = self.cell["warmup_operations"]
        return {**self.cell["parameters"], **{k: v for k, v in named.items() if v is not None}}

    @property
    def threads(self) -> int:
        return self.cell.get("threads", 1)

    def median(self, metric: Metric) -> statistics.Interval:
        """With the exact interval of the median at the plan's alpha."""
        return statistics.median_with_interval(
            self.values[metric], self.run.plan["alpha"], self.run.rules.blocks_min
        )


def exported_metrics(run: Run) -> list[Metric]:
    """What one sample has by itself, in the order of the plan's table."""
    own = [
        metric
        for metric in metrics_of(run.plan)
        if (metric.sum or metric.source == WORKLOAD) and not metric.beyond
    ]
    return [*own, *map(event_metric, run.events)]


def benches(run: Run, better: str | None = None) -> list[Bench]:
    """Of every cell and arm that has samples. better: "less" or "more" keeps the metrics of that
    direction alone."""
    metrics = [one for one in exported_metrics(run) if better in (None, one.better)]
    found = []
    for cell in run.plan["cells"]:
        matrices = {metric: run.matrix(cell["id"], metric.values) for metric in metrics}
        operations = run.matrix(cell["id"], lambda rows: rows["operations"])
        for column, arm in enumerate(run.arms if len(operations) else []):
            values = {metric: matrix[:, column] for metric, matrix in matrices.items()}
            found.append(
                Bench(
                    run,
                    cell,
                    arm,
                    run.block_facts(cell["id"], "block"),
                    list(map(str, run.block_facts(cell["id"], "host"))),
                    operations[:, column],
                    {metric: each for metric, each in values.items() if np.isfinite(each).any()},
                )
            )
    return found


def per_operation(bench: Bench, column: str) -> NDArray[np.float64]:
    """Nanoseconds of a measure of time for each operation; of a sample that counts none, for all
    of it. NaN where a sample lacks it."""
    cell = bench.cell["id"]
    times = bench.run.matrix(cell, lambda rows: rows[column])[:, bench.run.arms.index(bench.arm)]
    return times / np.where(np.isfinite(bench.operations), bench.operations, 1)

