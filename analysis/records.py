"""records.py -- one run's folder as columns: what harness/records.md says that a run leaves behind.

A run that cannot be trusted is refused (unknown schema, another plan's samples, unequal checksums,
a block twice); one that is merely poor is loaded, and says so in the fields that caveats.py reads.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import gzip
import json
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .complaint import Complaint

SCHEMAS = {
    "plan.json": "slablab-plan/1",
    "machine.json": "slablab-machine/1",
    "outcome.json": "slablab-outcome/1",
    "samples": "slablab-block/1",
}

# What one row of Run.samples holds, in the order of a record's keys; the unit is in the name.
MEASURES = (
    "position",
    "operations",
    "cpu_ns",
    "wall_ns",
    "minor_faults",
    "major_faults",
    "voluntary_switches",
    "involuntary_switches",
    "start_up_minor_faults",
    "start_up_major_faults",
    "process_cpu_ns",
    "process_wall_ns",
    "process_minor_faults",
    "process_major_faults",
    "vm_hwm_bytes",
    "rss_bytes",
    "pss_bytes",
    "private_dirty_bytes",
    "anon_huge_bytes",
)
WEATHER = ("steal_ns", "psi_cpu_some_us", "psi_memory_some_us", "psi_io_some_us", "load_1min")

_measures_of = itemgetter(*MEASURES)


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


@dataclass
class _Columns:
    """What the lines of samples.jsonl are taken apart into."""

    measures: array = field(default_factory=lambda: array("d"))
    arm: array = field(default_factory=lambda: array("h"))
    block_row: array = field(default_factory=lambda: array("l"))
    blocks: list[tuple[Any, ...]] = field(default_factory=list)
    checksums: dict[str, tuple[str, str]] = field(default_factory=dict)  # cell to (checksum, arm)
    losses: Counter = field(default_factory=Counter)
    absent_events: dict[str, str] = field(default_factory=dict)
    torn_lines: int = 0


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
    _check_schema(value, SCHEMAS[path.name], str(path))
    return value


def _check_schema(value: Any, expected: str, where: str) -> None:
    found = value.get("schema") if isinstance(value, dict) else None
    if found != expected:
        raise Complaint(
            f"{where}: schema {found!r}, but only {expected!r} is known here",
            "use the analysis of the checkout that recorded the run",
        )


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


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rb") as file:
            yield from enumerate(file, start=1)
    except (OSError, EOFError) as error:
        raise Complaint(
            f"{path}: cannot be read: {error}", "restore the file from its copy"
        ) from error


def _measures_with_holes(sample: dict[str, Any]) -> list[float]:
    return [
        np.nan
        if sample.get(name) is None or isinstance(sample[name], dict)
        else float(sample[name])
        for name in MEASURES
    ]


def _take_sample(
    columns: _Columns, sample: dict[str, Any], cell: str, arm: int, where: str
) -> None:
    checksum, first_arm = columns.checksums.setdefault(cell, (sample["checksum"], sample["arm"]))
    if sample["checksum"] != checksum:
        raise Complaint(
            f"{where}: '{sample['arm']}' gave checksum {sample['checksum']} in '{cell}', but "
            f"'{first_arm}' gave {checksum}: they did not do the same work",
            "find out which is wrong: slablab attest; no table is made of such a run",
        )
    try:
        columns.measures.extend(_measures_of(sample))
    except (KeyError, TypeError):
        del columns.measures[len(columns.arm) * len(MEASURES) :]  # extend stops at the hole
        columns.measures.extend(_measures_with_holes(sample))
    columns.arm.append(arm)
    columns.block_row.append(len(columns.blocks))


def _take_block(columns: _Columns, block: dict[str, Any], arms: dict[str, int], where: str) -> None:
    samples, cell = block["samples"], block["cell"]
    if block["valid"]:
        if len(samples) != len(arms) or {sample["arm"] for sample in samples} != arms.keys():
            raise Complaint(
                f"{where}: block {block['block']} of '{cell}' is called valid, but does not hold "
                "every arm once",
                "restore the file; slablab never writes such a line",
            )
        for sample in samples:
            if sample["status"] != "ok":
                raise Complaint(
                    f"{where}: a valid block holds a sample that is '{sample['status']}'",
                    "restore the file; slablab never writes such a line",
                )
            _take_sample(columns, sample, cell, arms[sample["arm"]], where)
    else:
        columns.losses.update(
            (sample["arm"], sample["status"]) for sample in samples if sample["status"] != "ok"
        )
    for event, value in samples[0].get("events", {}).items() if samples else ():
        if "absent" in value:
            columns.absent_events.setdefault(event, value["absent"])
    weather = block.get("weather", {})
    columns.blocks.append(
        (
            cell,
            block.get("host", ""),
            block["block"],
            block.get("started_unix_ns", 0),
            block.get("duration_ns", 0),
            bool(block["valid"]),
            *(weather.get(name) for name in WEATHER),
        )
    )


def _take_file(columns: _Columns, path: Path, plan: dict[str, Any], cells: set[str]) -> None:
    arms = {arm["id"]: index for index, arm in enumerate(plan["arms"])}
    for number, line in _lines(path):
        where = f"{path}:{number}"
        if not line.endswith(b"\n"):  # killed while it was written: that block is not in
            columns.torn_lines += 1
            continue
        try:
            block = json.loads(line)
        except ValueError as error:
            raise Complaint(
                f"{where}: not JSON: {error}", "restore the file from its copy"
            ) from error
        _check_schema(block, SCHEMAS["samples"], where)
        if block.get("plan") != plan["hash"]:
            raise Complaint(
                f"{where}: belongs to plan {block.get('plan')}, but plan.json is {plan['hash']}",
                "keep every run in a folder of its own",
            )
        if block.get("cell") not in cells:
            raise Complaint(
                f"{where}: the plan has no cell '{block.get('cell')}'",
                "keep every run in a folder of its own",
            )
        try:
            _take_block(columns, block, arms, where)
        except KeyError as error:
            raise Complaint(
                f"{where}: the record has no {error}", "see harness/records.md"
            ) from error


def _block_frame(columns: _Columns, cells: list[str]) -> pd.DataFrame:
    names = ["cell", "host", "block", "started_unix_ns", "duration_ns", "valid", *WEATHER]
    frame = pd.DataFrame(columns.blocks, columns=names)
    frame["cell"] = pd.Categorical(frame["cell"], categories=cells)
    frame = frame.astype({"valid": bool, "started_unix_ns": np.int64, "duration_ns": np.int64})
    for name in WEATHER:
        frame[name] = pd.to_numeric(frame[name], errors="coerce").astype(float)
    return frame


def _sample_frame(columns: _Columns, blocks: pd.DataFrame, arms: list[str]) -> pd.DataFrame:
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
    columns = _Columns()
    for path in _sample_files(folder):
        _take_file(columns, path, plan, set(cells))
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
