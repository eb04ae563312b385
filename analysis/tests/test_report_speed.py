"""test_report_speed.py -- what a report does once, counted, not timed.

SPDX-License-Identifier: MIT"""

from pathlib import Path

import pytest
from matplotlib.backends import _backend_pdf_ps

from analysis.comparison.estimates import pairs
from analysis.document import fonts
from analysis.drawing.drawing import ONE_COLUMN, TWO_COLUMNS, drawn
from analysis.drawing.rounded_figure import RoundedFigure
from analysis.figures import effects
from analysis.records import records
from analysis.records.records import Run, load

from .synthetic import write_run


@pytest.fixture(name="run")
def _run(tmp_path: Path) -> Run:
    return load(write_run(tmp_path / "r", {"one": 0.1}, ["sawtooth size=256 warm"], 10))


def test_a_figure_is_drawn_once_for_each_format(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    draw = RoundedFigure.draw
    monkeypatch.setattr(
        RoundedFigure, "draw", lambda self, renderer: (calls.append(1), draw(self, renderer))
    )
    drawn(effects, run, TWO_COLUMNS)
    assert len(calls) == len(TWO_COLUMNS.kinds)


def test_letters_are_taken_from_a_font_once_and_not_for_what_is_no_file(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A PDF's and an SVG's letters each in two weights; in a column there is no SVG's file."""
    fonts._subset_for_pdf.cache_clear()
    fonts._letters_of.cache_clear()
    original = _backend_pdf_ps.get_glyphs_subset
    drawn(effects, run, ONE_COLUMN)
    assert fonts._letters_of.cache_info().misses == 0
    taken = fonts._subset_for_pdf.cache_info().misses
    assert taken > 0
    first = drawn(effects, run, TWO_COLUMNS)
    assert fonts._letters_of.cache_info().misses == len(fonts.FILES)
    again = drawn(effects, run, TWO_COLUMNS)
    assert again.files == first.files
    assert fonts._letters_of.cache_info().misses == len(fonts.FILES)
    assert fonts._subset_for_pdf.cache_info().hits >= taken
    assert _backend_pdf_ps.get_glyphs_subset is original


def test_an_arm_s_style_is_checked_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    calls, check = [], records.arm_style
    monkeypatch.setattr(
        records, "arm_style", lambda said, where: (calls.append(where), check(said, where))[1]
    )
    for _ in range(3):
        run.label("one")
    assert len(calls) == 1
    assert pairs(run) is pairs(run)
