"""history_parts.py -- which gates of a history may be compared with each other, and why not.

Two gates are of one part where they asked the same of the same workloads on the same machine under
the same slablab. A part may be left and come back to.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Any

from .history_lines import BUILD_ID_DIGITS, Gate, identity

HASH_DIGITS = 8
VALUE_LETTERS = 40
METRICS = "metrics"  # of a plan's gate: told by the rows


@dataclass
class Part:
    """name: A, B, ... Z, AA, ... why: what changed against the gate before its first."""

    name: str
    why: list[str]
    gates: list[int] = field(default_factory=list)  # indices in the history


def _shown(value: Any) -> str:
    if isinstance(value, dict) and set(value) == {"absent"}:
        return "unknown"
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= VALUE_LETTERS else f"{text[: VALUE_LETTERS - 1]}…"


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """stop.blocks_max, ...: a value for each path of keys; of lists the whole."""
    if not isinstance(value, dict) or set(value) == {"absent"}:
        yield name, value
        return
    for key, inner in value.items():
        yield from _flat(inner, f"{name}.{key}" if name else key)


def _changed(before: dict[str, Any], after: dict[str, Any], what: str) -> Iterator[str]:
    """Of values that both have; one that an older slablab did not record says nothing."""
    was, is_now = dict(_flat(before)), dict(_flat(after))
    for name in was.keys() & is_now.keys():
        if was[name] != is_now[name]:
            yield f"{what}{name}: {_shown(was[name])} -> {_shown(is_now[name])}"


def _by_id(conditions: dict[str, Any]) -> dict[str, Any]:
    """Of the cells that stay, all but the name."""
    return {cell["id"]: cell for cell in conditions["asked"].get("cells", [])}


def _asked(conditions: dict[str, Any]) -> dict[str, Any]:
    """What the rows do not tell. Which events were counted along decides nothing."""
    asked = {key: value for key, value in conditions["asked"].items() if key != "cells"}
    asked["gate"] = {k: v for k, v in asked.get("gate", {}).items() if k != METRICS}
    return {key: value for key, value in asked.items() if key != "events"}


def _rebuilt(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    was, is_now = (conditions.get("workloads", {}) for conditions in (before, after))
    for name in was.keys() & is_now.keys():
        if was[name] != is_now[name]:
            ids = [one[name][:BUILD_ID_DIGITS] or "none" for one in (was, is_now)]
            yield f"workload {name} was rebuilt (build-id {ids[0]} -> {ids[1]})"


def _rules(gate: Gate) -> dict[tuple[str, str], tuple[float, bool]]:
    return {(r["cell"], r["metric"]): (r["margin"], r["decides"]) for r in gate["rows"]}


def _rows_changed(before: Gate, after: Gate) -> Iterator[str]:
    """Cells, metrics and margins, of which every line tells."""
    was, is_now = _rules(before), _rules(after)
    for index, what in enumerate(("cell", "metric")):
        names = [{key[index] for key in rules} for rules in (was, is_now)]
        for name in sorted(names[0] - names[1]):
            yield f"{what} no longer asked: {name}"
        for name in sorted(names[1] - names[0]):
            yield f"new {what}: {name}"
    for metric in sorted({key[1] for key in was.keys() & is_now.keys()}):
        pairs = {(was[key], is_now[key]) for key in was.keys() & is_now.keys() if key[1] == metric}
        for (margin, decided), (other, decides) in sorted(pairs):
            if margin != other:
                yield f"margin of {metric}: {100 * margin:g} % -> {100 * other:g} %"
            if decided != decides:
                yield f"{metric} {'decides' if decides else 'decides no longer'}"


def _untold(before: Gate, after: Gate) -> Iterator[str]:
    """Of lines without conditions: a host's name, and a hash that covers the builds, too."""
    if before.get("host") != after.get("host"):
        yield f"host: {before.get('host')} -> {after.get('host')}, of which these lines say no more"
    sides = [[identity(gate[side]) for side in ("base", "head")] for gate in (before, after)]
    if before["plan"] != after["plan"] and sides[0] == sides[1]:
        hashes = [gate["plan"][:HASH_DIGITS] for gate in (before, after)]
        yield (
            f"plan: {hashes[0]} -> {hashes[1]} with equal builds: a workload was rebuilt or the "
            "plan changed; these lines do not say which"
        )


def differences(before: Gate, after: Gate) -> list[str]:
    """Why two gates are not of one part, a line each; empty where they are."""
    if before["schema"] != after["schema"]:
        return [
            f"lines of another slablab ({before['schema']} -> {after['schema']}): what else "
            "changed, the older ones do not say"
        ]
    found = list(_rows_changed(before, after))
    if "conditions" not in after:
        return found + list(_untold(before, after))
    was, is_now = before["conditions"], after["conditions"]
    found += _rebuilt(was, is_now)
    found += sorted(_changed(_asked(was), _asked(is_now), "plan: "))
    found += sorted(_changed(_by_id(was), _by_id(is_now), "cell "))
    found += sorted(_changed(was["machine"], is_now["machine"], "machine: "))
    versions = [one.get("slablab", {}).get("version") for one in (was, is_now)]
    if None not in versions and versions[0] != versions[1]:
        found.append(f"slablab: {versions[0]} -> {versions[1]}")
    return found


def _name(number: int) -> str:
    name = ""
    while number >= 0:
        name = ascii_uppercase[number % 26] + name
        number = number // 26 - 1
    return name


def parts_of(gates: list[Gate]) -> list[Part]:
    """In the order of their first gates. Each gate is held against the last of every part."""
    parts: list[Part] = []
    current: Part | None = None
    for index, gate in enumerate(gates):
        candidates = sorted(parts, key=lambda part: part is not current)
        found = next(
            (part for part in candidates if not differences(gates[part.gates[-1]], gate)), None
        )
        if found is None:
            why = differences(gates[index - 1], gate) if parts else []
            found = Part(_name(len(parts)), why)
            parts.append(found)
        found.gates.append(index)
        current = found
    return parts


def rebuilds_of_slablab(gates: list[Gate]) -> int:
    """How often another build of the same version measured the next gate."""
    found = [gate.get("conditions", {}).get("slablab") for gate in gates]
    known = [one for one in found if one]
    return sum(
        one["version"] == other["version"] and one.get("build_id") != other.get("build_id")
        for one, other in zip(known, known[1:])
    )
