"""panels.py -- what figures share: a panel per cell, rows of arms, captions, round numbers.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, LogLocator, NullFormatter, NullLocator
from numpy.typing import NDArray

from ..comparison.deciding import OPERATIONS
from ..comparison.judgement import facts_of
from ..document.document import NO_BREAK
from ..document.short_names import short_names
from ..records.records import Recorded, Run
from ..document.rounding import exponent
from .colours import colours, markers

SMALL, TINY = 7.0, 6.2  # points
NARROW_BELOW_INCHES = 5.0
POINTS_PER_LETTER = 0.60  # of the font's size, in DejaVu Sans
BOLD = 1.1  # times as wide
SLIM_INCHES = 2.6
AXIS_INCHES = 0.6  # beside a panel that has a row for itself, and figures on its axis
KEY_MARKER_INCHES = 0.35
FOOTER_SPACING = 1.35  # of lines, to the height of one
NAMES_SHARE, NAMES_SHARE_NARROW = 0.33, 0.42  # of a figure's width, for the names of rows
DECADES_FOR_LOG = 1.0
GENERATION = (("cpu_version.cpu family", "family"), ("cpu_version.model", "model"))
# Of markers whose points make them look small, and hollow ones full: times as large.
LARGER = {"*": 1.6, (4, 1, 0): 1.7, "P": 1.25, "X": 1.2}


def narrow(width_inches: float) -> bool:
    return width_inches < NARROW_BELOW_INCHES


def shown_names(run: Recorded) -> dict[str, str]:
    """Arm id to its label, shortened to what tells it from those of the others."""
    return dict(zip(run.arms, short_names([run.label(arm) for arm in run.arms])))


def arms_in_words(run: Recorded) -> str:
    """ "baseline, phase17-1 and phase17-2": those that are shown."""
    names = shown_names(run)
    return listed([names[arm] for arm in run.shown_arms])


def has_key(run: Recorded, first: bool) -> bool:
    """Whether a figure has a key of arms: every one, or with a style only a run's first."""
    return first or run.style.legend != "first"


@lru_cache(maxsize=8)
def measured_cells(run: Run) -> list[str]:
    """Those with a valid block. Do not write to it."""
    return [cell for cell in run.shown_cells if len(run.matrix(cell, OPERATIONS.values))]


def size_of(marker: Any, points: float) -> float:
    return points * LARGER.get(marker, 1.0)


def flat(axes: Axes | NDArray[Any]) -> list[Axes]:
    return list(np.asarray(axes, dtype=object).reshape(-1))


def grid(count: int, width_inches: float, most: int) -> tuple[int, int]:
    """(rows, columns) of panels; in one column of a page a panel has a row for itself."""
    columns = 1 if narrow(width_inches) else min(count, most)
    return -(-count // columns), columns


def hide_spare(panels: list[Axes], used: int) -> None:
    for axes in panels[used:]:
        axes.set_axis_off()


def _pieces(word: str, letters: int) -> list[str]:
    """Of a word that is too long, such as a setting: broken behind punctuation where there is any,
    else anywhere."""
    found = [""]
    for piece in re.split(r"(?<=[:,;=/_.-])", word):
        if len(found[-1]) + len(piece) > letters and found[-1]:
            found.append("")
        found[-1] += piece
    return [part[i : i + letters] for part in found for i in range(0, len(part), letters)]


def wrapped(text: str, inches: float, points: float) -> str:
    """Lines that fit; never broken between a figure and its per cent sign."""
    letters = max(12, int(72 * inches / (POINTS_PER_LETTER * points)))
    words = text.replace(" %", NO_BREAK + "%").split(" ")
    short = [part for word in words for part in _pieces(word, letters)]
    lines = textwrap.wrap(
        " ".join(short), letters, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(lines)


def arm_title(figure: Figure, text: str, beside_inches: float) -> str:
    """Of a panel that is as wide as the figure but for what is beside it: as it is, if it fits."""
    inches = (figure.get_figwidth() - beside_inches) / BOLD
    fits = len(text) * POINTS_PER_LETTER * TINY <= 72 * inches
    return text if fits else wrapped(text, inches, TINY)


def cell_title(axes: Axes, cell: str, inches: float) -> None:
    """Above its panel; where that is slim, from the left edge of the figure on."""
    figure = axes.figure
    if inches > SLIM_INCHES or not narrow(figure.get_figwidth()):
        text = wrapped(cell, inches / BOLD, TINY)
        axes.set_title(text, fontsize=TINY, fontweight="bold", loc="left")
        return
    text = wrapped(cell, (figure.get_figwidth() - 0.1) / BOLD, TINY)
    axes.set_title("\n".join(" " for _ in text.splitlines()), fontsize=TINY, loc="left")
    axes.annotate(
        text,
        (0, 1),
        xycoords=("figure fraction", "axes fraction"),
        xytext=(4, 5),
        textcoords="offset points",
        va="bottom",
        fontsize=TINY,
        fontweight="bold",
        annotation_clip=False,
    ).set_in_layout(False)


def _row_names(labels: Sequence[str], width_inches: float) -> list[str]:
    """The names of rows, on several lines if they would leave too little room for the panels."""
    share = NAMES_SHARE_NARROW if narrow(width_inches) else NAMES_SHARE
    return [wrapped(label, share * width_inches, TINY) for label in labels]


def row_inches(labels: Sequence[str], width_inches: float) -> float:
    """The height of a row that has room for the longest name."""
    lines = max(name.count("\n") + 1 for name in _row_names(labels, width_inches))
    return 0.04 + 0.11 * lines


def row_panel_inches(figure: Figure, labels: Sequence[str], columns: int) -> float:
    """The width that is left for each panel beside the rows' names."""
    lines = "\n".join(_row_names(labels, figure.get_figwidth())).splitlines()
    names = max(map(len, lines)) * TINY * POINTS_PER_LETTER / 72
    return (figure.get_figwidth() - names - 0.12 * columns) / columns


def _footer_text(width_inches: float, lines: Sequence[str]) -> str:
    return "\n".join(wrapped(line, width_inches - 0.2, SMALL) for line in lines if line)


def footer(figure: Figure, *lines: str) -> None:
    """Under all panels: the words of the axes, and one line of what the marks are."""
    text = _footer_text(figure.get_figwidth(), lines)
    figure.supxlabel(text, fontsize=SMALL, linespacing=FOOTER_SPACING)


def footer_inches(width_inches: float, *lines: str) -> float:
    """The height that the footer takes."""
    count = _footer_text(width_inches, lines).count("\n") + 1
    return (count * SMALL * FOOTER_SPACING * 1.17 + 10) / 72


def arm_key(figure: Figure, run: Run, arms: Sequence[str]) -> None:
    """The key of colours and markers, above all panels."""
    colour, marker, names = colours(run), markers(run), shown_names(run)
    handles = [
        figure.axes[0].plot(
            [],
            [],
            marker=marker[arm],
            markersize=size_of(marker[arm], 4.5),
            color=colour[arm],
        )[0]
        for arm in arms
    ]
    series_key(figure, handles, [names[arm] for arm in arms])


def series_key(figure: Figure, handles: Sequence[Any], names: Sequence[str]) -> None:
    """A name for each handle, in as many columns as there is room for."""
    columns, lines = _key_grid(names, figure.get_figwidth())
    room_above(figure, lines)
    figure.legend(
        handles,
        _key_names(names, figure.get_figwidth()),
        loc="upper left",
        bbox_to_anchor=(0, 1),
        ncol=columns,
        fontsize=SMALL,
        frameon=False,
        borderaxespad=0.1,
        labelspacing=0.35,
        columnspacing=1.4,
        handlelength=1.6,
    ).set_in_layout(False)


def _key_names(arms: Sequence[str], width_inches: float) -> list[str]:
    return [wrapped(arm, width_inches - KEY_MARKER_INCHES, SMALL) for arm in arms]


def _key_grid(arms: Sequence[str], width_inches: float) -> tuple[int, int]:
    """Columns of a key of these names, and its lines."""
    names = _key_names(arms, width_inches)
    longest = max(len(line) for name in names for line in name.splitlines())
    columns = min(key_columns(width_inches, longest), len(arms))
    lines = -(-len(arms) // columns) * max(name.count("\n") + 1 for name in names)
    return columns, lines


def key_columns(width_inches: float, longest: int) -> int:
    """How many names of so many letters stand beside each other in a key."""
    return max(1, int(72 * width_inches / (longest * SMALL * 0.56 + 24)))


def _lines_inches(lines: int) -> float:
    return (lines * (SMALL + 4.5) + 4) / 72


def room_above(figure: Figure, lines: int) -> None:
    """The panels leave room for a key of so many lines."""
    height = _lines_inches(lines) / figure.get_figheight()
    left, low, width, _ = figure.get_layout_engine().get()["rect"]
    figure.get_layout_engine().set(rect=(left, low, width, 1 - height))


def room_left(figure: Figure, inches: float) -> None:
    """The panels leave room for words on their left."""
    share = inches / figure.get_figwidth()
    _, low, _, height = figure.get_layout_engine().get()["rect"]
    figure.get_layout_engine().set(rect=(share, low, 1 - share, height))


def key_inches(arms: Sequence[str], width_inches: float) -> float:
    """The height that a key of these names takes."""
    return _lines_inches(_key_grid(arms, width_inches)[1])


def row_labels(axes: Axes, labels: Sequence[str], named: bool) -> None:
    """Rows 0, 1, 2 from the top; only a panel in the first column names them."""
    names = _row_names(labels, axes.figure.get_figwidth()) if named else [""] * len(labels)
    axes.set_yticks(range(len(labels)), names, fontsize=TINY)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=TINY, length=2.5, pad=2)
    axes.spines["left"].set_visible(False)


def value_text(value: float) -> str:
    """0.5, 20, 3k, 1M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def log_ticks(
    axis: Any, low: float, high: float, most: int, text: Callable[[float], str] = value_text
) -> None:
    """At most so many ticks at 1, 2 and 5 times powers of ten."""
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [
            step * 10.0**power
            for power in range(exponent(low) - 1, exponent(high) + 2)
            for step in steps
            if low <= step * 10.0**power <= high
        ]
        if len(ticks) <= most:
            break
    while len(ticks) > most:
        ticks = ticks[::2]
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_minor_locator(LogLocator(subs=(1,)) if len(ticks) > 1 else NullLocator())
    axis.set_minor_formatter(NullFormatter())
    axis.set_major_formatter(lambda value, _: text(value))


def wants_log(low: float, high: float) -> bool:
    return low > 0 and high / low > 10**DECADES_FOR_LOG


def whole(count: float) -> str:
    """100000 as "100 000": a comma would be a decimal one to some readers."""
    return f"{count:,.0f}".replace(",", "\u202f")


def listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def machine_text(run: Recorded) -> str:
    """ "AMD EPYC (family 25, model 17), 2 CPUs, under KVM", as far as machine.json tells."""
    facts = dict(facts_of(run.machine))
    version = [f"{name} {facts[key]}" for key, name in GENERATION if key in facts]
    known = version and not any("absent" in text for text in version)
    name = facts.get("cpu_model") or "an unnamed machine"
    parts = [f"{name} ({', '.join(version)})" if known else name]
    if facts.get("cpus_online"):
        parts.append(f"{facts['cpus_online']} CPUs")
    hypervisor = facts.get("hypervisor", "")
    if hypervisor and "absent" not in hypervisor and hypervisor.lower() != "none":
        parts.append(f"under {hypervisor}")
    return ", ".join(parts)


def measured_on(run: Run) -> str:
    """ "40 to 400 blocks (each arm once, in random order, a fresh process each) on ...": the end of
    every caption."""
    return (
        f"{_range(_blocks(run))} blocks a cell, each of them every arm once in random order, a "
        f"fresh process a sample, on {machine_text(run)}."
    )


def processes_on(run: Recorded, sizes: Sequence[int]) -> str:
    """The end of a caption of an instrument's figure. sizes: processes of an arm in each cell."""
    return f"{_processes(sizes)}, on {machine_text(run)}."


def _processes(sizes: Sequence[int]) -> str:
    return f"{_range(sizes)} process{'' if max(sizes) == 1 else 'es'} of every arm a cell"


def _range(counts: Sequence[int]) -> str:
    return f"{min(counts)}" if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}"


@lru_cache(maxsize=8)
def _blocks(run: Run) -> list[int]:
    return [len(run.matrix(cell, OPERATIONS.values)) for cell in measured_cells(run)]
