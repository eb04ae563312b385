"""restriction.py -- an experiment with the cells and the arms of one claim, and no others.

It is the experiment's own file with fewer entries, under its own name, so that a run of it is a run
of that experiment. Of the lists that name arms or cells only what is left stays.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from ..claims.file import Claim, cells_with
from ..complaint import Complaint, regular
from .expectation import Expectation, Stop

SECONDS_MAX = 480.0  # of a claim's blocks: three claims, and building, are done in half an hour
QUICK_BLOCKS, QUICK_SECONDS = 40, 50.0  # where an experiment does not say
BLOCKS_MAX = 200  # likewise
OVERSUBSCRIBED = "oversubscribed"  # the last word of a cell with more threads than CPUs
LEFT_OUT = ("published", "interactions", "compare")  # what tables of all arms show


def _choices(word: str) -> list[str]:
    """ "size=256,512" is "size=256" and "size=512"; any other word is itself."""
    name, equals, values = word.partition("=")
    return [f"{name}={value}" for value in values.split(",")] if equals else [word]


def _programs(plan: dict[str, Any]) -> dict[str, str]:
    """Name to "program" or "server", as the plan's cells begin."""
    cells = (cell["id"].split() for cell in plan["cells"])
    return {words[1]: words[0] for words in cells if words[0] in ("program", "server")}


def _named(entry: dict[str, Any], programs: dict[str, str]) -> str | None:
    """The cell's id of a program, without an axis; None of a workload."""
    for kind in ("server", "program"):
        if kind in entry:
            return f"{kind} {entry.get('name') or Path(str(entry[kind][0])).name}"
    name = Path(str(entry.get("run", ""))).name.removesuffix(".yaml")
    return f"{programs[name]} {name}" if name in programs else None


def _cells(
    entry: dict[str, Any], programs: dict[str, str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every cell's id of an entry, in the order of the plan, with the keys that give it alone."""
    named = _named(entry, programs)
    alone: list[tuple[str, dict[str, Any]]] = [(named, {})] if named is not None else []
    if named is None:
        choices = map(_choices, str(entry.get("run", "")).split())
        warmup = [f"warmup={entry['warmup']}"] if "warmup" in entry else []
        for words in itertools.product(*choices):
            start = str(entry.get("start", "cold"))
            alone.append((" ".join((*words, *warmup, start)), {"run": " ".join(words)}))
    for (cell, keys), thp in itertools.product(alone, entry.get("thp") or [None]):
        yield (cell, keys) if thp is None else (f"{cell} thp={thp}", {**keys, "thp": [thp]})


def _is_wanted(claim: Claim, cell: str) -> bool:
    """Whether the claim is about it, on however many CPUs."""
    return any(
        cells_with(words.replace(OVERSUBSCRIBED, ""), [cell])
        for words in (claim.cells, claim.against_cells)
        if words
    )


def _is_about(text: str, arms: list[str]) -> bool:
    """Whether "phase17-1 smallmid >= 99%" speaks of one of the arms."""
    return text.split()[0] in {arm.split()[0] for arm in arms}


def _workloads(
    entries: list[dict[str, Any]], expected: Expectation, arms: list[str]
) -> Iterator[Any]:
    """An entry for each cell that the claim needs, in the quick form, too."""
    programs = _programs(expected.run.plan)
    for entry in entries:
        for cell, keys in _cells(entry, programs):
            if not _is_wanted(expected.claim, cell):
                continue
            kept = {key: value for key, value in entry.items() if key != "quick"} | keys
            if "serves" in kept:
                kept["serves"] = [one for one in kept["serves"] if _is_about(one, arms)]
            yield kept


def specs_of(expected: Expectation) -> dict[str, str]:
    """Ids of the arms that a claim needs, to what the experiment asks for them with."""
    plan = expected.run.plan
    return {arm["id"]: arm["spec"] for arm in plan["arms"] if arm["id"] in expected.arms}


def stop_of(experiment: dict[str, Any], quick: bool) -> Stop:
    """Of a form of the experiment, bounded so that a claim is no matter of hours."""
    full = experiment.get("stop") or {}
    blocks = int(full.get("blocks_max", BLOCKS_MAX))
    seconds = min(float(full.get("seconds_max", SECONDS_MAX)), SECONDS_MAX)
    if not quick:
        return Stop(blocks, seconds)
    form = experiment.get("quick") or {}
    return Stop(
        min(blocks, int(form.get("blocks_max", QUICK_BLOCKS))),
        min(seconds, float(form.get("seconds_max", QUICK_SECONDS))),
    )


def read_experiment(path: Path) -> dict[str, Any]:
    """Raises Complaint where the file is no mapping."""
    try:
        found = yaml.safe_load(regular(path).read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        why = " ".join(str(error).split())
        raise Complaint(f"{path}: is no YAML: {why}", f"build/slablab plan {path}") from error
    if not isinstance(found, dict) or not isinstance(found.get("workloads"), list):
        raise Complaint(f"{path}: has no workloads", f"build/slablab plan {path}")
    return found


def restricted(experiment: dict[str, Any], expected: Expectation) -> dict[str, Any]:
    """The experiment with what the claim needs. Raises Complaint where it has no such cell any
    more."""
    claim, specs = expected.claim, specs_of(expected)
    others = [spec for arm, spec in specs.items() if arm != expected.run.baseline]
    kept = {key: value for key, value in experiment.items() if key not in LEFT_OUT}
    kept["arms"] = others
    kept["workloads"] = list(_workloads(experiment["workloads"], expected, list(specs.values())))
    if not kept["workloads"]:
        raise Complaint(
            f"{claim.experiment}.yaml: no cell has all of '{claim.cells}'",
            f"build/slablab plan experiments/{claim.experiment}.yaml",
        )
    for form, quick in (("stop", False), ("quick", True)):
        stop = stop_of(experiment, quick)
        bounds = {"blocks_max": stop.blocks_max, "seconds_max": stop.seconds_max}
        kept[form] = {**(experiment.get(form) or {}), **bounds}
    return kept


def write_restricted(experiment: Path, expected: Expectation, out: Path) -> Path:
    """The file of one claim's experiment, in a folder of its own."""
    found = restricted(read_experiment(experiment), expected)
    out.mkdir(parents=True, exist_ok=True)
    path = out / experiment.name
    text = yaml.safe_dump(found, sort_keys=False, allow_unicode=True, width=100)
    head = f"# {experiment.name} -- what claim {expected.claim.id} needs of it.\n"
    path.write_text(head + text, encoding="utf-8")
    return path
