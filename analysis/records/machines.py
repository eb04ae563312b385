"""machines.py -- runs of one experiment on other machines, as they are stored beside a run.

  results/reference/<experiment>/<run>                      the machine of the reference
  results/reference/machines/<machine>/<experiment>/<run>   another one; its folder is its name
  results/machines/<machine>/<experiment>/<run>             likewise, of one's own

A machine that machine.json identifies is the one of that identity wherever its run lies. A stored
run of another machine may hold fewer measures of a sample than slablab writes.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..complaint import Complaint
from ..statistics.over_machines import Prior
from .json_files import read_object

STORE, REFERENCE, HERE = "machines", "reference", "here"
NAME_LENGTH = 8  # of a machine that is in no store: the first digits of its identity


@dataclass(frozen=True)
class Stored:
    """A run's folder and the machine that it is of."""

    machine: str
    folder: Path


@cache
def prior() -> Prior:
    """Of the spread between machines; the file says what it comes from."""
    path = Path(__file__).with_name("machine_prior.json")
    found = json.loads(path.read_text(encoding="utf-8"))
    return Prior(found["a_ratio"], found["b"], found["degrees_of_freedom"])


def _identity(folder: Path) -> str | None:
    try:
        machine = read_object(folder / "machine.json") or {}
    except Complaint:
        return None  # who loads the run is told
    found = machine.get("identity")
    return found if isinstance(found, str) else None


def _is_timed(folder: Path) -> bool:
    """Whether it is a run with timed samples, and neither a profile nor a gate."""
    others = ("instrument.json", "gate.json")
    return (folder / "plan.json").exists() and not any((folder / name).exists() for name in others)


def _runs_in(folder: Path) -> list[Path]:
    return [one for one in sorted(folder.glob("*")) if _is_timed(one)]


def _stores(folder: Path) -> list[Path]:
    """The folders of machines that belong to the results in which a run lies."""
    root = folder.parent.parent
    if root.parent.name == STORE:
        return [root.parent]
    return [folder for folder in (root / STORE, root / REFERENCE / STORE) if folder.is_dir()]


def _named(folder: Path, stores: list[Path]) -> str:
    """What a run's machine is called."""
    root = folder.parent.parent
    if root.parent.name == STORE:
        return root.name
    identity = _identity(folder)
    if identity is None:
        return REFERENCE if root.name == REFERENCE else HERE
    for store in stores:
        for other in sorted(store.glob("*/*/*")):
            if _identity(other) == identity:
                return other.parent.parent.name
    return identity[:NAME_LENGTH]


def stored_runs(folder: Path, experiment: str) -> list[Stored]:
    """A run, first, and those of its experiment that are stored of other machines and its own, each
    once. A run that lies beside it is not of its store unless both are the reference's."""
    here = folder.resolve()
    stores = _stores(here)
    found = [Stored(_named(here, stores), here)]
    for store in stores:
        folders = [store.parent] if store.parent.name == REFERENCE else []
        for folder in [*folders, *sorted(store.glob("*"))]:
            runs = [run for run in _runs_in(folder / experiment) if run.resolve() != here]
            found += [Stored(_named(run, stores), run) for run in runs]
    if here.parent.parent.name == REFERENCE:  # a later reference is no second occasion of the first
        found = [found[0]] + [one for one in found[1:] if one.machine != found[0].machine]
    return found
