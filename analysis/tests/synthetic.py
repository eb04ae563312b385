"""synthetic.py -- writes runs that were never measured, in the form of harness/records.md.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from analysis.records.plan_hash import plan_hash
from analysis.records.seal import sealed

OVERSUBSCRIBED = " oversubscribed"
BASE_CPU_NS = 17_000_000
EVENTS = {
    **{
        name: {"value": 624, "enabled_ns": 17_000_000, "running_ns": 17_000_000}
        for name in (
            "page-faults",
            "minor-faults",
            "major-faults",
            "task-clock",
            "context-switches",
            "cpu-migrations",
        )
    },
    **{name: {"absent": "No such file or directory"} for name in ("cycles", "instructions")},
}
MACHINE = {
    "schema": "slablab-machine/1",
    "cpu_model": "Test CPU",
    "cpu_version": {"cpu family": "25", "model": "17", "stepping": "1", "microcode": "0x1"},
    "hypervisor": "KVM",
    "kernel_release": "6.1.0",
    "git_commit": "0123abc",
    "git_dirty": False,
}


def arm_record(name: str, role: str) -> dict[str, Any]:
    return {
        "id": name,
        "role": role,
        "spec": name,
        "allocator": name,
        "object": f"/build/lib{name}.so",
        "object_build_id": "ab12",
        "observer": None,
        "version": None,
        "environment": [],
    }


def cell_record(name: str) -> dict[str, Any]:
    """The plan's cell of an id such as "fixed_random size=256 slots=400 operations=100000 cold", or
    "hand_over threads=4 cold oversubscribed": then of half as many CPUs."""
    workload, *pairs, start = name.removesuffix(OVERSUBSCRIBED).split()
    numbers = {key: int(value) for key, value in (pair.split("=") for pair in pairs)}
    operations = numbers.pop("operations", None)
    return {
        "id": name,
        "workload": workload,
        "start": start,
        "parameters": numbers,
        "threads": numbers.get("threads", 1),
        "cpus": numbers.get("threads", 1) // (2 if name.endswith(OVERSUBSCRIBED) else 1),
        "operations": operations,
        "warmup_operations": numbers.pop("warmup", 0),
        "serves": [],
    }


def plan_record(arms: list[str], cells: list[str], blocks: int, **changes: Any) -> dict[str, Any]:
    plan = {
        "schema": "slablab-plan/2",
        "experiment": "synthetic",
        "experiment_text": "",
        "form": "quick",
        "question": "Does 17-2 beat 17-1?",
        "expects": "17-2 is 2.2 % slower.",
        "hash": "",
        "seed": 1,
        "alpha": 0.05,
        "alpha_control": 0.01,
        "margin": 0.02,
        "stop": {"blocks_max": blocks, "half_width": 0, "seconds_max": 0},
        "events": list(EVENTS),
        "arms": [
            arm_record("baseline", "baseline"),
            arm_record("control", "control"),
            *(arm_record(arm, "arm") for arm in arms),
        ],
        "workloads": {cell.split()[0]: "cd34" for cell in cells},
        "cells": [cell_record(cell) for cell in cells],
        "comparisons": [],
        "interactions": [],
        "published": [],
    }
    return hashed({**plan, **changes})


def hashed(plan: dict[str, Any]) -> dict[str, Any]:
    """The plan with the hash that it has, unless it is older and has one by another rule."""
    if plan["schema"] == "slablab-plan/1":
        return plan
    return {**plan, "hash": plan_hash(plan)}


def change_plan(folder: Path, **changes: Any) -> dict[str, Any]:
    """The run as if its plan had been another from the start: every line names the new hash."""
    plan = json.loads((folder / "plan.json").read_text())
    changed = hashed({**plan, **changes})
    (folder / "plan.json").write_text(json.dumps(changed))
    for path in folder.glob("*.jsonl"):
        write_blocks(path, [{**block, "plan": changed["hash"]} for block in blocks_in(path)])
    write_attestation(folder, changed)
    return changed


def blocks_in(path: Path) -> list[dict[str, Any]]:
    """What the lines of a record hold, without their seals."""
    blocks = [json.loads(line) for line in path.read_text().splitlines()]
    return [{key: block[key] for key in block if key != "crc32"} for block in blocks]


def write_blocks(path: Path, blocks: Iterable[dict[str, Any]]) -> None:
    """A line for each block, with the seal that it should have; older ones have none."""
    with path.open("wb") as file:
        for block in blocks:
            line = json.dumps(block).encode()
            file.write(line + b"\n" if str(block["schema"]).endswith("/1") else sealed(line))


WORK: dict[str, Any] = {"checksum": "00000000deadbeef", "operations": 100_000}


def write_attestation(
    folder: Path,
    plan: dict[str, Any],
    operations: Callable[[str], int] = lambda cell: WORK["operations"],
) -> None:
    """attestation.json, by which all arms of a cell do the same."""
    cells = [
        {
            "cell": cell["id"],
            "arms": [
                {"arm": arm["id"], "status": "ok", "object": arm["object"], "build_id": "ab12"}
                | {**WORK, "operations": operations(cell["id"]), "tiers": None, "shares": None}
                for arm in plan["arms"]
            ],
        }
        for cell in plan["cells"]
    ]
    attested = {"schema": "slablab-attestation/1", "cells": cells, "violations": []}
    (folder / "attestation.json").write_text(json.dumps(attested))


def sample_record(
    arm: str, position: int, cpu_ns: int, faults: int, memory_bytes: int, system: float
) -> dict[str, Any]:
    return {
        "arm": arm,
        "position": position,
        "status": "ok",
        **WORK,
        "cpu_ns": cpu_ns,
        "wall_ns": cpu_ns + 1000,
        "user_ns": cpu_ns - int(system * cpu_ns),
        "system_ns": int(system * cpu_ns),
        "minor_faults": faults,
        "major_faults": 0,
        "voluntary_switches": 0,
        "involuntary_switches": 1,
        "start_up_minor_faults": 120,
        "start_up_major_faults": 0,
        "process_cpu_ns": cpu_ns + 900_000,
        "process_wall_ns": cpu_ns + 1_000_000,
        "process_minor_faults": faults + 130,
        "process_major_faults": 0,
        "vm_hwm_bytes": memory_bytes,
        "rss_bytes": memory_bytes - 4096,
        "pss_bytes": memory_bytes - 8192,
        "private_dirty_bytes": memory_bytes // 2,
        "anon_huge_bytes": 0,
        "object": f"/build/lib{arm}.so",
        "build_id": "ab12",
        "events": EVENTS,
    }


def block_record(
    plan: dict[str, Any], cell: str, number: int, samples: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "schema": f"slablab-block/{plan['schema'][-1]}",
        "plan": plan["hash"],
        "host": "testhost",
        "cell": cell,
        "block": number,
        "round": 0,
        "started_unix_ns": 1_700_000_000_000_000_000 + number * 100_000_000,
        "duration_ns": 90_000_000,
        "pad_bytes": 16,
        "valid": True,
        "weather": {
            "steal_ns": 0,
            "psi_cpu_some_us": 0,
            "psi_memory_some_us": 0,
            "psi_io_some_us": 0,
            "load_1min": 0.1,
        },
        "samples": samples,
    }


def write_run(
    folder: Path,
    arms: dict[str, float],
    cells: list[str],
    blocks: int,
    *,
    noise: float = 0.01,
    seed: int = 1,
    control: float = 0.0,
    faults: Callable[[str, str, int], int] = lambda arm, cell, number: 624,
    speed: Callable[[str], float] = lambda cell: 1.0,
    system: Callable[[str], float] = lambda arm: 0.25,
    edit: Callable[[dict[str, Any]], None] = lambda block: None,
    finished: bool = True,
    **plan_changes: Any,
) -> Path:
    """Writes a run and returns its folder. arms: id to the log of its speed against the baseline's;
    edit may change each block before it is written; speed scales all arms of a cell alike; system
    is an arm's share of system time."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    plan = plan_record(list(arms), cells, blocks, **plan_changes)
    logs = {"baseline": 0.0, "control": control, **arms}
    (folder / "plan.json").write_text(json.dumps(plan))
    (folder / "machine.json").write_text(json.dumps(MACHINE))
    write_attestation(folder, plan)

    def made() -> Iterator[dict[str, Any]]:
        for number, cell in itertools.product(range(blocks), cells):
            weather = random.normal(0, 0.1)  # common to a block, so it cancels
            order = random.permutation(list(logs))
            times = np.exp(weather + random.normal(0, noise, len(order)))
            samples = [
                sample_record(
                    str(arm),
                    i,
                    int(BASE_CPU_NS * times[i] * np.exp(-logs[arm]) / speed(cell)),
                    faults(str(arm), cell, number),
                    4 << 20,
                    system(str(arm)),
                )
                for i, arm in enumerate(order)
            ]
            block = block_record(plan, cell, number, samples)
            edit(block)
            yield block

    write_blocks(folder / "samples.jsonl", made())
    if finished:
        (folder / "outcome.json").write_text(
            json.dumps(
                {
                    "schema": "slablab-outcome/1",
                    "verdict": "complete",
                    "reasons": [],
                    "cells": [
                        {"cell": cell, "blocks": blocks, "lost": 0, "stopped_by": "blocks_max"}
                        for cell in cells
                    ],
                }
            )
        )
    return folder
