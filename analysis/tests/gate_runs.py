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
from .synthetic import arm_record, write_run

CELLS = ["fixed_random size=512 slots=400 warm", "fixed_random size=256 slots=65536 cold"]
CALLS = ("mmap", "munmap", "madvise")
METRICS = [
    {"name": "time", "margin": 0.02, "decides": True},
    {"name": "page_faults", "margin": 0.01, "decides": True},
    {"name": "mmap", "margin": 0.0, "decides": True},
    {"name": "vm_hwm", "margin": 0.03, "decides": True},
    {"name": "wall_time", "margin": 0.02, "decides": False},
]


def _call_events(mmaps: int) -> dict[str, Any]:
    """No two calls are as many."""
    return {
        f"syscalls:sys_enter_{name}": {"value": mmaps // part, "enabled_ns": 5, "running_ns": 5}
        for part, name in enumerate(CALLS, start=1)
    }


def _measured(sample: dict[str, Any]) -> dict[str, float]:
    return {
        "time": sample["cpu_ns"],
        "wall_time": sample["wall_ns"],
        "vm_hwm": sample["vm_hwm_bytes"],
        "page_faults": sample["minor_faults"] + sample["major_faults"],
        **{name: sample["events"][f"syscalls:sys_enter_{name}"]["value"] for name in CALLS},
    }


def write_gate(
    folder: Path,
    *,
    blocks: int = 60,
    head: float = 0.0,
    mmaps: Callable[[str], int] = lambda arm: 30,
    metrics: list[dict[str, Any]] | None = None,
    edit: Callable[[dict[str, Any]], None] = lambda block: None,
    **options: Any,
) -> Path:
    """head: the log of its time against the base's. mmaps: system calls of an arm. edit may change
    each block, whose arms are base, control and head, before it is written and judged."""
    judged: dict[str, list[gate_oracle.Block]] = {cell: [] for cell in CELLS}

    def as_gate(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            sample["arm"] = "base" if sample["arm"] == "baseline" else sample["arm"]
            sample["events"] = {**sample["events"], **_call_events(mmaps(sample["arm"]))}
        edit(block)
        if block["valid"]:
            found = {sample["arm"]: _measured(sample) for sample in block["samples"]}
            judged[block["cell"]].append(found)

    gate = {"alpha_fail": 0.005, "alpha_pass": 0.05, "metrics": metrics or METRICS}
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
    plan = json.loads((folder / "plan.json").read_text())
    roles = (("base", "baseline"), ("control", "control"), ("head", "arm"))
    plan["arms"] = [arm_record(name, role) for name, role in roles]
    (folder / "plan.json").write_text(json.dumps(plan))
    write_said(folder, gate_oracle.said(plan, judged))
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
