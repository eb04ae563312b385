"""families.py -- cells that differ in their numbers alone, which one table can hold.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..records.kinds import WORKLOAD, kind_of
from ..records.records import Run


THP = "thp"  # transparent huge pages, where the experiment makes them an axis
THREADS = "threads"


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


def is_oversubscribed(cell: dict[str, Any]) -> bool:
    """Some of its threads share a CPU; a program says how many it has use for. A plan of before has
    cells of one thread alone."""
    kind = kind_of(cell)
    wanted = cell.get("threads", 1) if kind == WORKLOAD else cell[kind].get("cpus", 1)
    return wanted > cell.get("cpus", 1)


def axis_text(cell: dict[str, Any], name: str) -> str:
    """A number of a cell as tables show it: "4 oversubscribed" of threads that share a CPU, and
    "xz oversubscribed" of a program's."""
    bears = name == THREADS or name == kind_of(cell)
    mark = " oversubscribed" if bears and is_oversubscribed(cell) else ""
    return f"{axes_of(cell)[name]}{mark}"


def start_text(cell: dict[str, Any]) -> str:
    """Its start, which bears the mark where no number of threads is stated."""
    mark = " oversubscribed" if is_oversubscribed(cell) and THREADS not in axes_of(cell) else ""
    return f"{cell['start']}{mark}"


def _family(cells: list[dict[str, Any]]) -> Family:
    values = {name: {axes_of(cell)[name] for cell in cells} for name in axes_of(cells[0])}
    shared = [
        f"{name}={axis_text(cells[0], name)}" for name, of in values.items() if len(of) == 1
    ]
    varying = [name for name, of in values.items() if len(of) > 1]
    kind = kind_of(cells[0])
    if kind != WORKLOAD:
        title = cells[0]["id"] if len(cells) == 1 else f"{kind}s"
        return Family(title, cells, [kind, *(name for name in varying if name != kind)])
    return Family(" ".join([cells[0]["workload"], *shared, start_text(cells[0])]), cells, varying)


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
    One over all of its axes would mix regimes, and one over numbers of threads the clocks."""
    if family.varying[:1] == [THREADS]:
        return []
    others = family.varying[1:]
    parts = _grouped(family.cells, lambda cell: tuple(axes_of(cell)[name] for name in others))
    return [part for part in parts if len(part.cells) > 1]
