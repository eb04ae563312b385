"""colours.py -- one colour and one marker per arm, the same in every figure; grey for the baseline.

Both follow from the arm's name, so a new phase has them without a choice; two arms of one plan
never share them while any are left. The colours stay apart for every common colour blindness, and
are legible on white and on near-black; the markers tell them apart in grey.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import zlib
from typing import Any

from ..records.records import Recorded

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
SALT = b"3291"  # spreads the names that exist today over the palette


def _preferred(arm: str) -> int:
    return zlib.crc32(SALT + arm.encode()) % len(PALETTE)


def _places(run: Recorded) -> dict[str, int]:
    """Arm id to its index in the palette. Arms that prefer the same index take the next free one,
    in plan order."""
    chosen: dict[str, int] = {}
    free = list(range(len(PALETTE)))
    for arm in run.arms:
        if arm not in (run.baseline, run.control):
            wanted = _preferred(arm)
            index = min(free, key=lambda i: (i - wanted) % len(PALETTE)) if free else wanted
            free = [i for i in free if i != index]
            chosen[arm] = index
    return chosen


def _given(
    run: Recorded, baseline: str, control: str, others: tuple[Any, ...]
) -> dict[str, Any]:
    chosen = {run.baseline: baseline}
    if run.control is not None:
        chosen[run.control] = control
    return chosen | {arm: others[place] for arm, place in _places(run).items()}


def colours(run: Recorded) -> dict[str, str]:
    """Arm id to #rrggbb."""
    return _given(run, BASELINE, CONTROL, PALETTE)


def markers(run: Recorded) -> dict[str, Any]:
    """Arm id to a marker of matplotlib's."""
    return _given(run, BASELINE_MARKER, CONTROL_MARKER, MARKERS)
