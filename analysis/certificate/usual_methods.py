"""usual_methods.py -- the gate beside the usual ways of comparing two builds.

A usual way runs A n times, then B n times. This is reconstructed here from stored raw times: the
base's of n consecutive blocks, then the other arm's of the n blocks that follow, each window once.
The other arm is a copy of the base, or the base with a planted change of known size. In a block
other arms run between two of one arm, so a window lasts as many times longer as the run has arms;
nothing else is changed. Every rule is restated from its tool's documentation and source.
benchstat's documentation advises to interleave the runs of A and B; that is shown beside it: both
from the same n blocks.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from ..comparison.wording import ABSENT
from ..document.document import Row, Table
from ..records.records import Run
from ..document.rounding import fixed
from .certificate import NOTHING_PLANTED, Certified, is_of_time, nominal, share

ALPHA = 0.05  # the default of all three tools
THRESHOLD = 0.05
MIN_THRESHOLD = 0.01  # half of the gate's margin, as the gate's own estimate must reach

MORE_RUNS = "the same with more runs"

Rule = Callable[[NDArray[np.float64], NDArray[np.float64]], bool]
Windows = list[tuple[NDArray[np.float64], NDArray[np.float64]]]


def _slower_by_u_test(a: NDArray[np.float64], b: NDArray[np.float64]) -> bool:
    p = stats.mannwhitneyu(a, b, alternative="two-sided").pvalue
    return bool(p < ALPHA and np.median(b) > np.median(a))


def _slower_by_welch(a: NDArray[np.float64], b: NDArray[np.float64]) -> bool:
    p = stats.ttest_ind(a, b, equal_var=False).pvalue
    return bool(p < ALPHA and b.mean() > a.mean())


def _slower_by_threshold(a: NDArray[np.float64], b: NDArray[np.float64]) -> bool:
    return bool(b.mean() > (1 + THRESHOLD) * a.mean())


def _slower_by_minimum(a: NDArray[np.float64], b: NDArray[np.float64]) -> bool:
    return bool(b.min() > (1 + MIN_THRESHOLD) * a.min())


def windows(times: NDArray[np.float64], base: int, other: int, n: int) -> Windows:
    """(A, B) of every stretch of 2 n blocks; times has shape (blocks, arms)."""
    return [
        (times[first : first + n, base], times[first + n : first + 2 * n, other])
        for first in range(0, len(times) - 2 * n + 1, 2 * n)
    ]


def interleaved_windows(times: NDArray[np.float64], base: int, other: int, n: int) -> Windows:
    """(A, B) of every stretch of n blocks, in which the two alternated in a drawn order."""
    return [
        (times[first : first + n, base], times[first : first + n, other])
        for first in range(0, len(times) - n + 1, n)
    ]


@dataclass(frozen=True)
class Method:
    """A rule that says "slower" of n runs of A and n of B."""

    name: str
    runs: int
    slower: Rule
    source: str
    windows: Callable[[NDArray[np.float64], int, int, int], Windows] = windows


METHODS = (
    Method(
        "Mann-Whitney, p < .05",
        10,
        _slower_by_u_test,
        "benchstat, alpha .05, 10 runs or more (golang.org/x/perf/cmd/benchstat); compare.py of "
        "Google Benchmark, alpha .05, 9 or more (github.com/google/benchmark, docs/tools.md)",
    ),
    Method("Mann-Whitney, p < .05", 50, _slower_by_u_test, MORE_RUNS),
    Method(
        "Welch's t, p < .05",
        10,
        _slower_by_welch,
        "hyperfine, scripts/welch_ttest.py, 10 runs or more (github.com/sharkdp/hyperfine)",
    ),
    Method("Welch's t, p < .05", 50, _slower_by_welch, MORE_RUNS),
    Method(
        "means over 5 % apart", 10, _slower_by_threshold, "the fixed threshold of many CI scripts"
    ),
    Method(
        "minima over 1 % apart",
        10,
        _slower_by_minimum,
        "the minimum of repeats is what timeit's documentation advises to look at "
        "(docs.python.org/3/library/timeit.html); the threshold is half of the gate's margin",
    ),
    Method(
        "Mann-Whitney, interleaved",
        20,
        _slower_by_u_test,
        "benchstat as its documentation advises: runs of A and B interleaved, ideally 20, a number "
        "to be fixed beforehand (golang.org/x/perf/cmd/benchstat, Tips)",
        interleaved_windows,
    ),
    Method(
        "Mann-Whitney, interleaved",
        50,
        _slower_by_u_test,
        MORE_RUNS,
        interleaved_windows,
    ),
)


def _arms(run: Run) -> dict[str, list[tuple[int, int]]]:
    """Pairs (base, other) of arms by variant: the base against its copies, and planted changes."""
    found: dict[str, list[tuple[int, int]]] = {NOTHING_PLANTED: []}
    for index, arm in enumerate(run.arms[1:], start=1):
        name = arm.split()[0]
        found.setdefault(name if is_of_time(name) else NOTHING_PLANTED, []).append((0, index))
    return found


def _windows_fit(run: Run, n: int) -> bool:
    return any(len(run.block_facts(cell, "block")) >= 2 * n for cell in run.cells)


def _usual_row(run: Run, method: Method, variant: str, arms: list[tuple[int, int]]) -> dict:
    pairs = [
        pair
        for cell in run.cells
        for base, other in arms
        for pair in method.windows(
            run.matrix(cell, lambda rows: rows["cpu_ns"]), base, other, method.runs
        )
    ]
    alarms = sum(method.slower(a, b) for a, b in pairs)
    return {
        "method": method.name,
        "runs": method.runs,
        "source": method.source,
        "variant": variant,
        "windows": len(pairs),
        "slower": share(alarms, len(pairs)),
    }


def _gate_row(gates: list[dict[str, Any]], variant: str) -> dict[str, Any]:
    """The gate's own: FAIL is its alarm, and it takes as many runs as it needs."""
    own = [gate for gate in gates if gate["variant"] == variant]
    fails = sum(gate["gate"]["verdict"] == "fail" for gate in own)
    return {
        "method": "slablab gate",
        "runs": None,
        "source": "docs/method/gate.md",
        "variant": variant,
        "windows": len(own),
        "slower": share(fails, len(own)),
    }


def compared(certified: Certified) -> list[dict[str, Any]]:
    """How often each method says "slower" of each variant that is not faster; empty without the run
    of fixed length."""
    if certified.run is None:
        return []
    arms = _arms(certified.run)
    variants = sorted(arms, key=lambda name: nominal(name) or 0.0)
    rows = [
        _usual_row(certified.run, method, variant, arms[variant])
        for method in METHODS
        for variant in variants
        if _windows_fit(certified.run, method.runs)
    ]
    asked = {gate["variant"] for gate in certified.gates}
    return rows + [_gate_row(certified.gates, name) for name in variants if name in asked]


def band_text(band: dict[str, Any]) -> str:
    """The share and its band, in per cent."""
    point, low, high = (fixed(100 * band[name], 1) for name in ("share", "low", "high"))
    return f"{point} [{low}, {high}]"


def methods_table(rows: list[dict[str, Any]]) -> Table:
    """A line for each method: how often it says "slower", in per cent with 95 % bands."""
    variants = list(dict.fromkeys(row["variant"] for row in rows))
    lines: dict[tuple[str, int | None], dict[str, str]] = {}
    for row in rows:
        line = lines.setdefault((row["method"], row["runs"]), {})
        line[row["variant"]] = band_text(row["slower"])
    return Table(
        'How often "slower" is said of a window of one cell (slablab: of a gate), %',
        ["method", "runs of each", *variants],
        [
            Row(
                "value",
                [name, str(runs or "as needed"), *(cells.get(v, ABSENT) for v in variants)],
            )
            for (name, runs), cells in lines.items()
        ],
    )
