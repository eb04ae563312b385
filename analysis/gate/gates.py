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

from ..comparison.wording import per_cent
from ..complaint import Complaint
from ..records.kinds import SERVER, WORKLOAD, kind_of
from ..records.metrics import Metric, metrics_of
from ..records.reasons import reasons_of
from ..records.records import Run, load
from ..statistics.components import between, link_spread, one_link
from ..statistics.sequential import (
    OF_COUNTS,
    OF_TIMES,
    Rule,
    Tail,
    changes,
    confidence_sequence,
    decide,
    decide_tail,
    dependence_p,
    effect_of,
    log_e_one_sided,
    log_e_two_sided,
    mean_upper_bound,
    median_change,
    sequential_mde,
    sequential_mde_share,
)
from .gate_files import SCHEMA, SCHEMA_FIRST, instruction_counts, read_said, record_lines

INSTRUCTIONS = "instructions"
TOLERANCE = 1e-9  # relative, or absolute near 0: harness and analysis sum in other orders
# Scales of which 1 is a whole, and how a hundredth of it is written: a relative effect, a share.
SCALES_OF_ONE = {"ratio": " %", "points": " pt"}
BASE, CONTROL, HEAD = 0, 1, 2  # of a gate's arms


def of_one(scale: str, value: float) -> str:
    """+2.31 %, +3.0 pt."""
    return per_cent(value, 2 if scale == "ratio" else 1, SCALES_OF_ONE[scale])


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
        return sum(
            self.decides(cell, rule) for cell in self.run.plan["cells"] for rule in self.rules
        )

    def decides(self, cell: dict[str, Any], rule: dict[str, Any]) -> bool:
        """In that cell. A program's instructions are not counted; and as its region is its process,
        the process's metric decides in the region's stead where both do."""
        if not rule["decides"] or kind_of(cell) == WORKLOAD:
            return rule["decides"]
        twin = f"process_{rule['name']}"
        return rule["name"] != INSTRUCTIONS and (
            kind_of(cell) == SERVER
            or not any(other["decides"] and other["name"] == twin for other in self.rules)
        )

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
            OF_COUNTS if rule["name"] == INSTRUCTIONS else OF_TIMES,
            self.metric(rule["name"]).beyond,
        )

    def values(self, cell: str, metric: str) -> NDArray[np.float64]:
        """Of the row's blocks, shape (blocks, 3): base, control, head."""
        if metric == INSTRUCTIONS:
            counts = instruction_counts(self.run, cell)
            return np.asarray(counts, dtype=float).reshape(-1, len(self.run.arms))
        return self.run.matrix(cell, self.metric(metric).values)

    def is_derivable(self, metric: str) -> bool:
        """Do the samples give its rows? Of instructions only since they are tested."""
        return metric != INSTRUCTIONS or self.said["schema"] != SCHEMA_FIRST

    @property
    def derivable(self) -> list[dict[str, Any]]:
        """The rules whose rows the samples give."""
        return [rule for rule in self.rules if self.is_derivable(rule["name"])]


def load_gate(folder: Path) -> Gate:
    """Reads a finished gate. Raises Complaint if the folder is not one."""
    said = read_said(folder)
    run = load(folder)
    if said.get("plan") != run.plan["hash"] or "gate" not in run.plan:
        raise Complaint(
            f"{folder}/gate.json: its plan is not plan.json's",
            "restore the files; they are written once",
        )
    return Gate(run, said)


def _known(found: dict[str, float]) -> dict[str, float | None]:
    return {key: value if math.isfinite(value) else None for key, value in found.items()}


def _estimates(
    x: NDArray[np.float64], y: NDArray[np.float64], rule: Rule, alpha: float
) -> dict[str, float | None]:
    """Effect, interval, MDE and medians of x against y, as gate.json names them."""
    is_count = rule.is_count
    d = np.sort(changes(x, y, is_count))
    ranks = confidence_sequence(d.size, alpha, rule.mixture)
    found = {
        "effect": effect_of(median_change(d, is_count), is_count) if d.size else math.nan,
        "low": effect_of(float(d[ranks[0] - 1]), is_count) if ranks else math.nan,
        "high": effect_of(float(d[ranks[1] - 1]), is_count) if ranks else math.nan,
        "mde": sequential_mde(d, rule.fail_at, is_count, rule.mixture),
        "base_median": float(np.median(y)) if d.size else math.nan,
        "head_median": float(np.median(x)) if d.size else math.nan,
    }
    if is_count and found["mde"] < 1:  # a count increases by one at least
        found["mde"] = 1.0
    return _known(found)


def _tail_estimates(tail: Tail, rule: Rule, alpha: float) -> dict[str, float | None]:
    """The same of a tail: shares of blocks, the head's against the control's."""
    if tail.n == 0:
        bounds = {"effect": math.nan, "low": -1.0, "high": 1.0, "mde": math.nan}
        return _known({**bounds, "base_median": math.nan, "head_median": math.nan})
    return _known(
        {
            "effect": (tail.more - tail.less) / tail.n,
            "low": -mean_upper_bound(tail.less, tail.more, tail.n, alpha / 2),
            "high": mean_upper_bound(tail.more, tail.less, tail.n, alpha / 2),
            "mde": sequential_mde_share(tail.n, tail.less, rule.fail_at),
            "base_median": (tail.less + tail.both) / tail.n,
            "head_median": (tail.more + tail.both) / tail.n,
        }
    )


def _modes(counts: NDArray[np.float64]) -> list[list[int]]:
    """The counts that occurred, each with how often."""
    found = zip(*np.unique(counts, return_counts=True))
    return [[int(value), int(often)] for value, often in found]


def _scale(rule: Rule) -> str:
    if rule.beyond > 0:
        return "points"
    return "absolute" if rule.is_count else "ratio"


def _link_spread(gate: Gate, cell: str, ratios: NDArray[np.float64]) -> float:
    """Of the pairs of links that the blocks of these ratios of head to base drew; NaN without
    links."""
    drawn = gate.run.matrix(cell, lambda rows: rows["link"])
    logs, arms = np.log(ratios), gate.run.plan["arms"]
    sides = (side for side in (BASE, HEAD) if "links" in arms[side])
    return link_spread(*(between(logs, drawn[:, side]) for side in sides))


def _links(gate: Gate, cell: str, effect: float, ratios: NDArray[np.float64]) -> dict[str, Any]:
    """What one link alone may show, as gate.json has it; nothing where it has nothing."""
    found = one_link(effect, _link_spread(gate, cell, ratios))
    if found is None:
        return {}
    return {"one_link": {"low": found.low, "high": found.high}, "layout_bound": found.bound}


def _row(gate: Gate, cell: dict[str, Any], written: dict[str, Any]) -> dict[str, Any]:
    values, rule = gate.values(cell["id"], written["name"]), gate.rule_of(written)
    base, control, head = values[:, BASE], values[:, CONTROL], values[:, HEAD]
    alpha = gate.run.plan["alpha"]
    if rule.beyond > 0:
        decision, tail = decide_tail(head, control, base, rule)
        estimates = _tail_estimates(tail, rule, alpha)
    else:
        decision = decide(head, base, rule)
        estimates = _estimates(head, base, rule, alpha)
    decided = gate.decides(cell, written)
    counted = written["name"] == INSTRUCTIONS
    if "layouts" in gate.run.plan and _scale(rule) == "ratio" and estimates["effect"] is not None:
        estimates |= _links(gate, cell["id"], estimates["effect"], head / base)
    return {
        "scale": _scale(rule),
        "decides": decided,
        "margin": written["margin"],
        "verdict": decision.verdict if decided else "reported",
        "decided_at": decision.decided_at if decided else None,
        "blocks": len(values),
        **estimates,
        "log_e_fail": decision.log_e_fail,
        "log_e_pass": decision.log_e_pass,
        **({"modes": {"base": _modes(base), "head": _modes(head)}} if counted else {}),
    }


def _failed(samples: list[dict[str, Any]], arm: str) -> bool:
    """Another allocator is no fault of the process."""
    return any(s["arm"] == arm and s["status"] not in ("ok", "allocator") for s in samples)


def _attested(folder: Path) -> Iterator[list[dict[str, Any]]]:
    """Processes that failed in attestation, each by itself."""
    path = folder / "attestation.json"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"] if path.exists() else []
    for arm in (arm for cell in cells for arm in cell["arms"]):
        for failure in arm.get("failed", []):
            yield [{**failure, "arm": arm["arm"]}]


def derived_failures(gate: Gate) -> dict[str, Any]:
    """gate.json's row of failures, from samples, failures and attestation."""
    base, control, head = (arm["id"] for arm in gate.run.plan["arms"])
    found = dict.fromkeys(("pairs", "head_alone", "base_alone", "both"), 0)
    elsewhere = {"head_elsewhere": 0, "base_elsewhere": 0}
    blocks = (record["samples"] for record in record_lines(gate.run, "samples", "block"))
    others = list(record_lines(gate.run, "failures", "failures"))
    for samples in (*blocks, *(one["samples"] for one in others if one["where"] == "pair")):
        of_head, of_base = _failed(samples, head), _failed(samples, base)
        found["pairs"] += 1
        found["both"] += of_head and of_base
        found["head_alone"] += of_head and not of_base
        found["base_alone"] += of_base and not of_head
    alone = (one["samples"] for one in others if one["where"] != "pair")
    for samples in (*_attested(gate.run.path), *alone):
        elsewhere["head_elsewhere"] += _failed(samples, head)
        elsewhere["base_elsewhere"] += _failed(samples, base) or _failed(samples, control)
    more, less = found["head_alone"], found["base_alone"]
    log_e = float(log_e_one_sided(more, more + less, OF_COUNTS))
    verdict = "pass"
    if log_e >= -math.log(gate.run.rules.alpha_failures):
        verdict = "fail"
    elif more + elsewhere["head_elsewhere"] > less + elsewhere["base_elsewhere"]:
        verdict = "undecided"
    return {**found, **elsewhere, "log_e": log_e, "verdict": verdict}


def derived_rows(gate: Gate) -> dict[tuple[str, str], dict[str, Any]]:
    """Every row of gate.json by (cell, metric), from the samples alone."""
    return {
        (cell["id"], written["name"]): _row(gate, cell, written)
        for cell in gate.run.plan["cells"]
        for written in gate.derivable
    }


def _derived_controls(gate: Gate) -> dict[tuple[str, str], dict[str, Any]]:
    """Every entry of gate.json's control by (cell, metric), from the samples alone."""
    found = {}
    for planned in gate.run.plan["cells"]:
        cell = planned["id"]
        for written in gate.derivable:
            rule = gate.rule_of(written)
            if not gate.decides(planned, written) or rule.beyond > 0:
                continue
            values = gate.values(cell, written["name"])
            base, control = values[:, BASE], values[:, CONTROL]
            more, less = int((control > base).sum()), int((control < base).sum())
            estimates = _estimates(control, base, rule, gate.run.plan["alpha"])
            found[cell, written["name"]] = {
                "log_e": float(log_e_two_sided(more, more + less, rule.mixture)),
                **{key: estimates[key] for key in ("effect", "low", "high")},
            }
    return found


def _for_dependence(gate: Gate, cell: dict[str, Any]) -> str | None:
    """The metric whose changes are asked whether they depend on one another: the first row that
    blocks decide, time's before all others."""
    names = [
        rule["name"]
        for rule in gate.rules
        if gate.decides(cell, rule)
        and rule["name"] != INSTRUCTIONS
        and not gate.metric(rule["name"]).beyond
    ]
    first = "time" if kind_of(cell) == WORKLOAD else "process_time"
    return first if first in names else names[0] if names else None


def _is_void(gate: Gate) -> bool:
    """By its control arm, its blocks' dependence or its losses."""
    plan = gate.run.plan
    threshold = math.log(gate.decisions / plan["alpha_control"])
    if any(entry["log_e"] >= threshold for entry in _derived_controls(gate).values()):
        return True
    rules = gate.run.rules
    alpha = rules.alpha_dependence / len(gate.run.cells)
    for cell in plan["cells"]:
        metric = _for_dependence(gate, cell)
        if metric is None:
            continue
        values = gate.values(cell["id"], metric)
        d = changes(values[:, HEAD], values[:, BASE], gate.is_count(metric))
        if d.size >= rules.blocks_for_dependence and dependence_p(d) < alpha:
            return True
    blocks = gate.run.blocks
    return len(blocks) > 0 and float((~blocks["valid"]).mean()) > rules.lost_ratio_max


def derived_verdict(gate: Gate, rows: dict[tuple[str, str], dict[str, Any]]) -> str:
    """pass, fail, inconclusive or void. Failures of processes are asked before what voids. What
    voided the run before its first block, or under callgrind, left no sample to find it by, so
    gate.json's word counts then."""
    failures = derived_failures(gate)["verdict"] if gate.said["schema"] != SCHEMA_FIRST else "pass"
    if failures == "fail":
        return "fail"
    unseen = gate.run.blocks.empty or any(
        one.code in ("callgrind", "") for one in reasons_of(gate.said)
    )
    if _is_void(gate) or (unseen and gate.said["verdict"] == "void"):
        return "void"
    verdicts = {failures, *(row["verdict"] for row in rows.values())}
    if gate.said["schema"] == SCHEMA_FIRST:  # its instructions had a rule of their own
        verdicts |= {row["verdict"] for row in gate.said["rows"] if row["metric"] == INSTRUCTIONS}
    if "fail" in verdicts:
        return "fail"
    return "inconclusive" if "undecided" in verdicts else "pass"


def _is_identical(gate: Gate) -> bool:
    """Are base and head the same build, as far as their build-ids tell?"""
    arms = (gate.run.plan["arms"][arm] for arm in (BASE, HEAD))
    base, head = (arm.get("program_build_id", arm["object_build_id"]) for arm in arms)
    return bool(base) and base == head


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, float) or isinstance(other, float):
        if not isinstance(one, (int, float)) or not isinstance(other, (int, float)):
            return False
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


def _condition_differences(gate: Gate) -> Iterator[str]:
    """Conditions are copied from plan.json and machine.json."""
    said, plan, machine = gate.said["conditions"], gate.run.plan, gate.run.machine
    machine = {**machine, "glibc": machine.get("libraries", {}).get("glibc")}
    copied = [("plan.json", name, value, plan.get(name)) for name, value in said["asked"].items()]
    copied += [
        ("machine.json", name, value, machine.get(name)) for name, value in said["machine"].items()
    ]
    copied.append(("plan.json", "workloads", said.get("workloads"), plan.get("workloads")))
    copied.append(("machine.json", "slablab", said.get("slablab"), machine.get("slablab")))
    for file, name, value, other in copied:
        if value != other:
            yield f"conditions: {name} is {value} in gate.json, and {other} in {file}"


def gate_differences(gate: Gate) -> list[str]:
    """Where gate.json is not what the samples say: a line each, none where all is as it should."""
    rows = derived_rows(gate)
    said = [row for row in gate.said["rows"] if gate.is_derivable(row["metric"])]
    found = [
        *_held(said, rows, "row"),
        *_held(gate.said["control"], _derived_controls(gate), "control"),
    ]
    if gate.said["schema"] != SCHEMA_FIRST:
        written = gate.said["failures"]
        found += [
            f"failures: {name} is {written.get(name)} in gate.json, and {value} by the samples"
            for name, value in derived_failures(gate).items()
            if not _same(written.get(name), value)
        ]
    if gate.said["schema"] == SCHEMA:
        found += _condition_differences(gate)
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
