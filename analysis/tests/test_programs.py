"""test_programs.py -- runs with cells of programs and servers: judged by time, and without a rate.

SPDX-License-Identifier: MIT"""

import json
from pathlib import Path
from typing import Any

import pytest

from analysis.comparison.answer_lines import answer_lines
from analysis.comparison.answers import answer
from analysis.comparison.deciding import OPERATIONS, PROGRAM_TIME, SERVER_TIME
from analysis.comparison.judgement import cautions
from analysis.comparison.tables import document, long_form
from analysis.complaint import Complaint
from analysis.figures import effects, operations_per_second, program_time
from analysis.records.records import Run, load
from analysis.tests.examples import rows
from analysis.tests.synthetic import change_plan, write_run

WORKLOAD = "null size=1 operations=100000 cold"
CELLS = ["program jq", "program sort", "server redis", WORKLOAD]
OF_WORKLOADS = ("operations", "start_up_minor_faults", "rss_bytes", "pss_bytes")
SPEEDS = {"jemalloc": 0.10, "slow": -0.05}  # logarithms against the baseline's


def planned_cell(name: str) -> dict[str, Any]:
    kind, _, program = name.partition(" ")
    cell = {"id": name, "workload": program, "start": "cold", "parameters": {}, "serves": []}
    return {**cell, "operations": None, "warmup_operations": 0, kind: {"output": "same"}}


def as_program(block: dict[str, Any]) -> None:
    if block["cell"] == WORKLOAD:
        return
    for sample in block["samples"]:
        for key in OF_WORKLOADS:
            del sample[key]
        if block["cell"].startswith("program"):
            sample["process_cpu_ns"] = sample["cpu_ns"]


def program_run(folder: Path, cells: list[str] = CELLS, **changes: Any) -> Path:
    options = {"blocks": 40, "edit": as_program, **changes}
    write_run(folder, SPEEDS, cells, **options)
    plan = json.loads((folder / "plan.json").read_text())
    changed = [
        cell if cell["id"] == WORKLOAD else planned_cell(cell["id"]) for cell in plan["cells"]
    ]
    left_out = [{"cell": "program z3", "why": "z3 is not installed: apt install z3"}]
    change_plan(folder, cells=changed, left_out=left_out)
    path = folder / "attestation.json"
    attested = json.loads(path.read_text())
    for cell in attested["cells"]:
        for arm in cell["arms"] if cell["cell"] != WORKLOAD else []:
            arm["operations"] = None
    path.write_text(json.dumps(attested))
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return load(program_run(tmp_path_factory.mktemp("programs") / "run"))


def test_a_program_is_judged_by_its_time_of_which_less_is_better(run: Run) -> None:
    (fast,) = rows(run, PROGRAM_TIME.column, cell="program jq", arm="jemalloc")
    (slow,) = rows(run, PROGRAM_TIME.column, cell="program jq", arm="slow")
    assert fast.effect_ratio == pytest.approx(-0.095, abs=0.01) and fast.verdict == "better"
    assert slow.effect_ratio == pytest.approx(0.051, abs=0.01) and slow.verdict == "worse"
    (served,) = rows(run, SERVER_TIME.column, cell="server redis", arm="jemalloc")
    assert served.effect_ratio < 0 and served.verdict == "better"
    (worked,) = rows(run, cell=WORKLOAD, arm="jemalloc")
    assert worked.effect_ratio > 0 and worked.verdict == "better"


def test_a_program_has_no_rate(run: Run) -> None:
    assert {row.cell for row in rows(run, OPERATIONS.column)} == {WORKLOAD}
    for table in document(run).tables:
        texts = [cell for row in table.rows for cell in row.cells]
        if "ops/s" in " ".join([table.title, *table.columns]):
            assert not any("program" in text or "server" in text for text in texts), table.title


def test_programs_of_a_run_stand_in_one_table_with_their_mean(run: Run) -> None:
    (table,) = [table for table in document(run).tables if table.title == "programs: ms"]
    assert [row.cells[0] for row in table.rows] == ["jq", "sort", "avg."]
    (mean,) = rows(run, PROGRAM_TIME.column, kind="average", arm="jemalloc")
    assert mean.effect_ratio == pytest.approx(-0.095, abs=0.01)


def test_the_answer_counts_gains_of_speed_whatever_their_sign(run: Run) -> None:
    found = answer(run)
    assert found.counts == {"better": 4, "worse": 4}
    assert found.best is not None and found.best.label == "jemalloc vs baseline"
    assert found.worst is not None and found.worst.label == "slow vs baseline"


def test_what_is_left_out_is_a_caution(run: Run) -> None:
    assert "Left out: 'program z3', for z3 is not installed: apt install z3." in cautions(run)


def test_a_program_s_name_is_no_number_of_csv(run: Run) -> None:
    frame = long_form(run)
    assert "parameter_program" not in frame and "parameter_size" in frame


def test_control_of_a_program_voids(tmp_path: Path) -> None:
    folder = program_run(tmp_path / "run", CELLS[:2], control=0.2)
    assert any("the control" in line for line in document(load(folder)).void)


def test_only_a_program_may_lack_operations(tmp_path: Path) -> None:
    def without(block: dict[str, Any]) -> None:
        as_program(block)
        if block["cell"] == WORKLOAD:
            del block["samples"][0]["operations"]

    with pytest.raises(Complaint):
        load(program_run(tmp_path / "run", edit=without))


def test_another_output_than_attested_is_refused(tmp_path: Path) -> None:
    def other(block: dict[str, Any]) -> None:
        as_program(block)
        block["samples"][0]["checksum"] = "00000000deadbee0"

    with pytest.raises(Complaint, match="did not do the same work"):
        load(program_run(tmp_path / "run", edit=other))


def test_figures_show_times_of_programs_and_rates_of_workloads(run: Run, tmp_path: Path) -> None:
    alone = load(program_run(tmp_path / "run", CELLS[:2]))
    assert program_time.applies(alone) and not operations_per_second.applies(alone)
    assert operations_per_second.applies(run) and not program_time.applies(run)
    assert "the CPU time of programs" in effects.caption(alone)
    assert "right of 0 is slower" in effects.caption(alone)
    assert "right of 0 is more" in effects.caption(run)
    assert program_time.items(alone) == CELLS[:2]
    assert operations_per_second.items(run) == [WORKLOAD]


def test_a_line_of_answers_says_what_effects_are_on(run: Run) -> None:
    assert "of programs on CPU time" in " ".join(answer_lines([run], 80))
