"""complaint.py -- the one form of every error: what, on what, why, and what to try.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path


class Complaint(Exception):
    """An error that its reader can act on; ends the program with status 2."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what, hint)  # all arguments, or it could not be pickled between processes

    def __str__(self) -> str:
        return f"analysis: {self.args[0]}\n  try: {self.args[1]}"


def regular(path: Path) -> Path:
    """The path again. Raises Complaint where it is there and has no end: a pipe, a device, a
    folder."""
    if path.exists() and not path.is_file():
        raise Complaint(f"{path}: not a regular file", f"ls -l {path}")
    return path


def analysis_command(*words: object) -> str:
    """`slablab WORD...` as a line that works when it is pasted in this directory: by its name where
    PATH leads to the slablab that this belongs to, else by its path."""
    own = Path(__file__).parents[1] / "build/slablab"
    found = shutil.which("slablab")
    if found is not None and Path(found).resolve() == own.resolve():
        path = "slablab"
    else:
        path = str(own.relative_to(Path.cwd()) if own.is_relative_to(Path.cwd()) else own)
    return shlex.join([path, *map(str, words)])
