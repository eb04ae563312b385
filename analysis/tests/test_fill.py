"""test_fill.py -- tables between marks, README's own among them.

SPDX-License-Identifier: MIT"""

from pathlib import Path

import pytest

from analysis.complaint import Complaint
from analysis.fill import filled

from .synthetic import write_run

ROOT = Path(__file__).parents[2]
CELL = "sawtooth size=256 cold"
BETWEEN = "Before.\n<!-- run run -->\nold words\n<!-- end -->\nAfter.\n"


def test_what_stands_between_marks_is_made_anew(tmp_path: Path) -> None:
    write_run(tmp_path / "run", {"phase17-1": 0.5}, [CELL], 12)
    text = filled(BETWEEN, tmp_path)
    assert text.startswith("Before.\n<!-- run run -->\n\n| cell | n |")
    assert text.endswith("\n\n<!-- end -->\nAfter.\n")
    assert f"| {CELL} | 12 |" in text and "old words" not in text
    assert filled(text, tmp_path) == text


def test_a_text_without_marks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Complaint, match="no mark was found"):
        filled("Nothing here.\n", tmp_path)


def test_the_tables_in_readme_are_what_the_stored_runs_give() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert filled(text, ROOT) == text
