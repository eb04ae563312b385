"""flame_difference.py -- the flame graph of one arm, coloured by its difference from another.

A frame is grey unless the interval of its difference excludes 0, for all frames shown together.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections import Counter

import numpy as np

from ..comparison.wording import count
from ..records.profiles import Profile
from ..document.rounding import fixed
from ..statistics.share_statistics import Difference, difference_of_shares
from ..statistics.statistics import BLOCKS_FOR_SHARE, Interval
from .flame import Frame, Placed, frame_share, label_of, lay_out, narrow_note, tree_of
from .flame_svg import Box, flame_svg
from .function_names import TABLE_LETTERS, short_name
from .frames import main_stage
from .wording import points_text

GREY = "#d5d8db"
STEPS = (0.02, 0.10)  # of the samples: where a difference is drawn stronger
MORE = ("#f6b48f", "#e8743b", "#c23a0c")
LESS = ("#a9cbe8", "#5a9bd4", "#1f65a8")
GONE_NAMED = 3  # frames that only the other arm has, named in a note


def _colour_of(point: float, low: float, high: float) -> str:
    """Red if the share is significantly larger, blue if smaller, else grey."""
    if not (low > 0 or high < 0):
        return GREY
    return (MORE if point > 0 else LESS)[sum(abs(point) > step for step in STEPS)]


def _differences(placed: list[Placed], first: slice, second: slice, alpha: float) -> Difference:
    """Of every placed frame's inclusive share; intervals hold for all of them together
    (Bonferroni, so that a colour and the interval beside it never disagree, as Holm's could)."""
    rows = np.array([one.frame.samples for one in placed])
    return difference_of_shares(
        rows[:, first], rows[0, first], rows[:, second], rows[0, second], alpha / len(placed)
    )


def _boxes(
    placed: list[Placed], names: tuple[str, str], columns: tuple[slice, slice], alpha: float
) -> list[Box]:
    found = _differences(placed, *columns, alpha)
    whole = placed[0].frame.samples
    boxes = []
    for i, (frame, depth, left, width) in enumerate(placed):
        shares = [
            f"{name} {frame_share(frame, whole, alpha, one)} %"
            for name, one in zip(names, columns)
        ]
        point, low, high = found.point[i], found.low[i], found.high[i]
        difference = points_text(Interval(point, low, high))
        label = label_of(frame.name)
        hover = f"{label}: {shares[1]}, {shares[0]}"
        hover += f"; difference {difference} points" if depth else ""
        boxes.append(Box(depth, left, width, label, _colour_of(point, low, high), hover))
    return boxes


def _gone(root: Frame, first: slice, second: slice) -> tuple[Counter, float]:
    """Frames that have samples in the first arm alone, by name, without what they call; and the
    share of its samples that they hold."""
    found: Counter = Counter()
    total = root.samples[first].sum()

    def walk(frame: Frame) -> None:
        for child in frame.children.values():
            if child.samples[second].any():
                walk(child)
            elif child.samples[first].any():
                found[label_of(child.name)] += child.samples[first].sum() / total

    walk(root)
    return found, sum(found.values())


def _notes(
    root: Frame, names: tuple[str, str], columns: tuple[slice, slice], said: str
) -> list[str]:
    found, share = _gone(root, *columns)
    if not found:
        return [said]
    largest = sorted(found.items(), key=lambda one: (-one[1], one[0]))[:GONE_NAMED]
    named = ", ".join(
        f"{short_name(name, TABLE_LETTERS)} ({fixed(100 * part, 1)} %)" for name, part in largest
    )
    return [
        said,
        f"A frame is a whole path. Not drawn, for {names[1]} has no such path: "
        f"{fixed(100 * share, 1)} % of {names[0]}'s samples, the most in {named}.",
    ]


def flame_difference(profile: Profile, cell: str, arm: str, against: str) -> str | None:
    """The SVG of `arm` in a cell, as wide as its own shares; None where either has no samples."""
    stage, alpha = main_stage(profile, cell), profile.plan["alpha"]
    matrices = [profile.matrix(cell, name, stage) for name in (against, arm)]
    n = matrices[0].shape[1]
    first, second = slice(0, n), slice(n, 2 * n)
    root = tree_of(profile.stacks, np.hstack(matrices))
    placed, narrow = lay_out(root, second)
    if not placed or not root.samples[first].any():
        return None
    totals = [root.samples[one].sum() for one in (first, second)]
    judged = (
        f"otherwise grey. {100 * (1 - alpha):g} % for all {len(placed)} frames together "
        "(Bonferroni; jackknife over blocks)."
        if n >= BLOCKS_FOR_SHARE
        else f"but all is grey: fewer than {BLOCKS_FOR_SHARE} processes give no interval."
    )
    said = (
        f"Width: the share in {arm}. Coloured where the interval of the difference excludes 0, "
        f"{judged} {narrow_note(narrow, totals[1], second)}".rstrip()
    )
    smaller, larger = (f"{100 * step:g}" for step in STEPS)
    legend = [
        (f"less, by over {larger} points", LESS[2]),
        (f"over {smaller}", LESS[1]),
        (f"up to {smaller}", LESS[0]),
        ("not told apart", GREY),
        (f"more, by up to {smaller}", MORE[0]),
        (f"over {smaller}", MORE[1]),
        (f"over {larger}", MORE[2]),
    ]
    return flame_svg(
        f"{arm} against {against}: where shares of CPU time differ",
        f"{cell}, {'region' if stage == 'region' else 'whole process'}: {count(totals[1])} and "
        f"{count(totals[0])} samples of {n} processes each",
        _boxes(placed, (against, arm), (first, second), alpha),
        legend,
        _notes(root, (against, arm), (first, second), said),
    )
