"""blocks.py -- samples.jsonl as columns, parsed by all CPUs if the file is large.

A million samples are 1.3 GB of JSON: 15 s of one CPU, so a large file is parsed in parts.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..complaint import Complaint
from .identity import Identity, Work, check_identity, check_work
from .kinds import lacking
from .lines import Part, as_written, block_lines, cpus, parts_of
from .metrics import reported_names
from .ranges import MEASURES, check_events, finite, measures_of, reported_of, whole_number

STEM = "block"  # of the lines' schema

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


@dataclass
class Columns:
    """The parsed lines of samples.jsonl. Invariant: measures is len(arm)
    rows of MEASURES, then of the named events, then of what workloads reported."""

    events: tuple[str, ...]
    reported: tuple[str, ...]
    measures: array = field(default_factory=lambda: array("d"))
    arm: array = field(default_factory=lambda: array("h"))
    link: array = field(default_factory=lambda: array("h"))  # 0 of an arm of one link
    block_row: array = field(default_factory=lambda: array("l"))
    blocks: list[tuple[Any, ...]] = field(default_factory=list)
    work: dict[str, tuple[Work, str]] = field(default_factory=dict)  # cell to what an arm did
    losses: Counter = field(default_factory=Counter)
    failed: Counter = field(default_factory=Counter)  # (cell, arm) to processes that failed
    absent_events: dict[str, str] = field(default_factory=dict)
    shared_events: set[str] = field(default_factory=set)  # took turns on too few counters
    torn_lines: int = 0
    said: dict[tuple[str, str], str] = field(default_factory=dict)  # as said_of has it


def named_events(plan: dict[str, Any]) -> tuple[str, ...]:
    """What the experiment names beyond the default events, whose counts are measures already."""
    return tuple(event for event in plan.get("events", ()) if event not in DEFAULT_EVENTS)


def _event(columns: Columns, name: str, found: dict[str, Any]) -> float:
    """The value of an event that had no counter, or had one for a part of the time only: scaled
    up."""
    if "absent" in found:
        columns.absent_events.setdefault(name, str(found["absent"]))
    if "value" not in found:
        return np.nan
    value, enabled_ns, running_ns = (found[x] for x in ("value", "enabled_ns", "running_ns"))
    columns.shared_events.add(name)
    return value * enabled_ns / running_ns if running_ns > 0 else np.nan


def _take_sample(
    columns: Columns, sample: dict[str, Any], arm: int, lacks: frozenset[str]
) -> None:
    columns.measures.extend(measures_of(sample, lacking=lacks))
    found = sample.get("events") or {}
    check_events(found)
    if columns.events:
        columns.measures.extend(
            [
                event["value"]
                if event.get("enabled_ns", 0) == event.get("running_ns", 1)
                else _event(columns, name, event)
                for name in columns.events
                for event in (found.get(name) or {},)
            ]
        )
    if columns.reported:
        columns.measures.extend(reported_of(sample, columns.reported))
    columns.arm.append(arm)
    columns.link.append(sample.get("link", 0))
    columns.block_row.append(len(columns.blocks))


def check_block(block: dict[str, Any], arms: Iterable[str], times: int, where: str) -> None:
    """A valid block holds every arm so many times, in its order, and nothing that failed."""
    whole_number(block["block"], "block")
    if not isinstance(block["valid"], bool):
        raise ValueError(f"valid is {block['valid']!r:.40}, not true or false")
    for place, sample in enumerate(block["samples"]):
        if sample["position"] != place:
            raise ValueError(f"the sample in place {place} says that it ran in another")
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
        whole_number(block.get("started_unix_ns", 0), "started_unix_ns"),
        whole_number(block.get("duration_ns", 0), "duration_ns"),
        block["valid"],
        *(finite(weather.get(name), name) for name in WEATHER),
    )


def _take_block(
    columns: Columns,
    block: dict[str, Any],
    arms: dict[str, int],
    identity: Identity,
    lacks: frozenset[str],
    where: str,
) -> None:
    check_block(block, arms, 1, where)
    samples = block["samples"]
    if block["valid"]:
        for name in DEFAULT_EVENTS:
            event = (samples[0].get("events") or {}).get(name) or {}
            if "absent" in event:
                columns.absent_events.setdefault(name, str(event["absent"]))
        for sample in samples:
            check_identity(identity, sample, where)
            check_work(columns.work, block["cell"], sample, where)
            _take_sample(columns, sample, arms[sample["arm"]], lacks)
    lost = losses_of(block)
    columns.losses.update(lost)
    columns.failed.update((block["cell"], arm) for arm, _ in lost.elements())
    columns.said = said_of(block) | columns.said  # the first one stays
    columns.blocks.append(block_row(block))


def _take(part: Part, plan: dict[str, Any], identity: Identity) -> Columns:
    """The blocks of one part of a file."""
    columns = Columns(named_events(plan), reported_names(plan), work=identity.attested())
    arms = {arm["id"]: index for index, arm in enumerate(plan["arms"])}
    lacks = lacking(plan)
    for where, block in block_lines(part, plan, STEM):
        if block is None:
            columns.torn_lines += 1
            continue
        with as_written(where):
            _take_block(columns, block, arms, identity, lacks[block["cell"]], where)
    return columns


def _append(columns: Columns, more: Columns) -> None:
    """Adds what another part held, in its order."""
    for cell, ((checksum, operations), arm) in more.work.items():
        done = {"arm": arm, "checksum": checksum, "operations": operations}
        check_work(columns.work, cell, done, "between two parts of the samples")
    rows = np.frombuffer(more.block_row, dtype=np.int_) if more.block_row else np.empty(0, np.int_)
    columns.block_row.frombytes((rows + len(columns.blocks)).tobytes())
    columns.measures.extend(more.measures)
    columns.arm.extend(more.arm)
    columns.link.extend(more.link)
    columns.blocks.extend(more.blocks)
    columns.losses.update(more.losses)
    columns.failed.update(more.failed)
    for event, reason in more.absent_events.items():
        columns.absent_events.setdefault(event, reason)
    columns.shared_events |= more.shared_events
    columns.torn_lines += more.torn_lines
    columns.said = more.said | columns.said


def read_blocks(paths: list[Path], plan: dict[str, Any], identity: Identity) -> Columns:
    """All blocks of a run's files. Raises Complaint for a broken line or another plan's."""
    columns = Columns(named_events(plan), reported_names(plan))
    parts = [part for path in paths for part in parts_of(path)]
    take = partial(_take, plan=plan, identity=identity)
    if len(parts) > len(paths):
        with ProcessPoolExecutor(max_workers=cpus()) as pool:
            for more in pool.map(take, parts):
                _append(columns, more)
    else:
        for part in parts:
            _append(columns, take(part))
    return columns
