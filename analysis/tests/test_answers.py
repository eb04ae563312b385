"""test_answers.py -- a run's answer in a few words, for runs whose truth is known.

SPDX-License-Identifier: MIT"""

from pathlib import Path

from analysis.comparison.answer_lines import answer_lines, answers_in_full, short_cell
from analysis.comparison.answers import ALIKE, NOT_MEASURED, UNFINISHED, VOID, answer
from analysis.records.records import load

from .examples import CELLS, some_run
from .synthetic import write_run

WARM = "sawtooth size=256 warm"


def test_verdicts_are_counted_and_the_extremes_named(tmp_path: Path) -> None:
    """In three cells, 17-1 is the baseline's copy and 17-2 is 4 % slower than both."""
    found = answer(some_run(tmp_path, noise=0.002))
    assert found.experiment == "synthetic" and found.question == "Does 17-2 beat 17-1?"
    assert found.verdict == "worse in 6, same in 3 of 9 comparisons"
    assert found.worst is not None and found.best is not None
    assert found.worst.cell in CELLS and found.best.label == "phase17-1 vs baseline"
    assert found.worst.label.startswith("phase17-2 vs ")
    assert found.worst.effect.startswith("-3.9") and found.worst.effect.endswith("] ▼")
    assert found.best.effect.endswith("] =")


def test_a_run_that_decides_nothing_has_no_extremes(tmp_path: Path) -> None:
    for name, changes, verdict in (
        ("void", {"control": 0.03}, VOID),
        ("unfinished", {"finished": False}, UNFINISHED),
        ("empty", {"blocks": 0}, NOT_MEASURED),
    ):
        found = answer(some_run(tmp_path / name, **changes))
        assert (found.verdict, found.worst, found.best) == (verdict, None, None)


def test_without_arms_the_control_answers(tmp_path: Path) -> None:
    found = answer(load(write_run(tmp_path, {}, [WARM], 40)))
    assert found.verdict == ALIKE
    assert found.worst == found.best and found.best is not None
    assert found.best.label == "control (noise floor)"


def test_a_line_per_run_names_the_effect_the_arm_and_what_tells_the_cell(tmp_path: Path) -> None:
    run = some_run(tmp_path, noise=0.0, arms={"phase17-2 BATCH=16": -0.04}, comparisons=[])
    heading, line, legend = answer_lines([run], 160)
    assert heading.split("  ")[-1] == "largest effect" and "▼ worse" in legend
    assert line.startswith("synthetic  3▼  -3.92 % phase17-2 16: fixed_random ")
    assert line.count("fixed_random") == 2 and "slots" not in line


def test_what_is_too_wide_stands_on_two_lines_and_is_cut(tmp_path: Path) -> None:
    run = some_run(tmp_path)
    lines = answer_lines([run], 40)
    assert max(map(len, lines)) == 40 and " ".join(lines[4:]).startswith("▲ better")
    assert lines[2].startswith("synthetic  ") and lines[3].startswith("           ")
    assert lines[2].endswith("…")


def test_the_start_is_named_where_the_workload_has_two(tmp_path: Path) -> None:
    run = some_run(tmp_path, cells=["sawtooth size=256 cold", WARM, "fixed_random size=256 cold"])
    assert [short_cell(run, cell) for cell in run.cells] == [
        "sawtooth cold",
        "sawtooth warm",
        "fixed_random",
    ]


def test_a_void_run_says_so_in_its_line(tmp_path: Path) -> None:
    run = some_run(tmp_path, control=0.03)
    assert answer_lines([run], 160)[1] == "synthetic  VOID"
    assert answers_in_full([run]) == ["synthetic   Does 17-2 beat 17-1?", "            VOID"]


def test_without_an_interval_the_effect_stands_alone(tmp_path: Path) -> None:
    line = answer_lines([some_run(tmp_path, blocks=5)], 160)[1]
    assert line.startswith("synthetic  9?  -") and "–" not in line and line.count(" % phase17") == 2

def test_in_full_there_are_intervals_and_whole_cells(tmp_path: Path) -> None:
    question, verdict, smallest, largest = answers_in_full([some_run(tmp_path)])
    assert question.endswith("beat 17-1?") and verdict.endswith("of 9 comparisons")
    assert smallest.startswith("  smallest  -") and "] ▼  phase17-2 vs " in smallest
    assert largest.split(": ")[1] in CELLS
