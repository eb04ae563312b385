"""rungs.py -- a ladder of phases, each over the one before it: what every rung gains, and where.

Which phase is over which stands at the head of its page in allocators/phases/ ("Over: huge"). Of a
run the ladder is the longest way from the first phase that it measured to another, and a rung that
was not measured is passed over.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..records.metrics import Metric
from ..records.records import Run
from ..statistics.ranking import geometric_means, has_all
from ..statistics.statistics import Interval
from .deciding import deciding
from .estimates import PEAK_MEMORY
from .ranked_arms import logs_of

PHASES = Path(__file__).resolve().parents[2] / "allocators/phases"
OVER = re.compile(r"^ \* Over: (\S+)$", re.MULTILINE)
PROGRAMS = ("program", "server")  # what the cell of one begins with
MEMORY = "peak memory"


@lru_cache(maxsize=4)
def parents(phases: Path = PHASES) -> dict[str, str]:
    """Phase to the one that it is over; a first one is over "nothing"."""
    pages = {page.stem: page.read_text(encoding="utf-8") for page in sorted(phases.glob("*.c"))}
    found = {name: OVER.search(text) for name, text in pages.items()}
    return {name: match[1] for name, match in found.items() if match is not None}


def _way(arm: str, over: dict[str, str], arms: list[str]) -> list[str]:
    """The arms from the first one to this one, each over the one before it."""
    found: list[str] = []
    at: str | None = arm
    while at in over and at not in found:
        found.append(at)
        at = over[at]
    return [one for one in reversed(found) if one in arms]


def ladder(run: Run, phases: Path = PHASES) -> list[str]:
    """The arms of the longest way, the first of them below all rungs."""
    over = parents(phases)
    ways = [_way(arm, over, run.shown_arms) for arm in run.shown_arms]
    return max(ways, key=len, default=[])


@dataclass(frozen=True)
class Rungs:
    """What the rungs gain in some cells. means: of every rung over the cells, a geometric mean with
    its interval; by_cell: each cell's own effect, of every rung."""

    title: str
    cells: list[str]
    means: list[Interval]
    by_cell: list[list[float]]


def _kind(run: Run, cell: dict[str, Any]) -> str:
    if cell["id"] in run.threaded_cells:
        return "threads"
    if cell["id"].split()[0] in PROGRAMS:
        return "programs"
    return "sawtooth" if cell["workload"] == "sawtooth" else cell["start"]


KINDS = ("cold", "warm", "sawtooth", "threads", "programs")


def _rungs(run: Run, title: str, cells: list[dict[str, Any]],
           metric_of: Callable[[dict[str, Any]], Metric]) -> Rungs | None:  # fmt: skip
    arms = ladder(run)
    indices = [run.arms.index(arm) for arm in arms]
    logs: dict[str, NDArray[np.float64]] = {}
    for cell in cells:
        values = logs_of(run, cell["id"], metric_of(cell), indices)
        if has_all(values):
            logs[cell["id"]] = values
    if not logs:
        return None
    pairs = [(rung, rung - 1) for rung in range(1, len(arms))]
    alpha, least = run.plan["alpha"], run.rules.blocks_min
    own = [geometric_means([values], pairs, alpha, least) for values in logs.values()]
    return Rungs(
        title,
        list(logs),
        geometric_means(list(logs.values()), pairs, alpha, least),
        [[one.point for one in of_rung] for of_rung in zip(*own)],
    )


@lru_cache(maxsize=8)
def rungs(run: Run) -> list[Rungs]:
    """Speed by kind of cell, more is better, and peak memory in all of them, more is worse."""
    cells = [cell for cell in run.plan["cells"] if cell["id"] in run.shown_cells]
    by_kind = {kind: [cell for cell in cells if _kind(run, cell) == kind] for kind in KINDS}
    found = [_rungs(run, kind, of, deciding) for kind, of in by_kind.items()]
    found.append(_rungs(run, MEMORY, cells, lambda cell: PEAK_MEMORY))
    return [one for one in found if one is not None]
