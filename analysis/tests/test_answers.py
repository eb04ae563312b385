"""test_answers.py -- a run's answer in a few words, for runs whose truth is known.

SPDX-License-Identifier: MIT"""

from pathlib import Path

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
