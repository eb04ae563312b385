"""test_cell_rows.py -- figures whose rows are cells: their axis, their pages, what stands on them.

SPDX-License-Identifier: MIT"""

import io
import itertools
import math
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from analysis.comparison.judgement import judged
from analysis.drawing import cell_rows
from analysis.drawing.cell_rows import Chart, Point, Series
from analysis.drawing.drawing import (
    ONE_COLUMN,
    TALLEST_INCHES,
    TWO_COLUMNS,
    Width,
    _figure,
    _styled,
    drawn,
    page_count,
)
from analysis.drawing.value_axis import amount_axis, effect_axis
from analysis.figures import effects, figures_for, page_faults
from analysis.records.records import Run, load
from analysis.records.style import PLAIN

from .synthetic import write_run

SIZES = (16, 64, 256, 1024)
CELLS = [
    *(f"fixed_random size={s} slots={n} operations=100000 cold" for n in (4, 64) for s in SIZES),
    *(f"sawtooth size={s} warm" for s in SIZES),
]


@pytest.fixture(name="run", scope="module")
def _run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """An arm twice as fast, one as fast, in two families of eight and four cells."""
    folder = tmp_path_factory.mktemp("rows") / "run"

    def faults(arm: str, cell: str, number: int) -> int:
        return 0 if "sawtooth" in cell and arm == "twice" else 500

    arms = {"twice": math.log(2), "same": 0.0}
    return load(write_run(folder, arms, CELLS, 12, noise=0.002, faults=faults))


def test_half_as_fast_is_as_far_from_0_as_twice_as_fast() -> None:
    axis = effect_axis([-0.5, 1.0], logarithmic=True)
    half, same, twice = map(axis.coordinate, (-0.5, 0, 1))
    assert same - half == pytest.approx(twice - same)
    assert effect_axis([-0.5, 1.0], logarithmic=False).coordinate(0.25) == 0.25


def test_ticks_of_effects_are_per_cent_and_have_room() -> None:
    axis = effect_axis([-0.8, 4.0], logarithmic=True)
    assert [axis.text(x) for x in axis.ticks(2.0)] == ["-75", "-50", "0", "+100", "+300"]
    assert [axis.text(x) for x in axis.ticks(0.7)] == ["-75", "0", "+300"]
    small = effect_axis([-0.004, 0.006], logarithmic=True)
    assert {-0.02, 0.0, 0.02} <= set(small.ticks(2.0)) and max(small.ticks(2.0)) <= small.high


def test_an_amount_of_0_stands_left_of_the_dots() -> None:
    axis = amount_axis([0.0, 10.0, 1000.0])
    assert axis.coordinate(0) < axis.gap < axis.coordinate(10) and axis.coordinate(1000) == 3
    assert axis.ticks(2.0)[0] == 0 and amount_axis([10.0, 1000.0]).gap is None


def test_rows_are_cells_with_their_numbers_in_columns(run: Run) -> None:
    with _styled(PLAIN):
        (axes,) = _figure(effects, run, ONE_COLUMN, 0).axes
    texts = [text.get_text() for text in axes.texts]
    assert texts[:5] == ["fixed_random operations=100000 cold", "size", "slots", "16", "4"]
    assert "sawtooth warm" in texts and not axes.get_title(loc="left")
    rows = judged(run)
    twice = rows[(rows["arm"] == "twice") & rows["decides"] & (rows["kind"] == "arm")]
    filled = [
        line
        for line in axes.lines
        if line.get_linestyle() == "None" and len(line.get_xdata()) == len(CELLS)
    ]
    places = [np.log10(1 + twice["effect_ratio"].to_numpy())]
    assert any(np.allclose(line.get_xdata(), places) for line in filled)


def test_the_footer_is_the_axis_and_one_line(run: Run) -> None:
    for module in figures_for(run).values():
        with _styled(PLAIN):
            figure = _figure(module, run, TWO_COLUMNS, 0)
        words = figure._supxlabel.get_text()
        assert len(words.splitlines()) <= 2 and "blocks a cell" not in words, module.__name__
    with _styled(PLAIN):
        assert "% (logarithmic)" in _figure(effects, run, ONE_COLUMN, 0)._supxlabel.get_text()


def _many(tmp_path: Path, cells: int, arms: int) -> Run:
    names = [
        f"fixed_random size={8 * s} slots={n} operations=100000 cold"
        for s, n in itertools.product(range(1, 1 + cells // 4), (1, 2, 3, 4))
    ]
    logs = {f"arm-{n}": 0.03 * n for n in range(arms)}
    return load(write_run(tmp_path / f"many{cells}", logs, names, 6))


def test_no_figure_is_higher_than_a_page(tmp_path: Path) -> None:
    """And every cell is on one of its pages, once."""
    run = _many(tmp_path, 40, 11)
    for name, module in figures_for(run).items():
        for width in (TWO_COLUMNS, ONE_COLUMN):
            for page in range(page_count(module, run, width)):
                with _styled(PLAIN):
                    height = _figure(module, run, width, page).get_figheight()
                assert height <= TALLEST_INCHES, (name, width, page)
    heads: list[str] = []
    for page in range(page_count(effects, run, ONE_COLUMN)):
        with _styled(PLAIN):
            (axes,) = _figure(effects, run, ONE_COLUMN, page).axes
        words = [text.get_text() for text in axes.texts]
        heads += [word for word in words if word.isdigit() and int(word) > 4]
    assert page_count(effects, run, ONE_COLUMN) > 1 and len(heads) == 40


def test_points_grow_with_cells_times_arms_and_no_faster(tmp_path: Path) -> None:
    """What is drawn is what there is: a bar and a marker for each arm in each cell."""
    counts = []
    for cells in (8, 16):
        run = _many(tmp_path, cells, 3)
        with _styled(PLAIN):
            (axes,) = _figure(effects, run, ONE_COLUMN, 0).axes
        counts.append(sum(np.isfinite(line.get_xdata()).sum() for line in axes.lines))
        assert len(axes.lines) <= 3 * (3 + 1) + 16 + 4
    assert counts[1] == pytest.approx(2 * counts[0], abs=20)


def test_arms_beyond_nine_share_lines_and_cover_no_other(run: Run) -> None:
    axis = effect_axis([0.0, 1.0], logarithmic=False)
    series = [Series(f"a{n}", "#000000", "o") for n in range(12)]
    values = [0.5] * 3 + [0.1 * n for n in range(9)]
    points = [Point("c", n, x, (x, x)) for n, x in enumerate(values)]
    chart = Chart(series, points, axis, "", "")
    lines = cell_rows._lines_of(chart, 3.0)["c"]
    assert [lines[n] for n in range(4)] == [0, 1, 2, 0] and max(lines.values()) == 3
    for line in set(lines.values()):
        places = sorted(points[n].value for n, at in lines.items() if at == line)
        assert all(b - a > 0.05 for a, b in zip(places, places[1:]))


def test_a_figure_has_one_axis_and_no_panel_per_cell(run: Run) -> None:
    for module in (effects, page_faults):
        figure = Figure()
        rows, columns, _ = module.layout(run, 3.33, module.items(run))
        assert (rows, columns) == (1, 1) and figure is not None


def _texts(figure: Figure) -> Iterator[Text]:
    """All that are seen; a tick beyond the ends of its axis is not."""
    yield from (*figure.texts, *(text for key in figure.legends for text in key.get_texts()))
    for axes in (axes for axes in figure.axes if axes.axison):
        yield from (*axes.texts, axes.title, axes._left_title)
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            yield from (t.label1 for t in axis.get_major_ticks() if low <= t.get_loc() <= high)


@pytest.mark.parametrize("inches", [3.33, 3.5, 7.0])
def test_no_text_is_cut_or_smaller_than_six_points(run: Run, inches: float) -> None:
    width = Width("", inches, ("png",))
    for module in figures_for(run).values():
        with _styled(PLAIN):
            figure = _figure(module, run, width, 0)
            figure.draw_without_rendering()
        for text in (text for text in _texts(figure) if text.get_text() and text.get_visible()):
            box = text.get_window_extent()
            assert text.get_fontsize() >= 6, (module.__name__, text)
            assert box.x0 >= -1 and box.x1 <= figure.bbox.x1 + 1, (module.__name__, text)


def test_markers_differ_in_grey(run: Run) -> None:
    picture = Image.open(io.BytesIO(drawn(effects, run, TWO_COLUMNS).files["png"])).convert("L")
    assert picture.width == round(130 * TWO_COLUMNS.inches)
    shapes = [one.marker for one in effects._chart(run).series]
    assert len(set(map(str, shapes))) == len(shapes)
    assert re.search("filled: decided", effects._chart(run).key_line)
