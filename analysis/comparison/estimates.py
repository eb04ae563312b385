"""estimates.py -- every estimate of a run, a row per cell, metric and comparison, not yet judged.

Effects are of the metric itself (operations per second, faults, bytes); Metric.better tells which
direction is good.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..records.metrics import WORKLOAD, Metric, default, event_metric, metrics_of
from ..records.records import Recorded, Run
from ..statistics import statistics
from .deciding import deciding, is_had
from .families import Family, averaged, families

# The kernel splits a process's time by the ticks that it saw: CONFIG_HZ=250 with
# TICK_CPU_ACCOUNTING, as Debian builds it (kernel/Kconfig.hz, kernel/sched/cputime.c).
TICK_NS = 4_000_000


# The metrics that tables, figures and claims name; deciding(cell) is the one that verdicts judge.
FAULTS = default("page_faults")
PEAK_MEMORY = default("vm_hwm_bytes")
SYSTEM_TIME_SHARE = default("system_time_share").column  # of totals over blocks, not of samples
# Shares of CPU time that a plan may publish and that a profile alone can tell.
PAGE_FAULT_SHARE, FRONT_SHARE = PROFILE_SHARES = tuple(
    default(name).column for name in ("page_fault_share", "front_share")
)


def timed_metrics(run: Run) -> list[Metric]:
    """What a timed run is estimated for: the metrics of its plan that some table shows, then the
    events that it names. Those of threads only where some cell has several."""
    unshown = {"never"} if run.threaded_cells else {"never", "threaded"}
    shown = [
        metric
        for metric in metrics_of(run.plan)
        if (metric.sum or metric.source == WORKLOAD)
        and metric.shown not in unshown
        and metric.kind != "share"
    ]
    return [*shown, *map(event_metric, run.events)]


@dataclass(frozen=True)
class Pair:
    """One row's comparison. kind: baseline (a value, no comparison), control, arm, comparison,
    interaction, average (of a comparison over a family's cells)."""

    kind: str
    arm: str
    against: str
    label: str


@lru_cache(maxsize=32)
def pairs(run: Run) -> list[Pair]:
    """What is compared in every cell, in the order in which tables show it. Do not write to it."""
    base = run.baseline
    rows = [Pair("baseline", base, "", run.label(base))]
    rows += [
        Pair("arm", arm["id"], base, run.label(arm["id"]))
        for arm in run.plan["arms"]
        if arm["role"] == "arm"
    ]
    rows += [
        Pair(
            "comparison",
            found["arm"],
            found["against"],
            f"{run.label(found['arm'])} vs {run.label(found['against'])}",
        )
        for found in run.plan.get("comparisons", [])
        if found["against"] != base
    ]
    rows += [
        Pair(
            "interaction",
            found["both"],
            f"{found['first']} x {found['second']}",
            f"interaction {run.label(found['first'])} x {run.label(found['second'])}",
        )
        for found in run.plan.get("interactions", [])
    ]
    if run.control is not None:
        rows.append(Pair("control", run.control, base, "control (noise floor)"))
    return list(dict.fromkeys(rows))


def published_band(
    run: Recorded, cell: str, metric: str, arm: str, against: str | None
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
    run: Run,
    cell: str,
    pair: Pair,
    metric: Metric,
    decides: bool,
    columns: dict[str, NDArray[np.float64]],
) -> dict[str, Any]:
    """The columns that a row has for a comparison; the absolute difference only where there are two
    arms. A count that is 0 in some block has a difference and no ratio."""
    if pair.kind == "interaction":
        ratios, difference = _interaction_of(run, pair, columns), np.empty(0)
    else:
        ratios = statistics.ratio(columns[pair.arm], columns[pair.against])
        difference = statistics.finite(columns[pair.arm] - columns[pair.against])
    if not decides and not metric.is_rate and statistics.finite(ratios).size < difference.size:
        ratios = np.full(ratios.size, np.nan)
    alpha, least = run.plan["alpha"], run.rules.blocks_min
    relative = statistics.effect(ratios, alpha, least)
    absolute = statistics.median_with_interval(difference, alpha, least)
    known = statistics.finite(ratios)
    varies = any(values.size and np.ptp(values) > 0 for values in (known, difference))
    row = {
        "effect_ratio": relative.point,
        "effect_low_ratio": relative.low,
        "effect_high_ratio": relative.high,
        "difference": absolute.point,
        "difference_low": absolute.low,
        "difference_high": absolute.high,
        "varies": varies,
        "blocks_compared": known.size,
        "sign_test_p": statistics.sign_test_p(ratios, about=1),
        "mde_ratio": statistics.minimum_detectable_effect(ratios, _mde_level(run, pair), least)
        if varies
        else np.nan,
    }
    if decides:
        row |= {  # the first for a caution; the others secondary: in CSV, never deciding
            "lag_one_autocorrelation": statistics.lag_one_autocorrelation(
                np.log(ratios), run.block_facts(cell, "host")
            ),
            "hodges_lehmann_ratio": statistics.hodges_lehmann(ratios) - 1,
            "trimmed_mean_ratio": statistics.trimmed_mean(ratios) - 1,
        }
        if pair.kind != "interaction":
            # Of times. A rate's is what the baseline took by what the arm took.
            totals = columns[pair.arm], columns[pair.against]
            row["ratio_of_totals_ratio"] = statistics.ratio_of_totals(
                *(1 / totals[1], 1 / totals[0]) if metric.is_rate else totals
            )
    return row


def _mde_level(run: Run, pair: Pair) -> float:
    """The level at which a comparison is judged: Holm's first and strictest step. An interaction is
    outside Holm."""
    if pair.kind == "interaction":
        return run.plan["alpha"]
    if pair.kind == "control":
        return run.plan["alpha_control"] / len(run.cells)
    judged = sum(other.kind in ("arm", "comparison") for other in pairs(run))
    return run.plan["alpha"] / (judged * len(run.cells))


def _row(
    run: Run,
    cell: dict[str, Any],
    metric: Metric,
    pair: Pair,
    columns: dict[str, NDArray[np.float64]],
) -> dict[str, Any]:
    value = statistics.finite(columns[pair.arm])
    decides = metric.column == deciding(cell).column
    row: dict[str, Any] = {
        "cell": cell["id"],
        "workload": cell["workload"],
        "start": cell["start"],
        "metric": metric.column,
        "decides": decides,
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
        low, high = published_band(run, cell["id"], metric.column, pair.arm, None)
        row |= {"value_published_low": low, "value_published_high": high}
    if pair.kind == "baseline":
        row["spread_of_repeats"] = _spread(run, columns)
    else:
        row |= _comparison_columns(run, cell["id"], pair, metric, decides, columns)
        low, high = published_band(run, cell["id"], metric.column, pair.arm, pair.against)
        row |= {"effect_published_low_ratio": low, "effect_published_high_ratio": high}
    return row


def _tick_ns(run: Run) -> float:
    found = run.machine.get("tick_ns")
    return found if isinstance(found, (int, float)) and found > 0 else TICK_NS


def _share_row(run: Run, cell: dict[str, Any], index: int) -> dict[str, Any]:
    """System time's share of one arm's CPU time in the region, over all blocks of a cell."""
    arm = run.plan["arms"][index]
    system, user, process = (
        run.matrix(cell["id"], lambda rows, name=name: rows[name])[:, index]
        for name in ("system_ns", "user_ns", "process_cpu_ns")
    )
    whole = system + user
    found = statistics.share_of_totals(
        system, whole, process - whole, run.plan["alpha"], _tick_ns(run)
    )
    low, high = published_band(run, cell["id"], SYSTEM_TIME_SHARE, arm["id"], None)
    return {
        "cell": cell["id"],
        "workload": cell["workload"],
        "start": cell["start"],
        "metric": SYSTEM_TIME_SHARE,
        "decides": False,
        "kind": arm["role"],
        "arm": arm["id"],
        "against": "",
        "label": arm["id"],
        "blocks": statistics.finite(whole).size,
        "value": found.point,
        "value_low": found.low,
        "value_high": found.high,
        "value_published_low": low,
        "value_published_high": high,
    }


def _average_row(run: Run, family: Family, pair: Pair) -> dict[str, Any]:
    """A comparison's effect on the family's average of what decides: the geometric mean of the
    cells' ratios within a block number, over the numbers that every cell has."""
    metric, by_cell = deciding(family.cells[0]), []
    for cell in family.cells:
        columns = dict(zip(run.arms, run.matrix(cell["id"], metric.values).T))
        ratios = statistics.ratio(columns[pair.arm], columns[pair.against])
        by_cell.append(pd.Series(ratios, index=run.block_facts(cell["id"], "block")))
    shared = pd.concat(by_cell, axis=1, join="inner")
    means = [statistics.geometric_mean(ratios) for ratios in shared.to_numpy()]
    found = statistics.effect(means, run.plan["alpha"], run.rules.blocks_min)
    return {
        "cell": f"average of {family.title}",
        "workload": family.cells[0]["workload"],
        "start": family.cells[0]["start"],
        "metric": metric.column,
        "decides": True,
        "kind": "average",
        "arm": pair.arm,
        "against": pair.against,
        "label": pair.label,
        "blocks": len(means),
        "blocks_compared": statistics.finite(means).size,
        "effect_ratio": found.point,
        "effect_low_ratio": found.low,
        "effect_high_ratio": found.high,
    }


def _adjust(frame: pd.DataFrame, kinds: set[str]) -> None:
    """Holm over one family of the deciding metric, in place."""
    family = frame["kind"].isin(kinds) & frame["decides"]
    if family.any():
        frame.loc[family, "holm_p"] = statistics.holm(frame.loc[family, "sign_test_p"])


@lru_cache(maxsize=32)
def estimates(run: Run) -> pd.DataFrame:
    """All rows of a run, raw precision; the unit of value and difference is the metric's. Do not
    write to it.

    Holm has two families: every comparison of what decides (operations per second; a program's
    time) in every cell, and the control arm's in every cell."""
    compared = pairs(run)
    metrics = timed_metrics(run)
    rows = []
    for cell in run.plan["cells"]:
        known = any(metric.column == deciding(cell).column for metric in metrics)
        for metric in metrics if known else [deciding(cell), *metrics]:
            if not is_had(metric, cell):
                continue
            columns = dict(zip(run.arms, run.matrix(cell["id"], metric.values).T))
            rows += [
                _row(run, cell, metric, pair, columns)
                for pair in compared
                if pair.kind != "interaction" or metric.column == deciding(cell).column
            ]
        rows += [_share_row(run, cell, index) for index in range(len(run.arms))]
    judged = [pair for pair in compared if pair.kind in ("arm", "comparison")]
    for part in (part for family in families(run) for part in averaged(family)):
        rows += [_average_row(run, part, pair) for pair in judged]
    frame = pd.DataFrame(rows)
    reasons = {f"event_{event}": reason for event, reason in run.absent_events.items()}
    frame["absent"] = [
        reasons.get(metric, "") if np.isnan(value) else ""
        for metric, value in zip(frame["metric"], frame["value"])
    ]
    frame["holm_p"] = np.nan
    _adjust(frame, {"arm", "comparison"})
    _adjust(frame, {"control"})
    return frame
