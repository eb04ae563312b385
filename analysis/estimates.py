"""estimates.py -- every estimate of a run, a row per cell, metric and comparison, not yet judged.

Effects are of the metric itself (operations per second, faults, bytes); Metric.rate tells which
direction is good.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from . import statistics
from .records import Run


@dataclass(frozen=True)
class Metric:
    name: str  # as in plan.published and in CSV; its unit is part of it
    title: str
    column: str  # the heading of a column of values, with the unit that is shown
    scale: float  # shown value = value / scale
    rate: bool  # a rate is a time: more is better; the others are counts: less is better
    values: Callable[[pd.DataFrame], pd.Series]


OPERATIONS = Metric(
    "operations_per_second",
    "Operations per second of CPU time, in the region",
    "M ops/s",
    1e6,
    True,
    lambda rows: rows["operations"] / rows["cpu_ns"] * 1e9,
)
PROCESS_OPERATIONS = Metric(
    "process_operations_per_second",
    "Operations per second of the process's CPU time, start-up and warm-up included",
    "M ops/s",
    1e6,
    True,
    lambda rows: rows["operations"] / rows["process_cpu_ns"] * 1e9,
)
FAULTS = Metric(
    "page_faults",
    "Page faults in the region",
    "faults",
    1,
    False,
    lambda rows: rows["minor_faults"] + rows["major_faults"],
)
PROCESS_FAULTS = Metric(
    "process_page_faults",
    "Page faults of the whole process, start-up and warm-up included",
    "faults",
    1,
    False,
    lambda rows: rows["process_minor_faults"] + rows["process_major_faults"],
)
PEAK_MEMORY = Metric(
    "vm_hwm_bytes",
    "Peak resident memory (VmHWM)",
    "MiB",
    1 << 20,
    False,
    lambda rows: rows["vm_hwm_bytes"],
)
METRICS = (OPERATIONS, PROCESS_OPERATIONS, FAULTS, PROCESS_FAULTS, PEAK_MEMORY)


@dataclass(frozen=True)
class Pair:
    """One row's comparison. kind: baseline (a value, no comparison), control, arm, comparison,
    interaction."""

    kind: str
    arm: str
    against: str
    label: str


def pairs(run: Run) -> list[Pair]:
    """What is compared in every cell, in the order in which tables show it."""
    base = run.baseline
    rows = [Pair("baseline", base, "", base)]
    rows += [
        Pair("arm", arm["id"], base, arm["id"]) for arm in run.plan["arms"] if arm["role"] == "arm"
    ]
    rows += [
        Pair("comparison", found["arm"], found["against"], f"{found['arm']} vs {found['against']}")
        for found in run.plan.get("comparisons", [])
        if found["against"] != base
    ]
    rows += [
        Pair(
            "interaction",
            found["both"],
            f"{found['first']} x {found['second']}",
            f"interaction {found['first']} x {found['second']}",
        )
        for found in run.plan.get("interactions", [])
    ]
    if run.control is not None:
        rows.append(Pair("control", run.control, base, "control (noise floor)"))
    return rows


def published_band(
    run: Run, cell: str, metric: str, arm: str, against: str | None
) -> tuple[float, float]:
    """Smallest and largest published figure for a row, of those that fit the ones with most words;
    NaN: none."""
    words = set(cell.split())
    fitting = [
        (len(found["where"].split()), float(found["value"]))
        for found in run.plan.get("published", [])
        if found["metric"] == metric
        and found["arm"] == arm
        and found.get("against") == against
        and words.issuperset(found["where"].split())
    ]
    closest = [value for length, value in fitting if length == max(fitting)[0]]
    return (min(closest), max(closest)) if closest else (np.nan, np.nan)


def _interaction_of(
    run: Run, pair: Pair, columns: dict[str, NDArray[np.float64]]
) -> NDArray[np.float64]:
    found = next(
        found
        for found in run.plan["interactions"]
        if found["both"] == pair.arm and f"{found['first']} x {found['second']}" == pair.against
    )
    return statistics.interaction(
        columns[found["both"]],
        columns[found["first"]],
        columns[found["second"]],
        columns[run.baseline],
    )


def _spread(run: Run, columns: dict[str, NDArray[np.float64]]) -> float:
    """Largest less smallest value over the baseline and its hidden copy: what repeating alone
    changes."""
    repeats = statistics.finite(
        np.concatenate([columns[name] for name in (run.baseline, run.control) if name])
    )
    return float(np.ptp(repeats)) if repeats.size else np.nan


def _comparison_columns(
    run: Run, pair: Pair, metric: Metric, columns: dict[str, NDArray[np.float64]], mde_alpha: float
) -> dict[str, Any]:
    """The columns that a row has for a comparison; the absolute difference only where there are two
    arms."""
    if pair.kind == "interaction":
        logs, difference = _interaction_of(run, pair, columns), np.empty(0)
    else:
        logs = statistics.log_ratio(columns[pair.arm], columns[pair.against])
        difference = columns[pair.arm] - columns[pair.against]
    alpha = run.plan["alpha"]
    relative = statistics.effect(logs, alpha)
    absolute = statistics.median_with_interval(difference, alpha)
    known = statistics.finite(logs)
    row = {
        "effect_ratio": relative.point,
        "effect_low_ratio": relative.low,
        "effect_high_ratio": relative.high,
        "difference": absolute.point,
        "difference_low": absolute.low,
        "difference_high": absolute.high,
        "varies": bool(known.size and np.ptp(known) > 0)
        or bool(np.ptp(difference) if difference.size else 0),
        "blocks_compared": known.size,
        "sign_test_p": statistics.sign_test_p(logs),
        "lag_one_autocorrelation": statistics.lag_one_autocorrelation(logs),
    }
    if metric.rate:
        row["mde_ratio"] = statistics.minimum_detectable_effect(logs, mde_alpha)
    if metric is OPERATIONS:  # secondary: shown in CSV, never deciding
        row |= {
            "hodges_lehmann_ratio": float(np.expm1(statistics.hodges_lehmann(logs))),
            "trimmed_mean_ratio": float(np.expm1(statistics.trimmed_mean(logs))),
        }
        if pair.kind != "interaction":
            row["ratio_of_totals_ratio"] = statistics.ratio_of_totals(
                columns[pair.arm], columns[pair.against]
            )
    return row


def _row(
    run: Run,
    cell: dict[str, Any],
    metric: Metric,
    pair: Pair,
    columns: dict[str, NDArray[np.float64]],
    mde_alpha: float,
) -> dict[str, Any]:
    value = statistics.finite(columns[pair.arm])
    row: dict[str, Any] = {
        "cell": cell["id"],
        "workload": cell["workload"],
        "start": cell["start"],
        "metric": metric.name,
        "kind": pair.kind,
        "arm": pair.arm,
        "against": pair.against,
        "label": pair.label,
        "blocks": value.size,
    }
    if pair.kind != "interaction":
        row |= {
            "value": float(np.median(value)) if value.size else np.nan,
            "value_min": float(value.min()) if value.size else np.nan,
            "value_max": float(value.max()) if value.size else np.nan,
        }
        low, high = published_band(run, cell["id"], metric.name, pair.arm, None)
        row |= {"value_published_low": low, "value_published_high": high}
    if pair.kind == "baseline":
        row["spread_of_repeats"] = _spread(run, columns)
    else:
        row |= _comparison_columns(run, pair, metric, columns, mde_alpha)
        low, high = published_band(run, cell["id"], metric.name, pair.arm, pair.against)
        row |= {"effect_published_low_ratio": low, "effect_published_high_ratio": high}
    return row


def _adjust(frame: pd.DataFrame, kinds: set[str]) -> None:
    """Holm over one family of the deciding metric, in place."""
    family = frame["kind"].isin(kinds) & (frame["metric"] == OPERATIONS.name)
    if family.any():
        frame.loc[family, "holm_p"] = statistics.holm(frame.loc[family, "sign_test_p"])


@lru_cache(maxsize=4)
def estimates(run: Run) -> pd.DataFrame:
    """All rows of a run, raw precision; the unit of value and difference is the metric's. Do not
    write to it.

    Two families: every comparison of operations per second in every cell, and the control arm's in
    every cell."""
    compared = pairs(run)
    family = sum(pair.kind in ("arm", "comparison") for pair in compared) * len(run.cells)
    rows = []
    for cell in run.plan["cells"]:
        for metric in METRICS:
            columns = dict(zip(run.arms, run.matrix(cell["id"], metric.values).T))
            for pair in compared:
                level = (
                    run.plan["alpha_control"] / len(run.cells)
                    if pair.kind == "control"
                    else run.plan["alpha"] / max(family, 1)
                )
                if pair.kind != "interaction" or metric.rate:
                    rows.append(_row(run, cell, metric, pair, columns, level))
    frame = pd.DataFrame(rows)
    frame["holm_p"] = np.nan
    _adjust(frame, {"arm", "comparison"})
    _adjust(frame, {"control"})
    return frame
