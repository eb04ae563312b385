"""figure_data.py -- what a figure shows, read back from its axes: the data that its files are of.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

DECIMALS = 6  # of a set's largest power of ten: processors differ in the last bits of a logarithm
DIGEST_LETTERS = 16


def _numbers(values: ArrayLike) -> str:
    found = np.ma.filled(np.ma.masked_invalid(np.ma.asarray(values, dtype=float)), np.nan)
    largest = np.max(np.abs(np.nan_to_num(found)), initial=0)
    scale = 10.0 ** np.floor(np.log10(largest)) if largest > 0 else 1.0
    rounded = np.round(found.ravel() / scale, DECIMALS) + 0.0  # of -0, 0
    return f"{scale:.0e} " + " ".join(f"{value:.7g}" for value in rounded.tolist())


def _shown(axes: Axes) -> Iterator[str]:
    """A line for each thing that was drawn, in the order of drawing."""
    yield f"titles {[axes.get_title(loc=side) for side in ('left', 'center', 'right')]}"
    yield f"axes {axes.get_xlabel()} {axes.get_ylabel()} {axes.get_xscale()} {axes.get_yscale()}"
    for line in axes.lines:
        yield f"line {to_hex(line.get_color())} {_numbers(line.get_xydata())}"
    for patch in axes.patches:
        corners = patch.get_patch_transform().transform(patch.get_path().vertices)
        yield f"patch {to_hex(patch.get_facecolor())} {_numbers(corners)}"
    for collection in axes.collections:
        yield f"points {_numbers(collection.get_offsets())}"
        corners = [path.vertices for path in collection.get_paths()]
        yield f"paths {_numbers(np.concatenate(corners or [np.empty((0, 2))]))}"
        if collection.get_array() is not None:
            yield f"colours {_numbers(collection.get_array())}"
    for image in axes.images:
        yield f"image {_numbers(image.get_array())}"
    yield from (f"text {text.get_text()} {_numbers(text.get_position())}" for text in axes.texts)


def digest(figure: Figure) -> str:
    """16 hexadecimal letters that differ as soon as a point, a bar, a colour or a word of the
    figure does."""
    found = hashlib.sha256()
    for axes in figure.axes:
        for line in _shown(axes):
            found.update(line.encode("utf-8") + b"\n")
    return found.hexdigest()[:DIGEST_LETTERS]
