"""records.py -- one run's folder as columns, in the format of harness/records.md.

A run that cannot be trusted is refused (unknown schema, another plan's samples, unequal checksums,
a block twice or missing); one that is merely poor is loaded, for judgement.py to say so.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..complaint import Complaint, analysis_command, regular
from .blocks import (
    BLOCK_NAMES,
    WEATHER,
    Columns,
    named_events,
    read_blocks,
)
from .identity import check_attested, identity_of
from .json_files import read_object
from .metrics import event_column, reported_column
from .ranges import MEASURES
from .rules import Rules, rules_of
from .packed import unpacked_name
from .shapes import check_outcome, check_plan
from .style import PLAIN, ArmStyle, Style, arm_style

@dataclass(frozen=True, eq=False)
class Recorded:
    """What every run's folder holds, whatever it measured."""

    path: Path
    plan: dict[str, Any]
    machine: dict[str, Any]
    outcome: dict[str, Any] | None
    style: Style = field(default=PLAIN, kw_only=True)
    _arm_styles: dict[str, ArmStyle] = field(default_factory=dict, init=False, repr=False)

    @property
    def name(self) -> str:
        """Unique among a report's runs: <experiment>-<folder>."""
        experiment, folder = self.plan["experiment"], self.path.resolve().name
        return experiment if folder == experiment else f"{experiment}-{folder}"

    @property
    def rules(self) -> Rules:
        return rules_of(self.plan)

    @property
    def arms(self) -> list[str]:
        return [arm["id"] for arm in self.plan["arms"]]

    @property
    def baseline(self) -> str:
        return self.arms[0]

    @property
    def control(self) -> str | None:
        return next((arm["id"] for arm in self.plan["arms"] if arm["role"] == "control"), None)

    @property
    def cells(self) -> list[str]:
        return [cell["id"] for cell in self.plan["cells"]]

    def arm_style(self, arm: str) -> ArmStyle:
        """How an arm is shown: as the style file says, else as the experiment does."""
        if arm not in self._arm_styles:
            said = self.plan.get("presentation", {}).get(arm, {})
            own = arm_style(said, f"{self.path / 'plan.json'}: presentation: {arm}")
            self._arm_styles[arm] = own | self.style.arm(arm)
        return self._arm_styles[arm]

    def label(self, arm: str) -> str:
        return self.arm_style(arm).label or arm

    @property
    def shown_arms(self) -> list[str]:
        """In the order in which they are shown: without the control, which is the baseline again,
        and without those that are hidden."""
        shown = {arm: self.arm_style(arm) for arm in self.arms if arm != self.control}
        placed = [arm for arm in shown if not shown[arm].hide]
        return sorted(placed, key=lambda arm: (shown[arm].order is None, shown[arm].order or 0))

    @property
    def shown_cells(self) -> list[str]:
        """Those that the style chooses; all where it chooses none of this run's."""
        chosen = [cell for cell in self.cells if self.style.entry_of(cell) is not None]
        return chosen or self.cells

    def cell_label(self, cell: str) -> str:
        return self.style.cells.get(self.style.entry_of(cell) or "") or cell

    @property
    def threaded_cells(self) -> list[str]:
        """Those of several threads, in which wall time decides."""
        return [cell["id"] for cell in self.plan["cells"] if cell.get("threads", 1) > 1]


@dataclass(frozen=True, eq=False)
class Run(Recorded):
    """A run as it was recorded. `samples`: a row per sample of a valid block, ordered by cell, then
    time of the block, then arm, so that a cell's rows are a (blocks, arms) matrix. `blocks`: a row
    per block, valid or not."""

    samples: pd.DataFrame
    blocks: pd.DataFrame
    losses: dict[tuple[str, str], int]  # (arm, status) to samples that are not "ok"
    failed: dict[tuple[str, str], int]  # (cell, arm) to the same
    absent_events: dict[str, str]  # event to the reason
    shared_events: set[str]  # events that took turns on too few counters: their values are scaled
    torn_lines: int
    said: dict[tuple[str, str], str]  # (arm, cell) to what an "ok" sample first wrote to stderr

    @property
    def events(self) -> tuple[str, ...]:
        return named_events(self.plan)

    def matrix(self, cell: str, metric: Any) -> NDArray[np.float64]:
        """metric(samples of the cell) as an array of shape (blocks, arms), in plan order of the
        arms."""
        rows = self.samples.iloc[slice(*self._bounds(cell))]
        return np.asarray(metric(rows), dtype=float).reshape(-1, len(self.arms))

    def block_facts(self, cell: str, name: str) -> NDArray[Any]:
        """The number ("block") or machine ("host") of every row of the cell's matrix."""
        rows = self.samples.iloc[slice(*self._bounds(cell))]
        return rows[name].to_numpy()[:: len(self.arms)]

    def _bounds(self, cell: str) -> tuple[int, int]:
        codes = self.samples["cell"].cat.codes.to_numpy()
        code = self.cells.index(cell)
        return int(np.searchsorted(codes, code)), int(np.searchsorted(codes, code, side="right"))


def record_files(folder: Path, stem: str) -> list[Path]:
    """<stem>.jsonl, plain or compressed, or a shard for each host."""
    found: dict[str, Path] = {}
    for path in sorted(folder.glob(f"{stem}*.jsonl*")):
        name = unpacked_name(path)
        if not name.endswith(".jsonl"):
            continue
        if name in found:
            raise Complaint(f"{found[name]}: stands beside {path.name}", "remove one of the two")
        found[name] = path
    return list(found.values())


def block_frame(blocks: list[tuple[Any, ...]], cells: list[str]) -> pd.DataFrame:
    """A row per block from their blocks.block_row."""
    frame = pd.DataFrame(blocks, columns=list(BLOCK_NAMES))
    frame["cell"] = pd.Categorical(frame["cell"], categories=cells)
    frame = frame.astype({"valid": bool, "started_unix_ns": np.int64, "duration_ns": np.int64})
    for name in WEATHER:
        frame[name] = pd.to_numeric(frame[name], errors="coerce").astype(float)
    return frame


def _sample_frame(columns: Columns, blocks: pd.DataFrame, arms: list[str]) -> pd.DataFrame:
    """The rows in the order that Run promises."""
    row = (
        np.frombuffer(columns.block_row, dtype=np.int_)
        if columns.block_row
        else np.empty(0, np.int_)
    )
    arm, link = (
        np.frombuffer(numbers, dtype=np.int16) if numbers else np.empty(0, np.int16)
        for numbers in (columns.arm, columns.link)
    )
    values = np.frombuffer(columns.measures, dtype=float) if columns.measures else np.empty(0)
    names = [
        *MEASURES,
        *map(event_column, columns.events),
        *map(reported_column, columns.reported),
    ]
    cell = blocks["cell"].cat.codes.to_numpy()[row]
    order = np.lexsort((arm, row, blocks["started_unix_ns"].to_numpy(dtype=np.int64)[row], cell))
    frame = pd.DataFrame(
        values.reshape(-1, len(names))[order], columns=names, copy=False
    )
    hosts = pd.Categorical(blocks["host"])
    frame.insert(
        0, "host", pd.Categorical.from_codes(hosts.codes[row[order]], dtype=hosts.dtype)
    )
    frame.insert(0, "block", blocks["block"].to_numpy()[row[order]])
    frame.insert(0, "link", link[order])
    frame.insert(0, "arm", pd.Categorical.from_codes(arm[order], categories=arms))
    frame.insert(0, "cell", pd.Categorical.from_codes(cell[order], dtype=blocks["cell"].dtype))
    return frame


def check_numbers(folder: Path, blocks: pd.DataFrame, outcome: dict[str, Any] | None) -> None:
    """Every cell's blocks are 0 to n - 1, each once, and n is what outcome.json counted."""
    promised = {cell["cell"]: cell.get("blocks") for cell in (outcome or {}).get("cells", [])}
    for cell, numbers in blocks.groupby("cell", observed=False)["block"]:
        doubled = numbers[numbers.duplicated()]
        if len(doubled):
            raise Complaint(
                f"{folder}: block {doubled.iloc[0]} of '{cell}' is there twice",
                "remove the shard that was copied; a block is in once or not at all",
            )
        missing = set(range(len(numbers))) - set(numbers)
        if missing:
            raise Complaint(
                f"{folder}: block {min(missing)} of '{cell}' is missing",
                "restore the file or shard; blocks are never taken out of a run",
            )
        if promised.get(cell) not in (None, len(numbers)):
            raise Complaint(
                f"{folder}: {len(numbers)} blocks of '{cell}', but outcome.json counted "
                f"{promised[cell]}",
                "restore the file or shard; blocks are never taken out of a run",
            )


def read_header(
    folder: Path,
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any] | None]:
    """plan.json, machine.json and outcome.json; raises Complaint where they are no run's."""
    plan, machine, outcome = (
        read_object(folder / name) for name in ("plan.json", "machine.json", "outcome.json")
    )
    if plan is None:
        raise Complaint(
            f"{folder / 'plan.json'}: not there, so this is no run",
            "name a folder that slablab run made: results/<experiment>/<run>",
        )
    check_plan(plan, str(folder / "plan.json"))
    if machine is None:
        raise Complaint(
            f"{folder / 'machine.json'}: not there, so nothing tells which machine measured",
            "restore the file; it is written once, before the first block",
        )
    if outcome is not None:
        check_outcome(outcome, str(folder / "outcome.json"))
    return plan, machine, outcome


def load(folder: Path) -> Run:
    """Reads one run's folder. Raises Complaint for what must not be averaged."""
    plan, machine, outcome = read_header(folder)
    if (folder / "instrument.json").exists():
        raise Complaint(
            f"{folder}: holds a profile or a ledger of faults, and no timed samples",
            analysis_command("where", folder),
        )
    columns = read_blocks(record_files(folder, "samples"), plan, identity_of(folder, plan))
    check_attested(folder, plan, bool(columns.arm))
    blocks = block_frame(columns.blocks, [cell["id"] for cell in plan["cells"]])
    check_numbers(folder, blocks, outcome)
    samples = _sample_frame(columns, blocks, [arm["id"] for arm in plan["arms"]])
    return Run(
        folder,
        plan,
        machine,
        outcome,
        samples,
        blocks,
        dict(columns.losses),
        dict(columns.failed),
        columns.absent_events,
        columns.shared_events,
        columns.torn_lines,
        columns.said,
    )
