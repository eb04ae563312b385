"""importing.py -- a run's folder, made of what another tool measured.

plan.json has a key `imported`, by which no attestation is asked for and tables carry cautions;
outcome.json's `stopped_by` is "imported". Iterations that differ from sample to sample are brought
to one number for a cell: a time is that of one iteration times that number.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from types import ModuleType
from typing import Any

from ..complaint import Complaint, regular
from ..records.kinds import BENCHMARK, IMPORTED
from ..records.plan_hash import plan_hash
from ..records.ranges import LIMIT
from ..records.rules import rules_of
from ..records.seal import sealed
from . import formats
from .imported import Benchmark, Reading

ALPHA, ALPHA_CONTROL, MARGIN = 0.05, 0.01, 0.02  # as in an experiment that does not say
BLOCK_OF_FILES = "a file of each arm; its sample is the median of the file's repetitions"
BLOCK_OF_REPETITIONS = "the repetitions of the same number of each arm, which ran one arm at a time"


@dataclass(frozen=True)
class Source:
    """A file with its arm: "" where the file's own names are the arms."""

    path: Path
    arm: str
    tool: str
    digest: str
    benchmarks: list[Benchmark]


# cell to arm to its files, each with its readings
Measured = dict[str, dict[str, list[list[Reading]]]]


def _module_for(document: Any, where: str) -> tuple[str, ModuleType]:
    known = formats("read")
    for name, module in known.items():
        if module.recognises(document):
            return name, module
    raise Complaint(f"{where}: is of no format that is read here", f"one of: {', '.join(known)}")


def read_source(word: str) -> Source:
    """FILE or ARM=FILE. Raises Complaint for what cannot be read."""
    arm, equals, name = word.partition("=")
    if not equals or Path(word).exists():
        arm, name = "", word
    path = Path(name)
    if not path.exists():
        raise Complaint(f"{name}: no such file", "FILE, or ARM=FILE")
    content = regular(path).read_bytes()
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Complaint(f"{path}: not JSON: {error}", "the tool's JSON, not its table") from error
    tool, module = _module_for(document, str(path))
    found = module.read(document, str(path))
    if arm:
        for one in found:
            one.cell, one.arm = (one.cell if not one.arm else one.arm), arm
    elif not all(one.arm for one in found):
        raise Complaint(
            f"{path}: {tool} does not tell what was measured, so the file needs a name",
            f"{path.stem}={path}",
        )
    return Source(path, arm, tool, hashlib.sha256(content).hexdigest(), found)


def _measured(sources: list[Source]) -> tuple[Measured, dict[str, Benchmark]]:
    """And of each cell the first benchmark, which describes it."""
    found: Measured = {}
    first: dict[str, Benchmark] = {}
    for source in sources:
        for one in source.benchmarks:
            known = first.setdefault(one.cell, one)
            if (known.by_wall, known.threads) != (one.by_wall, one.threads):
                raise Complaint(
                    f"{source.path}: '{one.cell}' is timed in another way than in the files "
                    "before it",
                    "files that the same command wrote",
                )
            found.setdefault(one.cell, {}).setdefault(one.arm, []).append(one.readings)
    return found, first


def _middle(readings: list[Reading]) -> Reading:
    """The median of a file's repetitions, of each time."""
    cpu = [one.cpu_ns for one in readings]
    return Reading(
        max(one.iterations for one in readings),
        median(one.wall_ns for one in readings),
        None if None in cpu else median(value for value in cpu if value is not None),
    )


def _blocks(
    arms: dict[str, list[list[Reading]]], names: list[str], several: bool, cell: str
) -> tuple[list[list[Reading]], dict[str, int]]:
    """Of each block a reading for each arm; and how many of an arm had no partner."""
    if several:
        counts = {name: len(arms[name]) for name in names}
        if len(set(counts.values())) > 1:
            shown = ", ".join(f"{name}: {count}" for name, count in counts.items())
            raise Complaint(
                f"'{cell}': a block is a file of each arm, and their numbers differ ({shown})",
                "as many files of each arm, in the order in which they were measured",
            )
        rows = [[_middle(file) for file in arms[name]] for name in names]
    else:
        rows = [arms[name][0] for name in names]
    shortest = min(map(len, rows))
    dropped = {name: len(row) - shortest for name, row in zip(names, rows) if len(row) > shortest}
    return [list(block) for block in zip(*(row[:shortest] for row in rows))], dropped


def _sample(
    name: str, position: int, reading: Reading, iterations: int, cell: str
) -> dict[str, Any]:
    times = {"wall_ns": reading.wall_ns, "cpu_ns": reading.cpu_ns}
    whole = {key: round(time * iterations) for key, time in times.items() if time is not None}
    for key, value in whole.items():
        if not 1 <= value < LIMIT:
            raise Complaint(
                f"'{cell}', {name}: {iterations} iterations take {value} ns by {key}, which is "
                "less than 1 or beyond 64 bits",
                "more iterations in a repetition: --benchmark_min_time",
            )
    return {
        "arm": name, "position": position, "status": "ok", "checksum": None,
        "operations": iterations, **whole,
    }  # fmt: skip


def _cell(one: Benchmark) -> dict[str, Any]:
    parameters = {"threads": one.threads, **one.parameters} if one.threads > 1 else one.parameters
    told = {
        "id": one.cell,
        "workload": one.cell if one.by_wall else one.cell.split("/")[0],
        "start": IMPORTED,
        "parameters": parameters,
        "threads": one.threads,
        "operations": None,
        "warmup_operations": None,
    }
    return {**told, BENCHMARK: {"iterates": one.iterates}} if one.by_wall else told


def _plan(
    name: str, names: list[str], cells: list[dict[str, Any]], left_out: list[dict[str, str]],
    told: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    arms = [
        {
            "id": arm, "role": "arm" if position else "baseline", "spec": arm, "allocator": arm,
            "object": None, "object_build_id": "", "observer": None, "version": None,
            "environment": [],
        }
        for position, arm in enumerate(names)
    ]  # fmt: skip
    plan = {
        "schema": "slablab-plan/2", "experiment": name, "experiment_text": "", "form": IMPORTED,
        "question": "How do the arms differ, by what another tool measured?", "expects": "",
        "hash": "", "seed": 0, "alpha": ALPHA, "alpha_control": ALPHA_CONTROL, "margin": MARGIN,
        "stop": {}, "events": [], "arms": arms, "cells": cells, "comparisons": [],
        "interactions": [], "published": [], "left_out": left_out, IMPORTED: told,
    }  # fmt: skip
    return {**plan, "hash": plan_hash(plan)}


def _arm_names(sources: list[Source]) -> list[str]:
    """In the order in which they come; the first is the baseline."""
    names = list(dict.fromkeys(one.arm for source in sources for one in source.benchmarks))
    if len(names) < 2:
        raise Complaint(
            f"{sources[0].path}: one arm, '{names[0][:60]}', and a comparison takes two",
            f"{names[0].split()[0]}={sources[0].path} other=OTHER.json",
        )
    return names


def imported_files(sources: list[Source], name: str) -> dict[str, bytes]:
    """The files of the run's folder. Raises Complaint where no two arms have a cell in common."""
    names = _arm_names(sources)
    measured, first = _measured(sources)
    several = any(len(files) > 1 for arms in measured.values() for files in arms.values())
    cells, blocks, dropped, left_out = [], [], [], []
    for cell, arms in measured.items():
        missing = [arm for arm in names if arm not in arms]
        if missing:
            left_out.append({"cell": cell, "why": f"{', '.join(missing)} was not measured in it"})
            continue
        rows, without = _blocks(arms, names, several, cell)
        iterations = max(one.iterations for row in rows for one in row)
        cells.append(_cell(first[cell]))
        dropped += [{"cell": cell, "arm": arm, "samples": n} for arm, n in without.items()]
        blocks += [
            (cell, i, [_sample(arm, position, one, iterations, cell)
                       for position, (arm, one) in enumerate(zip(names, row, strict=True))])
            for i, row in enumerate(rows)
        ]  # fmt: skip
    if not cells:
        raise Complaint("no benchmark that every arm has", "files of the same benchmarks")
    told = {
        "files": [
            {"name": one.path.name, "arm": one.arm, "format": one.tool, "sha256": one.digest}
            for one in sources
        ],
        "blocks": BLOCK_OF_FILES if several else BLOCK_OF_REPETITIONS,
        "dropped": dropped,
    }
    return _files(_plan(name, names, cells, left_out, told), blocks)


def _files(plan: dict[str, Any], blocks: list[tuple[str, int, list[Any]]]) -> dict[str, bytes]:
    absent = {"absent": "imported: another tool measured, and does not say where"}
    lines = [
        sealed(
            json.dumps(
                {
                    "schema": "slablab-block/2", "plan": plan["hash"], "host": "", "cell": cell,
                    "block": number, "valid": True, "samples": samples,
                }  # fmt: skip
            ).encode()
        )
        for cell, number, samples in blocks
    ]
    counts = {cell["id"]: sum(one == cell["id"] for one, *_ in blocks) for cell in plan["cells"]}
    outcome = {
        "schema": "slablab-outcome/1",
        "verdict": "complete",
        "reasons": [],
        "cells": [
            {"cell": cell, "blocks": n, "lost": 0, "stopped_by": IMPORTED}
            for cell, n in counts.items()
        ],
    }
    return {
        "plan.json": _json(plan),
        "machine.json": _json({"schema": "slablab-machine/1", "cpu_model": absent}),
        "samples.jsonl": b"".join(lines),
        "outcome.json": _json(outcome),
    }


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def write_import(words: list[str], out: Path, name: str | None) -> Path:
    """Reads the files and makes the run's folder, which must not be there; returns it."""
    files = imported_files([read_source(word) for word in words], name or out.resolve().name)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Complaint(f"{out}: is there already", "another folder: --out results/NAME/RUN")
    out.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        (out / file).write_bytes(content)
    return out
