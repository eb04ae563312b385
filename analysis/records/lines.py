"""lines.py -- the lines of a record, each checked for being one, and this plan's.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from ..complaint import Complaint, regular
from .packed import DAMAGED, is_packed, opened
from .seal import seal_fault
from .shapes import PLAN_BEFORE

PART_BYTES_MIN = 64 << 20  # a smaller part is parsed faster than a process starts
RESTORE = "restore the file from its copy"


def cpus() -> int:
    """CPUs that this process may use; all, where the system cannot tell (macOS)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Part(NamedTuple):
    """Whole lines of a file: from byte `start`, which begins one, to byte `end` or the file's."""

    path: Path
    start: int = 0
    end: int | None = None


def parts_of(path: Path) -> list[Part]:
    """The file cut at line ends into as many parts as CPUs can be given; a packed one is one."""
    size = regular(path).stat().st_size
    count = min(cpus(), size // PART_BYTES_MIN)
    if is_packed(path) or count < 2:
        return [Part(path)]
    cuts = [0]
    with path.open("rb") as file:
        for index in range(1, count):
            file.seek(index * size // count)
            file.readline()
            cuts.append(file.tell())
    return [Part(path, start, end) for start, end in zip(cuts, [*cuts[1:], None])]


class Line(NamedTuple):
    number: int  # in the file, counted from 1
    text: bytes
    is_last: bool  # of the file


def _lines(part: Part) -> Iterator[Line]:
    """Every line of the part."""
    try:
        with opened(part.path) as file:
            number, position = 1, 0
            while position < part.start:
                skipped = file.read(min(1 << 22, part.start - position))
                number += skipped.count(b"\n")
                position += len(skipped)
            before = b""
            for text in file:
                if before:
                    yield Line(number, before, False)
                    number += 1
                if part.end is not None and position >= part.end:
                    return
                before, position = text, position + len(text)
            if before:
                yield Line(number, before, True)
    except DAMAGED as error:
        raise Complaint(f"{part.path}: cannot be read: {error}", RESTORE) from error


def check_schema(value: Any, known: Sequence[str], where: str) -> None:
    found = value.get("schema") if isinstance(value, dict) else None
    if found not in known:
        raise Complaint(
            f"{where}: schema {found!r:.40}, but only {' and '.join(known)} may stand here",
            "use the analysis of the checkout that recorded the run",
        )


def record_schema(stem: str, plan: dict[str, Any]) -> str:
    """Of a line of <stem>.jsonl: those of older plans are not sealed."""
    return f"slablab-{stem}/{1 if plan['schema'] == PLAN_BEFORE else 2}"


def _is_torn(line: Line) -> bool:
    """Whether its writer was killed, or its bytes did not reach the disk before a power cut."""
    return line.is_last and (not line.text.endswith(b"\n") or b"\0" in line.text)


def _parsed(line: Line, where: str, sealed: bool) -> Any:
    """The line's value, or None for a torn one. Raises Complaint for any other that is no record,
    or was changed after it was written. The harness reads lines the same way (base/record.c)."""
    fault = seal_fault(line.text)
    if sealed and "changed" in fault and not _is_torn(line):
        raise Complaint(f"{where}: {fault}", RESTORE)
    try:
        value = None if _is_torn(line) else json.loads(line.text)
    except (ValueError, RecursionError) as error:
        if line.is_last and fault:
            return None
        raise Complaint(f"{where}: not JSON: {error}", RESTORE) from error
    if sealed and fault and value is not None:
        raise Complaint(f"{where}: {fault}", RESTORE)
    return value


def block_lines(
    part: Part, plan: dict[str, Any], stem: str
) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Location and block of every line; None for a torn one. Raises Complaint for a broken line, or
    another plan's."""
    cells = {cell["id"] for cell in plan["cells"]}
    schema = record_schema(stem, plan)
    sealed = plan["schema"] != PLAN_BEFORE
    for line in _lines(part):
        where = f"{part.path}:{line.number}"
        block = _parsed(line, where, sealed)
        if block is None:
            yield where, None
            continue
        check_schema(block, (schema,), where)
        if block.get("plan") != plan["hash"]:
            raise Complaint(
                f"{where}: belongs to plan {block.get('plan')}, but plan.json is {plan['hash']}",
                "keep every run in a folder of its own",
            )
        if not isinstance(block.get("cell"), str) or block["cell"] not in cells:
            raise Complaint(
                f"{where}: the plan has no cell '{block.get('cell')}'",
                "keep every run in a folder of its own",
            )
        yield where, block


@contextmanager
def as_written(where: str) -> Iterator[None]:
    """Turns the errors of a record that deviates from harness/records.md into a Complaint."""
    try:
        yield
    except KeyError as error:
        raise Complaint(
            f"{where}: the record has no {error}", "see harness/records.md"
        ) from error
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise Complaint(
            f"{where}: not as a block is written: {error}", "restore the file from its copy"
        ) from error
