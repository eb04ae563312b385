"""file.py -- experiments/claims.yaml: what was claimed, where it is tested, when it holds.

A claim is either testable, with experiment, cells, metric, arm and rule, or it says why it is not.
Everything that it names is looked up in the experiment's own file, so that a claim that nothing
could ever test is refused before any run is read.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from ..complaint import Complaint

FILE = Path("experiments/claims.yaml")
NUMBER = r"([+-]?[0-9][0-9,]*(?:\.[0-9]+)?)( ?%)?"
RULES = {  # words of a rule, to whether its figures bound from below and from above
    "above": (True, False),
    "below": (False, True),
    "within": (True, True),
    "same within": (True, True),
}
RULE = re.compile(rf"(above|below|same within|within) {NUMBER}(?: to {NUMBER})?")
NEEDED = ("experiment", "cells", "metric", "arm", "holds")
OPTIONAL = ("against", "against_cells", "average", "stage", "published")
COMMON = ("id", "claim", "from")


@dataclass(frozen=True)
class Rule:
    """The claim holds where the true figure lies from low to high."""

    text: str
    low: float
    high: float


@dataclass(frozen=True)
class Claim:
    """`origin` is where it stands in the source's account. A claim that is not testable here has
    its reason in `not_testable`, and nothing from `experiment` on."""

    id: str
    claim: str
    origin: str
    not_testable: str = ""
    experiment: str = ""
    cells: str = ""  # words that a cell's id must have
    metric: str = ""
    arm: str = ""
    against: str = ""  # an arm: then the figure is a relative effect
    against_cells: str = ""  # or the same arm's other cell, of which the same is true
    average: bool = False  # one figure for all cells, the mean of their log-ratios
    stage: str = "region"  # of a profile's and a ledger's metrics
    published: str = ""
    rule: Rule = Rule("", float("-inf"), float("inf"))


def figure(text: str, per_cent: str | None) -> float:
    return float(text.replace(",", "")) / (100 if per_cent else 1)


def rule_of(text: Any, where: str) -> Rule:
    """ "above 0 %", "below 10 %", "within 5,400,000 to 6,100,000", "same within 1 %"."""
    found = RULE.fullmatch(text) if isinstance(text, str) else None
    if found is None or (found[1] == "within") != (found[4] is not None):
        raise Complaint(
            f"{where}: holds: {text!r} is no rule",
            "above 0 %, below 10 %, within 60 % to 80 %, or same within 1 %",
        )
    first = figure(found[2], found[3])
    if found[1] == "same within":
        return Rule(text, -first, first)
    last = figure(found[4], found[5]) if found[4] is not None else first
    if last < first:
        raise Complaint(f"{where}: holds: {text!r} has nothing within", "the smaller figure first")
    from_below, from_above = RULES[found[1]]
    return Rule(
        text, first if from_below else float("-inf"), last if from_above else float("inf")
    )


def _base_name(allocator: str) -> str:
    """As harness/experiment/expand_arms.c has it: of a path the file's name without lib and .so."""
    if "/" not in allocator:
        return allocator
    return allocator.rsplit("/", 1)[1].removeprefix("lib").split(".so")[0]


def arm_ids(experiment: dict[str, Any]) -> list[str]:
    """The ids that slablab gives to an experiment's arms, the control's left out."""
    texts = [experiment["baseline"], *(experiment.get("arms") or [])]
    split = [(_base_name(text.split()[0]), text.split()[1:]) for text in texts]
    found = []
    for name, settings in split:
        shared = set.intersection(*(set(other) for base, other in split if base == name))
        own = [word.removeprefix("SLABLAB_") for word in settings if word not in shared]
        found.append(" ".join([name, *own]))
    return found


def cell_ids(experiment: dict[str, Any]) -> list[str]:
    """The ids of an experiment's cells, every list of values being an axis."""
    found = []
    for entry in experiment["workloads"]:
        workload, *words = entry["run"].split()
        axes = [
            [f"{name}={value}" for value in values.split(",")]
            for name, _, values in (word.partition("=") for word in words)
        ]
        found += [" ".join([workload, *one, entry["start"]]) for one in itertools.product(*axes)]
    return found


def cells_with(words: str, cells: list[str]) -> list[str]:
    return [cell for cell in cells if set(cell.split()).issuperset(words.split())]


def read_yaml(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Complaint(
            f"{path}: is no YAML: {' '.join(str(error).split())}", "see experiments/claims.yaml"
        ) from error


def _experiment(name: str, folder: Path, where: str) -> dict[str, Any]:
    path = folder / f"{name}.yaml"
    if not path.exists():
        known = sorted(found.stem for found in folder.glob("*.yaml") if found.name != FILE.name)
        raise Complaint(f"{where}: unknown experiment '{name}'", f"one of {', '.join(known)}")
    return read_yaml(path)


def _check_keys(entry: Any, where: str) -> None:
    allowed = {*COMMON, *NEEDED, *OPTIONAL, "not_testable"}
    if not isinstance(entry, dict):
        raise Complaint(f"{where}: is {entry!r:.40}, no claim", f"a mapping of {', '.join(COMMON)}")
    for key in entry:
        if key not in allowed:
            raise Complaint(f"{where}: unknown key '{key}'", f"one of {', '.join(sorted(allowed))}")
    wanted = COMMON if "not_testable" in entry else (*COMMON, *NEEDED)
    for key in wanted:
        if key not in entry:
            raise Complaint(
                f"{where}: '{key}' is missing",
                "state it, or say in not_testable why there is none",
            )
    extra = [key for key in (*NEEDED, *OPTIONAL) if key in entry and "not_testable" in entry]
    extra = [key for key in extra if key != "published"]
    if extra:
        raise Complaint(f"{where}: '{extra[0]}' of a claim that is not testable", "drop one")
    for key, value in entry.items():
        if key != "average" and not isinstance(value, str):
            raise Complaint(f"{where}: {key}: {value!r:.40} is no text", "put it in quotes")


def _check_names(claim: Claim, folder: Path, metrics: list[str], where: str) -> None:
    """That the experiment's file has the arms and the cells, and anybody the metric."""
    experiment = _experiment(claim.experiment, folder, where)
    if claim.metric not in metrics:
        raise Complaint(
            f"{where}: unknown metric '{claim.metric}'", f"one of {', '.join(metrics)}"
        )
    arms, cells = arm_ids(experiment), cell_ids(experiment)
    for arm in filter(None, (claim.arm, claim.against)):
        if arm not in arms:
            raise Complaint(
                f"{where}: no arm '{arm}' in {claim.experiment}.yaml", f"one of {', '.join(arms)}"
            )
    for words in filter(None, (claim.cells, claim.against_cells)):
        if not cells_with(words, cells):
            raise Complaint(
                f"{where}: no cell of {claim.experiment}.yaml has all of '{words}'",
                f"words of one like '{cells[0]}'; slablab plan experiments/"
                f"{claim.experiment}.yaml",
            )
    compared = cells_with(claim.cells, cells), cells_with(claim.against_cells, cells)
    if claim.against_cells and (len(compared[1]) != 1 or claim.against or claim.average):
        raise Complaint(
            f"{where}: against_cells: '{claim.against_cells}' must name one cell, of the same arm",
            "more words, and neither against nor average beside it",
        )
    if claim.average and not claim.against:
        raise Complaint(f"{where}: average of what is no effect", "against: an arm")
    if claim.stage not in ("region", "start_up", "whole"):
        raise Complaint(f"{where}: unknown stage '{claim.stage}'", "region, start_up or whole")


def claim_of(entry: Any, where: str) -> Claim:
    _check_keys(entry, where)
    known = {field.name for field in fields(Claim)}
    values = {key: value for key, value in entry.items() if key in known}
    rule = rule_of(entry["holds"], where) if "holds" in entry else Rule("", 0, 0)
    return Claim(**values, origin=entry["from"], rule=rule)


def read_claims(path: Path, metrics: list[str]) -> list[Claim]:
    """The claims of a file, in its order; experiments are looked up beside it. metrics: the names
    that a claim may give."""
    if not path.exists():
        raise Complaint(f"{path}: not there", "--claims experiments/claims.yaml, in a checkout")
    document = read_yaml(path)
    if not isinstance(document, dict) or not isinstance(document.get("claims"), list):
        raise Complaint(f"{path}: has no list of claims", "claims: [{id: ..., claim: ...}]")
    found: dict[str, Claim] = {}
    for number, entry in enumerate(document["claims"], 1):
        name = entry.get("id", number) if isinstance(entry, dict) else number
        where = f"{path}: claim {name}"
        claim = claim_of(entry, where)
        if claim.id in found:
            raise Complaint(f"{where}: stands there twice", "an id of its own for each")
        if not claim.not_testable:
            _check_names(claim, path.parent, metrics, where)
        found[claim.id] = claim
    return list(found.values())
