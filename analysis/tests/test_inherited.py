"""test_inherited.py -- what a shell, a container or a debugger did to the samples is said.

SPDX-License-Identifier: MIT"""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from analysis.comparison.inherited import inherited
from analysis.comparison.judgement import cautions
from analysis.comparison.weather import weather_facts
from analysis.records.records import Run, load

from .synthetic import write_run

CELLS = ["fixed_random size=256 slots=400 warm"]
PLAIN = {
    "process": {
        "personality": [],
        "scheduling_policy": "other",
        "nice": 0,
        "thp_disabled": False,
        "memory_merge": {"absent": "Invalid argument"},
        "memory_policy": "default",
        "limit_address_space_bytes": "unlimited",
        "limit_stack_bytes": 8388608,
    },
    "cgroup": {"cpu_quota_cpus": "max", "memory_max_bytes": {"absent": "why"}},
    "first_use": {"bytes": 1 << 27, "first_ns": 371_000_000, "again_ns": 91_000_000, "slow": False},
    "caller": {"tracer": None, "environment": []},
}


def _run(folder: Path, edit: Any = lambda block: None) -> Run:
    return load(write_run(folder / "run", {"a": 0.0}, CELLS, 6, edit=edit))


@pytest.mark.parametrize(
    "part, key, value, words",
    [
        ("process", "personality", ["ADDR_NO_RANDOMIZE"], "ASLR was off"),
        ("process", "personality", ["ADDR_COMPAT_LAYOUT"], "ADDR_COMPAT_LAYOUT"),
        ("process", "scheduling_policy", "batch", "class 'batch'"),
        ("process", "nice", 5, "niceness 5"),
        ("process", "thp_disabled", True, "refused huge pages"),
        ("process", "memory_merge", True, "merged"),
        ("process", "memory_policy", "bind", "policy 'bind'"),
        ("process", "limit_address_space_bytes", 1 << 30, "1073741824 bytes"),
        ("process", "limit_stack_bytes", "unlimited", "grow upwards"),
        ("cgroup", "cpu_quota_cpus", 0.3, "quota of 0.3 CPUs"),
        ("cgroup", "memory_max_bytes", 512 << 20, "at most 512 MiB"),
        ("first_use", "slow", True, "128 MiB took 371 ms to use, and 91 to use again"),
        ("caller", "tracer", "gdb", "'gdb'"),
        ("caller", "environment", ["LD_PRELOAD"], "LD_PRELOAD set"),
    ],
)
def test_each_setting_is_a_caution(
    tmp_path: Path, part: str, key: str, value: Any, words: str
) -> None:
    run = _run(tmp_path)
    assert inherited(run) == []  # of a record without these keys nothing is said
    assert inherited(dataclasses.replace(run, machine=PLAIN)) == []
    odd = dataclasses.replace(run, machine=PLAIN | {part: PLAIN[part] | {key: value}})
    (said,) = inherited(odd)
    assert words in said and said in cautions(odd)


def test_throttled_blocks_are_counted(tmp_path: Path) -> None:
    def stopped(block: dict[str, Any]) -> None:
        first = block["block"] == 0
        block["weather"] |= {"throttled_periods": 3 * first, "throttled_ns": 200_000_000 * first}

    run = _run(tmp_path, stopped)
    (said,) = inherited(run)
    assert "in 1 of 6 blocks, for 200 ms" in said
    assert ("throttled by a CPU quota", "1 blocks, 200 ms") in weather_facts(run)
