"""flame.py -- the flame graph of one arm in one cell: every stack of the region, as wide as often.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..comparison.wording import count
from ..records.layers import LAYERS, words
from ..records.profiles import Profile
from ..document.rounding import fixed
from ..statistics.share_statistics import share_of_samples
from .flame_svg import Box, flame_svg
from .frames import INLINED, KERNEL, function_of, functions_of, main_stage
from .wording import share_text

SMALLEST = 0.001  # of the samples; a narrower frame is left out and counted
NEUTRAL = "#e8e3d9"  # a function that was never innermost has no layer of its own
ALL = "all"


@dataclass(eq=False)
class Frame:
    """One node of the tree of stacks. `samples` are those at it or above, one per process."""

    name: str
    samples: NDArray[np.float64]
    layers: Counter = field(default_factory=Counter)
    children: dict[str, Frame] = field(default_factory=dict)


class Placed(NamedTuple):
    """A frame's position in the picture; left and width are shares of the root's samples."""

    frame: Frame
    depth: int
    left: float
    width: float


def tree_of(stacks: list[tuple[str, str]], samples: NDArray) -> Frame:
    """The tree of stacks with samples. samples are of shape (stacks, columns)."""
    columns = samples.shape[1]
    root = Frame(ALL, np.zeros(columns))
    for (stack, layer), row in zip(stacks, samples):
        if not row.any():
            continue
        path = [root]
        for name in stack.split(";"):
            path.append(path[-1].children.setdefault(name, Frame(name, np.zeros(columns))))
        for frame in path:
            frame.samples += row
            frame.layers[layer] += int(row.sum())
    return root


def lay_out(root: Frame, columns: slice = slice(None)) -> tuple[list[Placed], list[Frame]]:
    """The position of every frame, children by name from the left, widths by the samples in the
    columns; and those that are too narrow, without the frames above them."""
    total = root.samples[columns].sum()
    placed: list[Placed] = []
    narrow: list[Frame] = []

    def walk(frame: Frame, depth: int, left: float) -> None:
        width = frame.samples[columns].sum() / total
        placed.append(Placed(frame, depth, left, width))
        for _, child in sorted(frame.children.items()):
            share = child.samples[columns].sum() / total
            if share < SMALLEST:
                narrow.append(child)
            else:
                walk(child, depth + 1, left)
            left += share

    if total > 0:
        walk(root, 0, 0.0)
    return placed, narrow


def _tinted(colour: str, towards_white: float) -> str:
    channels = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(c + (255 - c) * towards_white):02x}" for c in channels)


def _layer_of(profile: Profile, frame: Frame) -> str:
    """A frame of the kernel is of the layer that most stacks through it have; one of the program of
    that of its function's own samples; "" where it has none."""
    if frame.name.endswith(KERNEL):
        return min(frame.layers, key=lambda layer: (-frame.layers[layer], layer))
    return functions_of(profile).layers.get(function_of(frame.name), "")


def _colour_of(profile: Profile, frame: Frame) -> str:
    colour = LAYERS.get(_layer_of(profile, frame), NEUTRAL)
    return _tinted(colour, 0.35) if frame.name.endswith(INLINED) else colour


def label_of(name: str) -> str:
    """The frame's function as it is displayed."""
    mark = " [k]" if name.endswith(KERNEL) else " [i]" if name.endswith(INLINED) else ""
    return function_of(name).name + mark


def narrow_note(narrow: list[Frame], total: float, columns: slice = slice(None)) -> str:
    """What the picture does not show, counted; "" where it shows all."""
    kept = [frame for frame in narrow if frame.samples[columns].any()]
    if not kept:
        return ""
    share = sum(frame.samples[columns].sum() for frame in kept) / total
    return (
        f"{len(kept)} narrower than {100 * SMALLEST:g} % left out, with what they call: "
        f"{fixed(100 * share, 2)} % of the samples."
    )


def frame_share(
    frame: Frame, whole: NDArray, alpha: float, columns: slice = slice(None)
) -> str:
    """A frame's share of `whole`, the root's samples, %; the root's own is 100 by definition, and
    has no interval."""
    if frame.samples is whole:
        return "100"
    return share_text(share_of_samples(frame.samples[columns], whole[columns], alpha))


def _boxes(profile: Profile, placed: list[Placed]) -> Iterator[Box]:
    whole = placed[0].frame.samples
    for frame, depth, left, width in placed:
        share = frame_share(frame, whole, profile.plan["alpha"])
        layer = _layer_of(profile, frame)
        hover = f"{label_of(frame.name)}: {count(frame.samples.sum())} samples, {share} %"
        hover += f"; {words(layer)}" if layer else ""
        yield Box(depth, left, width, label_of(frame.name), _colour_of(profile, frame), hover)


def flame(profile: Profile, cell: str, arm: str) -> str | None:
    """The SVG of one arm's region (the whole process where it has none); None without samples."""
    stage = main_stage(profile, cell)
    matrix = profile.matrix(cell, arm, stage)
    root = tree_of(profile.stacks, matrix)
    placed, narrow = lay_out(root)
    if not placed:
        return None
    total = root.samples.sum()
    seen = {_layer_of(profile, one.frame) for one in placed}
    legend = [(words(layer), colour) for layer, colour in LAYERS.items() if layer in seen]
    legend += [("never innermost", NEUTRAL)] if "" in seen else []
    return flame_svg(
        f"{arm}: where CPU time goes",
        f"{cell}, {'region' if stage == 'region' else 'whole process'}: {count(total)} samples of "
        f"{matrix.shape[1]} processes",
        list(_boxes(profile, placed)),
        legend,
        [
            "Colour: the layer of a function's own samples; lighter: inlined [i]. [k]: the "
            f"kernel's. {len(placed)} frames. {narrow_note(narrow, total)}".rstrip()
        ],
    )
