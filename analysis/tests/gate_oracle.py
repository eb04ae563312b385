"""gate_oracle.py -- what a gate must say of its blocks, by the plainest code: fractions, loops.

Nothing here is shared with the code under test. An e-process that bets on Beta(a, a) shares is a
ratio of factorials, and one that bets on a mean a sum of powers of fractions, so both are taken
here exactly, and their logarithms last.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from math import comb, factorial
from statistics import median
from typing import Any

from .synthetic import MACHINE

Block = dict[str, dict[str, float]]  # arm to metric to value
COUNTS = ("page_faults", "process_page_faults", "mmap", "munmap", "madvise")
UNITS = {
    "vm_hwm": "bytes",
    "page_faults": "faults",
    "process_page_faults": "faults",
    "time_tail": "ratio",
    "instructions": "instructions",
}
TAIL, TAIL_BEYOND = "time_tail", Fraction(1, 10)
BETS = ((Fraction(15, 16), 4), (Fraction(1, 2), 2), (Fraction(1, 4), 1), (Fraction(1, 8), 1))


def _log(ratio: Fraction) -> float:
    """Of whole numbers that no float could hold."""
    return math.log(ratio.numerator) - math.log(ratio.denominator)


def _beta(a: int, b: int) -> Fraction:
    return Fraction(factorial(a - 1) * factorial(b - 1), factorial(a + b - 1))


@lru_cache(maxsize=None)
def e_two_sided(successes: int, n: int, a: int = 10) -> Fraction:
    return _beta(successes + a, n - successes + a) / _beta(a, a) * 2**n


@lru_cache(maxsize=None)
def e_one_sided(successes: int, n: int, a: int = 10) -> Fraction:
    tosses = n + 2 * a - 1
    heads = sum(comb(tosses, k) for k in range(successes + a))
    return 2 * e_two_sided(successes, n, a) * Fraction(heads, 2**tosses)


def log_e_two_sided(successes: int, n: int, a: int = 10) -> float:
    return _log(e_two_sided(successes, n, a))


def log_e_one_sided(successes: int, n: int, a: int = 10) -> float:
    return _log(e_one_sided(successes, n, a))


def log_e_mean_below(more: int, less: int, n: int, mean: Fraction) -> float:
    """Each bet's capital, block by block's factor, and an eighth part of their sum by weight."""
    capital = Fraction(0)
    for share, weight in BETS:
        bet = share / (1 - mean)
        lost, won = (1 + bet * (mean - 1)) ** more, (1 + bet * (mean + 1)) ** less
        capital += weight * lost * won * (1 + bet * mean) ** (n - more - less)
    return _log(capital / 8)


def mean_upper_bound(more: int, less: int, n: int, alpha: float) -> float:
    low, high = Fraction(-1), Fraction(1)
    for _ in range(40):
        middle = (low + high) / 2
        if log_e_mean_below(more, less, n, middle) >= -math.log(alpha):
            high = middle
        else:
            low = middle
    return float(high)


def ranks(n: int, alpha: float, a: int) -> tuple[int, int] | None:
    """Every rank is asked, from the outermost inwards."""
    low = 0
    while low <= n // 2 and log_e_two_sided(low, n, a) >= -math.log(alpha):
        low += 1
    return (low, n + 1 - low) if 0 < low <= n // 2 else None


def _power(n: int, successes: int, share: float) -> float:
    return sum(
        comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(successes, n + 1)
    )


def _share_needed(n: int, successes: int) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if _power(n, successes, middle) >= 0.8 else (middle, high)
    return high


def mde(differences: list[float], fail_at: float, a: int) -> float | None:
    n = len(differences)
    enough = [s for s in range(n + 1) if log_e_one_sided(s, n, a) >= fail_at]
    if not enough:
        return None
    needed = math.ceil(_share_needed(n, enough[0]) * n - 1e-9)
    residuals = sorted(d - median(differences) for d in differences)
    return max(0.0, -residuals[n - needed])


def _shown(difference: float | None, is_count: bool) -> float | None:
    return difference if is_count or difference is None else math.exp(difference) - 1


def estimates(
    x: list[float], y: list[float], is_count: bool, gate: dict[str, Any], a: int
) -> dict[str, Any]:
    if not x:
        names = ("effect", "low", "high", "mde", "base_median", "head_median")
        return dict.fromkeys(names)
    d = [p - q if is_count else math.log(p) - math.log(q) for p, q in zip(x, y)]
    found, least = ranks(len(d), gate["alpha"], a), _shown(mde(d, gate["fail_at"], a), is_count)
    return {
        "effect": _shown(median(d), is_count),
        "low": _shown(sorted(d)[found[0] - 1], is_count) if found else None,
        "high": _shown(sorted(d)[found[1] - 1], is_count) if found else None,
        "mde": max(1.0, least) if is_count and least is not None else least,
        "base_median": median(y),
        "head_median": median(x),
    }


def _matters(x: list[float], y: list[float], margin: float, is_count: bool) -> bool:
    if is_count:
        return median(p - q for p, q in zip(x, y)) >= max(margin * median(y), 1) / 2
    ratio = median(math.log(p) - math.log(q) for p, q in zip(x, y))
    return math.exp(ratio) - 1 >= margin / 2


def _decided(gate: dict[str, Any], looks: list[tuple[float, float, bool]]) -> dict[str, Any]:
    """looks: after each block ln e for FAIL, ln e for PASS, and whether what is found matters."""
    found: dict[str, Any] = {"verdict": "undecided", "decided_at": None}
    for n, (fails, passes, matters) in enumerate(looks, start=1):
        if found["verdict"] != "undecided":
            break
        if fails >= gate["fail_at"] and matters:
            found = {"verdict": "fail", "decided_at": n}
        elif passes >= gate["pass_at"]:
            found = {"verdict": "pass", "decided_at": n}
    last = looks[-1] if looks else (0.0, 0.0, False)
    return {**found, "log_e_fail": last[0], "log_e_pass": last[1]}


def _of_median(gate: dict[str, Any], rule: dict[str, Any], blocks: list[Block]) -> dict[str, Any]:
    name, is_count, margin = rule["name"], rule["name"] in COUNTS, rule["margin"]
    a = 1 if name == "instructions" else 10
    x, y = ([block[arm][name] for block in blocks] for arm in ("head", "base"))
    looks, more, within = [], 0, 0
    for n, (p, q) in enumerate(zip(x, y), start=1):
        more += p > q
        within += p - q < (max(margin * q, 1) if is_count else margin * q)
        fails, passes = log_e_one_sided(more, n, a), log_e_one_sided(within, n, a)
        looks.append((fails, passes, _matters(x[:n], y[:n], margin, is_count)))
    found = {**_decided(gate, looks), **estimates(x, y, is_count, gate, a)}
    if name == "instructions":
        found["modes"] = {
            arm: [[v, [b[arm][name] for b in blocks].count(v)] for v in sorted(set(values))]
            for arm, values in (("base", y), ("head", x))
        }
    return found


def _of_tail(gate: dict[str, Any], rule: dict[str, Any], blocks: list[Block]) -> dict[str, Any]:
    margin = Fraction(rule["margin"]).limit_denominator(1000)
    looks, more, less, both = [], 0, 0, 0
    for n, block in enumerate(blocks, start=1):
        limit = block["base"][TAIL] * (1 + TAIL_BEYOND)
        head, control = block["head"][TAIL] > limit, block["control"][TAIL] > limit
        more, less, both = more + (head > control), less + (control > head), both + (head * control)
        fails = log_e_one_sided(more, more + less, 1)
        passes = log_e_mean_below(more, less, n, margin)
        looks.append((fails, passes, Fraction(more - less, n) >= margin / 2))
    n = len(blocks)
    enough = [s for s in range(1, n + 1) if log_e_one_sided(s, s + less, 1) >= gate["fail_at"]]
    return {
        **_decided(gate, looks),
        "effect": (more - less) / n,
        "low": -mean_upper_bound(less, more, n, gate["alpha"] / 2),
        "high": mean_upper_bound(more, less, n, gate["alpha"] / 2),
        "mde": _share_needed(n, enough[0]) if enough else None,
        "base_median": (less + both) / n,
        "head_median": (more + both) / n,
    }


def _scale(name: str) -> str:
    if name == TAIL:
        return "points"
    return "absolute" if name in COUNTS else "ratio"


def _row(gate: dict[str, Any], cell: str, rule: dict[str, Any], blocks: list[Block]) -> dict:
    name = rule["name"]
    found = (_of_tail if name == TAIL else _of_median)(gate, rule, blocks)
    shown = {} if rule["decides"] else {"verdict": "reported", "decided_at": None}
    return {
        "cell": cell,
        "metric": name,
        "scale": _scale(name),
        "unit": UNITS.get(name, "calls" if name in COUNTS else "ns"),
        "decides": rule["decides"],
        "margin": rule["margin"],
        **{key: found.pop(key) for key in ("verdict", "decided_at")},
        **shown,
        "blocks": len(blocks),
        **found,
    }


def _control(gate: dict[str, Any], cell: str, name: str, blocks: list[Block]) -> dict:
    a = 1 if name == "instructions" else 10
    x, y = ([block[arm][name] for block in blocks] for arm in ("control", "base"))
    found = estimates(x, y, name in COUNTS, gate, a)
    more, less = sum(p > q for p, q in zip(x, y)), sum(p < q for p, q in zip(x, y))
    return {
        "cell": cell,
        "metric": name,
        **{key: found[key] for key in ("effect", "low", "high")},
        "log_e": log_e_two_sided(more, more + less, a),
    }


def failures_of(pairs: list[dict[str, str]], elsewhere: list[str]) -> dict[str, Any]:
    """pairs: arm to status of each block or pair. elsewhere: arms with a failed process."""
    found = dict.fromkeys(("head_alone", "base_alone", "both", "neither"), 0)
    for pair in pairs:
        head, base = (pair[arm] not in ("ok", "allocator") for arm in ("head", "base"))
        kinds = {(True, False): "head_alone", (False, True): "base_alone", (True, True): "both"}
        found[kinds.get((head, base), "neither")] += 1
    del found["neither"]
    more, less = found["head_alone"], found["base_alone"]
    of_head = elsewhere.count("head")
    of_base = len(elsewhere) - of_head
    log_e = log_e_one_sided(more, more + less, 1)
    verdict = "undecided" if more + of_head > less + of_base else "pass"
    return {
        "verdict": "fail" if log_e >= math.log(200) else verdict,
        "pairs": len(pairs),
        **found,
        "head_elsewhere": of_head,
        "base_elsewhere": of_base,
        "log_e": log_e,
    }


def _whole(failures: str, rows: list[dict[str, Any]]) -> str:
    verdicts = {failures, *(row["verdict"] for row in rows)}
    if "fail" in verdicts:
        return "fail"
    return "inconclusive" if "undecided" in verdicts else "pass"


def said(
    plan: dict[str, Any],
    blocks: dict[str, list[Block]],
    counts: dict[str, list[Block]],
    failures: dict[str, Any],
) -> dict[str, Any]:
    """gate.json of a gate that is not void. blocks: cell to its valid blocks; counts: the same of
    instructions; failures: as failures_of gives them."""
    rules = plan["gate"]["metrics"]
    deciding = [rule["name"] for rule in rules if rule["decides"]]
    decisions = len(deciding) * len(blocks)
    gate = {
        "alpha": plan["alpha"],
        "fail_at": math.log(decisions / plan["gate"]["alpha_fail"]),
        "pass_at": math.log(1 / plan["gate"]["alpha_pass"]),
    }

    def of(name: str, cell: str) -> list[Block]:
        return counts[cell] if name == "instructions" else blocks[cell]

    rows = [_row(gate, cell, rule, of(rule["name"], cell)) for cell in blocks for rule in rules]
    ids = [arm["object_build_id"] for arm in plan["arms"]]
    return {
        "schema": "slablab-gate/3",
        "plan": plan["hash"],
        "experiment": plan["experiment"],
        "verdict": _whole(failures["verdict"], rows),
        "reasons": [],
        "base": {"spec": "base", "revision": None, "build_id": ids[0]},
        "head": {"spec": "head", "revision": "01234567" * 5, "build_id": ids[2]},
        "identical": ids[0] == ids[2],
        "decisions": decisions,
        "seconds": 4.5,
        "started_unix_ns": 1_700_000_000_000_000_000,
        "host": "testhost",
        "conditions": {
            "asked": {key: plan[key] for key in ("alpha", "stop", "gate")},
            "machine": {"cpu_model": MACHINE["cpu_model"]},
            **{key: plan[key] for key in ("workloads",) if key in plan},
        },
        "failures": {**failures, "status": None, "stderr": None},
        "rows": rows,
        "control": [
            _control(gate, cell, name, of(name, cell))
            for cell in blocks
            for name in deciding
            if name != TAIL
        ],
    }
