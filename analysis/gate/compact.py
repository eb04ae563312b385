"""compact.py -- a gate's samples as one small table, for the hundreds of gates of a certificate.

  python3 -m analysis.gate.compact RUN FILE.csv

A row per block, in the order in which they ran; for each arm what a gate may decide on, raw: its
rows of time, its tail, start-up, memory, faults and system calls follow from these, and which
processes failed. Left out: weather, pads, objects, instructions (gate.json has their modes) and
pairs that ran for failures alone (it has how many). An absent value is an empty field.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

MEASURES = (
    "status",
    "position",
    "cpu_ns",
    "wall_ns",
    "minor_faults",
    "major_faults",
    "vm_hwm_bytes",
    "process_cpu_ns",
    "process_minor_faults",
    "process_major_faults",
)
SYSTEM_CALLS = ("mmap", "munmap", "madvise")


def _fields(sample: dict[str, Any]) -> list[Any]:
    events = sample.get("events", {})
    calls = [events.get(f"syscalls:sys_enter_{name}", {}).get("value") for name in SYSTEM_CALLS]
    return [*(sample.get(name) for name in MEASURES), *calls]


def _compact(lines: list[str], arms: list[str]) -> str:
    """The CSV of samples.jsonl's lines."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    names = (*MEASURES, *SYSTEM_CALLS)
    columns = [f"{arm}.{name}" for arm in arms for name in names]
    writer.writerow(["cell", "block", "valid", *columns])
    for line in lines:
        block = json.loads(line)
        samples = {sample["arm"]: sample for sample in block["samples"]}
        row = [block["cell"], block["block"], int(block["valid"])]
        for arm in arms:
            row += _fields(samples.get(arm, {}))
        writer.writerow(row)
    return stream.getvalue()


def main(run: Path, out: Path) -> None:
    plan = json.loads((run / "plan.json").read_text(encoding="utf-8"))
    samples = run / "samples.jsonl"
    lines = samples.read_text(encoding="utf-8").splitlines() if samples.exists() else []
    out.write_text(_compact(lines, [arm["id"] for arm in plan["arms"]]), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
