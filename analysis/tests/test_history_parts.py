"""test_history_parts.py -- what changes silently between gates parts their history (V12).

SPDX-License-Identifier: MIT"""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.complaint import Complaint
from analysis.document.formats import markdown
from analysis.gate.history import History, load_history
from analysis.gate.history_page import history_document, history_files

from .synthetic_gates import CELLS, build, chained_record, row_record

Gate = dict[str, Any]
HALF = 8


def halves(change: Callable[[Gate], Any], chained: bool = False) -> list[Gate]:
    """Two halves of a history, between which one thing changes; the level does, too."""
    gates = []
    for number in range(2 * HALF):
        sides = (build(f"b{number}"), build(f"b{number + 1}")) if chained else (
            build("base"), build("head"))  # fmt: skip
        gate = copy.deepcopy(chained_record(number, *sides, 0.001 * (number % 3)))
        if number >= HALF:
            gate["rows"][0]["effect"] += 0.002
            change(gate)
        gates.append(gate)
    return gates


def loaded(folder: Path, gates: list[Gate]) -> History:
    path = folder / "certify.jsonl"
    path.write_text("".join(json.dumps(gate) + "\n" for gate in gates))
    return load_history(path)


def put(*path: Any) -> Callable[[Gate], None]:
    """Sets the value at the end of a path of keys."""

    def change(gate: Gate) -> None:
        for key in path[:-2]:
            gate = gate[key]
        gate[path[-2]] = path[-1]

    return change


CHANGES = [
    (
        put("conditions", "workloads", "fixed_random", "56789abcdef"),
        "workload fixed_random was rebuilt (build-id 12345678 -> 56789abc)",
    ),
    (put("conditions", "machine", "cpu_model", "Z80"), "machine: cpu_model: Test CPU -> Z80"),
    (put("conditions", "machine", "process", "nice", 5), "machine: process.nice: 0 -> 5"),
    (
        put("conditions", "machine", "compiler_version", "13"),
        "machine: compiler_version: 12.2.0 -> 13",
    ),
    (put("conditions", "slablab", "version", "1.1"), "slablab: 1.0 -> 1.1"),
    (put("conditions", "asked", "stop", "blocks_max", 9), "plan: stop.blocks_max: 100 -> 9"),
    (put("conditions", "asked", "gate", "alpha_fail", 0.1), "plan: gate.alpha_fail: 0.005 -> 0.1"),
    (
        put("conditions", "asked", "cells", 0, "operations", 7),
        f"cell {CELLS[0]}.operations: 1000 -> 7",
    ),
    (put("rows", 0, "margin", 0.03), "margin of time: 2 % -> 3 %"),
    (put("rows", 0, "decides", False), "time decides no longer"),
    (put("rows", 0, "cell", CELLS[1]), f"cell no longer asked: {CELLS[0]}; new cell: {CELLS[1]}"),
    (
        lambda gate: gate["rows"].append(row_record(CELLS[0], "wall_time")),
        "new metric: wall_time",
    ),
]


@pytest.mark.parametrize(("change", "said"), CHANGES, ids=[said for _, said in CHANGES])
def test_a_change_parts_the_series_and_is_named(
    tmp_path: Path, change: Callable[[Gate], Any], said: str
) -> None:
    """The level differs between the halves, but nothing says that a build is the reason."""
    found = loaded(tmp_path, halves(change))
    assert [(part.name, len(part.gates)) for part in found.parts] == [("A", HALF), ("B", HALF)]
    assert "; ".join(found.parts[1].why) == said
    assert all(series.changes == [] for series in found.series)
    shown = said.replace("_", "\\_")
    text = markdown(history_document(found))
    assert f"Part B, from here (head.so, 2023-11-22): {shown}." in text
    assert f"| B | head.so | 2023-11-22 | ./base.so (build-id base) | {shown} | 8 |" in text


def test_parts_are_drawn_and_named_in_the_caption(tmp_path: Path) -> None:
    files = history_files(loaded(tmp_path, halves(CHANGES[0][0])))
    assert b">A<" in files["history.svg"] and b">B<" in files["history.svg"]
    assert f"B: {CHANGES[0][1]}".replace(">", "&gt;") in files["history.html"].decode()


def test_without_a_change_of_conditions_the_level_changes(tmp_path: Path) -> None:
    found = loaded(tmp_path, halves(lambda gate: None))
    assert len(found.parts) == 1 and len(found.series[0].changes) == 1


@pytest.mark.parametrize("path", [("host", "elsewhere"), ("plan", "ffff"), ("seconds", 9.0)])
def test_what_decides_nothing_parts_nothing(tmp_path: Path, path: tuple[str, Any]) -> None:
    """A host's name where the machine is told; a plan's hash, which covers the builds, too."""
    assert len(loaded(tmp_path, halves(put(*path))).parts) == 1


def test_slablab_built_anew_is_said_alone(tmp_path: Path) -> None:
    found = loaded(tmp_path, halves(put("conditions", "slablab", "build_id", "bb")))
    assert len(found.parts) == 1
    assert "slablab itself was built anew 1 times" in markdown(history_document(found))


def test_a_peer_that_was_upgraded_is_another_reference(tmp_path: Path) -> None:
    def upgraded(gate: Gate) -> None:
        gate["base"].update(build_id="fedcba98", version="5.3.1")

    gates = halves(upgraded)
    for number, gate in enumerate(gates):
        gate["base"]["spec"] = "jemalloc"
        if number < HALF:
            gate["base"]["version"] = "5.3.0"
    found = loaded(tmp_path, gates)
    assert [group.name for group in found.groups] == ["A", "A2"]
    assert found.series[0].changes == []
    assert (
        "| jemalloc (build-id fedcba98, 5.3.1) | another build of the reference: jemalloc "
        "(build-id base, 5.3.0) before | 8 |"
    ) in markdown(history_document(found))


def test_nothing_is_chained_across_parts(tmp_path: Path) -> None:
    change = put("conditions", "machine", "cpu_model", "Z80")
    found = loaded(tmp_path, halves(change, chained=True))
    assert [len(chain.gates) for chain in found.chains] == [HALF, HALF]
    assert found.chains[1].begins == "the gate that led to its base is of part A"


def test_a_part_is_come_back_to(tmp_path: Path) -> None:
    """Two machines take turns: each has its own level, and no change."""
    gates = halves(lambda gate: None)
    for number, gate in enumerate(gates):
        gate["rows"][0]["effect"] = 0.0 if number % 2 else 0.01
        gate["conditions"]["machine"]["cpu_model"] = f"CPU {number % 2}"
    found = loaded(tmp_path, gates)
    assert [part.gates for part in found.parts] == [
        list(range(0, 2 * HALF, 2)),
        list(range(1, 2 * HALF, 2)),
    ]
    assert [stretch.level for stretch in found.series[0].stretches] == [0.01, 0.0]
    assert found.series[0].changes == []


def _older(gate: Gate, schema: str) -> None:
    gate["schema"] = schema
    del gate["conditions"]
    for side in ("base", "head"):
        del gate[side]["environment"], gate[side]["version"]


@pytest.mark.parametrize("schema", ["slablab-gate/1", "slablab-gate/2"])
def test_older_lines_say_what_they_lack(tmp_path: Path, schema: str) -> None:
    gates = halves(put("plan", "8b0a1f5263858499"))
    for gate in gates:
        _older(gate, schema)
    found = loaded(tmp_path, gates)
    assert found.parts[1].why[0].startswith("plan: 00112233 -> 8b0a1f52 with equal builds")
    assert found.series[0].changes == []
    text = markdown(history_document(found))
    assert f"16 gates of an older slablab ({schema})" in text


def test_older_lines_with_other_builds_have_other_hashes(tmp_path: Path) -> None:
    gates = halves(put("plan", "8b0a1f5263858499"), chained=True)
    for gate in gates:
        _older(gate, "slablab-gate/2")
    assert len(loaded(tmp_path, gates).parts) == 1


def test_older_lines_know_their_host_alone(tmp_path: Path) -> None:
    gates = halves(put("host", "elsewhere"))
    for gate in gates:
        _older(gate, "slablab-gate/2")
    (why,) = loaded(tmp_path, gates).parts[1].why
    assert why == "host: testhost -> elsewhere, of which these lines say no more"


def test_lines_of_another_slablab_part_the_series(tmp_path: Path) -> None:
    gates = halves(lambda gate: None)
    for gate in gates[:HALF]:
        _older(gate, "slablab-gate/2")
    (why,) = loaded(tmp_path, gates).parts[1].why
    assert why.startswith("lines of another slablab (slablab-gate/2 -> slablab-gate/3)")


@pytest.mark.parametrize("key", ["started_unix_ns", "conditions", "base", "rows"])
def test_a_line_that_lacks_what_is_needed_is_refused(tmp_path: Path, key: str) -> None:
    gates = halves(lambda gate: None)
    del gates[3][key]
    with pytest.raises(Complaint, match=f"certify.jsonl:4: there is no {key}"):
        loaded(tmp_path, gates)
