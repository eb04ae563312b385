"""test_conditions.py -- drift, oversubscribed CPUs, huge pages and a missing PMU are said.

SPDX-License-Identifier: MIT"""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from analysis.comparison.conditions import (
    drift,
    first_position,
    huge_pages,
    no_pmu,
    oversubscribed,
    position_matters,
)
from analysis.comparison.judgement import cautions
from analysis.records.records import Run, load

from .synthetic import write_run

CELLS = ["fixed_random size=256 slots=400 warm", "sawtooth size=256 warm"]


def _run(folder: Path, edit: Any = lambda block: None, blocks: int = 60, **changes: Any) -> Run:
    return load(write_run(folder / "run", {"a": 0.0}, CELLS, blocks, edit=edit, **changes))


def _slower_along_the_run(block: dict[str, Any]) -> None:
    """Arm a loses 0.1 % a block, in one cell."""
    for sample in block["samples"]:
        if sample["arm"] == "a" and block["cell"] == CELLS[0]:
            sample["cpu_ns"] = int(sample["cpu_ns"] * 1.001 ** block["block"])


def test_a_drift_is_said_with_its_arm_and_cell(tmp_path: Path) -> None:
    said = drift(_run(tmp_path, _slower_along_the_run))
    assert said and "1 of 4 comparisons" in said and f"a in '{CELLS[0]}'" in said
    assert "surest -0." in said


def test_a_drift_of_the_whole_machine_is_none(tmp_path: Path) -> None:
    def everyone(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            sample["cpu_ns"] = int(sample["cpu_ns"] * 1.01 ** block["block"])

    assert drift(_run(tmp_path, everyone)) is None


@pytest.mark.parametrize("blocks", [0, 1, 6])
def test_few_blocks_show_no_drift(tmp_path: Path, blocks: int) -> None:
    assert drift(_run(tmp_path, _slower_along_the_run, blocks, finished=False)) is None


def test_a_first_process_that_takes_longer_is_said(tmp_path: Path) -> None:
    def first_is_slower(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            if sample["position"] == 0 and block["cell"] == CELLS[1]:
                sample["cpu_ns"] = int(sample["cpu_ns"] * 1.036)

    run = _run(tmp_path / "first", first_is_slower)
    assert first_position(run, CELLS[1], 0.05).point == pytest.approx(0.036, abs=0.005)
    said = position_matters(run)
    assert said and "in 1 of 2 cells" in said and CELLS[1] in said
    assert position_matters(_run(tmp_path / "none")) is None


def test_more_load_than_cpus_is_said(tmp_path: Path) -> None:
    def loaded(block: dict[str, Any]) -> None:
        block["weather"]["load_1min"] = 2.6

    run = _run(tmp_path, loaded, 6)
    assert oversubscribed(run) is None  # of unknown CPUs nothing is said
    assert oversubscribed(dataclasses.replace(run, machine={"cpus_online": 4})) is None
    said = oversubscribed(dataclasses.replace(run, machine={"cpus_online": 2}))
    assert said and "2.6 on 2 CPUs" in said


def test_huge_pages_are_said_with_their_arms(tmp_path: Path) -> None:
    def huge(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            sample["anon_huge_bytes"] = (2 << 20) * (sample["arm"] == "a")

    said = huge_pages(_run(tmp_path / "huge", huge, 6))
    assert said and "12 of 36 samples" in said and "(a)" in said
    plain = _run(tmp_path / "plain", blocks=6)
    assert huge_pages(plain) is None
    always = dataclasses.replace(plain, machine={"thp_enabled": "always"})
    assert "always" in (huge_pages(always) or "")


def test_a_missing_pmu_is_among_the_cautions(tmp_path: Path) -> None:
    run = _run(tmp_path, blocks=6)
    assert no_pmu(run) in cautions(run)
    assert no_pmu(dataclasses.replace(run, absent_events={"cycles": "why"})) is None


def test_processes_left_behind_are_among_the_cautions(tmp_path: Path) -> None:
    run = _run(tmp_path)
    assert not any("left processes" in line for line in cautions(run))
    left = dataclasses.replace(run, outcome={**(run.outcome or {}), "left_behind": {"a": 8}})
    assert any("which were killed: a 8." in line for line in cautions(left))
