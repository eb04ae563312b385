"""rounded_figure.py -- a figure whose coordinates are rounded to hundredths of a dot.

Coordinates on a page come from logarithms and sums whose last bits differ between processors, and a
PDF would print ten of their digits. Rounded before any backend sees them, they are the same
everywhere, in a third of the characters.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform, Transform
from numpy.typing import ArrayLike, NDArray

DECIMALS = 2
SETTLED_DECIMALS = 7  # rounded to these first, so that the last bits cannot turn a tie

UNMOVED = IdentityTransform()


def _on_grid(points: ArrayLike) -> NDArray[np.float64]:
    return np.round(np.round(points, SETTLED_DECIMALS), DECIMALS) + 0.0  # of -0, 0


def _moved(path: Path, transform: Transform) -> Path:
    """The path in dots of the page."""
    moved = transform.transform_path(path)
    return Path(_on_grid(moved.vertices), moved.codes)


class _Renderer:
    """Wraps a renderer of matplotlib's, and rounds the coordinates of its drawing calls."""

    def __init__(self, renderer: Any) -> None:
        self._drawing = renderer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._drawing, name)

    def draw_path(self, gc: Any, path: Path, transform: Transform, rgbFace: Any = None) -> None:
        self._drawing.draw_path(gc, _moved(path, transform), UNMOVED, rgbFace)

    def draw_markers(
        self, gc: Any, marker: Path, marker_transform: Transform, path: Path, transform: Transform,
        rgbFace: Any = None,
    ) -> None:  # fmt: skip
        points = _moved(path, transform)
        self._drawing.draw_markers(gc, marker, marker_transform, points, UNMOVED, rgbFace)

    def draw_path_collection(
        self, gc: Any, master: Transform, paths: Sequence[Path], transforms: Any, offsets: Any,
        offset_transform: Transform, *looks: Any, **more: Any,
    ) -> None:  # fmt: skip
        """Areas and sets of lines are paths in data coordinates; the shapes of a cloud of points
        have transforms of their own, and their offsets are the coordinates."""
        if not len(transforms):
            paths, master = [_moved(path, master) for path in paths], UNMOVED
        if len(offsets):
            offsets, offset_transform = _on_grid(offset_transform.transform(offsets)), UNMOVED
        self._drawing.draw_path_collection(
            gc, master, paths, transforms, offsets, offset_transform, *looks, **more
        )

    def draw_text(self, gc: Any, x: float, y: float, *words: Any, **more: Any) -> None:
        self._drawing.draw_text(gc, *_on_grid([x, y]).tolist(), *words, **more)

    def draw_image(self, gc: Any, x: float, y: float, *image: Any, **more: Any) -> None:
        self._drawing.draw_image(gc, *_on_grid([x, y]).tolist(), *image, **more)


class RoundedFigure(Figure):
    """matplotlib's Figure, drawn on the grid."""

    def draw(self, renderer: Any) -> None:
        super().draw(renderer if isinstance(renderer, _Renderer) else _Renderer(renderer))
