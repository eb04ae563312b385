"""test_gates.py -- a gate's verdict from its samples, and every way in which gate.json may differ.

SPDX-License-Identifier: MIT"""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.commands import run
from analysis.complaint import Complaint
from analysis.document.formats import TERMINAL_COLUMNS
from analysis.gate.gates import derived_rows, derived_verdict, gate_differences, load_gate
from analysis.statistics.sequential import log_e_one_sided

from .gate_runs import (
    CELLS,
    IMPLIED,
    METRICS,
    drifting,
    edited_differences,
    said_of,
    write_gate,
    write_said,
)
from .synthetic import blocks_in, write_blocks

STORED = sorted(Path(__file__).parents[2].glob("results/reference/gate*/*-gate"))


def _more_faults(more: int) -> Callable[[str, str, int], int]:
    return lambda arm, cell, number: 190 + (more if arm == "head" else 0)


def _losing(block: dict[str, Any]) -> None:
    if block["block"] % 4 == 1:
        block["valid"] = False
        block["samples"][0].update(status="failed", exit_code=1)


@pytest.mark.parametrize(
    ("options", "verdict"),
    [
        ({}, "pass"),
        ({"head": 0.03}, "fail"),
        ({"head": -0.03}, "pass"),
        ({"faults": _more_faults(2)}, "fail"),
        ({"faults": _more_faults(-5)}, "pass"),
        ({"blocks": 8}, "inconclusive"),
        ({"control": 0.05}, "void"),
        ({"control": 0.05, "head": 0.4}, "void"),
        ({"edit": drifting, "blocks": 100}, "void"),
        ({"edit": _losing}, "void"),
    ],
)
def test_the_verdict_follows_from_the_samples(
    tmp_path: Path, options: dict[str, Any], verdict: str
) -> None:
    gate = load_gate(write_gate(tmp_path / "run", **options))
    assert derived_verdict(gate, derived_rows(gate)) == verdict
    if verdict == "void":  # of which the oracle knows nothing
        (line,) = gate_differences(gate)
        assert "and void by the samples" in line


def test_thresholds_are_those_of_all_rows_that_decide(tmp_path: Path) -> None:
    """Four rows in two cells decide: every block must be for FAIL until e reaches 8 / 0.5 %."""
    gate = load_gate(write_gate(tmp_path / "run", head=0.4, blocks=120))
    time = derived_rows(gate)[CELLS[0], "time"]
    enough = next(n for n in range(1, 99) if log_e_one_sided(n, n) >= math.log(8 / 0.005))
    assert time["decided_at"] == enough
    assert 0 < time["mde"] < 0.02 < time["low"] < 0.5 < time["high"] < 0.6


def test_a_metric_that_is_shown_never_fails(tmp_path: Path) -> None:
    shown = [{**METRICS[0], "decides": False}, METRICS[1]]
    gate = load_gate(write_gate(tmp_path / "run", head=0.4, metrics=shown))
    rows = derived_rows(gate)
    assert derived_verdict(gate, rows) == "pass" and gate.decisions == 2
    assert rows[CELLS[0], "time"]["verdict"] == "reported"
    assert rows[CELLS[0], "page_faults"]["verdict"] == "pass"


NUMBERS = ("effect", "low", "high", "mde", "base_median", "head_median", "log_e_fail")


@pytest.mark.parametrize("field", [*NUMBERS, "log_e_pass", "decided_at", "blocks", "margin"])
def test_a_number_typed_by_hand_is_found_with_its_row(tmp_path: Path, field: str) -> None:
    folder = write_gate(tmp_path / "run")
    true = said_of(folder)["rows"][5][field]

    def by(change: float) -> Callable[[dict[str, Any]], None]:
        return lambda said: said["rows"][5].update({field: true + change * max(1, abs(true))})

    assert edited_differences(folder, by(1e-10)) == []
    (line,) = edited_differences(folder, by(1 if isinstance(true, int) else 4e-9))
    assert f"time in '{CELLS[1]}': {field} is" in line
    assert "by the samples" in line
    (line,) = edited_differences(folder, lambda said: said["rows"][5].update({field: None}))
    assert f"{field} is None in gate.json, and {true}"[:40] in line


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda said: said.update(verdict="fail"), "verdict is fail in gate.json, and pass by"),
        (lambda said: said.update(decisions=7), "decisions is 7 in gate.json, and 8 by"),
        (lambda said: said.update(identical=False), "identical is False in gate.json, and True"),
        (lambda said: said["rows"].pop(), "row of wall_time"),
        (lambda said: said["rows"].append({**said["rows"][0], "metric": "mips"}), "row of mips"),
        (lambda said: said["rows"][0].update(verdict="fail"), "verdict is fail in"),
        (lambda said: said["rows"][0].update(decides=False), "decides is False in"),
        (lambda said: said["rows"][1].update(scale="ratio"), "scale is ratio in"),
        (lambda said: said["control"][0].update(log_e=3.0), "control of time in"),
        (lambda said: said["control"].pop(), "control of vm_hwm in"),
        (lambda said: said["failures"].update(pairs=7), "failures: pairs is 7 in"),
        (lambda said: said["failures"].update(verdict="fail"), "failures: verdict is fail in"),
        (lambda said: said["failures"].pop("both"), "failures: both is None in"),
    ],
)
def test_words_typed_by_hand_are_found(
    tmp_path: Path, edit: Callable[[dict[str, Any]], None], told: str
) -> None:
    (line,) = edited_differences(write_gate(tmp_path / "run"), edit)
    assert told in line


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda row: row["modes"]["base"].pop(), "modes is "),
        (lambda row: row.update(log_e_pass=9.0), "log_e_pass is 9.0 in"),
        (lambda row: row.update(verdict="fail"), "verdict is fail in"),
    ],
)
def test_instructions_typed_by_hand_are_found(
    tmp_path: Path, edit: Callable[[dict[str, Any]], None], told: str
) -> None:
    folder = write_gate(tmp_path / "run", counts=lambda arm, block: 1000 + block % 2)

    def of_instructions(said: dict[str, Any]) -> None:
        edit(next(row for row in said["rows"] if row["metric"] == "instructions"))

    (line,) = edited_differences(folder, of_instructions)
    assert "row of instructions in" in line and told in line


@pytest.mark.parametrize("file", ["failures.jsonl", "instructions.jsonl"])
def test_a_file_that_is_taken_away_is_missed(tmp_path: Path, file: str) -> None:
    folder = write_gate(
        tmp_path / "run",
        counts=lambda arm, block: 1000,
        pairs=[("crashed", "ok")],
        attested=["base"],
    )
    assert gate_differences(load_gate(folder)) == []
    (folder / file).unlink()
    assert gate_differences(load_gate(folder)) != []


def test_a_gate_of_before_is_read_without_failures_and_instructions(tmp_path: Path) -> None:
    """Its three blocks of instructions had a rule of their own, whose word is taken."""
    folder = write_gate(tmp_path / "run", counts=lambda arm, block: 1000, counted=3)
    said = said_of(folder)
    del said["failures"]
    for row in said["rows"]:
        if row["metric"] == "instructions":
            row.update(verdict="pass", decided_at=3)
    said["control"] = [one for one in said["control"] if one["metric"] != "instructions"]
    write_said(folder, {**said, "schema": "slablab-gate/1", "verdict": "pass"})
    assert gate_differences(load_gate(folder)) == []
    row["verdict"] = "fail"
    write_said(folder, {**said, "schema": "slablab-gate/1", "verdict": "fail"})
    assert gate_differences(load_gate(folder)) == []


def _uncounted(block: dict[str, Any]) -> None:
    for sample in block["samples"]:
        sample["events"]["syscalls:sys_enter_mmap"] = {"absent": "Operation not permitted"}


def test_what_could_not_be_counted_decides_nothing(tmp_path: Path) -> None:
    folder = write_gate(tmp_path / "run")
    blocks = blocks_in(folder / "samples.jsonl")
    for block in blocks:
        _uncounted(block)
    write_blocks(folder / "samples.jsonl", blocks)
    row = derived_rows(load_gate(folder))[CELLS[0], "mmap"]
    assert {row[name] for name in ("decided_at", "effect", "low", "mde", "base_median")} == {None}
    assert row["verdict"] == "undecided"


def test_conditions_are_those_of_plan_and_machine(tmp_path: Path) -> None:
    folder = write_gate(tmp_path / "run")
    said = said_of(folder)
    assert gate_differences(load_gate(folder)) == []
    for part, name in (("asked", "alpha"), ("machine", "cpu_model")):
        changed = {**said["conditions"][part], name: "another"}
        write_said(folder, {**said, "conditions": {**said["conditions"], part: changed}})
        (found,) = gate_differences(load_gate(folder))
        assert found.startswith(f"conditions: {name} is another in gate.json, and ")
    write_said(folder, {**said, "conditions": {**said["conditions"], "workloads": {"x": "ab"}}})
    assert "conditions: workloads is" in gate_differences(load_gate(folder))[0]
    del said["conditions"]
    write_said(folder, {**said, "schema": "slablab-gate/2"})
    assert gate_differences(load_gate(folder)) == []
    write_said(folder, said)
    with pytest.raises(Complaint, match="conditions"):
        load_gate(folder)


def test_what_is_no_gate_is_refused(tmp_path: Path) -> None:
    folder = write_gate(tmp_path / "run")
    write_said(folder, {**said_of(folder), "schema": "slablab-gate/4"})
    with pytest.raises(Complaint, match="unknown schema"):
        load_gate(folder)
    write_said(folder, {**said_of(folder), "schema": "slablab-gate/2", "plan": "0" * 16})
    with pytest.raises(Complaint, match="its plan is not"):
        load_gate(folder)
    (folder / "gate.json").unlink()
    with pytest.raises(Complaint, match="no finished gate"):
        load_gate(folder)


def test_the_command_prints_the_table_or_what_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_gate(tmp_path / "run", head=0.03)
    assert run(["judge", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "FAIL: 2 of 9 rows failed" in shown
    lines = shown.replace(str(folder), "").splitlines()
    assert max(map(len, lines)) <= TERMINAL_COLUMNS
    said = said_of(folder)
    said["rows"][0]["effect"] += 0.01
    write_said(folder, said)
    assert run(["judge", str(folder)]) == 1
    assert f"row of time in '{CELLS[0]}': effect is" in capsys.readouterr().err


def test_the_table_has_points_and_failures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = [("ok", "crashed")] * 12
    folder = write_gate(tmp_path / "run", metrics=IMPLIED, pairs=pairs, callgrind=["base"])
    said = said_of(folder)
    said["failures"].update(status="crashed by signal 6 (Aborted)", stderr="heap corrupt")
    write_said(folder, said)
    assert run(["judge", str(folder)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "time_tail 0.0 pt [-7.3, +7.3]" in shown and " 5 pt undecided 60" in shown
    assert "FAIL: 1 of 7 rows failed, 2 undecided" in shown
    assert "Failures of processes: FAIL: 12 of the head and 0 of the base in 132 pairs, 1" in shown
    assert "The head's first: crashed by signal 6 (Aborted): heap corrupt" in shown


def test_the_command_writes_what_it_prints(tmp_path: Path) -> None:
    folder = write_gate(tmp_path / "run", head=0.03)
    out = tmp_path / "out"
    assert run(["judge", str(folder), "--out", str(out)]) == 0
    names = {path.name for path in out.rglob("*.*")}
    assert names == {"synthetic-run.md", "synthetic-run.csv", "synthetic-run.html"}
    lines = (out / "tables" / "synthetic-run.csv").read_text().splitlines()
    assert lines[0].startswith("cell,metric,scale,unit,decides,margin,verdict,decided_at")
    assert len(lines) == 1 + len(said_of(folder)["rows"])
    for text in ((out / "tables" / "synthetic-run.md"), (out / "synthetic-run.html")):
        assert "FAIL: 2 of 9 rows failed" in text.read_text()


@pytest.mark.parametrize("folder", STORED, ids=lambda folder: folder.name)
def test_every_stored_gate_is_what_its_samples_say(folder: Path) -> None:
    gate = load_gate(folder)
    assert gate_differences(gate) == [] and derived_rows(gate)
