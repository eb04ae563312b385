"""encodable.py -- printed text: ASCII in the place of what a terminal's encoding does not have.

Each stands for as many columns as what it replaces, so that tables stay aligned.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import codecs
import sys
import unicodedata
from pathlib import Path

HANDLER = "slablab.ascii"
INSTEAD = {
    "▲": "^",
    "▼": "v",
    "◇": "o",
    "·": ".",
    "–": "-",
    "—": "-",
    "−": "-",
    "…": "~",
    "×": "x",
    "±": "~",
    "≥": ">",
    "≤": "<",
    "“": '"',
    "”": '"',
    "’": "'",
    "µ": "u",
    "μ": "u",
    **dict.fromkeys("▁▂▃▄▅▆▇█", "#"),
    **dict.fromkeys("─━", "-"),
    **dict.fromkeys("│┃", "|"),
}


def ascii_of(letter: str) -> str:
    """One letter of ASCII; "?" where none is like it."""
    if letter in INSTEAD:
        return INSTEAD[letter]
    plain = unicodedata.normalize("NFKD", letter)[:1]
    return plain if plain.isascii() and plain else "?"


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(ascii_of, error.object[error.start : error.end])), error.end


def write_what_can_be() -> None:
    """From here on standard output and error raise no UnicodeEncodeError."""
    codecs.register_error(HANDLER, _replace)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # not where a test has put another one in its place
            stream.reconfigure(errors=HANDLER)


def deliver(text: str, path: Path | None) -> None:
    """Prints a text, or writes it to a file, whose folder is made."""
    if path is None:
        sys.stdout.write(text)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
