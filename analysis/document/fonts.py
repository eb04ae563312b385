"""fonts.py -- the letters of a drawing as fonts that travel with it.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import base64
import io
from pathlib import Path

import matplotlib
from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY = "DejaVu Sans"
FILES = {"normal": "DejaVuSans.ttf", "bold": "DejaVuSans-Bold.ttf"}


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
