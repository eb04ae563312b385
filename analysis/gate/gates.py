"""gates.py -- derives a gate's rows again from its samples, and compares them with its gate.json.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..complaint import Complaint
from ..records.metrics import Metric, metrics_of
from ..records.records import Run, load, record_files
from ..records.packed import lines_of
from ..statistics.sequential import (
    Rule,
    changes,
    confidence_sequence,
    decide,
    decide_instructions,
    dependence_p,
    effect_of,
    log_e_two_sided,
    median_change,
    sequential_mde,
)

SCHEMA = "slablab-gate/1"
INSTRUCTIONS = "instructions"
TOLERANCE = 1e-9  # relative, or absolute near 0: harness and analysis sum in other orders
UNDER_CALLGRIND = ": under callgrind: "  # in the reasons of a gate that a counted process voided
BASE, CONTROL, HEAD = 0, 1, 2  # of a gate's arms


@dataclass(frozen=True, eq=False)
class Gate:
    """A gate's run and its own result: `said` is gate.json."""

    run: Run
    said: dict[str, Any]

    @property
    def rules(self) -> list[dict[str, Any]]:
        return self.run.plan["gate"]["metrics"]

    @property
    def decisions(self) -> int:
        """Rows that decide: the family of alpha_fail and of alpha_control."""
        return len(self.run.cells) * sum(rule["decides"] for rule in self.rules)

    def metric(self, name: str) -> Metric:
        """What the gate calls so."""
        return next(metric for metric in metrics_of(self.run.plan) if metric.name == name)

    def is_count(self, name: str) -> bool:
        """Whether it is compared by difference."""
        return self.metric(name).scale == "difference"

    def rule_of(self, rule: dict[str, Any]) -> Rule:
        gate = self.run.plan["gate"]
        return Rule(
            rule["margin"],
            self.is_count(rule["name"]),
            math.log(self.decisions / gate["alpha_fail"]),
            -math.log(gate["alpha_pass"]),
        )

    def values(self, cell: str, metric: str) -> NDArray[np.float64]:
        """Of the valid blocks, shape (blocks, 3): base, control, head."""
        return self.run.matrix(cell, self.metric(metric).values)


def load_gate(folder: Path) -> Gate:
    """Reads a finished gate. Raises Complaint if the folder is not one."""
    path = folder / "gate.json"
    if not path.exists():
        raise Complaint(
            f"{folder}: no finished gate: it has no gate.json",
            "name a folder that slablab gate made: results/<experiment>/<time>-gate",
        )
    said = json.loads(path.read_text(encoding="utf-8"))
    if said.get("schema") != SCHEMA:
        raise Complaint(f"{path}: unknown schema '{said.get('schema')}'", "a newer slablab")
    run = load(folder)
    if said.get("plan") != run.plan["hash"] or "gate" not in run.plan:
        raise Complaint(
            f"{path}: its plan is not plan.json's", "restore the files; they are written once"
        )
    return Gate(run, said)


def _estimates(
    x: NDArray[np.float64], y: NDArray[np.float64], is_count: bool, alpha: float, fail_at: float
) -> dict[str, float | None]:
    """Effect, interval, MDE and medians of x against y, as gate.json names them."""
    d = np.sort(changes(x, y, is_count))
    ranks = confidence_sequence(d.size, alpha)
    found = {
        "effect": effect_of(median_change(d, is_count), is_count) if d.size else math.nan,
        "low": effect_of(float(d[ranks[0] - 1]), is_count) if ranks else math.nan,
        "high": effect_of(float(d[ranks[1] - 1]), is_count) if ranks else math.nan,
        "mde": sequential_mde(d, fail_at, is_count),
        "base_median": float(np.median(y)) if d.size else math.nan,
        "head_median": float(np.median(x)) if d.size else math.nan,
    }
    if is_count and found["mde"] < 1:  # a count increases by one at least
        found["mde"] = 1.0
    return {key: value if math.isfinite(value) else None for key, value in found.items()}


def _as_planned(gate: Gate, written: dict[str, Any]) -> dict[str, Any]:
    """What a row repeats of the plan."""
    return {
        "scale": "absolute" if gate.is_count(written["name"]) else "ratio",
        "decides": written["decides"],
        "margin": written["margin"],
    }


def _block_row(gate: Gate, cell: str, written: dict[str, Any]) -> dict[str, Any]:
    values = gate.values(cell, written["name"])
    base, head = values[:, BASE], values[:, HEAD]
    rule = gate.rule_of(written)
    decision = decide(head, base, rule)
    decided = written["decides"]
    return {
        **_as_planned(gate, written),
        "verdict": decision.verdict if decided else "reported",
        "decided_at": decision.decided_at if decided else None,
        "blocks": len(values),
        **_estimates(head, base, rule.is_count, gate.run.plan["alpha"], rule.fail_at),
        "log_e_fail": decision.log_e_fail,
        "log_e_pass": decision.log_e_pass,
    }


def _instruction_counts(folder: Path, cell: str) -> tuple[list[int], list[int]]:
    """callgrind's counts of head, and of base with its control."""
    head: list[int] = []
    base: list[int] = []
    for path in record_files(folder, "instructions"):
        for record in map(json.loads, lines_of(path)):
            if record["cell"] != cell:
                continue
            for sample in record["samples"]:
                (head if sample["arm"] == "head" else base).append(sample["instructions"])
    return head, base


def _instruction_row(gate: Gate, cell: str, written: dict[str, Any]) -> dict[str, Any]:
    head, base = _instruction_counts(gate.run.path, cell)
    if any(why for why in gate.said["reasons"] if UNDER_CALLGRIND in why):
        head = []  # if one process failed, the harness judges no instructions
    if not head:
        return {
            **_as_planned(gate, written),
            "verdict": "undecided" if written["decides"] else "reported",
            "decided_at": None,
            "blocks": 0,
            **dict.fromkeys(("effect", "low", "high", "mde", "base_median", "head_median")),
        }
    verdict, effect, spread = decide_instructions(head, base, written["margin"])
    return {
        **_as_planned(gate, written),
        "verdict": verdict if written["decides"] else "reported",
        "decided_at": len(head) if written["decides"] and verdict != "undecided" else None,
        "blocks": len(head),
        "effect": effect,
        "low": effect - spread,
        "high": effect + spread,
        "mde": max(spread, written["margin"] / 2),
        "base_median": float(np.median(base)),
        "head_median": float(np.median(head)),
    }


def derived_rows(gate: Gate) -> dict[tuple[str, str], dict[str, Any]]:
    """Every row of gate.json by (cell, metric), from the samples alone."""
    return {
        (cell, written["name"]): (
            _instruction_row if written["name"] == INSTRUCTIONS else _block_row
        )(gate, cell, written)
        for cell in gate.run.cells
        for written in gate.rules
    }


def _derived_controls(gate: Gate) -> dict[tuple[str, str], dict[str, Any]]:
    """Every entry of gate.json's control by (cell, metric), from the samples alone."""
    found = {}
    for cell in gate.run.cells:
        for written in gate.rules:
            if not written["decides"] or written["name"] == INSTRUCTIONS:
                continue
            values = gate.values(cell, written["name"])
            base, control = values[:, BASE], values[:, CONTROL]
            more, less = int((control > base).sum()), int((control < base).sum())
            rule = gate.rule_of(written)
            estimates = _estimates(
                control, base, rule.is_count, gate.run.plan["alpha"], rule.fail_at
            )
            found[cell, written["name"]] = {
                "log_e": float(log_e_two_sided(more, more + less)),
                **{key: estimates[key] for key in ("effect", "low", "high")},
            }
    return found


def _is_void(gate: Gate) -> bool:
    """By its control arm, its blocks' dependence or its losses."""
    plan = gate.run.plan
    threshold = math.log(gate.decisions / plan["alpha_control"])
    if any(entry["log_e"] >= threshold for entry in _derived_controls(gate).values()):
        return True
    decides = [rule["name"] for rule in gate.rules if rule["decides"]]
    of_blocks = [name for name in decides if name != INSTRUCTIONS]
    metric = "time" if "time" in of_blocks else of_blocks[0] if of_blocks else None
    rules = gate.run.rules
    alpha = rules.alpha_dependence / len(gate.run.cells)
    for cell in gate.run.cells if metric is not None else []:
        values = gate.values(cell, metric)
        d = changes(values[:, HEAD], values[:, BASE], gate.is_count(metric))
        if d.size >= rules.blocks_for_dependence and dependence_p(d) < alpha:
            return True
    blocks = gate.run.blocks
    return len(blocks) > 0 and float((~blocks["valid"]).mean()) > rules.lost_ratio_max


def derived_verdict(gate: Gate, rows: dict[tuple[str, str], dict[str, Any]]) -> str:
    """pass, fail, inconclusive or void. What voided the run before its first block, or under
    callgrind, left no sample to find it by, so gate.json's word counts then."""
    unseen = gate.run.blocks.empty or any(UNDER_CALLGRIND in why for why in gate.said["reasons"])
    if _is_void(gate) or (unseen and gate.said["verdict"] == "void"):
        return "void"
    verdicts = {row["verdict"] for row in rows.values()}
    if "fail" in verdicts:
        return "fail"
    return "inconclusive" if "undecided" in verdicts else "pass"


def _is_identical(gate: Gate) -> bool:
    """Are base and head the same build, as far as their build-ids tell?"""
    base, head = (gate.run.plan["arms"][arm]["object_build_id"] for arm in (BASE, HEAD))
    return bool(base) and base == head


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) or isinstance(other, float):
        if one is None or other is None:
            return one is other
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(one == other)


def _held(
    said: list[dict[str, Any]], derived: dict[tuple[str, str], dict[str, Any]], what: str
) -> Iterator[str]:
    found = {(entry["cell"], entry["metric"]): entry for entry in said}
    for key in derived.keys() ^ found.keys():
        yield f"{what} of {key[1]} in '{key[0]}' is in one of gate.json and plan.json alone"
    for key in derived.keys() & found.keys():
        for name, value in derived[key].items():
            if not _same(found[key].get(name), value):
                yield (
                    f"{what} of {key[1]} in '{key[0]}': {name} is {found[key].get(name)} in "
                    f"gate.json, and {value} by the samples"
                )


def gate_differences(gate: Gate) -> list[str]:
    """The differences between gate.json and the samples, a line each; empty: none."""
    rows = derived_rows(gate)
    found = [
        *_held(gate.said["rows"], rows, "row"),
        *_held(gate.said["control"], _derived_controls(gate), "control"),
    ]
    whole = {
        "verdict": derived_verdict(gate, rows),
        "decisions": gate.decisions,
        "identical": _is_identical(gate),
    }
    found += [
        f"the whole: {name} is {gate.said.get(name)} in gate.json, and {value} by the samples"
        for name, value in whole.items()
        if gate.said.get(name) != value
    ]
    return sorted(found)
