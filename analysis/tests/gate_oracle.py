"""gate_oracle.py -- what a gate must say of its blocks, by the plainest code: fractions, loops.

Nothing here is shared with the code under test. An e-process that bets on Beta(10, 10) shares is a
ratio of factorials, so it is taken here as a fraction, exactly, and its logarithm last.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from math import comb, factorial
from statistics import median
from typing import Any

A = 10
Block = dict[str, dict[str, float]]  # arm to metric to value
COUNTS = ("page_faults", "mmap", "munmap", "madvise")


def _log(ratio: Fraction) -> float:
    """Of whole numbers that no float could hold."""
    return math.log(ratio.numerator) - math.log(ratio.denominator)


def _beta(a: int, b: int) -> Fraction:
    return Fraction(factorial(a - 1) * factorial(b - 1), factorial(a + b - 1))


@lru_cache(maxsize=None)
def e_two_sided(successes: int, n: int) -> Fraction:
    return _beta(successes + A, n - successes + A) / _beta(A, A) * 2**n


@lru_cache(maxsize=None)
def e_one_sided(successes: int, n: int) -> Fraction:
    tosses = n + 2 * A - 1
    heads = sum(comb(tosses, k) for k in range(successes + A))
    return 2 * e_two_sided(successes, n) * Fraction(heads, 2**tosses)


def log_e_two_sided(successes: int, n: int) -> float:
    return _log(e_two_sided(successes, n))


def log_e_one_sided(successes: int, n: int) -> float:
    return _log(e_one_sided(successes, n))


def ranks(n: int, alpha: float) -> tuple[int, int] | None:
    """Every rank is asked, from the outermost inwards."""
    low = 0
    while low <= n // 2 and log_e_two_sided(low, n) >= -math.log(alpha):
        low += 1
    return (low, n + 1 - low) if 0 < low <= n // 2 else None


def _power(n: int, successes: int, share: float) -> float:
    return sum(
        comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(successes, n + 1)
    )


def mde(differences: list[float], fail_at: float) -> float | None:
    n = len(differences)
    enough = [s for s in range(n + 1) if log_e_one_sided(s, n) >= fail_at]
    if not enough:
        return None
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if _power(n, enough[0], middle) >= 0.8 else (middle, high)
    needed = math.ceil(high * n - 1e-9)
    residuals = sorted(d - median(differences) for d in differences)
    return max(0.0, -residuals[n - needed])


def _shown(difference: float | None, is_count: bool) -> float | None:
    return difference if is_count or difference is None else math.exp(difference) - 1


def estimates(
    x: list[float], y: list[float], is_count: bool, alpha: float, fail_at: float
) -> dict[str, Any]:
    d = [a - b if is_count else math.log(a) - math.log(b) for a, b in zip(x, y)]
    found, least = ranks(len(d), alpha), _shown(mde(d, fail_at), is_count)
    return {
        "effect": _shown(median(d), is_count),
        "low": _shown(sorted(d)[found[0] - 1], is_count) if found else None,
        "high": _shown(sorted(d)[found[1] - 1], is_count) if found else None,
        "mde": max(1.0, least) if is_count and least is not None else least,
        "base_median": median(y),
        "head_median": median(x),
    }


def decision(
    x: list[float], y: list[float], margin: float, is_count: bool, fail_at: float, pass_at: float
) -> tuple[str, int | None, float, float]:
    """(verdict, decided_at, log_e_fail, log_e_pass): one block after another."""
    verdict, decided_at, more, within = "undecided", None, 0, 0
    log_e_fail = log_e_pass = 0.0
    for n, (a, b) in enumerate(zip(x, y), start=1):
        more += a > b
        within += a - b < (max(margin * b, 1) if is_count else margin * b)
        log_e_fail, log_e_pass = log_e_one_sided(more, n), log_e_one_sided(within, n)
        if verdict != "undecided":
            continue
        if is_count:
            effect = median(p - q for p, q in zip(x[:n], y[:n]))
            matters = effect >= max(margin * median(y[:n]), 1) / 2
        else:
            ratio = median(math.log(p) - math.log(q) for p, q in zip(x[:n], y[:n]))
            matters = math.exp(ratio) - 1 >= margin / 2
        if log_e_fail >= fail_at and matters:
            verdict, decided_at = "fail", n
        elif log_e_pass >= pass_at:
            verdict, decided_at = "pass", n
    return verdict, decided_at, log_e_fail, log_e_pass


def _row(gate: dict[str, Any], cell: str, rule: dict[str, Any], blocks: list[Block]) -> dict:
    name, is_count = rule["name"], rule["name"] in COUNTS
    x, y = ([block[arm][name] for block in blocks] for arm in ("head", "base"))
    verdict, decided_at, log_e_fail, log_e_pass = decision(
        x, y, rule["margin"], is_count, gate["fail_at"], gate["pass_at"]
    )
    return {
        "cell": cell,
        "metric": name,
        "scale": "absolute" if is_count else "ratio",
        "unit": {"vm_hwm": "bytes", "page_faults": "faults"}.get(
            name, "calls" if is_count else "ns"
        ),
        "decides": rule["decides"],
        "margin": rule["margin"],
        "verdict": verdict if rule["decides"] else "reported",
        "decided_at": decided_at if rule["decides"] else None,
        "blocks": len(blocks),
        **estimates(x, y, is_count, gate["alpha"], gate["fail_at"]),
        "log_e_fail": log_e_fail,
        "log_e_pass": log_e_pass,
    }


def _control(gate: dict[str, Any], cell: str, name: str, blocks: list[Block]) -> dict:
    x, y = ([block[arm][name] for block in blocks] for arm in ("control", "base"))
    found = estimates(x, y, name in COUNTS, gate["alpha"], gate["fail_at"])
    more, less = sum(a > b for a, b in zip(x, y)), sum(a < b for a, b in zip(x, y))
    return {
        "cell": cell,
        "metric": name,
        **{key: found[key] for key in ("effect", "low", "high")},
        "log_e": log_e_two_sided(more, more + less),
    }


def said(plan: dict[str, Any], blocks: dict[str, list[Block]]) -> dict[str, Any]:
    """gate.json of a gate that is not void. blocks: cell to its valid blocks."""
    rules = plan["gate"]["metrics"]
    deciding = [rule["name"] for rule in rules if rule["decides"]]
    decisions = len(deciding) * len(blocks)
    gate = {
        "alpha": plan["alpha"],
        "fail_at": math.log(decisions / plan["gate"]["alpha_fail"]),
        "pass_at": math.log(1 / plan["gate"]["alpha_pass"]),
    }
    rows = [_row(gate, cell, rule, found) for cell, found in blocks.items() for rule in rules]
    verdicts = {row["verdict"] for row in rows}
    verdict = "inconclusive" if "undecided" in verdicts else "pass"
    ids = [arm["object_build_id"] for arm in plan["arms"]]
    return {
        "schema": "slablab-gate/1",
        "plan": plan["hash"],
        "experiment": plan["experiment"],
        "verdict": "fail" if "fail" in verdicts else verdict,
        "reasons": [],
        "base": {"spec": "base", "revision": None, "build_id": ids[0]},
        "head": {"spec": "head", "revision": "01234567" * 5, "build_id": ids[2]},
        "identical": ids[0] == ids[2],
        "decisions": decisions,
        "seconds": 4.5,
        "started_unix_ns": 1_700_000_000_000_000_000,
        "host": "testhost",
        "rows": rows,
        "control": [
            _control(gate, cell, name, found)
            for cell, found in blocks.items()
            for name in deciding
        ],
    }
