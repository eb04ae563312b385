"""expectation.py -- what a claim's figure should be on one machine more, and whether it is.

A comparison of speeds is expected in the stored runs' interval for one machine more ("elsewhere"):

  reproduced   the new interval lies within it
  not          the new interval lies apart from it
  undecided    neither

No stored run says how far machines differ in a share or a count. There the claim's own rule decides
again: reproduced is the stored verdict, and on the same side where the claim does not hold.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..claims.claims import CANNOT_TELL, FAILS, HOLDS, Finding, Judged, missed, verdict_of
from ..claims.file import Claim, Rule, cells_with
from ..claims.page import elsewhere_text, texts
from ..complaint import Complaint, analysis_command
from ..records.instruments import Instrumented
from ..records.records import Recorded, Run

REPRODUCED, NOT_REPRODUCED, UNDECIDED = "reproduced", "not reproduced", "undecided"
OUTCOME_OF = {HOLDS: REPRODUCED, FAILS: NOT_REPRODUCED, CANNOT_TELL: UNDECIDED}


class Stop(NamedTuple):
    """When a form of an experiment stops, of what its file says; blocks in each cell."""

    blocks_max: int
    seconds_max: float


@dataclass(frozen=True)
class Expected:
    """A claim in one cell, or in the average of its cells, as the stored run has it."""

    cell: str
    stored: Finding

    @property
    def by_interval(self) -> bool:
        return self.stored.elsewhere is not None

    @property
    def text(self) -> str:
        """What counts as reproduced, in one line."""
        if self.by_interval:
            return f"within {elsewhere_text(self.stored)}"
        rule = self.stored.claim.rule.text
        if self.stored.verdict == HOLDS:
            return rule
        if self.stored.verdict == FAILS:
            side = missed(self.stored.found, self.stored.claim.rule)
            return f"{side} than '{rule}'"
        return f"nothing: the stored run cannot tell whether '{rule}'"

    @property
    def stored_text(self) -> str:
        point, interval, _ = texts(self.stored)
        return point if interval == "–" else f"{point} {interval}"

    def outcome_of(self, found: Finding) -> str:
        """Of a new run's finding in the same cell."""
        if found.note:
            return UNDECIDED
        if self.stored.elsewhere is not None:
            allowed = Rule("", self.stored.elsewhere.low, self.stored.elsewhere.high)
            return OUTCOME_OF[verdict_of(found.found, allowed)]
        rule = self.stored.claim.rule
        verdict = verdict_of(found.found, rule)
        if CANNOT_TELL in (verdict, self.stored.verdict):
            return UNDECIDED
        same = verdict == self.stored.verdict
        same = same and missed(found.found, rule) == missed(self.stored.found, rule)
        return REPRODUCED if same else NOT_REPRODUCED


@dataclass(frozen=True)
class Expectation:
    """All that is expected of a claim. `arms` are ids of the stored plan, without the control."""

    claim: Claim
    run: Recorded
    cells: tuple[Expected, ...]
    verdict: str  # of the claim, by stored runs

    @property
    def arms(self) -> list[str]:
        wanted = {self.run.baseline, self.claim.arm, self.claim.against}
        return [arm for arm in self.run.arms if arm in wanted]

    @property
    def measured_cells(self) -> list[str]:
        words = [words for words in (self.claim.cells, self.claim.against_cells) if words]
        wanted = {cell for one in words for cell in cells_with(one, self.run.cells)}
        return [cell for cell in self.run.cells if cell in wanted]

    @property
    def kind(self) -> str:
        """The subcommand of slablab that measures it."""
        if isinstance(self.run, Instrumented):
            return {"profile": "profile", "faults": "faults"}[self.run.instrument["instrument"]]
        return "run"


def expectation_of(judged: Judged, runs: list[Recorded]) -> Expectation:
    """Of the last stored run that tested the claim. Raises Complaint where none did."""
    claim = judged.claim
    if claim.not_testable:
        raise Complaint(
            f"claim {claim.id} cannot be tested here: {claim.not_testable}",
            analysis_command("reproduce", "--list"),
        )
    if not judged.findings:
        raise Complaint(
            f"claim {claim.id}: no stored run has tested it",
            f"build/slablab run experiments/{claim.experiment}.yaml",
        )
    name = judged.findings[-1].run
    run = next(one for one in runs if one.name == name)
    found = [one for one in judged.findings if one.run == name]
    cells = tuple(Expected(one.cell, one) for one in found)
    return Expectation(claim, run, cells, judged.verdict)


def _durations(run: Recorded, cell: str) -> np.ndarray:
    """Seconds of each stored block of a cell."""
    assert isinstance(run, (Run, Instrumented))
    return run.blocks.loc[run.blocks["cell"] == cell, "duration_ns"].to_numpy() / 1e9


def seconds_of(expected: Expectation, stop: Stop) -> float:
    """About how long the blocks will take: at the stored run's pace, of its machine, with as many
    blocks as it needed where the form allows them, and no longer than the form does."""
    run = expected.run
    processes = len(expected.arms) + (run.control is not None)
    part = processes / len(run.arms)
    total = 0.0
    for cell in expected.measured_cells:
        durations = _durations(run, cell)
        if durations.size:
            blocks = min(durations.size, stop.blocks_max)
            total += float(np.median(durations)) * blocks * part
    return min(total, stop.seconds_max)


def outcome_over(cells: list[str]) -> str:
    """Of a claim: reproduced in every cell, or not in one of them, or undecided."""
    if NOT_REPRODUCED in cells:
        return NOT_REPRODUCED
    return REPRODUCED if cells and set(cells) == {REPRODUCED} else UNDECIDED

