"""packed.py -- a record's lines from a plain file, a .gz or a .xz alike.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import gzip
import lzma
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

from ..complaint import Complaint, regular

OPENERS: dict[str, Callable[..., object]] = {".gz": gzip.open, ".xz": lzma.open}
DAMAGED = (OSError, EOFError, zlib.error, lzma.LZMAError)  # what reading a broken file raises


def is_packed(path: Path) -> bool:
    return path.suffix in OPENERS


def unpacked_name(path: Path) -> str:
    """What the file was called before it was compressed."""
    return path.stem if is_packed(path) else path.name


def opened(path: Path) -> BinaryIO:
    """The file's own bytes, decompressed; raises one of DAMAGED, here or while it is read."""
    return cast(BinaryIO, OPENERS.get(path.suffix, open)(regular(path), "rb"))


def lines_of(path: Path) -> list[str]:
    """All lines of a UTF-8 file, without their ends."""
    try:
        with opened(path) as file:
            return [line.decode("utf-8") for line in file.read().splitlines()]
    except DAMAGED as error:
        raise Complaint(
            f"{path}: cannot be read: {error}", "restore the file from its copy"
        ) from error
