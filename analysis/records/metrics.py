"""metrics.py -- what can be measured, as the harness's table has it (harness/experiment/metric.c).

A plan holds the table of the harness that made it; one that holds none gets metrics.json, which
`make metrics` writes from that table.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

CPU_TIME = "cpu_ns"
WORKLOAD = "workload"  # the source of what workloads themselves report
DEFAULTS = Path(__file__).with_name("metrics.json")


def event_column(event: str) -> str:
    """Where Run.samples holds an event's values; no measure is called so."""
    return f"event {event}"


def reported_column(name: str) -> str:
    """Where Run.samples holds what a workload itself reports."""
    return f"reported {name}"


@dataclass(frozen=True)
class Metric:
    """One row of the table. A value is factor * sum / per over columns of Run.samples."""

    name: str  # as a gate calls it
    column: str  # as CSV, claims and plan.published do; its unit is part of it
    title: str
    threaded_title: str | None  # in runs with cells of several threads; None: the same
    unit: str  # of a value
    shown_unit: str  # of value / shown_divisor, the heading of a column of values
    shown_divisor: float
    kind: str  # rate, time, count, memory, share or ratio
    source: str  # region, process, event, callgrind, profile, ledger or workload
    shown: str  # always, threaded (cells of several threads), start_up (where it differs), ...
    better: str  # more or less
    scale: str  # of comparison: ratio or difference
    gated: bool  # a gate may look at it
    beyond: float  # of a tail: how far above the base, as a ratio; 0: the median
    sum: tuple[str, ...]
    per: tuple[str, ...]
    threaded: str | None  # the column that stands for cpu_ns where a process had several threads
    factor: float
    event: str | None

    @property
    def is_rate(self) -> bool:
        """A rate is judged; times, counts and memory are shown beside it."""
        return self.kind == "rate"

    def values(self, rows: pd.DataFrame) -> pd.Series:
        """Of rows of Run.samples, in the metric's unit."""
        if self.event is not None:
            return rows[event_column(self.event)]
        if self.source == WORKLOAD:
            return rows[reported_column(self.name)]
        found = self._total(rows, self.sum)
        if self.per:
            found = found / self._total(rows, self.per)
        return found * self.factor if self.factor != 1 else found

    def _column(self, rows: pd.DataFrame, name: str) -> pd.Series:
        if self.threaded is None or name != CPU_TIME:
            return rows[name]
        return rows[name].where(~(rows["threads"] > 1), rows[self.threaded])

    def _total(self, rows: pd.DataFrame, names: tuple[str, ...]) -> pd.Series:
        first, *others = (self._column(rows, name) for name in names)
        return sum(others, first)


def _metric(written: dict[str, Any]) -> Metric:
    """These three are younger than the table: a plan without them has no tails and no threads."""
    sums = {"sum": tuple(written["sum"]), "per": tuple(written["per"])}
    return Metric(**{"beyond": 0.0, "threaded": None, "threaded_title": None, **written, **sums})


@lru_cache(maxsize=1)
def default_metrics() -> tuple[Metric, ...]:
    return tuple(map(_metric, json.loads(DEFAULTS.read_text(encoding="utf-8"))))


def metrics_of(plan: dict[str, Any]) -> tuple[Metric, ...]:
    """The plan's table, in its order."""
    written = plan.get("metrics")
    return default_metrics() if written is None else tuple(map(_metric, written))


def reported_names(plan: dict[str, Any]) -> tuple[str, ...]:
    """What the plan's workloads report themselves, each in its own cells."""
    found = plan.get("metrics") or ()
    return tuple(metric["name"] for metric in found if metric["source"] == WORKLOAD)


def event_metric(event: str) -> Metric:
    """What a counter counted in the region, by the name that the plan has for it."""
    name = f"event_{event}"
    return Metric(
        name, name, f"Event {event}, in the region", None, "count", "count", 1, "count", "event",
        "always", "less", "difference", False, 0, (), (), None, 1, event,
    )  # fmt: skip


def default(column: str) -> Metric:
    """A metric that the analysis itself speaks of, by its column."""
    (found,) = (metric for metric in default_metrics() if metric.column == column)
    return found
