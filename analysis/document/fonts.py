"""fonts.py -- the letters of a drawing as fonts that travel with it.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import matplotlib
from fontTools import subset
from fontTools.ttLib import TTFont
from matplotlib.backends import _backend_pdf_ps

FAMILY = "DejaVu Sans"
FILES = {"normal": "DejaVuSans.ttf", "bold": "DejaVuSans-Bold.ttf"}
SETS_OF_LETTERS = 256  # that are kept: figures of a report share most of theirs
_subset_for_pdf = lru_cache(SETS_OF_LETTERS)(_backend_pdf_ps.get_glyphs_subset)


def _kept_for_pdf(file: str, letters: str) -> Any:
    """What matplotlib makes of the font: each PDF reads a stream of its own."""
    found = _subset_for_pdf(file, letters)
    return io.BytesIO(found.getvalue()) if isinstance(found, io.BytesIO) else found


@contextmanager
def letters_kept() -> Iterator[None]:
    """PDFs that are saved meanwhile take letters that another one had from it; reading a font is a
    third of a figure's time."""
    original = _backend_pdf_ps.get_glyphs_subset
    _backend_pdf_ps.get_glyphs_subset = _kept_for_pdf
    try:
        yield
    finally:
        _backend_pdf_ps.get_glyphs_subset = original


@lru_cache(SETS_OF_LETTERS)
def _letters_of(file: Path, letters: str) -> bytes:
    """A WOFF with those letters alone; the same letters give the same bytes."""
    options = subset.Options(flavor="woff", layout_features=[], hinting=False, notdef_outline=True)
    options.drop_tables += ["FFTM"]  # the date on which the font was made
    stream = io.BytesIO()
    with TTFont(file, recalcTimestamp=False, lazy=True) as font:
        chosen = subset.Subsetter(options)
        chosen.populate(text=letters)
        chosen.subset(font)
        font.flavor = options.flavor
        font.save(stream)
    return stream.getvalue()


def font_faces(text: str) -> str:
    """CSS that brings FAMILY along, upright and bold, with the letters that the text has."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    letters = "".join(sorted(set(text)))
    faces = []
    for weight, name in FILES.items():
        data = base64.b64encode(_letters_of(folder / name, letters)).decode()
        faces.append(
            f"@font-face {{ font-family: '{FAMILY}'; font-weight: {weight}; "
            f"src: url(data:font/woff;base64,{data}) format('woff'); }}"
        )
    return "\n".join(faces)
