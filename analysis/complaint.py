"""complaint.py -- the one form of every error: what, on what, why, and what to try.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import shlex
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
    """`python3 -m analysis WORD...` as a line that works when it is pasted in this directory."""
    root = Path(__file__).parents[1]
    found = "" if Path.cwd() == root else f"PYTHONPATH={shlex.quote(str(root))} "
    return f"{found}/usr/bin/python3 -m analysis {shlex.join(map(str, words))}"
