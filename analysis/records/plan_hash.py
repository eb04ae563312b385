"""plan_hash.py -- the hash of a plan.json, as harness/records.md has the rule.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

# What is said about a plan, and which of its runs this is.
LEFT_OUT = ("question", "expects", "experiment_text", "presentation", "hash", "seed")

FNV_BASIS, FNV_PRIME, MASK = 0xCBF29CE484222325, 0x100000001B3, (1 << 64) - 1
ATOMS = {True: b"t", False: b"f", None: b"n"}


def _text(text: str) -> bytes:
    return text.encode("utf-8") + b"\0"


def _bytes(value: Any) -> Iterator[bytes]:
    if value is None or isinstance(value, bool):
        yield ATOMS[value]
    elif isinstance(value, str):
        yield b"s" + _text(value)
    elif isinstance(value, int):
        yield b"i" + struct.pack("<q", value)
    elif isinstance(value, float):
        yield b"r" + struct.pack("<d", value)
    elif isinstance(value, list):
        yield b"["
        for entry in value:
            yield from _bytes(entry)
        yield b"]"
    else:
        yield b"{"
        for key in sorted(value, key=_text):
            yield _text(key)
            yield from _bytes(value[key])
        yield b"}"


def plan_hash(plan: dict[str, Any]) -> str:
    """16 hexadecimal digits: FNV-1a over the values. Raises ValueError for a number or a text that
    no plan has."""
    value = FNV_BASIS
    try:
        for byte in b"".join(_bytes({k: v for k, v in plan.items() if k not in LEFT_OUT})):
            value = (value ^ byte) * FNV_PRIME & MASK
    except struct.error as error:
        raise ValueError(f"a number beyond 64 bits: {error}") from error
    return f"{value:016x}"
