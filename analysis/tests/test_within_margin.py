"""test_within_margin.py -- a difference that is sure but within the margin has marks of its own.

SPDX-License-Identifier: MIT"""

from pathlib import Path

import pytest

from analysis.comparison.answer_lines import answer_lines
from analysis.comparison.numbers import numbers
from analysis.comparison.run_formats import FORMATS
from analysis.comparison.tables import document
from analysis.comparison.wording import verdict_text
from analysis.document.web_page import page_of, section

from .examples import rows, some_run


def test_a_small_sure_difference_is_not_shown_like_a_large_one(tmp_path: Path) -> None:
    run = some_run(tmp_path, arms={"phase17-1": 0.01, "phase17-2": -0.01}, noise=0.001)
    better, worse = "better within the margin", "worse within the margin"
    assert {row.verdict for row in rows(run, arm="phase17-1", kind="arm")} == {better}
    assert {row.verdict for row in rows(run, arm="phase17-2", kind="arm")} == {worse}
    assert {better, worse} <= set(numbers(run, "").values())
    said = "\n".join(answer_lines([run], 120))
    assert "△" in said and "△ ▽ so, but within the margin" in said
    page = page_of([section("run", document(run), [])])
    assert "better △" in page and "worse ▽" in page
    assert 'class="better"' not in page  # the colour of a large one


@pytest.mark.parametrize(
    "kind, marks",
    [("terminal", "△▽"), ("markdown", "△▽"), ("latex", ("vartriangle", "triangledown"))],
)
def test_every_format_has_the_marks(
    tmp_path: Path, kind: str, marks: str | tuple[str, ...]
) -> None:
    run = some_run(tmp_path, arms={"phase17-1": 0.01, "phase17-2": -0.01}, noise=0.001)
    text = FORMATS[kind][1](run)
    assert all(mark in text for mark in marks)
    assert "within" in text


def test_other_verdicts_are_shown_as_they_are() -> None:
    assert [verdict_text(one) for one in ("better", "", "same")] == ["better", "", "same"]
    assert verdict_text("worse within the margin") == "worse ▽"
