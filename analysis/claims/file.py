"""file.py -- experiments/claims.yaml: what was claimed, where it is tested, when it holds.

A claim is either testable, with experiment, cells, metric, arm and rule, or it says why it is not.
Which arms and cells an experiment has is read in the plans of its runs, where slablab wrote it.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from ..complaint import Complaint, regular

YAML_BYTES_MOST = 1 << 20
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
OPTIONAL = ("against", "against_cells", "average", "stage", "published", "interval", "main")
SWITCHES = ("average", "main")
INTERVALS = ("here", "elsewhere")
COMMON = ("id", "claim", "from")


@dataclass(frozen=True)
class Rule:
    """The claim holds where the true figure lies from low to high."""

    text: str
    low: float
    high: float


@dataclass(frozen=True)
class Claim:
    """`origin` is the section of docs/hakmem.md that states it. A claim that is not testable here
    has its reason in `not_testable`, and nothing from `experiment` on."""

    id: str
    claim: str
    origin: str
    not_testable: str = ""
    experiment: str = ""
    cells: str = ""  # words that a cell's id must have
    metric: str = ""
    arm: str = ""
    against: str = ""  # an arm: then the figure is a relative effect
    against_cells: str = ""  # or another cell of the same arm, likewise by words
    average: bool = False  # one figure for all cells, the mean of their log-ratios
    stage: str = "region"  # of a profile's and a ledger's metrics
    published: str = ""
    interval: str = ""  # one of INTERVALS; "": elsewhere once there are machines enough
    main: bool = False  # one of those that an artifact's reader measures again first
    rule: Rule = Rule("", float("-inf"), float("inf"))


def _figure(text: str, per_cent: str | None) -> float:
    return float(text.replace(",", "")) / (100 if per_cent else 1)


def rule_of(text: Any, where: str) -> Rule:
    """ "above 0 %", "below 10 %", "within 5,400,000 to 6,100,000", "same within 1 %"."""
    found = RULE.fullmatch(text) if isinstance(text, str) else None
    if found is None or (found[1] == "within") != (found[4] is not None):
        raise Complaint(
            f"{where}: holds: {text!r} is no rule",
            "above 0 %, below 10 %, within 60 % to 80 %, or same within 1 %",
        )
    first = _figure(found[2], found[3])
    if found[1] == "same within":
        return Rule(text, -first, first)
    last = _figure(found[4], found[5]) if found[4] is not None else first
    if last < first:
        raise Complaint(f"{where}: holds: {text!r} has nothing within", "the smaller figure first")
    from_below, from_above = RULES[found[1]]
    return Rule(
        text, first if from_below else float("-inf"), last if from_above else float("inf")
    )


def cells_with(words: str, cells: list[str]) -> list[str]:
    return [cell for cell in cells if set(cell.split()).issuperset(words.split())]


def _read_yaml(path: Path) -> Any:
    try:
        if regular(path).stat().st_size > YAML_BYTES_MOST:
            raise Complaint(f"{path}: too large", "see experiments/claims.yaml")
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except RecursionError as error:
        raise Complaint(f"{path}: too deep", "see experiments/claims.yaml") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Complaint(
            f"{path}: is no YAML: {' '.join(str(error).split())}", "see experiments/claims.yaml"
        ) from error


def _check_experiment(name: str, folder: Path, where: str) -> None:
    if not (folder / f"{name}.yaml").exists():
        known = sorted(found.stem for found in folder.glob("*.yaml") if found.name != FILE.name)
        raise Complaint(f"{where}: unknown experiment '{name}'", f"one of {', '.join(known)}")


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
        if key not in SWITCHES and not isinstance(value, str):
            raise Complaint(f"{where}: {key}: {value!r:.40} is no text", "put it in quotes")


def _check_meaning(claim: Claim, metrics: list[str], where: str) -> None:
    if claim.metric not in metrics:
        raise Complaint(
            f"{where}: unknown metric '{claim.metric}'", f"one of {', '.join(metrics)}"
        )
    if claim.against_cells and (claim.against or claim.average):
        raise Complaint(
            f"{where}: against_cells beside against or average", "one thing to compare with"
        )
    if claim.average and not claim.against:
        raise Complaint(f"{where}: average of what is no effect", "against: an arm")
    if claim.interval and claim.interval not in INTERVALS:
        raise Complaint(
            f"{where}: interval: '{claim.interval}' is none", f"one of {', '.join(INTERVALS)}"
        )
    if claim.interval == "elsewhere" and not (
        claim.against and claim.metric == "operations_per_second"
    ):
        raise Complaint(
            f"{where}: elsewhere is known of an arm's operations_per_second against another's",
            "interval: here",
        )
    if claim.stage not in ("region", "start_up", "whole"):
        raise Complaint(f"{where}: unknown stage '{claim.stage}'", "region, start_up or whole")


def _check_names(claim: Claim, plan: dict[str, Any], where: str) -> None:
    """That the plan has the claim's arms and cells."""
    arms = [arm["id"] for arm in plan["arms"] if arm["role"] != "control"]
    cells = [cell["id"] for cell in plan["cells"]]
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
    if claim.against_cells and len(cells_with(claim.against_cells, cells)) != 1:
        raise Complaint(
            f"{where}: against_cells: '{claim.against_cells}' must name one cell", "more words"
        )


def check_names(claims: list[Claim], plans: list[dict[str, Any]], path: Path) -> None:
    """Refuses an arm or a cell that an experiment does not have. What it has is in the plans: in
    those of the full form that were made of its file as it is now."""
    for claim in claims:
        file = path.parent / f"{claim.experiment}.yaml"
        for plan in plans:
            whole = plan["experiment"] == claim.experiment and plan["form"] == "full"
            if whole and plan.get("experiment_text") == file.read_text(encoding="utf-8"):
                _check_names(claim, plan, f"{path}: claim {claim.id}")


def _claim_of(entry: Any, where: str) -> Claim:
    _check_keys(entry, where)
    known = {field.name for field in fields(Claim)}
    values = {key: value for key, value in entry.items() if key in known}
    rule = rule_of(entry["holds"], where) if "holds" in entry else Rule("", 0, 0)
    return Claim(**values, origin=entry["from"], rule=rule)


def own_claims() -> Path:
    """The project's claims where it has some, else slablab's."""
    return FILE if FILE.exists() else Path(__file__).parents[2] / FILE


def read_claims(path: Path, metrics: list[str]) -> list[Claim]:
    """The claims of a file, in its order; experiments are looked up beside it. metrics: the names
    that a claim may give. check_names looks into the rest."""
    if not path.exists():
        raise Complaint(f"{path}: not there", "--claims experiments/claims.yaml, in a checkout")
    document = _read_yaml(path)
    if not isinstance(document, dict) or not isinstance(document.get("claims"), list):
        raise Complaint(f"{path}: has no list of claims", "claims: [{id: ..., claim: ...}]")
    found: dict[str, Claim] = {}
    for number, entry in enumerate(document["claims"], 1):
        name = entry.get("id", number) if isinstance(entry, dict) else number
        where = f"{path}: claim {name}"
        claim = _claim_of(entry, where)
        if claim.id in found:
            raise Complaint(f"{where}: stands there twice", "an id of its own for each")
        if not claim.not_testable:
            _check_experiment(claim.experiment, path.parent, where)
            _check_meaning(claim, metrics, where)
        found[claim.id] = claim
    return list(found.values())
