"""history.py -- a gate's effects against its reference over time, and where they changed.

A line of results/history/<experiment>.jsonl is the gate.json of one `slablab gate --record`. Only
gates against the newest reference (its build-id) are compared, because another reference is another
zero; void gates are left out. Both are reported.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ..complaint import Complaint
from ..records.packed import lines_of
from ..records.seal import seal_fault
from ..statistics.change_points import ChangePoint, change_points
from .gate_files import SCHEMA, SCHEMAS

REVISION_DIGITS = 7
ALPHA = 0.05  # the chance of any change point where nothing changed, over all series


@dataclass(frozen=True, eq=False)
class Series:
    """One deciding or reported metric of one cell. points: a row per gate, in order of time."""

    cell: str
    metric: str
    scale: str  # "ratio" or "absolute"
    unit: str
    points: pd.DataFrame  # head, started_unix_ns, effect, low, high, verdict
    changes: list[ChangePoint]

    @property
    def bounds(self) -> list[tuple[int, int]]:
        """First and one past the last gate of every stretch of one level."""
        edges = [0, *(change.first for change in self.changes), len(self.points)]
        return list(zip(edges, edges[1:]))

    def level(self, first: int, end: int) -> float:
        return float(self.points["effect"].iloc[first:end].median())


@dataclass(frozen=True, eq=False)
class History:
    name: str  # of the experiment
    series: list[Series]
    gates: int  # that are compared
    void: int
    other_reference: int
    base: dict[str, Any]
    alpha_each: float


def _head_name(gate: dict[str, Any]) -> str:
    """What --label called the gate; else the first digits of the head's revision, or a file's name
    with its folder, or an allocator's."""
    revision, spec = gate["head"].get("revision"), str(gate["head"]["spec"])
    if gate.get("label"):
        return str(gate["label"])
    if revision:
        return str(revision)[:REVISION_DIGITS]
    name, *settings = spec.split(" ") if " " in spec and "=" in spec else [spec]
    return " ".join(["/".join(Path(name).parts[-2:]), *settings])


def _read(path: Path) -> list[dict[str, Any]]:
    gates = []
    for number, line in enumerate(lines_of(path), start=1):
        try:
            gate = json.loads(line)
            known = gate["schema"] in SCHEMAS and isinstance(gate["rows"], list)
        except (ValueError, KeyError, TypeError) as error:
            raise Complaint(f"{path}:{number}: is no gate: {error}", "restore the file") from error
        changed = seal_fault(f"{line}\n".encode()) if "crc32" in gate else ""
        if changed:
            raise Complaint(f"{path}:{number}: {changed}", "restore the file from its copy")
        if not known:
            raise Complaint(f"{path}:{number}: unknown schema", f"this reads {SCHEMA}")
        gates.append(gate)
    if not gates:
        raise Complaint(f"{path}: holds no gate", "slablab gate ... --record")
    return sorted(gates, key=lambda gate: gate["started_unix_ns"])


def _points(gates: list[dict[str, Any]]) -> pd.DataFrame:
    """A row per gate, cell and metric that has an effect."""
    rows = [
        {
            "cell": row["cell"],
            "metric": row["metric"],
            "scale": row["scale"],
            "unit": row["unit"],
            "head": _head_name(gate),
            "started_unix_ns": gate["started_unix_ns"],
            "effect": row["effect"],
            "low": row["low"],
            "high": row["high"],
            "verdict": row["verdict"],
        }
        for gate in gates
        for row in gate["rows"]
        if row["effect"] is not None
    ]
    frame = pd.DataFrame(rows)
    if frame.empty:
        raise Complaint("the history has no effect in any gate", "slablab gate ... --record")
    for name in ("effect", "low", "high"):
        frame[name] = frame[name].astype(float)
    return frame


def load_history(path: Path) -> History:
    """Reads and segments one history. Raises Complaint where it holds nothing to compare."""
    recorded = _read(path)
    said = [gate for gate in recorded if gate["verdict"] != "void"]
    if not said:
        raise Complaint(f"{path}: every gate of it is void", "slablab gate ... --record")
    base = said[-1]["base"]
    gates = [gate for gate in said if gate["base"].get("build_id") == base.get("build_id")]
    groups = list(_points(gates).groupby(["cell", "metric"], sort=False))
    alpha_each = ALPHA / len(groups)
    series = [
        Series(
            cell,
            metric,
            str(points["scale"].iloc[0]),
            str(points["unit"].iloc[0]),
            points.reset_index(drop=True),
            change_points(points["effect"], alpha_each),
        )
        for (cell, metric), points in groups
    ]
    void, others = len(recorded) - len(said), len(said) - len(gates)
    return History(path.stem, series, len(gates), void, others, base, alpha_each)
