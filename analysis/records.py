"""records.py -- one run's folder as columns: what harness/records.md says that a run leaves behind.

A run that cannot be trusted is refused (unknown schema, another plan's samples, unequal checksums,
a block twice); one that is merely poor is loaded, for judgement.py to say so.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .blocks import MEASURES, WEATHER, Columns, check_schema, read_blocks
from .complaint import Complaint

SCHEMAS = {
    "plan.json": "slablab-plan/1",
    "machine.json": "slablab-machine/1",
    "outcome.json": "slablab-outcome/1",
}


@dataclass(frozen=True, eq=False)
class Run:
    """A run as it was recorded. `samples`: a row per sample of a valid block, ordered by cell, then
    time of the block, then arm, so that a cell's rows are a (blocks, arms) matrix. `blocks`: a row
    per block, valid or not."""

    path: Path
    plan: dict[str, Any]
    machine: dict[str, Any]
    outcome: dict[str, Any] | None
    samples: pd.DataFrame
    blocks: pd.DataFrame
    losses: dict[tuple[str, str], int]  # (arm, status) to samples that are not "ok"
    absent_events: dict[str, str]  # event to the reason
    torn_lines: int

    @property
    def name(self) -> str:
        """Unique among a report's runs: <experiment>-<folder>."""
        experiment, folder = self.plan["experiment"], self.path.resolve().name
        return experiment if folder == experiment else f"{experiment}-{folder}"

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

    def matrix(self, cell: str, metric: Any) -> NDArray[np.float64]:
        """metric(samples of the cell) as an array of shape (blocks, arms), in plan order of the
        arms."""
        rows = self.samples.iloc[slice(*self._bounds(cell))]
        return np.asarray(metric(rows), dtype=float).reshape(-1, len(self.arms))

    def _bounds(self, cell: str) -> tuple[int, int]:
        codes = self.samples["cell"].cat.codes.to_numpy()
        code = self.cells.index(cell)
        return int(np.searchsorted(codes, code)), int(np.searchsorted(codes, code, side="right"))


def _read_object(path: Path, required: bool) -> dict[str, Any] | None:
    if not path.exists():
        if required:
            raise Complaint(
                f"{path}: not there, so this is no run",
                "name a folder that slablab run made: results/<experiment>/<run>",
            )
        return None
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Complaint(
            f"{path}: cannot be read: {error}", "restore the file; it is written once"
        ) from error
    check_schema(value, SCHEMAS[path.name], str(path))
    return value


def _sample_files(folder: Path) -> list[Path]:
    found = sorted(
        path
        for path in folder.glob("samples*.jsonl*")
        if path.name.endswith((".jsonl", ".jsonl.gz"))
    )
    doubled = [path for path in found if path.with_name(path.name + ".gz") in found]
    if doubled:
        raise Complaint(f"{doubled[0]}: stands beside its own .gz", "remove one of the two")
    return found


def _block_frame(columns: Columns, cells: list[str]) -> pd.DataFrame:
    names = ["cell", "host", "block", "started_unix_ns", "duration_ns", "valid", *WEATHER]
    frame = pd.DataFrame(columns.blocks, columns=names)
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
    arm = np.frombuffer(columns.arm, dtype=np.int16) if columns.arm else np.empty(0, np.int16)
    values = np.frombuffer(columns.measures, dtype=float) if columns.measures else np.empty(0)
    cell = blocks["cell"].cat.codes.to_numpy()[row]
    order = np.lexsort((arm, row, blocks["started_unix_ns"].to_numpy(dtype=np.int64)[row], cell))
    frame = pd.DataFrame(
        values.reshape(-1, len(MEASURES))[order], columns=list(MEASURES), copy=False
    )
    frame.insert(0, "block", blocks["block"].to_numpy()[row[order]])
    frame.insert(0, "arm", pd.Categorical.from_codes(arm[order], categories=arms))
    frame.insert(0, "cell", pd.Categorical.from_codes(cell[order], dtype=blocks["cell"].dtype))
    return frame


def load(folder: Path) -> Run:
    """Reads one run's folder. Raises Complaint for what must not be averaged."""
    plan = _read_object(folder / "plan.json", required=True)
    assert plan is not None
    machine = _read_object(folder / "machine.json", required=False)
    outcome = _read_object(folder / "outcome.json", required=False)
    cells = [cell["id"] for cell in plan["cells"]]
    columns = read_blocks(_sample_files(folder), plan)
    blocks = _block_frame(columns, cells)
    doubled = blocks[blocks.duplicated(["cell", "block"])]
    if len(doubled):
        raise Complaint(
            f"{folder}: block {doubled['block'].iloc[0]} of '{doubled['cell'].iloc[0]}' is there "
            "twice",
            "remove the shard that was copied; a block is in once or not at all",
        )
    samples = _sample_frame(columns, blocks, [arm["id"] for arm in plan["arms"]])
    return Run(
        folder,
        plan,
        machine or {},
        outcome,
        samples,
        blocks,
        dict(columns.losses),
        columns.absent_events,
        columns.torn_lines,
    )
