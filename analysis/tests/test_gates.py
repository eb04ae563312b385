"""test_gates.py -- a gate's rows from its samples, and every way in which gate.json may differ.

SPDX-License-Identifier: MIT"""

import json
import math
from pathlib import Path

import pytest

from ..commands import run as command
from ..complaint import Complaint
from ..formats import TERMINAL_COLUMNS, terminal
from ..gate_tables import gate_document
from ..gates import derived_rows, gate_differences, load_gate
from ..sequential import log_e_one_sided
from .synthetic_gates import CELL, write_gate, write_instructions, write_samples

STORED = sorted(Path(__file__).parents[2].glob("results/reference/gate*/*-gate"))


def verdict_of(folder: Path) -> str:
    return write_gate(folder)["verdict"]


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "pass"),
        ({"factor": 1.03}, "fail"),
        ({"factor": 0.97}, "pass"),
        ({"more_faults": 1}, "fail"),
        ({"more_faults": -5}, "pass"),
        ({"blocks": 8}, "inconclusive"),
        ({"control_factor": 1.05}, "void"),
        ({"control_factor": 1.05, "factor": 1.5}, "void"),
    ],
)
def test_the_verdict_follows_from_the_samples(tmp_path, changes, verdict) -> None:
    assert verdict_of(write_samples(tmp_path / "gate", **changes)) == verdict


def test_thresholds_are_those_of_all_rows_that_decide(tmp_path) -> None:
    """Two rows decide, so every block must be for FAIL until e reaches 2 / 0.5 %."""
    said = write_gate(write_samples(tmp_path / "gate", factor=1.5))
    (time,) = [row for row in said["rows"] if row["metric"] == "time"]
    enough = next(n for n in range(1, 99) if log_e_one_sided(n, n) >= math.log(2 / 0.005))
    assert time["decided_at"] == enough
    assert 0 < time["mde"] < 0.02 < time["low"] < 0.5 < time["high"] < 0.6


def test_a_metric_that_is_shown_never_fails(tmp_path) -> None:
    shown = [
        {"name": "time", "margin": 0.02, "decides": False},
        {"name": "page_faults", "margin": 0.01, "decides": True},
    ]
    folder = write_samples(tmp_path / "gate", factor=1.5, metrics=shown)
    said = write_gate(folder)
    assert said["verdict"] == "pass" and said["decisions"] == 1
    assert {row["metric"]: row["verdict"] for row in said["rows"]} == {
        "time": "reported",
        "page_faults": "pass",
    }


def test_instructions_decide_by_their_own_blocks(tmp_path) -> None:
    metrics = [{"name": "instructions", "margin": 0.002, "decides": True}]
    for head, verdict in ((1_000_100, "pass"), (1_010_000, "fail")):
        folder = write_samples(tmp_path / verdict, blocks=6, metrics=metrics)
        write_instructions(folder, [1_000_000] * 3, [head] * 3)
        assert verdict_of(folder) == verdict
        assert gate_differences(load_gate(folder)) == []


def test_a_gate_that_is_what_its_samples_say_has_no_differences(tmp_path) -> None:
    folder = write_samples(tmp_path / "gate", factor=1.03)
    write_gate(folder)
    assert gate_differences(load_gate(folder)) == []
    assert command(["gate", str(folder)]) == 0


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("effect", lambda value: value + 1e-6),
        ("low", lambda value: value * (1 + 1e-6)),
        ("log_e_fail", lambda value: value - 1e-6),
        ("verdict", lambda value: "pass" if value != "pass" else "fail"),
        ("decided_at", lambda value: (value or 0) + 1),
        ("mde", lambda value: None),
    ],
)
def test_every_field_of_a_row_is_held(tmp_path, capsys, key, change) -> None:
    folder = write_samples(tmp_path / "gate", factor=1.03)
    said = write_gate(folder)
    said["rows"][0][key] = change(said["rows"][0][key])
    (folder / "gate.json").write_text(json.dumps(said))
    found = gate_differences(load_gate(folder))
    assert len(found) == 1 and f"row of time in '{CELL}': {key} is" in found[0]
    assert command(["gate", str(folder)]) == 1
    assert key in capsys.readouterr().err


def test_a_row_that_is_missing_and_another_verdict_are_told(tmp_path) -> None:
    folder = write_samples(tmp_path / "gate")
    said = write_gate(folder)
    said["rows"].pop()
    said["verdict"] = "fail"
    (folder / "gate.json").write_text(json.dumps(said))
    found = gate_differences(load_gate(folder))
    assert len(found) == 2 and any("the verdict is fail" in line for line in found)


def test_what_is_no_gate_is_complained_of(tmp_path) -> None:
    with pytest.raises(Complaint, match="no finished gate"):
        load_gate(tmp_path)
    folder = write_samples(tmp_path / "gate")
    said = write_gate(folder)
    (folder / "gate.json").write_text(json.dumps({**said, "plan": "another"}))
    with pytest.raises(Complaint, match="its plan is not"):
        load_gate(folder)


def test_the_table_is_worst_first_and_fits(tmp_path) -> None:
    folder = write_samples(tmp_path / "gate", factor=1.03)
    write_gate(folder)
    text = terminal(gate_document(load_gate(folder)))
    assert "FAIL: 1 of 2 rows failed" in text
    assert all(len(line) <= TERMINAL_COLUMNS for line in text.splitlines())


@pytest.mark.parametrize("folder", STORED, ids=lambda folder: folder.name)
def test_every_stored_gate_is_what_its_samples_say(folder: Path) -> None:
    gate = load_gate(folder)
    assert gate_differences(gate) == [] and derived_rows(gate)
