"""cell_rows.py -- cells as rows, arms as markers, on one axis for all of them.

  o arm one   # arm two                         the key, above
  fixed_random slots=400 cold                   what a group of cells shares
   size operations |
     16     100000 |      --o--                 their numbers in columns; an arm below the other,
                   |            -#-             in the order of the key
     64     100000 |   -o-
                   |               --#--
                   +----+----+----+----
                      words of the axis

Where many arms would make rows high, an arm stands in the first line of its row in which it covers
no other.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import blended_transform_factory

from ..comparison.families import Family, axis_text, families
from ..records.records import Run
from . import panels
from .value_axis import ValueAxis

# Inches that a series takes in a row, and points of its marker, by the most series that has them.
PITCHES = ((5, 0.082, 4.2), (9, 0.066, 3.6), (10**9, 0.06, 3.1))
LINES_OF_THEIR_OWN = 9  # series, at most
MARKER_GAP_INCHES = 0.02
LINE_INCHES = 0.118  # of a row's words
ROW_ROOM_INCHES = 0.045  # above and below what a row holds
GROUP_ROOM_INCHES = 0.06  # above a group's title
AXIS_INCHES_HIGH = 0.2
COLUMN_GAP_LETTERS = 2
LABELS_SHARE_MOST = 0.46  # of the figure's width
EDGE_INCHES = 0.06
AXIS_BESIDE_INCHES = 0.25  # of the plot's width, what is not its axis
WIDEST_MARKER = 1.7  # times its points


@dataclass(frozen=True)
class Series:
    """A line of the key. edged: its markers have an edge in ink, as of a comparison of two arms."""

    name: str
    colour: str
    marker: Any
    edged: bool = False


@dataclass(frozen=True)
class Point:
    """One series in one cell. band: from where to where its bar goes; published: likewise, of
    figures that others gave; nothing where there is none."""

    cell: str
    series: int
    value: float
    band: tuple[float, float]
    filled: bool = True
    published: tuple[float, float] | None = None


@dataclass(frozen=True, eq=False)
class Chart:
    """margin: values between which a difference does not matter; zero: where a line stands."""

    series: list[Series]
    points: list[Point]
    axis: ValueAxis
    words: str
    key_line: str
    margin: tuple[float, float] | None = None
    zero: float | None = None

    @property
    def cells(self) -> list[str]:
        return list(dict.fromkeys(point.cell for point in self.points))


@dataclass(frozen=True)
class _Line:
    """A group's title and the heads of its columns, or a cell. texts: of its columns; top and
    bottom: inches from the top of the plot; lines: of its words."""

    kind: str
    texts: list[str]
    top: float
    bottom: float
    cell: str = ""

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def _pitch(chart: Chart) -> tuple[float, float]:
    return next(
        (inches, points) for most, inches, points in PITCHES if len(chart.series) <= most
    )


def _groups(run: Run, cells: Sequence[str]) -> list[Family]:
    """Families with the chosen cells alone; the varying axes are those of the whole family."""
    found = []
    for family in families(run):
        kept = [cell for cell in family.cells if cell["id"] in cells]
        if kept:
            found.append(Family(family.title, kept, family.varying))
    return found


def _letters(texts: Sequence[str]) -> int:
    return max((len(line) for text in texts for line in text.splitlines()), default=0)


def _column_letters(family: Family) -> list[int]:
    return [
        _letters([name, *(axis_text(cell, name) for cell in family.cells)])
        for name in family.varying
    ]


def _letter_inches() -> float:
    return panels.POINTS_PER_LETTER * panels.TINY / 72


def _in_columns(run: Run, family: Family, width_inches: float) -> bool:
    """Whether its numbers have room beside each other; a cell that is renamed has its label."""
    letters = _column_letters(family)
    total = sum(letters) + COLUMN_GAP_LETTERS * len(letters)
    fits = total * _letter_inches() <= LABELS_SHARE_MOST * width_inches
    return fits and all(run.cell_label(cell["id"]) == cell["id"] for cell in family.cells)


def _words(run: Run, family: Family, cell: dict[str, Any], width_inches: float) -> str:
    label = run.cell_label(cell["id"])
    if label == cell["id"]:
        label = " ".join(f"{name}={axis_text(cell, name)}" for name in family.varying)
    inches = LABELS_SHARE_MOST * width_inches
    return panels.wrapped(label, inches, panels.TINY) if label else ""


def _labels_inches(run: Run, width_inches: float, cells: Sequence[str]) -> float:
    return _inches_of_labels(run, width_inches, tuple(cells))


@lru_cache(maxsize=64)
def _inches_of_labels(run: Run, width_inches: float, cells: tuple[str, ...]) -> float:
    """What the words on the left take."""
    letters = []
    for family in _groups(run, cells):
        if _in_columns(run, family, width_inches):
            columns = _column_letters(family)
            letters.append(sum(columns) + COLUMN_GAP_LETTERS * (len(columns) - 1))
        else:
            texts = [_words(run, family, cell, width_inches) for cell in family.cells]
            letters.append(_letters(texts))
    return max([0, *letters]) * _letter_inches() + 2 * EDGE_INCHES


@lru_cache(maxsize=32)
def _lines_of(chart: Chart, inches: float) -> dict[str, dict[int, int]]:
    """By cell, the line of its row in which each series stands, on an axis of so many inches."""
    if len(chart.series) <= LINES_OF_THEIR_OWN:
        return {cell: {i: i for i in range(len(chart.series))} for cell in chart.cells}
    scale, (_, size) = inches / chart.axis.length, _pitch(chart)
    half = size * WIDEST_MARKER / 72 / 2
    found: dict[str, dict[int, int]] = {cell: {} for cell in chart.cells}
    taken: dict[str, list[list[tuple[float, float]]]] = {cell: [] for cell in chart.cells}
    for point in chart.points:
        middle = scale * chart.axis.coordinate(point.value)
        ends = [scale * chart.axis.coordinate(x) for x in (*point.band, *(point.published or ()))]
        low = min(middle - half, *ends) - MARKER_GAP_INCHES
        high = max(middle + half, *ends)
        lines = taken[point.cell]
        free = (
            number
            for number, spans in enumerate(lines)
            if all(high < begin or end < low for begin, end in spans)
        )
        line = next(free, len(lines))
        lines += [[]] if line == len(lines) else []
        lines[line].append((low, high))
        found[point.cell][point.series] = line
    return found


def _axis_inches(run: Run, chart: Chart, width_inches: float) -> float:
    """The same on every page."""
    return width_inches - _labels_inches(run, width_inches, items(run, chart)) - AXIS_BESIDE_INCHES


def _lines(run: Run, chart: Chart, width_inches: float, cells: Sequence[str]) -> list[_Line]:
    pitch, _ = _pitch(chart)
    inches = _axis_inches(run, chart, width_inches)
    deep = {cell: max(of.values()) + 1 for cell, of in _lines_of(chart, inches).items()}
    found: list[_Line] = []
    at = 0.0

    def add(kind: str, texts: list[str], inches: float, cell: str = "") -> None:
        nonlocal at
        found.append(_Line(kind, texts, at, at + inches, cell))
        at += inches

    for family in _groups(run, cells):
        inches = (width_inches - 2 * EDGE_INCHES) / panels.BOLD
        title = panels.wrapped(family.title, inches, panels.TINY)
        at += GROUP_ROOM_INCHES
        add("title", [title], LINE_INCHES * (title.count("\n") + 1))
        columns = _in_columns(run, family, width_inches)
        if columns and family.varying:
            add("heads", list(family.varying), LINE_INCHES)
        for cell in family.cells:
            texts = (
                [axis_text(cell, name) for name in family.varying]
                if columns
                else [_words(run, family, cell, width_inches)]
            )
            words = LINE_INCHES * max((text.count("\n") + 1 for text in texts), default=1)
            high = max(words, pitch * deep[cell["id"]]) + ROW_ROOM_INCHES
            add("columns" if columns else "words", texts, high, cell["id"])
    return found


def items(run: Run, chart: Chart) -> list[str]:
    """What pages are divided into: the cells that are shown."""
    held = set(chart.cells)
    return [cell for cell in run.shown_cells if cell in held]


def layout(
    run: Run, chart: Chart, width_inches: float, cells: Sequence[str], key: bool = True
) -> tuple[int, int, float]:
    lines = _lines(run, chart, width_inches, cells)
    names = [one.name for one in chart.series]
    around = AXIS_INCHES_HIGH + panels.footer_inches(width_inches, chart.words, chart.key_line)
    around += panels.key_inches(names, width_inches) if key else 0.0
    return 1, 1, around + lines[-1].bottom


def _write(axes: Axes, x_inches: float, y: float, text: str, **looks: Any) -> None:
    """Words at so many inches from the figure's left edge, level with a height of the plot."""
    figure = axes.figure
    across = blended_transform_factory(figure.transFigure, axes.transData)
    axes.text(
        x_inches / figure.get_figwidth(),
        y,
        text,
        transform=across,
        fontsize=panels.TINY,
        clip_on=False,
        **looks,
    ).set_in_layout(False)


def _write_lines(run: Run, axes: Axes, lines: Sequence[_Line], cells: Sequence[str]) -> None:
    width = axes.figure.get_figwidth()
    by_cell = {cell["id"]: family for family in _groups(run, cells) for cell in family.cells}
    family: Family | None = None
    for number, line in enumerate(lines):
        if line.kind == "title":
            family = by_cell[next(one.cell for one in lines[number:] if one.cell)]
            _write(axes, EDGE_INCHES, line.middle, line.texts[0], va="center", fontweight="bold")
        elif line.kind == "words":
            _write(axes, EDGE_INCHES, line.middle, line.texts[0], va="center")
        elif family is not None:
            right = EDGE_INCHES
            for text, letters in zip(line.texts, _column_letters(family)):
                right += letters * _letter_inches()
                _write(axes, right, line.middle, text, ha="right", va="center")
                right += COLUMN_GAP_LETTERS * _letter_inches()


def _heights(
    chart: Chart, lines: Sequence[_Line], inches: float
) -> dict[tuple[str, int], float]:
    """(cell, series) to its height in the plot, whose axis has so many inches."""
    pitch, _ = _pitch(chart)
    lines_of, found = _lines_of(chart, inches), {}
    for line in (line for line in lines if line.cell):
        deep = max(lines_of[line.cell].values())
        for series, number in lines_of[line.cell].items():
            found[line.cell, series] = line.middle + pitch * (number - deep / 2)
    return found


def _marker_looks(one: Series, filled: bool, points: float, ink: Any) -> dict[str, Any]:
    looks: dict[str, Any] = {
        "marker": one.marker,
        "markersize": panels.size_of(one.marker, points),
        "color": one.colour,
        "markeredgewidth": 0.9,
    }
    if not filled:
        return {**looks, "markerfacecolor": "none"}
    return {**looks, "markeredgecolor": ink} if one.edged else looks


def _draw_series(
    chart: Chart, axes: Axes, index: int, heights: dict[tuple[str, int], float]
) -> None:
    """All bars of a series, what was published, then its markers: what is decided, and what is
    not."""
    one, (_, size) = chart.series[index], _pitch(chart)
    here = [
        (point, heights[point.cell, index])
        for point in chart.points
        if point.series == index and (point.cell, index) in heights
    ]
    bars = np.array(
        [
            (x, height)
            for point, height in here
            for x in (*map(chart.axis.coordinate, point.band), np.nan)
        ]
    ).reshape(-1, 2)
    axes.plot(*bars.T, color=one.colour, linewidth=1.5, solid_capstyle="butt", clip_on=False)
    ink = axes.xaxis.label.get_color()
    for point, height in here:
        if point.published is not None:
            axes.plot(
                list(map(chart.axis.coordinate, point.published)),
                [height, height],
                marker="d",
                markersize=size + 0.8,
                linewidth=0.7,
                color=ink,
                markerfacecolor="none",
                markeredgewidth=0.7,
            )
    for filled in (True, False):
        chosen = [(chart.axis.coordinate(p.value), h) for p, h in here if p.filled == filled]
        if chosen:
            looks = _marker_looks(one, filled, size, ink)
            axes.plot(*zip(*chosen), linestyle="none", clip_on=False, **looks)


def _blocks(lines: Sequence[_Line]) -> list[tuple[float, float]]:
    """Top and bottom of each run of cells, between the titles: nothing is drawn behind words."""
    found: list[tuple[float, float]] = []
    above = ""
    for line in lines:
        if line.cell and above:
            found[-1] = (found[-1][0], line.bottom)
        elif line.cell:
            found.append((line.top, line.bottom))
        above = line.cell
    return found


def _draw_ground(chart: Chart, axes: Axes, lines: Sequence[_Line], ticks: Sequence[float]) -> None:
    """The grid, the margin, the line at zero, and between the cells thin ones."""
    ink, axis = axes.xaxis.label.get_color(), chart.axis
    for block in _blocks(lines):
        for tick in map(axis.coordinate, ticks):
            axes.vlines(tick, *block, color=ink, alpha=0.25, linewidth=0.3, zorder=0)
        if chart.margin is not None:
            ends = map(axis.coordinate, chart.margin)
            axes.fill_betweenx(block, *ends, color=ink, alpha=0.16, linewidth=0, zorder=0)
        if chart.zero is not None:
            axes.vlines(axis.coordinate(chart.zero), *block, color=ink, linewidth=0.7, zorder=0)
        if axis.gap is not None:
            axes.vlines(axis.gap, *block, color=ink, linewidth=0.8, linestyle=":", zorder=0)
    inner = [one.bottom for one, after in zip(lines, lines[1:]) if one.cell and after.cell]
    for height in inner:
        axes.axhline(height, color=ink, linewidth=0.3, alpha=0.4, zorder=0)


def draw(run: Run, chart: Chart, axes: Any, cells: Sequence[str], key: bool = True) -> None:
    (panel,) = panels.flat(axes)
    figure = panel.figure
    width = figure.get_figwidth()
    lines = _lines(run, chart, width, cells)
    left = _labels_inches(run, width, items(run, chart))
    panel.set_ylim(lines[-1].bottom, 0)
    panel.set_yticks([])
    panel.spines["left"].set_visible(False)
    _write_lines(run, panel, lines, cells)
    inches = _axis_inches(run, chart, width)
    _draw_ground(chart, panel, lines, chart.axis.finish(panel, inches))
    heights = _heights(chart, lines, inches)
    for index in range(len(chart.series)):
        _draw_series(chart, panel, index, heights)
    panel.tick_params(axis="x", labelsize=panels.TINY, length=2.5, pad=2)
    panels.footer(figure, chart.words, chart.key_line)
    if key:
        _, size = _pitch(chart)
        ink = panel.xaxis.label.get_color()
        handles = [
            panel.plot([], [], linewidth=1.5, **_marker_looks(one, True, max(size, 3.6), ink))[0]
            for one in chart.series
        ]
        panels.series_key(figure, handles, [one.name for one in chart.series])
    panels.room_left(figure, left)
