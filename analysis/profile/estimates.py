"""estimates.py -- every estimate of a profile and a ledger as rows, in raw precision.

Shares are ratios of samples, times are ns, counts are faults per process. A row names its cell and
arm; `stage` is start_up, region, after or whole (all three).

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..comparison.estimates import FRONT_SHARE, PAGE_FAULT_SHARE, published_band
from ..records.instruments import STAGES, WHOLE, Instrumented
from ..records.joined import Joined
from ..records.layers import LAYERS
from ..records.ledgers import HARNESS, KEYS, POPULATE, TOTALS, Ledger
from ..records.profiles import Profile
from ..statistics import statistics
from ..statistics.share_statistics import (
    Difference,
    difference_of_shares,
    difference_of_times,
    share_of_samples,
    time_of_share,
)
from ..statistics.statistics import Interval
from .frames import functions_of, main_stage, page_faults_unseen, under_page_fault

SHOWN_STAGES = ("region", "start_up", WHOLE)
UNKNOWN = Interval(np.nan, np.nan, np.nan)
RowsOf = Callable[[str], NDArray[np.int64]]


def _groups(run: Instrumented) -> list[tuple[str, str]]:
    """Every cell and arm that has processes."""
    return [
        (cell, arm)
        for cell in run.cells
        for arm in run.arms
        if run.column(cell, arm, "block").size
    ]


def _bounds(name: str, found: Interval, unit: str) -> dict[str, float]:
    return {
        f"{name}_{unit}": found.point,
        f"{name}_low_{unit}": found.low,
        f"{name}_high_{unit}": found.high,
    }


# The columns of a frame without rows, so that its readers need no special case.
FUNCTION_COLUMNS = [
    *("cell", "arm", "stage", "function", "kernel", "inlined_ratio", "layer", "label"),
    *("self_samples", "inclusive_samples", "samples_all", "processes"),
    *_bounds("self", UNKNOWN, "ratio"),
    *_bounds("inclusive", UNKNOWN, "ratio"),
    *_bounds("self_cpu_per_operation", UNKNOWN, "ns"),
]
DIFFERENCE_COLUMNS = [
    *("cell", "arm", "against", "stage", "processes", "function"),
    *_bounds("time_difference", UNKNOWN, "ns"),
]
CLAIM_COLUMNS = [
    *("cell", "arm", "metric", "published_low_ratio", "published_high_ratio"),
    *_bounds(WHOLE, UNKNOWN, "ratio"),
    *_bounds("region", UNKNOWN, "ratio"),
]
COST_COLUMNS = [
    *("cell", "arm", "stage", "faults", "processes", "ledger_processes"),
    *_bounds("page_fault_time", UNKNOWN, "ns"),
    *_bounds("time_per_fault", UNKNOWN, "ns"),
]


def _frame(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=None if rows else columns)


def layer_counts(profile: Profile, cell: str, arm: str, stage: str) -> NDArray[np.int64]:
    """Samples of every layer in every process. Shape (len(LAYERS), n); sums to the samples."""
    order = list(LAYERS)
    found = np.zeros((len(order), profile.column(cell, arm, "block").size), dtype=np.int64)
    codes = np.array([order.index(layer) for _, layer in profile.stacks], dtype=np.int64)
    np.add.at(found, codes, profile.matrix(cell, arm, stage))
    return found


def _plain_over_sampled(profile: Profile, cell: str, arm: str) -> NDArray[np.float64]:
    """CPU time of each process's twin over its own: of the region, and of the process where the
    program has none."""
    plain, sampled = (
        np.where(
            profile.column(cell, arm, "cpu_ns") > 0,
            profile.column(cell, arm, f"{prefix}cpu_ns"),
            profile.column(cell, arm, f"{prefix}process_cpu_ns"),
        )
        for prefix in ("plain_", "")
    )
    return plain / np.where(sampled > 0, sampled, np.nan)


def time_ns(profile: Profile, cell: str, arm: str, stage: str) -> NDArray[np.float64]:
    """The time that a stage's samples stand for in each process, without the cost of sampling, ns.

    For the region, the CPU time of the process's twin, which was left alone. For what no clock
    measures (the start-up; the program's own time where the kernel may not be sampled), samples
    times their period, less what sampling added to the region: as plain over sampled."""
    plain = profile.column(cell, arm, "plain_cpu_ns")
    if stage == "region" and profile.instrument.get("kernel_counted", True):
        return plain
    samples = profile.matrix(cell, arm, stage).sum(axis=0)
    period_ns = profile.column(cell, arm, "period_ns")
    return samples * period_ns * _plain_over_sampled(profile, cell, arm)


def _per_operation(profile: Profile, cell: str, arm: str) -> NDArray[np.float64]:
    """The region's CPU time per operation of each process, ns; NaN if none were counted."""
    operations = profile.column(cell, arm, "operations")
    return time_ns(profile, cell, arm, "region") / np.where(operations > 0, operations, np.nan)


@lru_cache(maxsize=4)
def layers(profile: Profile) -> pd.DataFrame:
    """A row per cell, arm, stage and layer; the layers of one stage add up to all its samples."""
    rows = []
    alpha = profile.plan["alpha"]
    for cell, arm in _groups(profile):
        per_operation = _per_operation(profile, cell, arm)
        for stage in SHOWN_STAGES:
            counts = layer_counts(profile, cell, arm, stage)
            whole = counts.sum(axis=0)
            for layer, part in zip(LAYERS, counts):
                row = {"cell": cell, "arm": arm, "stage": stage, "layer": layer}
                row |= {"samples": part.sum(), "samples_all": whole.sum(), "processes": whole.size}
                row |= _bounds("share", share_of_samples(part, whole, alpha), "ratio")
                if stage == "region":
                    time = time_of_share(part, whole, per_operation, alpha)
                    row |= _bounds("cpu_per_operation", time, "ns")
                rows.append(row)
    return _without_what_is_by_definition(pd.DataFrame(rows))


def _without_what_is_by_definition(frame: pd.DataFrame) -> pd.DataFrame:
    """If every sample of a stage is in the layer `other`, its share is 100 % by definition and has
    no interval."""
    for _, here in frame.groupby(["cell", "stage"]):
        if set(here[here["samples"] > 0]["layer"]) == {"other"}:
            frame.loc[here.index, ["share_low_ratio", "share_high_ratio"]] = np.nan
    return frame


@lru_cache(maxsize=4)
def page_faults(profile: Profile) -> pd.DataFrame:
    """The inclusive share of asm_exc_page_fault, a row per cell, arm and stage; NaN if the stacks
    below it are unknown."""
    below, unseen = under_page_fault(profile), page_faults_unseen(profile)
    rows = []
    for cell, arm in _groups(profile):
        for stage in SHOWN_STAGES:
            matrix = profile.matrix(cell, arm, stage)
            part, whole = matrix[below].sum(axis=0), matrix.sum(axis=0)
            found = UNKNOWN if unseen else share_of_samples(part, whole, profile.plan["alpha"])
            row = {"cell": cell, "arm": arm, "stage": stage, "processes": whole.size}
            row |= {"samples": np.nan if unseen else part.sum(), "samples_all": whole.sum()}
            rows.append(row | _bounds("share", found, "ratio"))
    return pd.DataFrame(rows)


def pairs(run: Instrumented | Joined) -> list[tuple[str, str]]:
    """(arm, against): every arm and the control against the baseline, then what the plan compares
    besides."""
    found = [(arm, run.baseline) for arm in run.arms if arm != run.baseline]
    found += [(one["arm"], one["against"]) for one in run.plan.get("comparisons", [])]
    return list(dict.fromkeys(found))


def is_per_operation(profile: Profile, cell: str) -> bool:
    """Are the cell's times those of an operation? Of a program without a region, of a process."""
    counted = [profile.column(cell, arm, "operations").sum() for arm in profile.arms]
    return main_stage(profile, cell) == "region" and sum(counted) > 0


def _differing_times(
    profile: Profile, cell: str, arm: str, against: str, rows_of: RowsOf
) -> Difference:
    """Of every row, by how much its time in an arm is longer, ns per operation or per process.
    rows_of: an arm's samples of every row in every process, of shape (rows, n)."""
    stage = main_stage(profile, cell)
    arms = []
    for one in (against, arm):
        times = (
            _per_operation(profile, cell, one)
            if is_per_operation(profile, cell)
            else time_ns(profile, cell, one, stage)
        )
        arms.append((rows_of(one), profile.matrix(cell, one, stage).sum(axis=0), times))
    return difference_of_times(arms[0], arms[1], profile.plan["alpha"])


def _nth(found: Difference, i: int) -> Interval:
    return Interval(found.point[i], found.low[i], found.high[i])


@lru_cache(maxsize=4)
def layer_differences(profile: Profile) -> pd.DataFrame:
    """By how much each layer's share of the region, and its time there, differ between two arms;
    each row's interval is its own."""
    rows = []
    for cell in profile.cells:
        stage = main_stage(profile, cell)
        for arm, against in pairs(profile):
            first, second = (layer_counts(profile, cell, x, stage) for x in (against, arm))
            shares = difference_of_shares(
                first, first.sum(axis=0), second, second.sum(axis=0), profile.plan["alpha"]
            )
            times = _differing_times(
                profile, cell, arm, against, lambda x: layer_counts(profile, cell, x, stage)
            )
            for i, layer in enumerate(LAYERS):
                row = {"cell": cell, "arm": arm, "against": against, "stage": stage}
                row |= {"processes": first.shape[1], "layer": layer}
                row |= _bounds("difference", _nth(shares, i), "ratio")
                rows.append(row | _bounds("time_difference", _nth(times, i), "ns"))
    return pd.DataFrame(rows)


@lru_cache(maxsize=4)
def function_differences(profile: Profile) -> pd.DataFrame:
    """By how much a function's own time differs between two arms, a row for each that has samples
    of its own in one of them, the largest difference first."""
    functions, rows = functions_of(profile), []
    for cell in profile.cells:
        stage = main_stage(profile, cell)
        for arm, against in pairs(profile):
            counts = {
                x: functions.innermost @ profile.matrix(cell, x, stage) for x in (against, arm)
            }
            found = _differing_times(profile, cell, arm, against, counts.__getitem__)
            seen = np.flatnonzero(sum(counts[x].sum(axis=1) for x in (against, arm)))
            for i in sorted(seen, key=lambda i: -abs(np.nan_to_num(found.point[i]))):
                row = {"cell": cell, "arm": arm, "against": against, "stage": stage}
                row |= {"processes": counts[arm].shape[1], "function": functions.label(i)}
                rows.append(row | _bounds("time_difference", _nth(found, i), "ns"))
    return _frame(rows, DIFFERENCE_COLUMNS)


def _function_rows(profile: Profile, cell: str, arm: str, stage: str) -> list[dict[str, Any]]:
    """Every function that is in some stack of that stage."""
    functions, alpha = functions_of(profile), profile.plan["alpha"]
    matrix = profile.matrix(cell, arm, stage)
    whole = matrix.sum(axis=0)
    inclusive, innermost = functions.inclusive @ matrix, functions.innermost @ matrix
    per_operation = _per_operation(profile, cell, arm)
    rows = []
    for i in np.flatnonzero(inclusive.sum(axis=1)):
        function = functions.functions[i]
        row = {"cell": cell, "arm": arm, "stage": stage, "function": function.name}
        row |= {"kernel": function.kernel, "inlined_ratio": functions.inlined[i]}
        row |= {"layer": functions.layers[function], "label": functions.label(i)}
        row |= {"self_samples": innermost[i].sum(), "inclusive_samples": inclusive[i].sum()}
        row |= {"samples_all": whole.sum(), "processes": whole.size}
        row |= _bounds("self", share_of_samples(innermost[i], whole, alpha), "ratio")
        row |= _bounds("inclusive", share_of_samples(inclusive[i], whole, alpha), "ratio")
        if stage == "region":
            time = time_of_share(innermost[i], whole, per_operation, alpha)
            row |= _bounds("self_cpu_per_operation", time, "ns")
        rows.append(row)
    return sorted(rows, key=lambda row: (-row["self_samples"], -row["inclusive_samples"]))


@lru_cache(maxsize=4)
def functions(profile: Profile) -> pd.DataFrame:
    """A row per cell, arm, stage and function, by falling self time. A function counts once per
    stack, however deep it recurses."""
    rows = [
        row
        for cell, arm in _groups(profile)
        for stage in SHOWN_STAGES
        for row in _function_rows(profile, cell, arm, stage)
    ]
    return _frame(rows, FUNCTION_COLUMNS)


@lru_cache(maxsize=4)
def overhead(profile: Profile) -> pd.DataFrame:
    """What sampling costs: the region's CPU time sampled over plain, in the same block."""
    rows = []
    for cell, arm in _groups(profile):
        sampled, plain = (profile.column(cell, arm, x) for x in ("cpu_ns", "plain_cpu_ns"))
        ratios = statistics.ratio(sampled, plain)
        found = statistics.effect(ratios, profile.plan["alpha"], profile.rules.blocks_min)
        row = {"cell": cell, "arm": arm, "processes": sampled.size}
        row |= {"sampled_cpu_ns": np.median(sampled), "plain_cpu_ns": np.median(plain)}
        rows.append(row | _bounds("overhead", found, "ratio"))
    return pd.DataFrame(rows)


def claims(profile: Profile) -> pd.DataFrame:
    """Published shares of CPU time beside what was found, of the whole process and the region."""
    found = {
        PAGE_FAULT_SHARE: page_faults(profile),
        FRONT_SHARE: layers(profile)[layers(profile)["layer"] == "front"],
    }
    rows = []
    for metric, frame in found.items():
        for cell, arm in _groups(profile):
            low, high = published_band(profile, cell, metric, arm, None)
            if not np.isfinite(low):
                continue
            row = {"cell": cell, "arm": arm, "metric": metric}
            row |= {"published_low_ratio": low, "published_high_ratio": high}
            here = frame[(frame["cell"] == cell) & (frame["arm"] == arm)].set_index("stage")
            for stage in (WHOLE, "region"):
                values = [here.loc[stage, f"share_{x}ratio"] for x in ("", "low_", "high_")]
                row |= _bounds(stage, Interval(*values), "ratio")
            rows.append(row)
    return _frame(rows, CLAIM_COLUMNS)


def _counted(values: NDArray[np.float64]) -> dict[str, float]:
    """A count gets no interval, but its smallest and largest value."""
    return {"faults": np.median(values), "faults_min": values.min(), "faults_max": values.max()}


def grouped(ledger: Ledger, keys: list[str]) -> pd.DataFrame:
    """Faults per process of every combination of the keys that occurs: median, min and max over
    processes, those without any counted as 0."""
    rows = []
    for cell, arm in _groups(ledger):
        n = ledger.column(cell, arm, "block").size
        entries = ledger.entries_of(cell, arm)
        by_process = entries.groupby([*keys, "process"])["faults"].sum().unstack(fill_value=0)
        by_process = by_process.reindex(columns=range(n), fill_value=0)
        for key, values in zip(by_process.index, by_process.to_numpy(dtype=float)):
            named = dict(zip(keys, key if isinstance(key, tuple) else (key,)))
            rows.append({"cell": cell, "arm": arm, "processes": n, **named, **_counted(values)})
    return _frame(
        rows, ["cell", "arm", "processes", *keys, "faults", "faults_min", "faults_max"]
    )


@lru_cache(maxsize=4)
def fault_rows(ledger: Ledger) -> pd.DataFrame:
    """The ledger itself, a row per combination of all its keys."""
    return grouped(ledger, list(KEYS))


@lru_cache(maxsize=4)
def fault_totals(ledger: Ledger) -> pd.DataFrame:
    """What each ledger adds up to, and what getrusage counted of the same processes."""
    rows = []
    for cell, arm in _groups(ledger):
        values = {name: ledger.column(cell, arm, name) for name in TOTALS}
        values |= {stage: ledger.counts(cell, arm, {"stage": stage}) for stage in STAGES}
        for prefix in ("process_", "start_up_", ""):
            names = [f"{prefix}{kind}_faults" for kind in ("minor", "major")]
            counted = sum(ledger.column(cell, arm, name) for name in names)
            values[f"getrusage_{prefix or 'region_'}".rstrip("_")] = counted
        n = values["total"].size
        for name, found in values.items():
            row = {"cell": cell, "arm": arm, "processes": n, "count": name}
            rows.append(row | _counted(found))
    return pd.DataFrame(rows)


def _fault_time_ns(profile: Profile, cell: str, arm: str, stage: str) -> Interval:
    """Time under asm_exc_page_fault of one process: its share of the stage's time."""
    if page_faults_unseen(profile):
        return UNKNOWN
    matrix = profile.matrix(cell, arm, stage)
    part, whole = matrix[under_page_fault(profile)].sum(axis=0), matrix.sum(axis=0)
    return time_of_share(part, whole, time_ns(profile, cell, arm, stage), profile.plan["alpha"])


@lru_cache(maxsize=4)
def costs(joined: Joined) -> pd.DataFrame:
    """ns per page fault: time under asm_exc_page_fault over the faults that the ledger counted
    there. Left out are those that a call populated, because they raise no exception, and the
    harness's own before exec, because sampling begins at exec. The ledger's median is taken as
    exact; the interval is the time's. Times are NaN if the stacks below the exception are
    unknown."""
    rows: list[dict[str, Any]] = []
    if joined.profile is None or joined.ledger is None:
        return _frame(rows, COST_COLUMNS)
    unseen = page_faults_unseen(joined.profile)
    for cell, arm in _groups(joined.profile):
        for stage in ("region", "start_up"):
            raised = joined.ledger.counts(
                cell, arm, {"stage": stage}, {"by": POPULATE, "memory": HARNESS}
            )
            time = _fault_time_ns(joined.profile, cell, arm, stage)
            if not raised.size or np.median(raised) <= 0:
                continue
            if not unseen and not np.isfinite(time.point):
                continue
            faults = float(np.median(raised))
            row = {"cell": cell, "arm": arm, "stage": stage, "faults": faults}
            row |= {"processes": joined.profile.column(cell, arm, "block").size}
            row |= {"ledger_processes": raised.size}
            row |= _bounds("page_fault_time", time, "ns")
            each = Interval(time.point / faults, time.low / faults, time.high / faults)
            rows.append(row | _bounds("time_per_fault", each, "ns"))
    return _frame(rows, COST_COLUMNS)
