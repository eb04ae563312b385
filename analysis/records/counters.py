"""counters.py -- what observing builds count besides requests, from attestation.json.

The one table of their titles; allocators/core/observe.h has the counters. A count is of one process
of each arm in each cell, and is shown per operation, or of an ordinary program, which has none, as
it is.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .identity import FILE
from .json_files import read_object

# Requests: each tier's share of them is in the attestation.
REQUESTS = ("_allocations", "_frees")
OTHERS = "others"


@dataclass(frozen=True)
class Counter:
    """title: heads its column. group: the table that it stands in."""

    name: str
    title: str
    group: str


TABLE = (
    Counter("refills", "refills", "threads' lists"),
    Counter("drains", "drains", "threads' lists"),
    Counter("smallmid_refills", "Small-Mid refills", "threads' lists"),
    Counter("smallmid_spills", "Small-Mid spills", "threads' lists"),
    Counter("lock_waits", "waits for a lock", "threads' lists"),
    Counter("tiny_blocks_taken", "taken", "blocks"),
    Counter("tiny_blocks_returned", "returned", "blocks"),
    Counter("tiny_blocks_transferred", "from other threads", "blocks"),
    Counter("smallmid_blocks_taken", "Small-Mid taken", "blocks"),
    Counter("smallmid_blocks_returned", "Small-Mid returned", "blocks"),
    Counter("large_reused", "reused", "large blocks"),
    Counter("slabs_taken", "taken", "slabs"),
    Counter("slabs_reused", "reused", "slabs"),
    Counter("slabs_emptied", "emptied", "slabs"),
    Counter("slabs_discarded", "given back", "slabs"),
    Counter("superslabs_mapped", "mapped", "SuperSlabs"),
    Counter("superslabs_reused", "reused", "SuperSlabs"),
    Counter("superslabs_emptied", "emptied", "SuperSlabs"),
    Counter("superslabs_unmapped", "given back", "SuperSlabs"),
    Counter("superslabs_prewarmed", "prewarmed", "SuperSlabs"),
)
_BY_NAME = {counter.name: counter for counter in TABLE}


def counter_of(name: str) -> Counter:
    """One that the table does not have, as of another version, is called by its name."""
    return _BY_NAME.get(name) or Counter(name, name.replace("_", " "), OTHERS)


@dataclass(frozen=True)
class Counted:
    """Of an arm in a cell. values: by name, in the table's order; divided by `operations` unless
    that is None."""

    operations: int | None
    values: dict[str, float]


def _counted(arm: dict[str, Any]) -> Counted | None:
    tiers, operations = arm.get("tiers"), arm.get("operations")
    if not isinstance(tiers, dict) or arm.get("status") != "ok" or operations == 0:
        return None
    names = [name for name in tiers if type(tiers[name]) is int and not name.endswith(REQUESTS)]
    order = {name: place for place, name in enumerate(_BY_NAME)}
    names.sort(key=lambda name: order.get(name, len(order)))
    return Counted(operations, {name: tiers[name] / (operations or 1) for name in names})


def counted_by(folder: Path) -> dict[tuple[str, str], Counted]:
    """By cell and arm; peers and files do not count themselves. Empty where nothing was attested,
    as of an imported run."""
    attested = read_object(folder / FILE) or {"cells": []}
    found = {
        (cell["cell"], arm["arm"]): _counted(arm)
        for cell in attested["cells"]
        for arm in cell["arms"]
    }
    return {key: counted for key, counted in found.items() if counted is not None}
