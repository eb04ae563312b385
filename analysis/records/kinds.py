"""kinds.py -- what a cell runs: a workload, an ordinary program, or a server with its client; and
what another tool ran and timed by the wall clock.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from typing import Any

WORKLOAD, PROGRAM, SERVER = "workload", "program", "server"
BENCHMARK = "benchmark"  # of a run that was imported
KINDS = (PROGRAM, SERVER, BENCHMARK)

IMPORTED = "imported"  # the key of a plan that slablab did not measure

# What samples of these may lack of ranges.REQUIRED.
LACKING = {
    PROGRAM: frozenset({"operations"}),
    SERVER: frozenset({"operations"}),
    BENCHMARK: frozenset({"operations", "cpu_ns"}),
}


def kind_of(cell: dict[str, Any]) -> str:
    """Of a cell of a plan, which holds what describes the kind under its name."""
    return next((kind for kind in KINDS if kind in cell), WORKLOAD)


def lacking(plan: dict[str, Any]) -> dict[str, frozenset[str]]:
    """For each cell's id what its samples may lack."""
    return {cell["id"]: LACKING.get(kind_of(cell), frozenset()) for cell in plan["cells"]}


def is_imported(plan: dict[str, Any]) -> bool:
    """Whether another tool measured the run: then no arm was attested."""
    return IMPORTED in plan
