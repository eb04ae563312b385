"""test_long_names.py -- figures of arms that have long settings (F3).

SPDX-License-Identifier: MIT"""

import warnings
from pathlib import Path

import pytest
from matplotlib.text import Text

from analysis.drawing import panels
from analysis.drawing.drawing import ONE_COLUMN, TWO_COLUMNS, Width, _figure, _styled
from analysis.figures import figures_for
from analysis.records.records import load

from .synthetic import write_run

LONG = "glibc GLIBC_TUNABLES=glibc.malloc.tcache_count=0:glibc.malloc.arena_max=1"
CELLS = [f"fixed_random size=256 slots=400 operations={n} cold" for n in (1000, 100000)]
PANEL_SHARE = 0.12  # of the figure's width, at least


def test_long_words_are_broken_behind_their_punctuation() -> None:
    assert panels.wrapped(LONG, 1.4, panels.TINY).splitlines() == [
        "glibc GLIBC_TUNABLES=glibc.",
        "malloc.tcache_count=0:",
        "glibc.malloc.arena_max=1",
    ]
    assert panels.wrapped("a" * 30, 0.1, panels.TINY).splitlines() == ["a" * 12, "a" * 12, "a" * 6]
    assert panels.wrapped("a figure of 12 %", 0.8, panels.TINY).splitlines() == [
        "a figure of",
        "12\u00a0%",
    ]


@pytest.mark.parametrize("width", [TWO_COLUMNS, ONE_COLUMN])
def test_long_names_leave_room_for_what_is_drawn(tmp_path: Path, width: Width) -> None:
    """Panels have a width, no text reaches beyond the figure, and matplotlib warns of nothing."""
    run = load(write_run(tmp_path / "run", {LONG: 0.1, f"je{LONG}:x=1": 0.0}, CELLS, 20))
    for module in figures_for(run).values():
        with _styled(), warnings.catch_warnings():
            warnings.simplefilter("error")
            figure = _figure(module, run, width)
            figure.draw_without_rendering()
            shares = [axes.get_position().width for axes in figure.axes if axes.axison]
            assert min(shares) > PANEL_SHARE, module.__name__
            right = figure.bbox.x1
            for text in figure.findobj(Text):
                if "malloc" in text.get_text() and text.get_visible():
                    ends = text.get_window_extent()
                    assert -2 <= ends.x0 and ends.x1 <= right + 2, (module.__name__, text)
