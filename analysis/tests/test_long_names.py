"""test_long_names.py -- names of arms that have long settings or paths, and figures of them.

SPDX-License-Identifier: MIT"""

import warnings
from pathlib import Path

import pytest
from matplotlib.text import Text

from analysis.document.short_names import short_names
from analysis.drawing import panels
from analysis.drawing.drawing import ONE_COLUMN, TWO_COLUMNS, Width, _figure, _styled
from analysis.figures import figures_for
from analysis.records.records import load
from analysis.records.style import PLAIN

from .synthetic import write_run

LONG = "glibc GLIBC_TUNABLES=glibc.malloc.tcache_count=0:glibc.malloc.arena_max=1"
CELLS = [f"fixed_random size=256 slots=400 operations={n} cold" for n in (1000, 100000)]
PANEL_SHARE = 0.12  # of the figure's width, at least
TUNABLES = "glibc GLIBC_TUNABLES=glibc.malloc.mmap_threshold=1:glibc.malloc."


@pytest.mark.parametrize(
    "names, short",
    [
        (["glibc", "phase17-1"], ["glibc", "phase17-1"]),
        (["./a/libmine.so", "/b/x/libmine.so"], ["a/libmine.so", "x/libmine.so"]),
        (["/b/x/libmine.so", "/b/y/libyours.so"], ["libmine.so", "libyours.so"]),
        (["m A=/b/x/lib.so", "m A=/b/y/lib.so"], ["m A=x/lib.so", "m A=y/lib.so"]),
        (
            [TUNABLES + "arena_max=1", TUNABLES + "arena_max=2"],
            ["glibc arena_max=1", "glibc arena_max=2"],
        ),
        (
            [f"ss-prewarm PREWARM_METHOD={how}" for how in ("touch", "hugepage")],
            ["ss-prewarm touch", "ss-prewarm hugepage"],
        ),
        (["x" * 40 + "1", "x" * 40 + "2"], ["xxxxx…" + "x" * 21 + c for c in "12"]),
        (["1" + "x" * 40, "12" + "x" * 40], ["1xxxx…" + "x" * 22, "12xxx…" + "x" * 22]),
    ],
)
def test_names_are_shortened_to_what_tells_them_apart(names: list[str], short: list[str]) -> None:
    assert short_names(names) == short


def test_short_names_are_never_alike() -> None:
    """Where the rules would make them so, they stay as long as they are."""
    names = ["a" * 20 + "b" * 30 + "c" * (20 + n) for n in range(3)] + ["q  x=1", "q x=1"]
    assert len(set(short_names(names))) == len(names)


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
        with _styled(PLAIN), warnings.catch_warnings():
            warnings.simplefilter("error")
            figure = _figure(module, run, width, 0)
            figure.draw_without_rendering()
            shares = [axes.get_position().width for axes in figure.axes if axes.axison]
            assert min(shares) > PANEL_SHARE, module.__name__
            right = figure.bbox.x1
            for text in figure.findobj(Text):
                if "glibc" in text.get_text() and text.get_visible():
                    ends = text.get_window_extent()
                    assert -2 <= ends.x0 and ends.x1 <= right + 2, (module.__name__, text)
