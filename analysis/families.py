"""families.py -- cells that differ in their numbers alone, which one table can hold.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .records import Run


@dataclass(frozen=True)
class Family:
    """title holds what the cells share, varying the axes in which they differ."""

    title: str
    cells: list[dict[str, Any]]
    varying: list[str]


def axes_of(cell: dict[str, Any]) -> dict[str, int]:
    """A cell's named numbers; operations and warm-up are among them where the experiment states
    them. The names are those in the cell's id."""
    stated = {"operations": cell.get("operations"), "warmup": cell.get("warmup_operations")}
    return {**cell["parameters"], **{name: value for name, value in stated.items() if value}}


def families(run: Run) -> list[Family]:
    """A family for each workload, start and set of axes, in plan order; cold and warm never share
    one."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for cell in run.plan["cells"]:
        groups.setdefault((cell["workload"], cell["start"], *axes_of(cell)), []).append(cell)
    found = []
    for (workload, start, *names), cells in groups.items():
        values = {name: {axes_of(cell)[name] for cell in cells} for name in names}
        shared = [f"{name}={min(of)}" for name, of in values.items() if len(of) == 1]
        varying = [name for name, of in values.items() if len(of) > 1]
        found.append(Family(" ".join([workload, *shared, start]), cells, varying))
    return found
