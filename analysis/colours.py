"""colours.py -- one colour per arm, the same in every figure; grey for the baseline.

A colour follows from the arm's name, so a phase added tomorrow has one without anybody choosing it;
two arms of one plan never share one while there are colours left.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import zlib

from .records import Recorded

BASELINE, CONTROL = "#7d858d", "#aab1b8"
# Ten that stay apart on white and on near-black.
PALETTE = (
    "#1f78c8",
    "#e07b00",
    "#159a76",
    "#c94f9b",
    "#c2410c",
    "#3fa7d6",
    "#a98600",
    "#7457c9",
    "#5b8c1a",
    "#b0413e",
)
SALT = b"21928"  # spreads the names that exist today over the palette


def _preferred(arm: str) -> int:
    return zlib.crc32(SALT + arm.encode()) % len(PALETTE)


def colours(run: Recorded) -> dict[str, str]:
    """Arm id to #rrggbb. Arms that want the same colour take the next free one, in plan order."""
    chosen = {run.baseline: BASELINE}
    if run.control is not None:
        chosen[run.control] = CONTROL
    free = list(range(len(PALETTE)))
    for arm in run.arms:
        if arm not in chosen:
            wanted = _preferred(arm)
            index = min(free, key=lambda i: (i - wanted) % len(PALETTE)) if free else wanted
            free = [i for i in free if i != index]
            chosen[arm] = PALETTE[index]
    return chosen
