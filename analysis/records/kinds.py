"""kinds.py -- what a cell runs: a workload, an ordinary program, or a server with its client.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from typing import Any

WORKLOAD, PROGRAM, SERVER = "workload", "program", "server"


def kind_of(cell: dict[str, Any]) -> str:
    """Of a cell of a plan, which holds a program's or a server's description under that name."""
    return PROGRAM if PROGRAM in cell else SERVER if SERVER in cell else WORKLOAD


def uncounted(plan: dict[str, Any]) -> set[str]:
    """The ids of the cells whose samples have no operations."""
    return {cell["id"] for cell in plan["cells"] if kind_of(cell) != WORKLOAD}
