"""over_machines.py -- what a claim's effect would be on one machine more, and whether that decides.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from dataclasses import dataclass

from ..comparison.deciding import OPERATIONS
from ..comparison.elsewhere import (
    Effect,
    by_machine,
    estimate,
    mean_over_cells,
    ratios_of,
)
from ..records.records import Recorded, Run
from ..statistics.statistics import Interval
from .file import Claim, cells_with


@dataclass(frozen=True)
class Elsewhere:
    """`decides`: the claim is judged by it, and not by the interval of the run's machine."""

    interval: Interval  # of ratios less 1
    machines: int
    decides: bool


def _effects(run: Run, claim: Claim, cell: str) -> dict[str, Effect]:
    found = by_machine(run)
    if not claim.average:
        return found.get((cell, claim.arm, claim.against), {})
    cells = cells_with(claim.cells, run.cells)
    return mean_over_cells([found.get((one, claim.arm, claim.against), {}) for one in cells])


def elsewhere_of(run: Recorded, claim: Claim, cell: str, alpha: float) -> Elsewhere | None:
    """None of what is no comparison of speeds that the plan has."""
    if not isinstance(run, Run) or claim.metric != OPERATIONS.column or not claim.against:
        return None
    effects = _effects(run, claim, cell)
    if not effects:
        return None
    found = estimate(effects, alpha)
    decides = claim.interval == "elsewhere" or (not claim.interval and not found.borrowed)
    return Elsewhere(ratios_of(found.one_more), found.machines, decides)
