"""gate_files.py -- the files of a gate beside its samples: what it said, and what else it recorded.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..complaint import Complaint, regular
from ..records.lines import RESTORE, Part, block_lines
from ..records.records import Run, record_files
from ..records.shapes import NONE, NUMBER, check_shape

SCHEMA = "slablab-gate/3"
SCHEMA_BEFORE = "slablab-gate/2"  # without conditions and the sides' settings
SCHEMA_FIRST = "slablab-gate/1"  # nor failures; three blocks of instructions, no test of them
SCHEMAS = (SCHEMA, SCHEMA_BEFORE, SCHEMA_FIRST)

SIDE = {
    "spec": str,
    "revision?": (str, NONE),
    "build_id": str,
    "version?": (str, NONE),
    "environment?": [str],
}
# Whatever they are, they are held against what the samples give.
HELD = dict.fromkeys(("effect", "low", "high"), object)
ROW = {
    **HELD,
    **dict.fromkeys(("margin", "blocks", "mde", "base_median", "head_median"), object),
    "cell": str,
    "metric": str,
    "scale": str,
    "verdict": str,
    "one_link?": {"low": NUMBER, "high": NUMBER},
    "layout_bound?": bool,
}
SAID = {
    "verdict": str,
    "reasons": [(str, dict)],
    "base": SIDE,
    "head": SIDE,
    "decisions": int,
    "seconds": NUMBER,
    "rows": [ROW],
    "control": [{"cell": str, "metric": str, **HELD}],
}
FAILURES: dict[str, Any] = {}
CONDITIONS = {"asked": {}, "workloads?": {}, "machine": {}, "slablab?": {}}
SHAPES = {
    SCHEMA_FIRST: SAID,
    SCHEMA_BEFORE: {**SAID, "failures": FAILURES},
    SCHEMA: {**SAID, "failures": FAILURES, "conditions": CONDITIONS},
}
# Of a record's line, by the stem of its schema.
LINES = {
    "block": {"samples": [{"arm": str, "status": str}]},
    "instructions": {"samples": [{"arm": str, "instructions": int}]},
    "failures": {"where": str, "samples": [{"arm": str, "status": str}]},
}


def read_said(folder: Path) -> dict[str, Any]:
    """gate.json. Raises Complaint where there is none, or one that slablab never writes."""
    path = folder / "gate.json"
    if not path.exists():
        raise Complaint(
            f"{folder}: no finished gate: it has no gate.json",
            "name a folder that slablab gate made: results/<experiment>/<time>-gate",
        )
    try:
        said = json.loads(regular(path).read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise Complaint(f"{path}: cannot be read: {error}", RESTORE) from error
    schema = said.get("schema") if isinstance(said, dict) else None
    if schema not in SCHEMAS:
        raise Complaint(f"{path}: unknown schema '{schema}'", "a newer slablab")
    check_shape(said, SHAPES[schema], str(path))
    return said


def record_lines(run: Run, name: str, stem: str) -> Iterator[dict[str, Any]]:
    """The records of a file of the gate, compressed or not; none without a file."""
    for path in record_files(run.path, name):
        for where, record in block_lines(Part(path), run.plan, stem):
            if record is not None:
                check_shape(record, LINES[stem], where)
                yield record


def instruction_counts(run: Run, cell: str) -> list[list[int]]:
    """callgrind's counts of each block: one for each arm, in the plan's order."""
    names = [arm["id"] for arm in run.plan["arms"]]
    found = []
    for record in record_lines(run, "instructions", "instructions"):
        counts = {sample["arm"]: sample["instructions"] for sample in record["samples"]}
        if sorted(counts) != sorted(names) or min(counts.values()) < 1:
            raise Complaint(
                f"{run.path}: a block of instructions in '{record['cell']}' does not hold a count "
                "of every arm",
                RESTORE,
            )
        if record["cell"] == cell:
            found.append([counts[name] for name in names])
    return found
