"""synthetic_gates.py -- writes gates that were never held: samples, and the gate.json they give.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from ..gates import COUNTS, Gate, derived_controls, derived_rows, derived_verdict
from ..records import load
from .synthetic import HASH, arm_record, block_record, plan_record, sample_record

CELL = "fixed_random size=256 slots=400 operations=100000 cold"
METRICS = [
    {"name": "time", "margin": 0.02, "decides": True},
    {"name": "page_faults", "margin": 0.0, "decides": True},
    {"name": "wall_time", "margin": 0.02, "decides": False},
]
BASE_NS, FAULTS = 17_000_000, 190


def gate_plan(metrics: list[dict[str, Any]]) -> dict[str, Any]:
    arms = [
        arm_record("base", "baseline"),
        arm_record("control", "control"),
        arm_record("head", "arm"),
    ]
    gate = {"alpha_fail": 0.005, "alpha_pass": 0.05, "metrics": metrics}
    return {**plan_record([], [CELL], 1200), "form": "gate", "arms": arms, "gate": gate}


def write_samples(
    folder: Path,
    blocks: int = 120,
    factor: float = 1.0,
    more_faults: int = 0,
    control_factor: float = 1.0,
    metrics: list[dict[str, Any]] | None = None,
) -> Path:
    """A gate's folder without its gate.json."""
    folder.mkdir(parents=True)
    random = np.random.default_rng(blocks)
    factors = {"base": 1.0, "control": control_factor, "head": factor}
    lines = []
    for number in range(blocks):
        samples = [
            sample_record(
                arm,
                position,
                int(BASE_NS * times * np.exp(random.normal(0, 0.004))),
                FAULTS + (more_faults if arm == "head" else 0),
                1_300_000,
                0.0,
            )
            for position, (arm, times) in enumerate(factors.items())
        ]
        lines.append(json.dumps(block_record(CELL, number, samples)))
    (folder / "samples.jsonl").write_text("".join(line + "\n" for line in lines))
    (folder / "plan.json").write_text(json.dumps(gate_plan(metrics or METRICS)))
    return folder


def write_instructions(folder: Path, base: list[int], head: list[int]) -> None:
    lines = []
    for number, (one, other) in enumerate(zip(base, head)):
        samples = [
            {"arm": "base", "instructions": one},
            {"arm": "control", "instructions": one},
            {"arm": "head", "instructions": other},
        ]
        lines.append({"plan": HASH, "cell": CELL, "block": number, "samples": samples})
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "instructions.jsonl").write_text(text)


def write_gate(folder: Path) -> dict[str, Any]:
    """gate.json as the samples give it."""
    said: dict[str, Any] = {
        "schema": "slablab-gate/1",
        "plan": HASH,
        "experiment": "synthetic",
        "verdict": "pass",
        "reasons": [],
        "base": {"spec": "main", "revision": "0123456789abcdef", "build_id": "ab12"},
        "head": {"spec": "head", "revision": None, "build_id": "cd34"},
        "identical": False,
        "seconds": 12.5,
        "rows": [],
        "control": [],
    }
    gate = Gate(load(folder), said)
    rows = derived_rows(gate)
    said["decisions"] = gate.decisions
    said["verdict"] = derived_verdict(gate, rows)
    margins = {rule["name"]: rule for rule in gate.rules}
    for (cell, metric), row in rows.items():
        scale = "absolute" if metric in COUNTS else "ratio"
        rule = {key: margins[metric][key] for key in ("margin", "decides")}
        said["rows"].append({"cell": cell, "metric": metric, "scale": scale, **rule, **row})
    for (cell, metric), entry in derived_controls(gate).items():
        said["control"].append({"cell": cell, "metric": metric, **entry})
    (folder / "gate.json").write_text(json.dumps(said))
    return said
