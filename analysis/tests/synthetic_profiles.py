"""synthetic_profiles.py -- writes profiles and ledgers that were never measured.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .synthetic import (
    MACHINE,
    block_record,
    plan_record,
    sample_record,
    write_attestation,
    write_blocks,
)

PERIOD_NS = 100_000
STOP_BLOCKS = 600  # of the plan, which no instrument looks at: it has a number of its own
# stack, layer, samples in start-up, region and after
Stacks = list[tuple[str, str, int, int, int]]
# stage, layer, function, memory, touch, by, faults
Rows = list[tuple[str, str, str, str, str, str, int]]
Edit = Callable[[dict[str, Any]], None]


def profile_of(stacks: Stacks) -> dict[str, Any]:
    sums = [sum(stack[2 + i] for stack in stacks) for i in range(3)]
    return {
        "period_ns": PERIOD_NS,
        "lost": 0,
        "throttled": 0,
        "samples": dict(zip(("start_up", "region", "after"), sums)),
        "unnamed_samples": 0,
        "stacks": [
            dict(zip(("stack", "layer", "start_up", "region", "after"), stack)) for stack in stacks
        ],
    }


def faults_of(rows: Rows, unplaced: int = 0) -> dict[str, Any]:
    names = ("stage", "layer", "function", "memory", "touch", "by", "minor")
    recorded = sum(row[-1] for row in rows if row[5] != "populate")
    populated = sum(row[-1] for row in rows if row[5] == "populate")
    return {
        "total": recorded + populated + unplaced,
        "recorded": recorded,
        "populated": populated,
        "unplaced": unplaced,
        "lost": 0,
        "throttled": 0,
        "rows": [{**dict(zip(names, row)), "major": 0} for row in rows],
    }


def _write(
    folder: Path,
    instrument: dict[str, Any],
    arms: list[str],
    cells: list[str],
    blocks: int,
    samples: Callable[[str, str, int], list[dict[str, Any]]],
    edit: Edit,
    **plan_changes: Any,
) -> Path:
    """A folder with every block of samples(arm, cell, block); edit may change each block."""
    kind = instrument["instrument"]
    folder.mkdir(parents=True, exist_ok=True)
    plan = plan_record(arms, cells, STOP_BLOCKS, **plan_changes)
    outcome = {"schema": "slablab-outcome/1", "verdict": "complete", "reasons": []}
    instrument = {"schema": "slablab-instrument/1", "blocks_max": blocks, **instrument}
    for name, value in (
        ("plan", plan),
        ("machine", MACHINE),
        ("instrument", instrument),
        ("outcome", outcome),
    ):
        (folder / f"{name}.json").write_text(json.dumps(value))
    write_attestation(folder, plan)
    lines = []
    for number in range(blocks):
        for cell in cells:
            made = [s for arm in plan["arms"] for s in samples(arm["id"], cell, number)]
            block = block_record(plan, cell, number, made)
            block |= {"schema": f"slablab-{kind}/{plan['schema'][-1]}"}
            for place, sample in enumerate(made):
                sample["position"] = place
            edit(block)
            lines.append(block)
    write_blocks(folder / f"{kind}.jsonl", lines)
    return folder


def write_profile(
    folder: Path,
    cells: list[str],
    blocks: int,
    stacks: Callable[[str, str, int], Stacks],
    *,
    arms: tuple[str, ...] = ("phase17-1", "phase17-2"),
    overhead: float = 0.02,
    kernel_counted: bool = True,
    kernel_symbols: str = "all",
    edit: Edit = lambda block: None,
    **plan_changes: Any,
) -> Path:
    """A profile in which stacks(arm, cell, block) are a process's samples; its CPU time in the
    region is that of the region's samples, and a plain process takes `overhead` less."""

    def samples(arm: str, cell: str, number: int) -> list[dict[str, Any]]:
        found = profile_of(stacks(arm, cell, number))
        cpu_ns = found["samples"]["region"] * PERIOD_NS
        sampled = sample_record(arm, 0, cpu_ns, 624, 4 << 20, 0.25)
        plain = sample_record(arm, 1, round(cpu_ns / (1 + overhead)), 624, 4 << 20, 0.25)
        return [plain, {**sampled, "profile": found, "objects": {f"/build/lib{arm}.so": "ab12"}}]

    instrument = {
        "instrument": "profile",
        "period_ns": PERIOD_NS,
        "kernel_symbols": kernel_symbols,
        "kernel_counted": kernel_counted,
        "system_calls_recorded": True,
    }
    return _write(folder, instrument, list(arms), cells, blocks, samples, edit, **plan_changes)


def write_ledger(
    folder: Path,
    cells: list[str],
    blocks: int,
    rows: Callable[[str, str, int], Rows],
    *,
    arms: tuple[str, ...] = ("phase17-1", "phase17-2"),
    touches: Callable[[str, str], dict[str, Any] | None] = lambda arm, cell: None,
    unplaced: int = 0,
    kernel_counted: bool = True,
    system_calls_recorded: bool = True,
    edit: Edit = lambda block: None,
    **plan_changes: Any,
) -> Path:
    """A ledger of rows(arm, cell, block), with touches(arm, cell) in the first block."""

    def samples(arm: str, cell: str, number: int) -> list[dict[str, Any]]:
        found = faults_of(rows(arm, cell, number), unplaced)
        if number == 0 and touches(arm, cell):
            found["superslab_faults"] = touches(arm, cell)
        stages = {
            stage: sum(row[-1] for row in rows(arm, cell, number) if row[0] == stage)
            for stage in ("start_up", "region")
        }
        sample = sample_record(arm, 0, 17_000_000, stages["region"], 4 << 20, 0.25)
        sample |= {"start_up_minor_faults": stages["start_up"]}
        sample |= {"process_minor_faults": found["total"]}
        return [{**sample, "faults": found}]

    instrument = {
        "instrument": "faults",
        "period_ns": None,
        "kernel_symbols": "all",
        "kernel_counted": kernel_counted,
        "system_calls_recorded": system_calls_recorded,
    }
    return _write(folder, instrument, list(arms), cells, blocks, samples, edit, **plan_changes)
