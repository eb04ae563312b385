"""figure_data.py -- the data that a figure shows, read back from its axes.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from ..document.rounding import exponent, fixed

DECIMALS = 6  # of a column's largest power of ten: processors differ in the last bits
DIGEST_LETTERS = 16


def _column(values: np.ndarray) -> str:
    found = np.where(np.isfinite(values), values, np.nan)
    largest = np.max(np.abs(np.nan_to_num(found)), initial=0)
    power = exponent(largest) if largest > 0 else 0
    decimals = DECIMALS - power
    return f"{power} " + " ".join(
        fixed(value, decimals) if np.isfinite(value) else "nan" for value in found.tolist()
    )


def _numbers(values: ArrayLike) -> str:
    """Of points, shape (n, 2): across and up each to its own scale."""
    found = np.ma.filled(np.ma.asarray(values, dtype=float), np.nan)
    columns = found.T if found.ndim == 2 and found.shape[1] == 2 else [found.ravel()]
    return " / ".join(map(_column, columns))


def _hex(colour: Any) -> str:
    return colour if isinstance(colour, str) and colour == "none" else to_hex(colour, True)


def _marks(axes: Axes) -> Iterator[str]:
    for line in axes.lines:
        look = line.get_marker(), line.get_linestyle(), line.get_alpha()
        yield f"line {look} {_hex(line.get_color())} {_hex(line.get_markerfacecolor())}"
        yield _numbers(line.get_xydata())
    for patch in axes.patches:
        yield f"patch {patch.get_hatch()} {_hex(patch.get_facecolor())}"
        yield _numbers(patch.get_patch_transform().transform(patch.get_path().vertices))
    for collection in axes.collections:
        yield f"collection {[_hex(colour) for colour in collection.get_facecolor()]}"
        yield _numbers(collection.get_offsets())
        corners = [path.vertices for path in collection.get_paths()]
        yield _numbers(np.concatenate(corners or [np.empty((0, 2))]))
        if collection.get_array() is not None:
            yield f"colours {_numbers(np.ravel(collection.get_array()))}"
    for image in axes.images:
        yield f"image {_numbers(np.ravel(image.get_array()))}"


def _words(axes: Axes) -> Iterator[str]:
    yield f"titles {[axes.get_title(loc=side) for side in ('left', 'center', 'right')]}"
    yield f"across {axes.get_xlabel()} {axes.get_xscale()} {_numbers(axes.get_xlim())}"
    yield f"up {axes.get_ylabel()} {axes.get_yscale()} {_numbers(axes.get_ylim())}"
    for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
        yield f"ticks {[label.get_text() for label in labels]}"
    for text in axes.texts:
        yield f"text {text.get_text()} {_numbers(text.get_position())}"
    if axes.get_legend() is not None:
        yield f"key {[text.get_text() for text in axes.get_legend().get_texts()]}"


def digest(figure: Figure) -> str:
    """16 hexadecimal letters that differ as soon as a point, a bar, a marker, a colour, an axis or
    a word of the figure does."""
    found = hashlib.sha256()
    for axes in figure.axes:
        for line in (*_words(axes), *_marks(axes)):
            found.update(line.encode("utf-8") + b"\n")
    for legend in figure.legends:
        found.update(f"key {[text.get_text() for text in legend.get_texts()]}\n".encode())
    found.update(f"footer {figure._supxlabel and figure._supxlabel.get_text()}\n".encode())
    return found.hexdigest()[:DIGEST_LETTERS]
