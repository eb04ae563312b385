"""elsewhere.py -- what a comparison would be on one machine more, from all machines it was made on.

A machine's effect is the mean of its runs' (of logarithms), each the median over the run's blocks.
A run that is VOID, unfinished or without an interval says nothing of its machine.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..complaint import Complaint
from ..records.machines import prior, stored_runs
from ..records.kinds import is_imported
from ..records.records import Run, load
from ..statistics import statistics
from ..statistics.over_machines import DEPENDS, OverMachines, over_machines, standard_error
from ..statistics.statistics import Interval
from .deciding import TIMES, deciding
from .estimates import pairs

Key = tuple[str, str, str]  # cell, arm, against
COLUMNS = (
    "machines",
    "machines_mean_ratio",
    "machines_low_ratio",
    "machines_high_ratio",
    "machines_tau_ratio",
    "elsewhere_low_ratio",
    "elsewhere_high_ratio",
    "elsewhere_verdict",
)


@dataclass(frozen=True)
class Effect:
    """On one machine: a logarithm of a ratio, and its standard error."""

    log: float
    error: float

    def sign(self, alpha: float) -> int:
        """Of an effect whose own interval excludes 0; else 0."""
        z = normal_quantile(alpha)
        return int(np.sign(self.log)) if abs(self.log) > z * self.error else 0


def normal_quantile(alpha: float) -> float:
    """How many standard errors an interval at 1 - alpha reaches from its point."""
    return 1 / standard_error(0, 2, alpha)


def effect_of(ratios: NDArray[np.float64], alpha: float, least: int) -> Effect | None:
    """Of a run's blocks; None without an interval."""
    found = statistics.effect(ratios, alpha, least)
    if not np.isfinite(found.low):
        return None
    low, high = np.log1p([found.low, found.high])
    return Effect(float(np.log1p(found.point)), standard_error(float(low), float(high), alpha))


def mean_effect(found: Iterable[Effect]) -> Effect:
    """Of one machine's runs, each counted once."""
    effects = list(found)
    errors = np.array([one.error for one in effects])
    return Effect(
        float(np.mean([one.log for one in effects])),
        float(np.sqrt((errors**2).sum()) / len(effects)),
    )


ByMachine = dict[str, Effect]


def mean_over_cells(cells: list[ByMachine]) -> ByMachine:
    """Of the machines that have every cell: the mean of the cells' logarithms."""
    shared = [name for name in cells[0] if all(name in one for one in cells)]
    return {name: mean_effect(one[name] for one in cells) for name in shared}


def ratios_here(run: Run, cell: dict[str, Any], arm: str, against: str) -> NDArray[np.float64]:
    """Block by block, of what decides in the cell."""
    matrix = run.matrix(cell["id"], deciding(cell).values)
    return statistics.ratio(matrix[:, run.arms.index(arm)], matrix[:, run.arms.index(against)])


def effects_here(run: Run) -> dict[Key, dict[str, Effect]]:
    """Of every comparison by what decides in its cell, by the machine ("" of a run on one)."""
    found: dict[Key, dict[str, Effect]] = {}
    alpha, least = run.plan["alpha"], run.rules.blocks_min
    compared = [pair for pair in pairs(run) if pair.kind in ("arm", "comparison")]
    for cell in run.plan["cells"]:
        hosts = run.block_facts(cell["id"], "host")
        for pair in compared:
            ratios = ratios_here(run, cell, pair.arm, pair.against)
            several = sorted(set(hosts)) if run.blocks["host"].nunique() > 1 else [""]
            for host in several:
                one = effect_of(ratios[hosts == host] if host else ratios, alpha, least)
                if one is not None:
                    found.setdefault((cell["id"], pair.arm, pair.against), {})[host] = one
    return found


@lru_cache(maxsize=64)
def load_stored(folder: Path) -> Run | None:
    """A stored run that counts; None of one that is unfinished or void."""
    run = load(folder)
    return run if run.outcome is not None and run.outcome["verdict"] == "complete" else None


@lru_cache(maxsize=64)
def _stored_effects(folder: Path) -> Mapping[Key, Mapping[str, Effect]]:
    run = load_stored(folder)
    return {} if run is None else effects_here(run)


def machines_of(run: Run) -> list[tuple[str, Path]]:
    """The machine and the folder of the run, first, and of every stored run of its experiment."""
    found = stored_runs(run.path, run.plan["experiment"])
    return [(one.machine, one.folder) for one in found]


def grouped(
    run: Run, effects_in: Callable[[Path], Mapping[Key, Mapping[str, Effect]]]
) -> dict[Key, ByMachine]:
    """Every comparison's effect on each machine. effects_in: those of a stored run's folder."""
    lists: dict[Key, dict[str, list[Effect]]] = {}
    for index, (machine, folder) in enumerate(machines_of(run)):
        found = effects_here(run) if index == 0 else effects_in(folder)
        for key, hosts in found.items():
            for host, one in hosts.items():
                lists.setdefault(key, {}).setdefault(host or machine, []).append(one)
    return {
        key: {machine: mean_effect(found) for machine, found in machines.items()}
        for key, machines in lists.items()
    }


def verdict_elsewhere(
    found: Interval, effects: Iterable[Effect], alpha: float, margin: float, better: int = 1
) -> str:
    """By the prediction interval (of ratios less 1), better: the sign of an improvement. Where it
    includes 0, machines that differ in sign, each for sure, say that there is no answer for all."""
    if found.low > 0 or found.high < 0:
        return "better" if (found.low > 0) == (better > 0) else "worse"
    if {one.sign(alpha) for one in effects} >= {-1, 1}:
        return DEPENDS
    return "same" if -margin <= found.low and found.high <= margin else "unclear"


def ratios_of(found: Interval) -> Interval:
    """Of logarithms, as ratios less 1."""
    return Interval(*(float(np.expm1(x)) for x in (found.point, found.low, found.high)))


def estimate(effects: ByMachine, alpha: float) -> OverMachines:
    """Of one comparison, in logarithms."""
    logs, errors = zip(*((one.log, one.error) for one in effects.values()))
    return over_machines(logs, errors, prior(), alpha)


@lru_cache(maxsize=8)
def by_machine(run: Run) -> dict[Key, ByMachine]:
    """Every comparison of a run with its effect on each machine. Do not write to it."""
    try:
        return grouped(run, _stored_effects)
    except Complaint as complaint:
        raise Complaint(
            f"{run.path}: a stored run of its experiment cannot be read: {complaint}",
            "restore it, or move it out of the folder of machines",
        ) from complaint


def elsewhere(run: Run) -> pd.DataFrame:
    """A row per comparison by what decides in its cell: cell, metric, arm, against and COLUMNS. No
    row of what was imported: how machines differ is known of allocators alone."""
    alpha, margin = run.plan["alpha"], run.plan["margin"]
    metrics = {cell["id"]: deciding(cell).column for cell in run.plan["cells"]}
    rows = []
    known = {} if is_imported(run.plan) else by_machine(run)
    for (cell, arm, against), effects in known.items():
        if cell not in metrics:
            continue
        found = estimate(effects, alpha)
        mean, more = ratios_of(found.mean), ratios_of(found.one_more)
        better = -1 if metrics[cell] in TIMES else 1  # of times less is better
        verdict = verdict_elsewhere(more, effects.values(), alpha, margin, better)
        numbers = (mean.point, mean.low, mean.high, found.tau, more.low, more.high)
        rows.append((cell, metrics[cell], arm, against, found.machines, *numbers, verdict))
    return pd.DataFrame(rows, columns=["cell", "metric", "arm", "against", *COLUMNS])


@dataclass(frozen=True)
class Coverage:
    """How many of a machine's effects lay in the intervals that the other machines gave for it."""

    machine: str
    held: int
    of: int


def coverage(run: Run) -> list[Coverage]:
    """Each machine left out in turn and predicted from the others, where there are some."""
    held: dict[str, list[bool]] = {}
    for (cell, _, _), effects in by_machine(run).items():
        if cell not in run.cells or len(effects) < 2:
            continue
        for machine, truth in effects.items():
            others = [one for name, one in effects.items() if name != machine]
            logs, errors = zip(*((one.log, one.error) for one in others))
            found = over_machines(logs, errors, prior(), run.plan["alpha"], truth.error)
            inside = found.one_more.low <= truth.log <= found.one_more.high
            held.setdefault(machine, []).append(inside)
    return [Coverage(machine, sum(found), len(found)) for machine, found in held.items()]
