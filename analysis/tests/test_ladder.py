"""test_ladder.py -- the ladder of phases: its rungs, what they gain by kind of cell, its figure.

SPDX-License-Identifier: MIT"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from matplotlib.figure import Figure

from analysis.comparison import rungs as of_rungs
from analysis.comparison.rungs import MEMORY, ladder, parents, rungs
from analysis.drawing.drawing import ONE_COLUMN, TALLEST_INCHES, TWO_COLUMNS, drawn
from analysis.figures import figures_for
from analysis.figures import ladder as figure_of
from analysis.records.records import Run, load
from analysis.records.style import ArmStyle, Style

from .synthetic import write_run

ROOT = Path(__file__).parents[2]
CELLS = ["fixed_random size=256 slots=400 operations=100000 cold",
         "fixed_random size=512 slots=400 operations=100000 cold",
         "random_mixed slots=400 warm", "sawtooth size=256 objects=8 cold",
         "hand_over threads=2 warm"]  # fmt: skip
ARMS = {"glibc": 1.0, "dense": 0.1, "ss-reuse": 0.3, "outband": 0.3, "bitmap": 0.25}


@pytest.fixture(name="run", scope="module")
def _run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Logarithms against baseline; outband is .2 faster than dense, where a page says it is over
    it, and dense .2 slower than ss-reuse."""
    folder = tmp_path_factory.mktemp("run")
    return load(write_run(folder / "r", ARMS, CELLS, 20, noise=0.002))


def test_the_pages_say_which_phase_is_over_which() -> None:
    over = parents()
    assert over["huge"] == "color" and over["baseline"] == "nothing"
    assert set(over) == {page.stem for page in (ROOT / "allocators/phases").glob("*.c")}


def test_experiment_fastest_has_the_whole_ladder(tmp_path: Path) -> None:
    plan = yaml.safe_load((ROOT / "experiments/fastest.yaml").read_text())
    arms = dict.fromkeys([plan["baseline"], *plan["arms"]], 0.0)
    run = load(write_run(tmp_path / "r", arms, CELLS[:1], 6))
    measured = [arm for arm in ladder(run) if arm in arms]
    assert measured == (
        "ss-reuse dense outband bitmap color huge adaptive decay transfer"
        " medium large reserve aligned paced"
    ).split()


def test_a_rung_is_over_the_next_that_was_measured(run: Run) -> None:
    assert ladder(run) == ["baseline", "ss-reuse", "dense", "outband", "bitmap"]
    hidden = replace(run, style=Style({"dense": ArmStyle(hide=True)}))
    assert ladder(hidden) == ["baseline", "ss-reuse", "outband", "bitmap"]


def test_gains_are_by_kind_of_cell(run: Run) -> None:
    found = {of.title: of for of in rungs(run)}
    assert list(found) == ["cold", "warm", "sawtooth", "threads", MEMORY]
    assert [len(of.cells) for of in found.values()] == [2, 1, 1, 1, 5]
    for title in ("cold", "warm", "sawtooth", "threads"):
        logs = [np.log1p(one.point) for one in found[title].means]
        assert logs == pytest.approx([0.3, -0.2, 0.2, -0.05], abs=0.005), title
        assert all(one.low < one.point < one.high for one in found[title].means)
    assert [one.point for one in found[MEMORY].means] == [0, 0, 0, 0]
    chosen = replace(run, style=Style(cells={"sawtooth": None}))
    assert [of.title for of in rungs(chosen)] == ["sawtooth", MEMORY]


def test_the_figure_has_a_panel_for_each_and_a_row_for_each_rung(run: Run) -> None:
    assert "ladder" in figures_for(run)
    shown = figure_of.items(run)
    rows, columns, _ = figure_of.layout(run, 7.2, shown)
    figure = Figure(figsize=(7.2, 4), layout="constrained")
    axes = figure.subplots(rows, columns)
    figure_of.draw(run, axes, shown)
    first, memory = axes.flat[0], axes.flat[4]
    assert first.get_title("left") == "cold, 2 cells"
    assert memory.get_title("left") == "peak memory, 5 cells, more is worse"
    assert [text.get_text() for text in first.get_yticklabels()] == ladder(run)[1:]
    marks = [line for line in first.lines if len(line.get_xdata()) == 1]
    assert [line.get_xdata()[0] for line in marks] == pytest.approx(
        [np.log10(1 + one.point) for one in shown[0].means]
    )
    assert all(line.get_markerfacecolor() == line.get_color() for line in marks)
    unmoved = [line for line in memory.lines if len(line.get_xdata()) == 1]
    assert {line.get_markerfacecolor() for line in unmoved} == {"none"}
    assert "the first against baseline" in figure._supxlabel.get_text().replace("\n", " ")


@pytest.mark.parametrize("width", [TWO_COLUMNS, ONE_COLUMN])
def test_it_is_drawn_on_a_page_and_in_a_column(run: Run, width) -> None:
    assert set(drawn(figure_of, run, width).files) == set(width.kinds)
    assert figure_of.layout(run, width.inches, figure_of.items(run))[2] < TALLEST_INCHES


def test_fewer_rungs_and_other_allocators_have_none(tmp_path: Path) -> None:
    few = load(write_run(tmp_path / "few", {"ss-reuse": 0.1, "dense": 0.1}, CELLS[:1], 6))
    assert not figure_of.applies(few) and len(ladder(few)) == 3
    others = load(write_run(tmp_path / "others", {"one": 0.1, "two": 0.1}, CELLS[:1], 6))
    assert ladder(others) == ["baseline"]
    alone = tmp_path / "pages"
    alone.mkdir()
    (alone / "a.c").write_text("/* a.c -- round.\n *\n * Over: b\n */\n")
    (alone / "b.c").write_text("/* b.c -- round.\n *\n * Over: a\n */\n")
    assert of_rungs.parents(alone) == {"a": "b", "b": "a"} and ladder(few, alone) == []
