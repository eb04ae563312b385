"""gate_runs.py -- writes the runs of gates that were never measured, with the oracle's gate.json.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analysis.gate.gates import gate_differences, load_gate
from analysis.records.blocks import DEFAULT_EVENTS

from . import gate_oracle
from .synthetic import arm_record, change_plan, write_blocks, write_run

CELLS = ["fixed_random size=512 slots=400 warm", "fixed_random size=256 slots=65536 cold"]
CALLS = ("mmap", "munmap", "madvise")
ARMS = ("base", "control", "head")
ENDS = ("base", "head")  # the arms of a pair
METRICS = [
    {"name": "time", "margin": 0.02, "decides": True},
    {"name": "page_faults", "margin": 0.01, "decides": True},
    {"name": "mmap", "margin": 0.0, "decides": True},
    {"name": "vm_hwm", "margin": 0.03, "decides": True},
    {"name": "wall_time", "margin": 0.02, "decides": False},
]
# What goes with those, and instructions.
IMPLIED = [
    {"name": "time_tail", "margin": 0.05, "decides": True},
    {"name": "process_time", "margin": 0.05, "decides": True},
    {"name": "process_page_faults", "margin": 0.05, "decides": True},
]
INSTRUCTIONS = [{"name": "instructions", "margin": 0.002, "decides": True}]


def _call_events(mmaps: int) -> dict[str, Any]:
    """No two calls are as many."""
    return {
        f"syscalls:sys_enter_{name}": {"value": mmaps // part, "enabled_ns": 5, "running_ns": 5}
        for part, name in enumerate(CALLS, start=1)
    }


def _measured(sample: dict[str, Any]) -> dict[str, float]:
    return {
        "time": sample["cpu_ns"],
        "time_tail": sample["cpu_ns"],
        "process_time": sample["process_cpu_ns"],
        "process_page_faults": sample["process_minor_faults"] + sample["process_major_faults"],
        "wall_time": sample["wall_ns"],
        "vm_hwm": sample["vm_hwm_bytes"],
        "page_faults": sample["minor_faults"] + sample["major_faults"],
        **{name: sample["events"][f"syscalls:sys_enter_{name}"]["value"] for name in CALLS},
    }


def _write_lines(folder: Path, name: str, records: list[dict[str, Any]]) -> None:
    plan = json.loads((folder / "plan.json").read_text())["hash"]
    schema = f"slablab-{name.removesuffix('.jsonl')}/2"
    lines = [{"schema": schema, "plan": plan, "cell": CELLS[0], **record} for record in records]
    write_blocks(folder / name, lines)


def _write_counts(
    folder: Path, counts: Callable[[str, int], int], blocks: int
) -> dict[str, list[gate_oracle.Block]]:
    """instructions.jsonl, the same in both cells."""
    found = [{arm: counts(arm, block) for arm in ARMS} for block in range(blocks)]
    _write_lines(
        folder,
        "instructions.jsonl",
        [
            {
                "cell": cell,
                "block": block,
                "samples": [{"arm": arm, "instructions": value} for arm, value in arms.items()],
            }
            for cell in CELLS
            for block, arms in enumerate(found)
        ],
    )
    judged = [{arm: {"instructions": value} for arm, value in arms.items()} for arms in found]
    return dict.fromkeys(CELLS, judged)


def _write_failures(
    folder: Path, pairs: list[tuple[str, str]], callgrind: list[str], attested: list[str]
) -> None:
    """pairs: statuses of base and head; the others: arms of which a process crashed there."""
    records: list[dict[str, Any]] = [
        {"where": "callgrind", "samples": [{"arm": arm, "status": "crashed"}]} for arm in callgrind
    ]
    records += [
        {"where": "pair", "samples": [{"arm": arm, "status": s} for arm, s in zip(ENDS, pair)]}
        for pair in pairs
    ]
    if records:
        _write_lines(folder, "failures.jsonl", records)
    path = folder / "attestation.json"
    attestation = json.loads(path.read_text())
    for arm in attestation["cells"][0]["arms"]:
        arm["failed"] = [{"status": "crashed"}] * attested.count(arm["arm"])
    path.write_text(json.dumps(attestation))


def write_gate(
    folder: Path,
    *,
    blocks: int = 60,
    head: float = 0.0,
    mmaps: Callable[[str], int] = lambda arm: 30,
    metrics: list[dict[str, Any]] | None = None,
    edit: Callable[[dict[str, Any]], None] = lambda block: None,
    counts: Callable[[str, int], int] | None = None,
    counted: int = 20,
    pairs: list[tuple[str, str]] | None = None,
    callgrind: list[str] | None = None,
    attested: list[str] | None = None,
    **options: Any,
) -> Path:
    """head: the log of its time against the base's. mmaps: system calls of an arm. edit may change
    each block, whose arms are base, control and head, before it is written and judged. counts:
    instructions of an arm in one of `counted` blocks. The rest: see _write_failures."""
    judged: dict[str, list[gate_oracle.Block]] = {cell: [] for cell in CELLS}
    ended: list[dict[str, str]] = []

    def as_gate(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            sample["arm"] = "base" if sample["arm"] == "baseline" else sample["arm"]
            sample["object"] = f"/build/lib{sample['arm']}.so"
            sample["events"] = {**sample["events"], **_call_events(mmaps(sample["arm"]))}
        edit(block)
        ended.append({sample["arm"]: sample["status"] for sample in block["samples"]})
        if block["valid"]:
            found = {sample["arm"]: _measured(sample) for sample in block["samples"]}
            judged[block["cell"]].append(found)

    metrics = (metrics or METRICS) + (INSTRUCTIONS if counts else [])
    gate = {"alpha_fail": 0.005, "alpha_pass": 0.05, "metrics": metrics}
    write_run(
        folder,
        {"head": -head},
        CELLS,
        blocks,
        edit=as_gate,
        form="gate",
        gate=gate,
        events=[*DEFAULT_EVENTS, *_call_events(0)],
        **options,
    )
    roles = zip(ARMS, ("baseline", "control", "arm"))
    plan = change_plan(folder, arms=[arm_record(name, role) for name, role in roles])
    counted_blocks = _write_counts(folder, counts, counted) if counts else {}
    _write_failures(folder, pairs or [], callgrind or [], attested or [])
    ended += [dict(zip(ENDS, pair)) for pair in pairs or []]
    failures = gate_oracle.failures_of(ended, [*(callgrind or []), *(attested or [])])
    write_said(folder, gate_oracle.said(plan, judged, counted_blocks, failures))
    return folder


def said_of(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "gate.json").read_text())


def write_said(folder: Path, said: dict[str, Any]) -> None:
    (folder / "gate.json").write_text(json.dumps(said))


def drifting(block: dict[str, Any]) -> None:
    """An edit: each block's head depends on the one before it."""
    for sample in block["samples"]:
        if sample["arm"] == "head":
            sample["cpu_ns"] = int(sample["cpu_ns"] * (1 + 0.0005 * (block["block"] - 50)))


def edited_differences(folder: Path, edit: Callable[[dict[str, Any]], None]) -> list[str]:
    """With a gate.json that was edited, which is put back."""
    said = said_of(folder)
    edited = copy.deepcopy(said)
    edit(edited)
    write_said(folder, edited)
    found = gate_differences(load_gate(folder))
    write_said(folder, said)
    return found
