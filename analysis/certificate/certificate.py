"""certificate.py -- how often the gate was right where the truth was planted, from `make certify`.

gates.jsonl holds a line per gate: what was planted and what is promised of it, the machine, the
exit status, the time and gate.json. The run of experiments/planted_changes.yaml beside it says
how large each planted change of time is. All that a certificate states is derived from these two.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..complaint import Complaint
from ..records.packed import lines_of
from ..records.records import Run, load, record_files
from ..statistics import statistics

SCHEMA = "slablab-certificate/2"
LINE_SCHEMA = "slablab-certified/2"
GATE_SCHEMAS = ("slablab-gate/2", "slablab-gate/3")
VERDICTS = {"fail": 1, "pass": 0, "inconclusive": 3, "void": 4}  # in the order of columns; status
ALPHA = 0.05  # of every band, and of a promise's one-sided bound
NOTHING_PLANTED = "null"


@dataclass(frozen=True)
class Promise:
    """What is promised of the gates of one variant: the share that ends in a verdict is at most, or
    at least, the limit. once_failed: only gates count in which a process of the head failed."""

    text: str
    verdict: str
    limit: float
    at_most: bool
    once_failed: bool = False


PROMISES = {  # by the word in harness/gate/certify.tsv, which says so too
    "nothing": Promise("FAIL in at most 1 %", "fail", 0.01, True),
    "caught": Promise("FAIL in at least 95 %", "fail", 0.95, False),
    "seen": Promise("no PASS once a process of the head failed", "pass", 0.05, True, True),
    "-": None,
}


@dataclass(frozen=True, eq=False)
class Certified:
    """The results of `make certify`. run: the measured planted changes; None: not yet."""

    path: Path
    gates: list[dict[str, Any]]
    run: Run | None

    @property
    def variants(self) -> list[str]:
        """Nothing first, then changes of time from the smallest on, then the others by name."""
        names = {gate["variant"] for gate in self.gates}
        return sorted(names, key=lambda name: (not is_of_time(name), nominal(name) or 0.0, name))


def is_of_time(variant: str) -> bool:
    return variant == NOTHING_PLANTED or re.fullmatch(r"time[+-]\d+", variant) is not None


def nominal(variant: str) -> float | None:
    """The change in the name of a variant of time: 0.02 of "time+2"."""
    if variant == NOTHING_PLANTED:
        return 0.0
    return float(variant.removeprefix("time")) / 100 if is_of_time(variant) else None


def _gate(line: str, where: str) -> dict[str, Any]:
    """A line of gates.jsonl, if it is one."""
    try:
        gate = json.loads(line)
        said = gate["gate"]["verdict"]
        held = gate["schema"], gate["gate"]["schema"]
        _ = gate["variant"], gate["planted"], gate["machine"], gate["wall_ms"], gate["gate"]["rows"]
        _ = PROMISES[gate["promise"]]
    except (ValueError, KeyError, TypeError) as error:
        raise Complaint(f"{where}: is no gate: {error}", "restore the file") from error
    for schema, known in zip(held, ((LINE_SCHEMA,), GATE_SCHEMAS), strict=True):
        if schema not in known:
            raise Complaint(f"{where}: unknown schema '{schema}'", f"this reads {', '.join(known)}")
    if VERDICTS.get(said) != gate["status"]:
        raise Complaint(
            f"{where}: the verdict '{said}' and the exit status {gate['status']} disagree",
            "restore the file; the driver wrote what the gate said",
        )
    return gate


def load_certified(folder: Path) -> Certified:
    """Reads the folder of `make certify`. Raises Complaint if it is not one."""
    files = record_files(folder, "gates")
    if not files:
        raise Complaint(f"{folder}: has no gates.jsonl", "make certify")
    gates = [
        _gate(line, f"{path}:{number}")
        for path in files
        for number, line in enumerate(lines_of(path), start=1)
    ]
    runs = sorted(path.parent for path in folder.glob("planted_changes/*/outcome.json"))
    return Certified(folder, gates, load(runs[-1]) if runs else None)


def _column(run: Run, name: str, but: int | None) -> int | None:
    """The arm of a library, and for the head of same against same its copy."""
    return next(
        (
            index
            for index, arm in enumerate(run.plan["arms"])
            if arm["role"] != "control" and arm["id"].split()[0] == name and index != but
        ),
        None,
    )


def _true_changes(run: Run | None, base: str, head: str) -> list[dict[str, Any]]:
    """The relative change in time from base to head, for each cell of the run of fixed length, with
    the exact interval of the median. Empty if one of the two was not measured there."""
    if run is None:
        return []
    below = _column(run, base, None)
    above = _column(run, head, below)
    if below is None or above is None:
        return []
    found = []
    for cell in run.cells:
        times: NDArray[np.float64] = run.matrix(cell, lambda rows: rows["cpu_ns"])
        ratios = statistics.ratio(times[:, above], times[:, below])
        effect = statistics.effect(ratios, ALPHA)
        found.append(
            {
                "cell": cell,
                "blocks": int(statistics.finite(ratios).size),
                "effect": effect.point,
                "low": effect.low,
                "high": effect.high,
            }
        )
    return found


def share(successes: int, draws: int) -> dict[str, Any]:
    """A share with Clopper and Pearson's exact 95 % band."""
    low, high = statistics.binomial_interval(successes, draws, ALPHA)
    return {"count": successes, "share": successes / draws, "low": low, "high": high}


def _quartiles(values: list[float]) -> dict[str, float]:
    quarter, middle, three = np.percentile(values, [25, 50, 75])
    return {
        "median": float(middle), "lower_quartile": float(quarter), "upper_quartile": float(three)
    }


def _blocks(gate: dict[str, Any]) -> int:
    """Blocks of the cell that took the most of them."""
    return max((row["blocks"] for row in gate["gate"]["rows"]), default=0)


def _failed_by(gates: list[dict[str, Any]]) -> dict[str, int]:
    """How many gates each metric failed, in whichever cell."""
    found: Counter[str] = Counter()
    for gate in gates:
        rows = gate["gate"]["rows"]
        found.update({row["metric"] for row in rows if row["verdict"] == "fail"})
    return dict(sorted(found.items()))


def _head_failed(gate: dict[str, Any]) -> bool:
    failures = gate["gate"].get("failures") or {}
    return any(failures.get(key) for key in ("head_alone", "both", "head_elsewhere"))


def kept(events: int, gates: int, limit: float, at_most: bool) -> tuple[str, float | None]:
    """(verdict, bound): on which side of the limit the share lies, at 95 % one-sided (Clopper and
    Pearson): kept, broken, cannot tell; and the bound on the limit's side, None without gates."""
    if gates == 0:
        return "cannot tell", None
    low, high = statistics.binomial_interval(events, gates, 2 * ALPHA)
    inside, outside = (high <= limit, low > limit) if at_most else (low >= limit, high < limit)
    verdict = "kept" if inside else "broken" if outside else "cannot tell"
    return verdict, high if at_most else low


def gates_needed(limit: float, at_most: bool) -> int:
    """The fewest gates, all of them right, that settle a promise: the smallest n with
    ALPHA ** (1 / n) at or above the share of right ones that is promised."""
    right = 1 - limit if at_most else limit
    return int(np.ceil(np.log(ALPHA) / np.log(right)))


def _promise(word: str, gates: list[dict[str, Any]]) -> dict[str, Any] | None:
    promise = PROMISES[word]
    if promise is None:
        return None
    counted = [gate for gate in gates if not promise.once_failed or _head_failed(gate)]
    events = sum(gate["gate"]["verdict"] == promise.verdict for gate in counted)
    verdict, bound = kept(events, len(counted), promise.limit, promise.at_most)
    return {
        "promise": promise.text,
        "said": promise.verdict,
        "limit": promise.limit,
        "at_most": promise.at_most,
        "count": events,
        "gates": len(counted),
        "bound": bound,
        "verdict": verdict,
        "gates_needed": gates_needed(promise.limit, promise.at_most),
    }


def _variant(certified: Certified, name: str) -> dict[str, Any]:
    gates = [gate for gate in certified.gates if gate["variant"] == name]
    said = Counter(gate["gate"]["verdict"] for gate in gates)
    base, head = gates[0]["base"], gates[0]["head"]
    return {
        "variant": name,
        "planted": gates[0]["planted"],
        "promise": _promise(gates[0]["promise"], gates),
        "base": base,
        "head": head,
        "experiment": gates[0]["experiment"],
        "plans": sorted({gate["gate"]["plan"] for gate in gates}),
        "gates": len(gates),
        "verdicts": {verdict: share(said[verdict], len(gates)) for verdict in VERDICTS},
        "failed_by": _failed_by(gates),
        "seconds": _quartiles([gate["wall_ms"] / 1000 for gate in gates]),
        "blocks": _quartiles([_blocks(gate) for gate in gates]),
        "true_changes": _true_changes(certified.run, base, base if head == "copy" else head),
    }


def _machines(gates: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The kinds of machine, with their gates, from the one with the most."""
    count = Counter(json.dumps(gate["machine"], sort_keys=True) for gate in gates)
    return [{**json.loads(text), "gates": number} for text, number in count.most_common()]


def derived(certified: Certified) -> dict[str, Any]:
    """certificate.json: all that the certificate states."""
    gates = certified.gates
    variants = [_variant(certified, name) for name in certified.variants]
    began = [gate["gate"]["started_unix_ns"] for gate in gates]
    run = certified.run
    return {
        "schema": SCHEMA,
        "alpha": ALPHA,
        "gates": len(gates),
        "commits": sorted({gate["commit"] for gate in gates}),
        "hosts": sorted({gate["gate"]["host"] for gate in gates}),
        "machines": _machines(gates),
        "beside_another": sum(gate.get("at_once", 1) > 1 for gate in gates),
        "first_started_unix_ns": min(began),
        "last_started_unix_ns": max(began),
        "planted_changes": {"run": run.path.name, "plan": run.plan["hash"]} if run else None,
        "variants": variants,
    }
