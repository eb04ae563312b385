"""test_records.py -- what a run's folder may and may not hold.

SPDX-License-Identifier: MIT"""

import gzip
import json
import lzma
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.comparison.deciding import OPERATIONS
from analysis.comparison.estimates import FAULTS
from analysis.comparison.judgement import cautions, void_reasons
from analysis.complaint import Complaint
from analysis.records import lines, shapes
from analysis.records.records import load

from .synthetic import write_run

CELL = "fixed_random size=256 slots=400 operations=100000 cold"
WARM = "fixed_random size=256 slots=400 operations=100000 warm"
PACKERS = {".gz": gzip.compress, ".xz": lzma.compress}


def first_sample(change: dict[str, Any], block: int = 3) -> Callable[[dict[str, Any]], None]:
    def edit(record: dict[str, Any]) -> None:
        if record["block"] == block:
            record["samples"][0].update(change)

    return edit


def losing(count: int, status: str = "crashed") -> Callable[[dict[str, Any]], None]:
    """The first blocks are invalid: phase17-2 has no times there, and says why."""

    def edit(record: dict[str, Any]) -> None:
        if record["block"] < count:
            record["valid"] = False
            index = [sample["arm"] for sample in record["samples"]].index("phase17-2")
            record["samples"][index] = {
                "arm": "phase17-2",
                "position": index,
                "status": status,
                "signal": 11,
                "stderr": "boom",
            }

    return edit


def test_a_cell_is_a_matrix_of_blocks_by_arms(tmp_path: Path) -> None:
    def edit(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            sample["cpu_ns"] = {"baseline": 1000, "control": 2000, "phase17-2": 4000}[sample["arm"]]
            sample["minor_faults"], sample["major_faults"] = 100 * block["block"], 7

    run = load(write_run(tmp_path / "run", {"phase17-2": 0}, [CELL, WARM], 2, edit=edit))
    assert run.matrix(WARM, OPERATIONS.values).tolist() == [[1e11, 5e10, 2.5e10]] * 2
    assert run.matrix(CELL, FAULTS.values).tolist() == [[7] * 3, [107] * 3]


def test_blocks_are_put_in_the_order_of_time(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", {"phase17-2": 0}, [CELL], 5)
    lines = (folder / "samples.jsonl").read_text().splitlines(keepends=True)
    expected = load(folder).matrix(CELL, OPERATIONS.values)
    (folder / "samples.jsonl").write_text("".join(lines[::-1]))
    assert np.array_equal(load(folder).matrix(CELL, OPERATIONS.values), expected)


def test_shards_and_compressed_samples_are_the_same_run(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", {"phase17-2": 0}, [CELL, WARM], 6)
    expected = load(folder).samples
    lines = (folder / "samples.jsonl").read_text().splitlines(keepends=True)
    (folder / "samples.jsonl").unlink()
    (folder / "samples.one.jsonl").write_text("".join(lines[:5]))
    (folder / "samples.two.jsonl.gz").write_bytes(gzip.compress("".join(lines[5:9]).encode()))
    (folder / "samples.two-b.jsonl.xz").write_bytes(lzma.compress("".join(lines[9:]).encode()))
    assert load(folder).samples.equals(expected)


@pytest.mark.parametrize("second", ["samples.jsonl.gz", "samples.jsonl.xz"])
def test_a_file_beside_its_own_packed_one_is_refused(tmp_path: Path, second: str) -> None:
    folder = write_run(tmp_path / "run", {"phase17-2": 0}, [CELL], 2)
    (folder / second).write_bytes(PACKERS[Path(second).suffix](b""))
    with pytest.raises(Complaint, match=f"samples.jsonl: stands beside {second}"):
        load(folder)


@pytest.mark.parametrize(
    "change, words",
    [
        ({"checksum": "00000000000000ff"}, "did not do the same work"),
        ({"status": "timeout"}, "valid block"),
        ({"arm": "unheard-of"}, "every arm once"),
        ({"cpu_ns": "17000000"}, "cpu_ns is '17000000', not a whole number"),
        ({"cpu_ns": [1]}, "not as a block is written"),
        ({"events": {"page-faults": 624}}, "not as a block is written"),
    ],
)
def test_samples_that_must_not_be_averaged_are_refused(
    tmp_path: Path, change: dict, words: str
) -> None:
    folder = write_run(tmp_path / "run", {"phase17-2": 0}, [CELL], 6, edit=first_sample(change))
    with pytest.raises(Complaint, match=words):
        load(folder)


@pytest.mark.parametrize(
    "change, words",
    [
        ({"schema": "slablab-block/3"}, "schema 'slablab-block/3'"),
        ({"schema": "slablab-block/1"}, "does not end in its crc32"),
        ({"plan": "ffffffffffffffff"}, "belongs to plan"),
        ({"cell": "other cold"}, "no cell 'other cold'"),
        ({"block": 0}, "there twice"),
        ({"block": None}, "not as a block is written"),
        ({"valid": "yes"}, "not as a block is written"),
        ({"started_unix_ns": "soon"}, "not as a block is written"),
        ({"weather": {"load_1min": "fair"}}, "load_1min is 'fair', not a number"),
        ({"weather": 7}, "not as a block is written"),
        ({"samples": None}, "not as a block is written"),
    ],
)
def test_blocks_of_something_else_are_refused(tmp_path: Path, change: dict, words: str) -> None:
    folder = write_run(
        tmp_path / "run", {"phase17-2": 0}, [CELL], 2, edit=lambda block: block.update(change)
    )
    with pytest.raises(Complaint, match=words):
        load(folder)


@pytest.mark.parametrize(
    "change, words",
    [
        ({"arms": None}, "arms is None, not a list"),
        ({"arms": []}, r"arms\[0\] is not the baseline"),
        ({"alpha": "0.05"}, "alpha is '0.05', not int or float"),
        ({"cells": [{"id": CELL}]}, r"there is no cells\[0\].workload"),
        ({"published": [{"where": "", "arm": "a", "metric": "x", "value": None}]}, "value is None"),
        ({"comparisons": [{"arm": "a", "against": "b"}]}, "'a' is compared, but no arm"),
        ({"stop": {"half_width": "wide"}}, "stop.half_width is 'wide'"),
    ],
)
def test_a_plan_that_cannot_be_read_is_refused(tmp_path: Path, change: dict, words: str) -> None:
    folder = write_run(tmp_path / "run", {"phase17-2": 0}, [CELL], 1)
    plan = json.loads((folder / "plan.json").read_text())
    (folder / "plan.json").write_text(json.dumps(plan | change))
    with pytest.raises(Complaint, match=words):
        load(folder)


def test_every_key_that_a_plan_must_have_is_missed(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", {"phase17-2": 0}, [CELL], 1)
    plan = json.loads((folder / "plan.json").read_text())
    for key in [key for key in shapes.PLAN if not key.endswith("?")]:
        less = {name: value for name, value in plan.items() if name != key}
        (folder / "plan.json").write_text(json.dumps(less))
        with pytest.raises(Complaint, match=f"there is no {key}"):
            load(folder)


@pytest.mark.parametrize(
    "text, words",
    [
        ('{"schema": "slablab-outcome/1"}', "there is no verdict"),
        ('{"schema": "slablab-outcome/1", "verdict": "void", "reasons": [7]}', "reasons"),
        ("[]", "schema None"),
        ("{", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
    ],
)
def test_an_outcome_that_cannot_be_read_is_refused(tmp_path: Path, text: str, words: str) -> None:
    folder = write_run(tmp_path / "run", {"phase17-2": 0}, [CELL], 1)
    (folder / "outcome.json").write_text(text)
    with pytest.raises(Complaint, match=words):
        load(folder)


def test_an_empty_outcome_is_none(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", {"phase17-2": 0}, [CELL], 8)
    (folder / "outcome.json").write_bytes(b"")
    assert load(folder).outcome is None
    assert any("unfinished" in line for line in cautions(load(folder)))


@pytest.mark.parametrize("text", [None, "", "{}"])
def test_a_run_without_its_machine_is_refused(tmp_path: Path, text: str | None) -> None:
    folder = write_run(tmp_path / "run", {"phase17-2": 0}, [CELL], 8)
    (folder / "machine.json").unlink()
    if text is not None:
        (folder / "machine.json").write_text(text)
    with pytest.raises(Complaint, match="machine.json: "):
        load(folder)


@pytest.mark.parametrize("ending", [".gz", ".xz"])
@pytest.mark.parametrize("damage", ["cut", "changed"])
def test_a_damaged_packed_file_is_refused(tmp_path: Path, damage: str, ending: str) -> None:
    folder = write_run(tmp_path / "run", {"phase17-2": 0}, [CELL], 8)
    packed = bytearray(PACKERS[ending]((folder / "samples.jsonl").read_bytes()))
    (folder / "samples.jsonl").unlink()
    packed[len(packed) // 2 :] = b"" if damage == "cut" else b"\xff" * 200
    (folder / f"samples.jsonl{ending}").write_bytes(packed)
    with pytest.raises(Complaint, match="cannot be read"):
        load(folder)


@pytest.mark.parametrize(
    "dropped, finished, words",
    [
        ([0], False, f"block 0 of '{CELL}' is missing"),
        ([3], True, f"block 3 of '{CELL}' is missing"),
        ([7], True, "7 blocks of .* counted 8"),
        ([7], False, None),  # an unfinished run ends where it ends
    ],
)
def test_a_missing_block_is_refused(
    tmp_path: Path, dropped: list[int], finished: bool, words: str | None
) -> None:
    folder = write_run(tmp_path / "run", {"phase17-2": 0}, [CELL], 8, finished=finished)
    lines = (folder / "samples.jsonl").read_text().splitlines(keepends=True)
    kept = [line for number, line in enumerate(lines) if number not in dropped]
    (folder / "samples.jsonl").write_text("".join(kept))
    if words is None:
        assert len(load(folder).blocks) == 7
    else:
        with pytest.raises(Complaint, match=words):
            load(folder)


def test_blocks_of_two_machines_keep_their_own_mean(tmp_path: Path) -> None:
    def edit(block: dict[str, Any]) -> None:  # machine b is 50 % faster with phase17-2, in turns
        block["host"] = "ab"[block["block"] % 2]
        for sample in block["samples"]:
            if sample["arm"] == "phase17-2" and block["host"] == "b":
                sample["cpu_ns"] = int(sample["cpu_ns"] / 1.5)

    run = load(write_run(tmp_path / "run", {"phase17-2": 0}, [CELL], 60, edit=edit))
    assert set(run.block_facts(CELL, "host")) == {"a", "b"}
    assert not any("correlated" in line for line in cautions(run))
    assert any("2 machines are pooled" in line for line in cautions(run))


def test_without_affinity_every_cpu_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    assert lines.cpus() == os.cpu_count()


def test_an_unknown_plan_schema_is_refused(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", {"phase17-2": 0}, [CELL], 2, schema="slablab-plan/9")
    with pytest.raises(Complaint, match="slablab-plan/9"):
        load(folder)


def test_a_folder_without_a_plan_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(Complaint, match="no run"):
        load(tmp_path)


def test_a_torn_last_line_is_left_out_and_said(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", {"phase17-2": 0}, [CELL], 8, finished=False)
    text = (folder / "samples.jsonl").read_text()
    (folder / "samples.jsonl").write_text(text[:-40])
    run = load(folder)
    assert len(run.blocks) == 7
    assert any("1 torn line (a" in line for line in cautions(run))
    assert any("2 torn lines" in line for line in cautions(replace(run, torn_lines=2)))
    assert any("unfinished" in line for line in cautions(run))


def test_damage_in_the_middle_is_refused_with_its_line(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", {"phase17-2": 0}, [CELL], 4)
    lines = (folder / "samples.jsonl").read_text().splitlines(keepends=True)
    (folder / "samples.jsonl").write_text(lines[0] + lines[1][:50] + "\n" + lines[2])
    with pytest.raises(Complaint, match=r"samples\.jsonl:2"):
        load(folder)


def test_an_absent_value_is_not_zero(tmp_path: Path) -> None:
    def edit(block: dict[str, Any]) -> None:
        block["samples"][0]["pss_bytes"] = None
        del block["samples"][1]["pss_bytes"]
        block["samples"][2]["pss_bytes"] = {"absent": "no smaps_rollup"}

    run = load(write_run(tmp_path / "run", {"phase17-2": 0}, [CELL], 2, edit=edit))
    assert run.samples["pss_bytes"].isna().all()
    assert run.samples["cpu_ns"].notna().all()


def test_events_that_a_machine_does_not_have_are_named(tmp_path: Path) -> None:
    run = load(write_run(tmp_path / "run", {"phase17-2": 0}, [CELL], 6))
    assert run.absent_events["cycles"] == "No such file or directory"
    assert any("cycles" in line for line in cautions(run))


def test_lost_blocks_count_but_do_not_enter(tmp_path: Path) -> None:
    run = load(write_run(tmp_path / "run", {"phase17-2": 0}, [CELL], 10, edit=losing(2)))
    assert len(run.blocks) == 10 and len(run.matrix(CELL, OPERATIONS.values)) == 8
    assert run.losses == {("phase17-2", "crashed"): 2}
    assert any("phase17-2 crashed 2x" in line for line in cautions(run))
    assert void_reasons(run) == []


def test_more_than_a_fifth_lost_voids_the_run(tmp_path: Path) -> None:
    run = load(
        write_run(tmp_path / "run", {"phase17-2": 0}, [CELL], 10, edit=losing(3, "checksum"))
    )
    assert void_reasons(run) == ["3 of 10 blocks were lost, more than 20 %"]


def test_the_harness_has_the_last_word_on_void(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", {"phase17-2": 0}, [CELL], 10)
    outcome = json.loads((folder / "outcome.json").read_text()) | {
        "verdict": "void",
        "reasons": ["attestation"],
    }
    (folder / "outcome.json").write_text(json.dumps(outcome))
    assert void_reasons(load(folder)) == ["the harness said so: attestation"]


def test_a_run_without_a_block_loads(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", {"phase17-2": 0}, [CELL], 0, finished=False)
    assert len(load(folder).blocks) == 0
    (folder / "samples.jsonl").unlink()
    assert len(load(folder).samples) == 0


@pytest.fixture(name="parts")
def _parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of any size are parsed in two parts."""
    monkeypatch.setattr(lines, "PART_BYTES_MIN", 1000)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1})


def test_a_large_file_in_parts_is_the_same_run(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = write_run(tmp_path / "run", {"phase17-2": 0}, [CELL, WARM], 9, edit=losing(1))
    whole = load(folder)
    request.getfixturevalue("parts")
    assert len(lines.parts_of(folder / "samples.jsonl")) == 2
    parted = load(folder)
    assert parted.samples.equals(whole.samples) and parted.blocks.equals(whole.blocks)
    assert (parted.losses, parted.absent_events) == (whole.losses, whole.absent_events)


def test_a_fault_in_the_second_part_names_its_line(tmp_path: Path, parts: None) -> None:
    change = {"status": "timeout"}
    folder = write_run(tmp_path / "run", {"a": 0}, [CELL], 9, edit=first_sample(change, block=7))
    with pytest.raises(Complaint, match=r"samples\.jsonl:8: a valid block"):
        load(folder)


def test_checksums_that_differ_between_parts_are_refused(tmp_path: Path, parts: None) -> None:
    def edit(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            sample["checksum"] = f"{block['block'] // 5:016x}"

    folder = write_run(tmp_path / "run", {"a": 0}, [CELL], 10, edit=edit)
    with pytest.raises(Complaint, match="did not do the same work"):
        load(folder)
