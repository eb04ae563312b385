"""ranges.py -- what the numbers of a recorded sample may be (harness/judge/sample_range.c).

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

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
    "threads",
    "slowest_thread_ns",
    "median_thread_ns",
)
AT_LEAST_ONE = slice(1, 4)
REQUIRED = MEASURES[:4]  # any other may be absent
OPERATIONS = "operations"  # which programs do not have
LIMIT = 1 << 63
EVENT = ("value", "enabled_ns", "running_ns")

THREADS = MEASURES[-3:]
_NO_THREADS = (math.nan,) * len(THREADS)  # of a record of before there were several

_before_threads = itemgetter(*MEASURES[: -len(THREADS)])
_threads_of = itemgetter(*THREADS)
_event_of = itemgetter(*EVENT)
_WHOLE = {int}  # and so no bool


def is_absent(value: Any) -> bool:
    return value is None or (isinstance(value, dict) and "absent" in value)


def whole_number(value: Any, name: str, least: int | None = 0) -> int:
    """A count below 2^63; raises ValueError for anything else."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{name} is {value!r:.40}, not a whole number")
    if least is not None and value < least:
        raise ValueError(f"{name} is {value!r:.40}, less than {least}")
    if not -LIMIT <= value < LIMIT:
        raise ValueError(f"{name} is {value!r:.40}, beyond 64 bits")
    return value


def finite(value: Any, name: str) -> float:
    """A number of a block's weather; NaN where it is absent."""
    if is_absent(value):
        return math.nan
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{name} is {value!r:.40}, not a number")
    if not -LIMIT < value < LIMIT:  # nor is NaN
        raise ValueError(f"{name} is {value!r:.40}, which no machine has")
    return float(value)


def _each_of(sample: dict[str, Any], timed: bool, lacking: frozenset[str]) -> list[float]:
    found = []
    for name in MEASURES:
        value = sample.get(name)
        required = name in REQUIRED and name not in lacking
        if required or not is_absent(value):
            found.append(whole_number(value, name, int(timed and name in MEASURES[AT_LEAST_ONE])))
        else:
            found.append(math.nan)
    return found


def measures_of(
    sample: dict[str, Any], timed: bool = True, lacking: frozenset[str] = frozenset()
) -> Sequence[float]:
    """MEASURES of a sample that is ok; NaN where one is absent. One that is not timed may have no
    region, and `lacking` names what else may be absent (kinds.LACKING). Raises ValueError for a
    number that no process can have."""
    try:
        values = _before_threads(sample)
        threads = None if sample.keys().isdisjoint(THREADS) else _threads_of(sample)
    except KeyError:
        return _each_of(sample, timed, lacking)
    if threads is not None:
        values += threads
    if (
        set(map(type, values)) == _WHOLE
        and min(values) >= 0
        and max(values) < LIMIT
        and (not timed or all(values[AT_LEAST_ONE]))
    ):
        return values if threads is not None else (*values, *_NO_THREADS)
    return _each_of(sample, timed, lacking)


def reported_of(sample: dict[str, Any], names: Iterable[str]) -> list[float]:
    """What a sample's workload reported under these names; NaN for what another one reports."""
    found = sample.get("reported") or {}
    return [
        whole_number(found[name], f"reported.{name}") if name in found else math.nan
        for name in names
    ]


def check_events(events: dict[str, Any]) -> None:
    """Raises ValueError for a count of an event that no counter can have."""
    for name, event in events.items():
        if "absent" in event:
            continue
        values = _event_of(event)
        if set(map(type, values)) == _WHOLE and min(values) >= 0 and max(values) < LIMIT:
            continue
        for key, value in zip(EVENT, values):
            whole_number(value, f"{name}.{key}")
