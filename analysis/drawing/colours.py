"""colours.py -- one colour and one marker per arm, the same in every figure; grey for the baseline.

A style gives an arm both (records/style.py); without one they follow from the arm's name, so a new
phase has them without a choice, and two arms of one plan never share both. The colours stay apart
for every common colour blindness, and are legible on white and on near-black; the markers tell them
apart in grey.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..records.records import Recorded
from ..records.style import SHAPES, ArmStyle, Style

BASELINE, CONTROL = "#7d858d", "#aab1b8"
BASELINE_MARKER, CONTROL_MARKER = "o", "."
# Found by search: the smallest CIELAB distance of any two, the baseline's grey among them, is 20 as
# seen by a person with deuteranopia, protanopia, tritanopia (Machado et al. 2009) or none.
PALETTE = (
    "#23698c",
    "#f27900",
    "#9857d9",
    "#bf2000",
    "#a68d5b",
    "#793df2",
    "#d977d9",
    "#8c584d",
)
# No triangles: an arm is not better or worse, up or down, by its marker.
MARKERS = ("s", "D", "*", "P", "p", "X", (4, 1, 0), "h")
SHAPE_MARKERS: dict[str, Any] = dict(zip(SHAPES, (BASELINE_MARKER, *MARKERS, CONTROL_MARKER)))
SHAPE_OF = {marker: shape for shape, marker in SHAPE_MARKERS.items()}
SALT = b"3291"  # spreads the names that exist today over the palette


def _preferred(arm: str) -> int:
    return zlib.crc32(SALT + arm.encode()) % len(PALETTE)


def _places(
    arms: Iterable[str], given: Collection[tuple[str, Any]]
) -> dict[str, tuple[int, int]]:
    """Arm id to its indices in the palette and among the markers. Arms that prefer the same index
    take the next free one, in order; beyond the palette, a colour comes again with another
    marker. given: colours and markers that other arms have by a style."""
    chosen: dict[str, tuple[int, int]] = {}
    had = {colour for colour, _ in given}
    free = [index for index, colour in enumerate(PALETTE) if colour not in had]
    for number, arm in enumerate(arms):
        free = free or list(range(len(PALETTE)))
        wanted = _preferred(arm)
        index = min(free, key=lambda i: (i - wanted) % len(PALETTE))
        free.remove(index)
        first = index + number // len(PALETTE)
        turns = [(first + turn) % len(MARKERS) for turn in range(len(MARKERS))]
        untaken = (turn for turn in turns if (PALETTE[index], MARKERS[turn]) not in given)
        chosen[arm] = index, next(untaken, turns[0])
    return chosen


def _default_looks(
    subjects: Sequence[Recorded], given: Mapping[str, tuple[str, Any]]
) -> dict[str, tuple[str, Any]]:
    """Arm id to its colour and marker in figures of all of these; grey are the control, and what is
    nothing but a baseline. given: those of arms that have both by a style."""
    named = list(dict.fromkeys(arm for run in subjects for arm in run.arms))
    controls = {run.control for run in subjects if run.control is not None}
    others = {arm for run in subjects for arm in run.arms[1:]} - controls
    places = _places((arm for arm in named if arm in others - set(given)), set(given.values()))
    found: dict[str, tuple[str, Any]] = {}
    for arm in named:
        if arm in given:
            found[arm] = given[arm]
        elif arm in places:
            colour, marker = places[arm]
            found[arm] = PALETTE[colour], MARKERS[marker]
        else:
            found[arm] = (CONTROL, CONTROL_MARKER) if arm in controls else (
                BASELINE, BASELINE_MARKER)  # fmt: skip
    return found


def _given(said: Mapping[str, ArmStyle]) -> dict[str, tuple[str, Any]]:
    """Of the arms whose style has a colour and a marker."""
    return {
        arm: (one.colour, SHAPE_MARKERS[one.marker])
        for arm, one in said.items()
        if one.colour is not None and one.marker is not None
    }


def _looks(run: Recorded) -> dict[str, tuple[str, Any]]:
    styles = {arm: run.arm_style(arm) for arm in run.arms}
    found = _default_looks([run], _given(styles))
    for arm, said in styles.items():
        colour, marker = found[arm]
        found[arm] = said.colour or colour, SHAPE_MARKERS.get(said.marker or "", marker)
    return found


def colours(run: Recorded) -> dict[str, str]:
    """Arm id to #rrggbb."""
    return {arm: colour for arm, (colour, _) in _looks(run).items()}


def markers(run: Recorded) -> dict[str, Any]:
    """Arm id to a marker of matplotlib's."""
    return {arm: marker for arm, (_, marker) in _looks(run).items()}


def style_of_all(style: Style, subjects: Sequence[Recorded]) -> Style:
    """The style with a colour and a marker for every arm of any of the subjects, and for no other,
    so that an arm has one of each in all of their figures."""
    styles: dict[str, ArmStyle] = {}
    for run in subjects:
        for arm in run.arms:
            styles.setdefault(arm, run.arm_style(arm) | style.arm(arm))
    found = {}
    for arm, (colour, marker) in _default_looks(subjects, _given(styles)).items():
        whole = styles[arm]
        look = ArmStyle(colour=whole.colour or colour, marker=whole.marker or SHAPE_OF[marker])
        found[arm] = style.arm(arm) | look
    return replace(style, arms=found)
