"""families.py -- cells that differ in their numbers alone, which one table can hold.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..records.kinds import WORKLOAD, kind_of
from ..records.records import Run


THP = "thp"  # transparent huge pages, where the experiment makes them an axis


@dataclass(frozen=True)
class Family:
    """title holds what the cells share, varying the axes in which they differ."""

    title: str
    cells: list[dict[str, Any]]
    varying: list[str]


def axes_of(cell: dict[str, Any]) -> dict[str, int | str]:
    """A cell's named numbers; operations and warm-up are among them where the experiment states
    them. The names are those in the cell's id. Of a program it is its name: programs of one run
    stand in one table."""
    kind = kind_of(cell)
    pages = {THP: cell[THP]} if THP in cell else {}
    if kind != WORKLOAD:
        return {kind: cell["workload"], **pages}
    stated = {"operations": cell.get("operations"), "warmup": cell.get("warmup_operations")}
    known = {name: value for name, value in stated.items() if value}
    return {**cell["parameters"], **known, **pages}


def _family(cells: list[dict[str, Any]]) -> Family:
    values = {name: {axes_of(cell)[name] for cell in cells} for name in axes_of(cells[0])}
    shared = [f"{name}={min(of)}" for name, of in values.items() if len(of) == 1]
    varying = [name for name, of in values.items() if len(of) > 1]
    kind = kind_of(cells[0])
    if kind != WORKLOAD:
        title = cells[0]["id"] if len(cells) == 1 else f"{kind}s"
        return Family(title, cells, [kind, *(name for name in varying if name != kind)])
    return Family(" ".join([cells[0]["workload"], *shared, cells[0]["start"]]), cells, varying)


def _grouped(cells: list[dict[str, Any]], key: Callable[[dict[str, Any]], Any]) -> list[Family]:
    groups: dict[Any, list[dict[str, Any]]] = {}
    for cell in cells:
        groups.setdefault(key(cell), []).append(cell)
    return [_family(group) for group in groups.values()]


def families(run: Run) -> list[Family]:
    """A family for each workload, start and set of axes, in plan order; cold and warm never share
    one."""
    return _grouped(
        run.plan["cells"],
        lambda cell: (
            (cell["workload"] if kind_of(cell) == WORKLOAD else "", cell["start"], *axes_of(cell))
        ),
    )


def averaged(family: Family) -> list[Family]:
    """The parts of a family whose cells differ in its first axis alone: what an average is over.
    One over all of its axes would mix regimes."""
    others = family.varying[1:]
    parts = _grouped(family.cells, lambda cell: tuple(axes_of(cell)[name] for name in others))
    return [part for part in parts if len(part.cells) > 1]
