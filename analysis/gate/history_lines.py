"""history_lines.py -- the lines of a history: read, checked, put into the order of time, named.

A line of results/history/<experiment>.jsonl is the gate.json of one `slablab gate --record`.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
import shlex
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ..complaint import Complaint
from ..records.packed import lines_of
from ..records.seal import seal_fault
from ..records.shapes import NONE, NUMBER, check_shape
from .gate_files import SCHEMA, SCHEMAS, SHAPES

REVISION_DIGITS = 7
BUILD_ID_DIGITS = 8
VALUE = (*NUMBER, NONE)
ROW = {
    "decides": bool,
    "margin": NUMBER,
    "unit": str,
    **dict.fromkeys(("effect", "low", "high", "base_median"), VALUE),
}

Gate = dict[str, Any]  # a gate.json
Identity = tuple[str, ...]


def _shorten_revisions(gates: list[Gate]) -> None:
    """Each side's short_revision: as many first digits as tell all of the history's apart."""
    both = [gate[side] for gate in gates for side in ("base", "head")]
    sides = [side for side in both if side.get("revision")]
    whole = {side["revision"] for side in sides}
    digits = REVISION_DIGITS
    while len({revision[:digits] for revision in whole}) < len(whole):
        digits += 1
    for side in sides:
        side["short_revision"] = side["revision"][:digits]


def read_lines(path: Path) -> list[Gate]:
    """Every gate, void ones too. Raises Complaint where a line is none, or was changed."""
    gates = []
    for number, line in enumerate(lines_of(path), start=1):
        where = f"{path}:{number}"
        try:
            gate = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise Complaint(f"{where}: is no gate: {error}", "restore the file") from error
        if not isinstance(gate, dict) or gate.get("schema") not in SCHEMAS:
            raise Complaint(f"{where}: unknown schema", f"this reads up to {SCHEMA}")
        changed = seal_fault(f"{line}\n".encode()) if "crc32" in gate else ""
        if changed:
            raise Complaint(f"{where}: {changed}", "restore the file from its copy")
        check_shape(gate, {**SHAPES[gate["schema"]], "started_unix_ns": int}, where)
        check_shape(gate["rows"], [ROW], where)
        gates.append(gate)
    if not gates:
        raise Complaint(f"{path}: holds no gate", "slablab gate ... --record")
    _shorten_revisions(gates)
    return sorted(gates, key=lambda gate: gate["started_unix_ns"])


def day_of(gate: Gate) -> str:
    began = datetime.fromtimestamp(gate["started_unix_ns"] / 1e9, timezone.utc)
    return began.strftime("%Y-%m-%d")


def _words(spec: str) -> list[str]:
    try:
        return shlex.split(spec)
    except ValueError:  # an open quote
        return spec.split(" ")


def settings_of(side: dict[str, Any]) -> list[str]:
    """NAME=value, sorted; of a line that has none of its own, those that its spec names."""
    if "environment" in side:
        return sorted(side["environment"])
    return sorted(word for word in _words(side["spec"])[1:] if "=" in word)


def identity(side: dict[str, Any]) -> Identity | None:
    """What is the same of two sides that ran the same allocator: its file and its settings. None:
    nothing tells."""
    settings = settings_of(side)
    if side["build_id"]:
        return ("build", side["build_id"], *settings)
    if side.get("revision"):
        allocator = _words(side["spec"])[0].partition(":")[2]
        return ("revision", side["revision"], allocator, *settings)
    return None


def side_name(side: dict[str, Any]) -> str:
    """Its revision, as short as read_lines made it, or a file's name with its folder, or an
    allocator's."""
    if side.get("revision"):
        return str(side.get("short_revision", side["revision"][:REVISION_DIGITS]))
    name, *settings = _words(side["spec"]) or [""]
    return " ".join(["/".join(Path(name).parts[-2:]), *settings])


def head_name(gate: Gate) -> str:
    """What --label called the gate, or its head's name."""
    return str(gate["label"]) if gate.get("label") else side_name(gate["head"])


def reference_text(side: dict[str, Any]) -> str:
    """v1.0 (0123abc, build-id 89ef0123), jemalloc (build-id 4567cdef, 5.3.0-1)"""
    known = [side_name(side)] if side.get("revision") else []
    known += [f"build-id {side['build_id'][:BUILD_ID_DIGITS]}"] if side["build_id"] else []
    known += [str(side["version"])] if side.get("version") else []
    return f"{side['spec']} ({', '.join(known)})" if known else str(side["spec"])


def reference_change(before: dict[str, Any], after: dict[str, Any]) -> str:
    """Two bases that are not the same; a peer that was upgraded, say, keeps its name."""
    if before["spec"] == after["spec"] and not after.get("revision"):
        return f"another build of the reference: {reference_text(before)} before"
    return "another reference"
