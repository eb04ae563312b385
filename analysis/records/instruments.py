"""instruments.py -- what the readers of profiles and of ledgers share: folder, blocks, processes.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..complaint import Complaint, analysis_command
from .blocks import (
    block_row,
    check_block,
    losses_of,
    said_of,
)
from .identity import check_attested, check_identity, check_work, identity_of
from .json_files import read_object
from .lines import Part, as_written, block_lines
from .ranges import MEASURES, OPERATIONS, check_events, measures_of
from .records import Recorded, block_frame, check_numbers, read_header, record_files

STAGES = ("start_up", "region", "after")
WHOLE = "whole"  # all stages: the process from its exec to its exit
FILE = "instrument.json"


@dataclass(frozen=True, eq=False)
class Instrumented(Recorded):
    """A run of an instrument. `processes`: a row per process of a valid block, ordered by cell, arm
    and then block, so that two arms of a cell are in step; `blocks`: a row per block, valid or
    not."""

    instrument: dict[str, Any]
    processes: pd.DataFrame
    blocks: pd.DataFrame
    losses: dict[tuple[str, str], int]  # (arm, status) to samples that are not "ok"
    torn_lines: int
    said: dict[tuple[str, str], str]  # (arm, cell) to what an "ok" sample first wrote to stderr

    @property
    def absent_events(self) -> dict[str, str]:
        return {}

    @property
    def shared_events(self) -> set[str]:
        return set()

    def rows(self, cell: str, arm: str) -> slice:
        """The slice of `processes` with the processes of one arm in one cell."""
        codes = self.processes["group"].to_numpy()
        group = self.cells.index(cell) * len(self.arms) + self.arms.index(arm)
        return slice(*np.searchsorted(codes, [group, group + 1]))

    def measured(self, cell: str) -> bool:
        """Whether the cell has any valid block."""
        return bool(self.column(cell, self.baseline, "block").size)

    def sizes(self, cells: list[str]) -> list[int]:
        """How many processes an arm has in each of the cells."""
        return [self.column(cell, self.baseline, "block").size for cell in cells]

    def column(self, cell: str, arm: str, name: str) -> np.ndarray:
        """One measure of an arm's processes in a cell, in the order of their blocks."""
        return self.processes[name].to_numpy()[self.rows(cell, arm)]


# A process of a block as an instrument's reader describes it: (its columns besides MEASURES,
# anything else that belongs to it).
Taken = tuple[dict[str, Any], Any]


def instrument_of(folder: Path) -> dict[str, Any]:
    """instrument.json; raises Complaint where there is none, for then the folder holds samples."""
    found = read_object(folder / FILE)
    if found is None:
        read_header(folder)  # complains of what is no run at all
        raise Complaint(
            f"{folder / FILE}: not there, so this is neither a profile nor a ledger of faults",
            analysis_command("table", folder),
        )
    return found


def named_measures(sample: dict[str, Any]) -> dict[str, float]:
    """check_work has held the operations, where the cell has any, against the attested ones."""
    check_events(sample.get("events") or {})
    lacks = frozenset({OPERATIONS} - sample.keys())
    return dict(zip(MEASURES, measures_of(sample, timed=False, lacking=lacks)))


def read_instrumented(
    folder: Path,
    stem: str,
    times: int,
    take: Callable[[list[dict[str, Any]], dict[str, Any], str], Taken],
) -> tuple[dict[str, Any], list[Any]]:
    """The fields of an Instrumented, and what `take` gave besides for each row of its processes.

    times: how often an arm stands in a block. take(samples of one arm, block, where)."""
    plan, machine, outcome = read_header(folder)
    arms = [arm["id"] for arm in plan["arms"]]
    cells = [cell["id"] for cell in plan["cells"]]
    losses: Counter = Counter()
    said: dict[tuple[str, str], str] = {}
    identity = identity_of(folder, plan)
    seen = identity.attested()
    blocks, rows, extras, torn = [], [], [], 0
    for path in record_files(folder, stem):
        for where, block in block_lines(Part(path), plan, stem):
            if block is None:
                torn += 1
                continue
            with as_written(where):
                check_block(block, arms, times, where)
                losses.update(losses_of(block))
                said = said_of(block) | said
                blocks.append(block_row(block))
                for index, arm in enumerate(arms if block["valid"] else ()):
                    ours = [sample for sample in block["samples"] if sample["arm"] == arm]
                    for sample in ours:
                        check_identity(identity, sample, where)
                        check_work(seen, block["cell"], sample, where)
                    columns, extra = take(ours, block, where)
                    group = cells.index(block["cell"]) * len(arms) + index
                    rows.append((group, blocks[-1][3], block["block"], columns))
                    extras.append(extra)
    frame = block_frame(blocks, cells)
    check_numbers(folder, frame, outcome)
    check_attested(folder, plan, bool(rows))
    if not rows:
        raise Complaint(
            f"{folder}: there is no valid block in it, so nothing to show",
            "the same slablab command, which resumes the run; its losses are in the file",
        )
    order = sorted(range(len(rows)), key=lambda i: rows[i][:3])
    processes = pd.DataFrame([rows[i][3] for i in order])
    for at, name in enumerate(("group", "started_unix_ns", "block")):
        processes[name] = np.array([rows[i][at] for i in order], dtype=np.int64)
    fields = {
        "path": folder,
        "plan": plan,
        "machine": machine,
        "outcome": outcome,
        "processes": processes,
        "blocks": frame,
        "losses": dict(losses),
        "torn_lines": torn,
        "said": said,
    }
    return fields, [extras[i] for i in order]
