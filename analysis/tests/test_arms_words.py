"""test_arms_words.py -- stderr of a sample that succeeded is a caution of its arm.

SPDX-License-Identifier: MIT"""

from pathlib import Path
from typing import Any

from analysis.comparison.judgement import cautions
from analysis.records.records import load

from .synthetic import write_run

CELLS = ["fixed_random size=256 slots=400 warm", "sawtooth size=256 warm"]


def test_the_first_words_of_an_arm_are_a_caution(tmp_path: Path) -> None:
    def mutter(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            if sample["arm"] == "a" and block["cell"] == CELLS[0] and block["block"] > 0:
                sample["stderr"] = f"typo {block['block']}\nsecond\n"

    run = load(write_run(tmp_path / "run", {"a": 0.0}, CELLS, 6, edit=mutter))
    assert run.said == {("a", CELLS[0]): "typo 1\nsecond\n"}
    said = [line for line in cautions(run) if "stderr" in line]
    assert said == [
        "a wrote to stderr in 1 of 2 cells, though its samples succeeded: typo 1 (and 1 more line)"
    ]
    quiet = load(write_run(tmp_path / "quiet", {"a": 0.0}, CELLS, 6))
    assert quiet.said == {} and not any("stderr" in line for line in cautions(quiet))
