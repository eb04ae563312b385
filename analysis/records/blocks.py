"""blocks.py -- samples.jsonl as columns, parsed by all CPUs if the file is large.

A million samples are 1.3 GB of JSON: 15 s of one CPU, so a large file is parsed in parts.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
import os
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..complaint import Complaint, regular
from .packed import DAMAGED, is_packed, opened

SCHEMA = "slablab-block/1"
PART_BYTES_MIN = 64 << 20  # a smaller part is parsed faster than a process starts

# What one row of Run.samples holds, in the order of a record's keys; the unit is in the name.
MEASURES = (
    "position",
    "operations",
    "cpu_ns",
    "wall_ns",
    "user_ns",
    "system_ns",
    "minor_faults",
    "major_faults",
    "voluntary_switches",
    "involuntary_switches",
    "start_up_minor_faults",
    "start_up_major_faults",
    "process_cpu_ns",
    "process_wall_ns",
    "process_minor_faults",
    "process_major_faults",
    "vm_hwm_bytes",
    "rss_bytes",
    "pss_bytes",
    "private_dirty_bytes",
    "anon_huge_bytes",
)
WEATHER = (
    "steal_ns",
    "psi_cpu_some_us",
    "psi_memory_some_us",
    "psi_io_some_us",
    "load_1min",
    "throttled_periods",
    "throttled_ns",
)

BLOCK_NAMES = ("cell", "host", "block", "started_unix_ns", "duration_ns", "valid", *WEATHER)

# The kernel's own counts, which every experiment gets; a plan may name more.
DEFAULT_EVENTS = (
    "page-faults",
    "minor-faults",
    "major-faults",
    "context-switches",
    "cpu-migrations",
    "task-clock",
)

_measures_of = itemgetter(*MEASURES)


@dataclass
class Columns:
    """The parsed lines of samples.jsonl. Invariant: measures is len(arm)
    rows of MEASURES and then of the named events."""

    events: tuple[str, ...]
    measures: array = field(default_factory=lambda: array("d"))
    arm: array = field(default_factory=lambda: array("h"))
    block_row: array = field(default_factory=lambda: array("l"))
    blocks: list[tuple[Any, ...]] = field(default_factory=list)
    checksums: dict[str, tuple[str, str]] = field(default_factory=dict)  # cell to (checksum, arm)
    losses: Counter = field(default_factory=Counter)
    absent_events: dict[str, str] = field(default_factory=dict)
    shared_events: set[str] = field(default_factory=set)  # took turns on too few counters
    torn_lines: int = 0
    said: dict[tuple[str, str], str] = field(default_factory=dict)  # as said_of has it


def named_events(plan: dict[str, Any]) -> tuple[str, ...]:
    """What the experiment names beyond the default events, whose counts are measures already."""
    return tuple(event for event in plan.get("events", ()) if event not in DEFAULT_EVENTS)


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


def _parts(path: Path) -> list[Part]:
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


def _lines(part: Part) -> Iterator[tuple[int, bytes]]:
    """Number in the file, counted from 1, and bytes of every line of the part."""
    try:
        with opened(part.path) as file:
            number, position = 1, 0
            while position < part.start:
                skipped = file.read(min(1 << 22, part.start - position))
                number += skipped.count(b"\n")
                position += len(skipped)
            for line in file:
                if part.end is not None and position >= part.end:
                    return
                yield number, line
                number, position = number + 1, position + len(line)
    except DAMAGED as error:
        raise Complaint(
            f"{part.path}: cannot be read: {error}", "restore the file from its copy"
        ) from error


def check_schema(value: Any, known: Sequence[str], where: str) -> None:
    found = value.get("schema") if isinstance(value, dict) else None
    if found not in known:
        raise Complaint(
            f"{where}: schema {found!r:.40}, but only {' and '.join(known)} may stand here",
            "use the analysis of the checkout that recorded the run",
        )


def block_lines(
    part: Part, plan: dict[str, Any], schema: str
) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Location and block of every line; None for a torn one, whose writer was killed. Raises
    Complaint for a broken line, or another plan's."""
    cells = {cell["id"] for cell in plan["cells"]}
    for number, line in _lines(part):
        where = f"{part.path}:{number}"
        if not line.endswith(b"\n"):
            yield where, None
            continue
        try:
            block = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise Complaint(
                f"{where}: not JSON: {error}", "restore the file from its copy"
            ) from error
        check_schema(block, (schema,), where)
        if block.get("plan") != plan["hash"]:
            raise Complaint(
                f"{where}: belongs to plan {block.get('plan')}, but plan.json is {plan['hash']}",
                "keep every run in a folder of its own",
            )
        if block.get("cell") not in cells:
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


def number_of(value: Any, name: str) -> float:
    """A number as it is; NaN where there is none."""
    if value is None or (isinstance(value, dict) and "absent" in value):
        return np.nan
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{name} is {value!r:.40}, not a number")
    return float(value)


def _event(columns: Columns, name: str, found: dict[str, Any]) -> float:
    """The value of an event that had no counter, or had one for a part of the time only: scaled
    up."""
    if "absent" in found:
        columns.absent_events.setdefault(name, str(found["absent"]))
    if "value" not in found:
        return np.nan
    value, enabled_ns, running_ns = (found.get(x) for x in ("value", "enabled_ns", "running_ns"))
    columns.shared_events.add(name)
    enabled, running = number_of(enabled_ns, "enabled_ns"), number_of(running_ns, "running_ns")
    return number_of(value, name) * enabled / running if running > 0 else np.nan


def check_checksum(
    seen: dict[str, tuple[str, str]], cell: str, checksum: str, arm: str, where: str
) -> None:
    """Every sample of a cell gives one checksum. seen: cell to (checksum, arm), filled here."""
    first, first_arm = seen.setdefault(cell, (checksum, arm))
    if checksum != first:
        raise Complaint(
            f"{where}: '{arm}' gave checksum {checksum} in '{cell}', but '{first_arm}' gave "
            f"{first}: they did not do the same work",
            "find out which is wrong: slablab attest; no table is made of such a run",
        )


def _take_sample(columns: Columns, sample: dict[str, Any], cell: str, arm: int, where: str) -> None:
    check_checksum(columns.checksums, cell, sample["checksum"], sample["arm"], where)
    try:
        columns.measures.extend(_measures_of(sample))
    except (KeyError, TypeError):
        width = len(MEASURES) + len(columns.events)
        del columns.measures[len(columns.arm) * width :]  # extend stops at the hole
        columns.measures.extend(number_of(sample.get(name), name) for name in MEASURES)
    if columns.events:
        found = sample.get("events") or {}
        columns.measures.extend(
            [
                event["value"]
                if event.get("enabled_ns", 0) == event.get("running_ns", 1)
                else _event(columns, name, event)
                for name in columns.events
                for event in (found.get(name) or {},)
            ]
        )
    columns.arm.append(arm)
    columns.block_row.append(len(columns.blocks))


def check_block(block: dict[str, Any], arms: Iterable[str], times: int, where: str) -> None:
    """A valid block holds every arm so many times, and nothing that failed."""
    if not isinstance(block["block"], int) or not isinstance(block["valid"], bool):
        raise ValueError("block is not a whole number, or valid not true or false")
    if not block["valid"]:
        return
    if sorted(sample["arm"] for sample in block["samples"]) != sorted([*arms] * times):
        raise Complaint(
            f"{where}: block {block['block']} of '{block['cell']}' is called valid, but does not "
            f"hold every arm {'once' if times == 1 else f'{times} times'}",
            "restore the file; slablab never writes such a line",
        )
    for sample in block["samples"]:
        if sample["status"] != "ok":
            raise Complaint(
                f"{where}: a valid block holds a sample that is '{sample['status']}'",
                "restore the file; slablab never writes such a line",
            )


def losses_of(block: dict[str, Any]) -> Counter:
    """(arm, status) to how often, of the samples of a block that is not valid."""
    return Counter(
        (sample["arm"], sample["status"])
        for sample in ([] if block["valid"] else block["samples"])
        if sample["status"] != "ok"
    )


def said_of(block: dict[str, Any]) -> dict[tuple[str, str], str]:
    """(arm, cell) to what a sample that succeeded wrote to stderr, where the record holds it."""
    return {
        (sample["arm"], block["cell"]): str(sample["stderr"])
        for sample in block["samples"]
        if sample["status"] == "ok" and sample.get("stderr")
    }


def block_row(block: dict[str, Any]) -> tuple[Any, ...]:
    """What BLOCK_NAMES names, of one block."""
    weather = block.get("weather") or {}
    return (
        block["cell"],
        str(block.get("host", "")),
        block["block"],
        int(block.get("started_unix_ns", 0)),
        int(block.get("duration_ns", 0)),
        block["valid"],
        *(number_of(weather.get(name), name) for name in WEATHER),
    )


def _take_block(columns: Columns, block: dict[str, Any], arms: dict[str, int], where: str) -> None:
    check_block(block, arms, 1, where)
    samples = block["samples"]
    if block["valid"]:
        for name in DEFAULT_EVENTS:
            event = (samples[0].get("events") or {}).get(name) or {}
            if "absent" in event:
                columns.absent_events.setdefault(name, str(event["absent"]))
        for sample in samples:
            _take_sample(columns, sample, block["cell"], arms[sample["arm"]], where)
    columns.losses.update(losses_of(block))
    columns.said = said_of(block) | columns.said  # the first one stays
    columns.blocks.append(block_row(block))


def _take(part: Part, plan: dict[str, Any]) -> Columns:
    """The blocks of one part of a file."""
    columns = Columns(named_events(plan))
    arms = {arm["id"]: index for index, arm in enumerate(plan["arms"])}
    for where, block in block_lines(part, plan, SCHEMA):
        if block is None:
            columns.torn_lines += 1
            continue
        with as_written(where):
            _take_block(columns, block, arms, where)
    return columns


def _append(columns: Columns, more: Columns) -> None:
    """Adds what another part held, in its order."""
    for cell, (checksum, arm) in more.checksums.items():
        check_checksum(columns.checksums, cell, checksum, arm, "between two parts of the samples")
    rows = np.frombuffer(more.block_row, dtype=np.int_) if more.block_row else np.empty(0, np.int_)
    columns.block_row.frombytes((rows + len(columns.blocks)).tobytes())
    columns.measures.extend(more.measures)
    columns.arm.extend(more.arm)
    columns.blocks.extend(more.blocks)
    columns.losses.update(more.losses)
    for event, reason in more.absent_events.items():
        columns.absent_events.setdefault(event, reason)
    columns.shared_events |= more.shared_events
    columns.torn_lines += more.torn_lines
    columns.said = more.said | columns.said


def read_blocks(paths: list[Path], plan: dict[str, Any]) -> Columns:
    """All blocks of a run's files. Raises Complaint for a broken line or another plan's."""
    columns = Columns(named_events(plan))
    parts = [part for path in paths for part in _parts(path)]
    if len(parts) > len(paths):
        with ProcessPoolExecutor(max_workers=cpus()) as pool:
            for more in pool.map(partial(_take, plan=plan), parts):
                _append(columns, more)
    else:
        for part in parts:
            _append(columns, _take(part, plan))
    return columns
