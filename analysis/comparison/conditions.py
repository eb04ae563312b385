"""conditions.py -- cautions about a drift along the run, and about what the machine was like.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import numpy as np
from scipy import stats

from ..records.metrics import default
from ..records.records import Run
from ..statistics import statistics
from ..document.rounding import fixed
from .residuals import residuals

TIME = default("time")  # that decides
POSITION_MATTERS = 0.005  # of a process's time; less is not told
DRIFT_ALPHA = 0.01  # over all of a run's comparisons with the baseline
HARDWARE_EVENTS = ("cycles", "instructions", "branches", "cache")  # what a PMU counts


def drift(run: Run) -> str | None:
    """Log-ratios that go up or down along a cell's blocks (Spearman, Holm-adjusted)."""
    frame, found = residuals(run), []
    if frame.empty:
        return None
    for (cell, arm), rows in frame[np.isfinite(frame["residual"])].groupby(
        ["cell", "arm"], sort=False
    ):
        if len(rows) >= run.rules.blocks_min and np.ptp(rows["residual"]) > 0:
            rho, p = stats.spearmanr(np.arange(len(rows)), rows["residual"])
            found.append((float(p), float(rho), arm, cell))
    if not found:
        return None
    adjusted = statistics.holm([p for p, *_ in found])
    drifting = [entry for entry, p in zip(found, adjusted) if p <= DRIFT_ALPHA]
    if not drifting:
        return None
    _, rho, arm, cell = min(drifting)
    return (
        f"Drift: the effect changed along the run in {len(drifting)} of {len(found)} comparisons "
        f"with the baseline (Spearman, Holm-adjusted, at {DRIFT_ALPHA:g}); surest "
        f"{fixed(rho, 2, '+')}: {arm} in '{cell}'. Its effect is an average over the change."
    )


def first_position(run: Run, cell: str, alpha: float) -> statistics.Interval:
    """How much longer the first process of a block takes than the others of its block: the median
    ratio of its time to their geometric mean, each over what its arm usually takes in that cell, as
    a relative effect with its interval at 1 - alpha. NaN where nothing can be compared."""
    times = run.matrix(cell, TIME.values)
    positions = run.matrix(cell, lambda rows: rows["position"])
    if len(times) < 2 or times.shape[1] < 2 or not (times > 0).all():
        return statistics.effect([], alpha)
    usual = times / [statistics.median_ratio(column) for column in times.T]
    first = usual[positions == positions.min(axis=1, keepdims=True)]
    others = np.log(usual).sum(axis=1) - np.log(first)
    return statistics.effect(first / np.exp(others / (times.shape[1] - 1)), alpha)


def position_matters(run: Run) -> str | None:
    """A first process that is not like the others mixes into every effect of its cell."""
    alpha = run.plan["alpha"] / len(run.cells)
    found = {cell: first_position(run, cell, alpha) for cell in run.cells}
    apart = {
        cell: one
        for cell, one in found.items()
        if (one.low > 0 or one.high < 0) and abs(one.point) >= POSITION_MATTERS
    }
    if not apart:
        return None
    cell = max(apart, key=lambda name: abs(apart[name].point))
    point, low, high = (
        fixed(100 * x, 2, "+") for x in (apart[cell].point, apart[cell].low, apart[cell].high)
    )
    return (
        "Position: the first process of a block takes another time than the others in "
        f"{len(apart)} of {len(run.cells)} cells (intervals hold together); most, {point} % "
        f"[{low}, {high}], in '{cell}'. An effect there is an average over positions."
    )


def oversubscribed(run: Run) -> str | None:
    """More to run than there are CPUs."""
    cpus = run.machine.get("cpus_online")
    if not isinstance(cpus, int):
        return None
    load = run.blocks["load_1min"].median()
    if not load > cpus:
        return None
    return (
        f"Oversubscribed CPUs: a median load of {fixed(load, 1)} on {cpus} CPUs; something else "
        "ran beside the samples."
    )


def shared_cpus(run: Run) -> str | None:
    """Samples that take all CPUs have the harness among them."""
    machine = run.machine
    cpus = machine.get("workload_cpus")
    if not isinstance(cpus, list) or len(cpus) < 2 or machine.get("harness_cpu") not in cpus:
        return None
    return (
        f"The harness shared CPU {machine['harness_cpu']} with samples on {len(cpus)} CPUs: there "
        "was no other for it."
    )


def huge_pages(run: Run) -> str | None:
    """Samples with transparent huge pages take fewer page faults and more memory."""
    held = run.samples[run.samples["anon_huge_bytes"] > 0]
    setting = run.machine.get("thp_enabled")
    if len(held):
        names = set(held["arm"])
        arms = ", ".join(arm for arm in run.arms if arm in names)
        return (
            f"Huge pages: {len(held)} of {len(run.samples)} samples held some at their end "
            f"({arms}), which saves page faults and adds memory."
        )
    if setting == "always":
        return "Huge pages: the kernel may give them to any arm (thp_enabled is 'always')."
    return None


def no_pmu(run: Run) -> str | None:
    """Hardware events were asked for and none is to be had."""
    asked = [event for event in run.events if event.startswith(HARDWARE_EVENTS)]
    if not asked or any(event not in run.absent_events for event in asked):
        return None
    return "No PMU: none of the hardware events that the plan names could be counted."
