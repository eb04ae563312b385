"""synthetic_gates.py -- lines of gates.jsonl and of a history that no gate ever said.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from analysis.certificate.certificate import LINE_SCHEMA, VERDICTS

from .synthetic import change_plan, write_run

CELLS = ["fixed_random size=512 slots=400 warm", "fixed_random size=256 slots=65536 cold"]
DAY_NS = 86_400_000_000_000
PROMISED = {"null": "nothing", "time-2": "-", "time+1": "-", "crash-1-in-50": "seen"}
MACHINE = {
    "cpu_model": "Test CPU",
    "cpu_version": {"model": "2"},
    "kernel_release": "6.1",
    "hypervisor": None,
}


def row_record(cell: str, metric: str = "time", **changes: Any) -> dict[str, Any]:
    row = {
        "cell": cell,
        "metric": metric,
        "scale": "ratio",
        "unit": "ns",
        "decides": True,
        "margin": 0.02,
        "verdict": "pass",
        "decided_at": 72,
        "blocks": 72,
        "effect": 0.0,
        "low": -0.01,
        "high": 0.01,
        "mde": 0.02,
        "base_median": 2e7,
        "head_median": 2e7,
        "log_e_fail": -1.0,
        "log_e_pass": 3.0,
    }
    return {**row, **changes}


def gate_record(verdict: str, rows: list[dict[str, Any]], number: int = 0) -> dict[str, Any]:
    return {
        "schema": "slablab-gate/1",
        "plan": "00112233445566aa",
        "experiment": "certify",
        "verdict": verdict,
        "reasons": [],
        "base": {"spec": "same", "revision": None, "build_id": "ab12"},
        "head": {"spec": "same", "revision": f"{number:07x}".ljust(40, "0"), "build_id": "ab12"},
        "identical": False,
        "decisions": 12,
        "seconds": 5.0,
        "started_unix_ns": 1_700_000_000_000_000_000 + number * DAY_NS,
        "host": "testhost",
        "rows": rows,
        "control": [],
    }


CONDITIONS = {
    "asked": {
        "alpha": 0.05,
        "stop": {"blocks_max": 100, "seconds_max": 60.0},
        "gate": {"alpha_fail": 0.005, "metrics": [{"name": "time", "margin": 0.02}]},
        "cells": [{"id": cell, "operations": 1000} for cell in CELLS],
        "events": ["page-faults"],
    },
    "workloads": {"fixed_random": "1234567890ab"},
    "machine": {"cpu_model": "Test CPU", "compiler_version": "12.2.0", "process": {"nice": 0}},
    "slablab": {"version": "1.0", "build_id": "aa"},
}


def build(name: str, *settings: str) -> dict[str, Any]:
    """A side of a gate."""
    return {
        "spec": " ".join([f"./{name}.so", *settings]),
        "revision": None,
        "build_id": name,
        "version": None,
        "environment": list(settings),
    }


def chained_record(
    number: int, base: dict[str, Any], head: dict[str, Any], effect: float = 0.012, **row: Any
) -> dict[str, Any]:
    """A gate of today with one row, of time in the first cell."""
    ends = {"effect": effect, "low": effect - 0.003, "high": effect + 0.003}
    rows = [row_record(CELLS[0], **{**ends, **row})]
    return {
        **gate_record(row.get("verdict", "pass"), rows, number),
        "schema": "slablab-gate/3",
        "conditions": CONDITIONS,
        "failures": {"verdict": "pass"},
        "base": base,
        "head": head,
    }


def gate_line(
    variant: str, verdict: str, number: int, wall_ms: int = 6000, blocks: int = 72
) -> dict[str, Any]:
    """One gate of a certificate; a FAIL is one of time in the first cell."""
    base, head = ("time+2", "same") if variant == "time-2" else ("same", variant)
    rows = [row_record(cell, blocks=blocks - place) for place, cell in enumerate(CELLS)]
    if verdict == "fail":
        rows[0]["verdict"] = "fail"
    return {
        "schema": LINE_SCHEMA,
        "variant": variant,
        "base": base,
        "head": "copy" if variant == "null" else head,
        "experiment": "certify",
        "beside": "-",
        "promise": PROMISED.get(variant, "caught"),
        "planted": f"what {variant} names",
        "machine": MACHINE,
        "seed": number,
        "commit": "0123abc",
        "status": VERDICTS[verdict],
        "wall_ms": wall_ms,
        "samples": "",
        "gate": {**gate_record(verdict, rows, number), "schema": "slablab-gate/2"},
    }


def write_gates(folder: Path, counts: dict[str, dict[str, int]]) -> Path:
    """A folder of `make certify`: variant to verdict to how many, and the planted changes."""
    folder.mkdir(parents=True)
    lines, number = [], 0
    for variant, said in counts.items():
        for verdict, count in said.items():
            for _ in range(count):
                lines.append(gate_line(variant, verdict, number, 1000 * (number % 3 + 1)))
                number += 1
    (folder / "gates.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def write_planted_changes(folder: Path, slower: dict[str, float]) -> Path:
    """The run of fixed length; slower: library to the log of its time against same's."""

    def rename(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            sample["arm"] = sample["arm"].replace("baseline", "same")

    arms = {"same COPY=1": 0.0, **{name: -log for name, log in slower.items()}}
    run = write_run(
        folder / "planted_changes" / "run", arms, CELLS, 60, noise=0.001, edit=rename
    )
    plan = json.loads((run / "plan.json").read_text())
    change_plan(run, arms=[{**plan["arms"][0], "id": "same"}, *plan["arms"][1:]])
    return run
