"""seal.py -- the CRC that ends each line of a record, as harness/records.md has it.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import zlib

KEY, ENDING = b',"crc32":"', b'"}\n'
DIGITS = 8
SEAL = len(KEY) + DIGITS + len(ENDING)


def sealed(line: bytes) -> bytes:
    """The line of an object without a seal ("{...}") with its own, and with its end."""
    return line[:-1] + KEY + b"%08x" % zlib.crc32(line[:-1]) + ENDING


def seal_fault(line: bytes) -> str:
    """What is wrong with the seal of a line with its end; empty where nothing is."""
    if not (line[-SEAL:].startswith(KEY) and line.endswith(ENDING)):
        return "it does not end in its crc32"
    if line[len(KEY) - SEAL : -len(ENDING)] != b"%08x" % zlib.crc32(line[:-SEAL]):
        return "its crc32 is not that of its bytes: the line was changed"
    return ""
