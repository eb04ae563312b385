"""inherited.py -- cautions about what the samples inherited from the host, shell, container or
debugger around slablab.

What a record does not say, or says is absent, is not spoken of.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from typing import Any

from ..document.rounding import fixed
from ..records.records import Run

MIB = 1 << 20
# key of machine.json's `process`: what nothing was done to, and what is said of any other value
USUAL: dict[str, tuple[Any, str]] = {
    "scheduling_policy": ("other", "ran in the scheduling class '{}'"),
    "nice": (0, "ran at niceness {}"),
    "thp_disabled": (False, "were refused huge pages (prctl PR_SET_THP_DISABLE)"),
    "memory_merge": (False, "had pages of equal content merged (prctl PR_SET_MEMORY_MERGE)"),
    "memory_policy": ("default", "had the memory policy '{}' (numactl)"),
    "limit_address_space_bytes": ("unlimited", "had an address space of at most {} bytes"),
    "limit_data_bytes": ("unlimited", "had at most {} bytes of data (ulimit -d)"),
    "limit_cpu_seconds": ("unlimited", "had at most {} s of CPU time (ulimit -t)"),
}


def _part(machine: dict[str, Any], name: str) -> dict[str, Any]:
    found = machine.get(name)
    return found if isinstance(found, dict) else {}


def _odd_settings(process: dict[str, Any]) -> list[str]:
    found = []
    for key, (usual, words) in USUAL.items():
        value = process.get(key)
        if isinstance(value, (str, int)) and value != usual:
            found.append(words.format(value))
    if process.get("limit_stack_bytes") == "unlimited":
        found.append("had mappings that grow upwards, as in no other program (ulimit -s unlimited)")
    return found


def _personality(process: dict[str, Any]) -> list[str]:
    flags = process.get("personality")
    flags = [str(flag) for flag in flags] if isinstance(flags, list) else []
    found = []
    if "ADDR_NO_RANDOMIZE" in flags:
        found.append(
            "ASLR was off (setarch -R, or a debugger): all samples had one memory layout, so an "
            "effect may be that layout's."
        )
    others = [flag for flag in flags if flag != "ADDR_NO_RANDOMIZE"]
    if others:
        found.append(f"The samples ran under another personality (setarch): {', '.join(others)}.")
    return found


def throttled(run: Run) -> str | None:
    """Blocks in which a CPU quota stopped something of this control group."""
    counted = run.blocks["throttled_periods"].dropna()
    stopped = int((counted > 0).sum())
    if not stopped:
        return None
    milliseconds = fixed(run.blocks["throttled_ns"].sum() / 1e6, 0, commas=True)
    return (
        f"Throttled: a CPU quota stopped processes in {stopped} of {len(counted)} blocks, for "
        f"{milliseconds} ms in all. Wall times hold the pauses, CPU times what they did to caches."
    )


def _limits(cgroup: dict[str, Any]) -> list[str]:
    found = []
    cpus = cgroup.get("cpu_quota_cpus")
    if isinstance(cpus, (int, float)):
        found.append(f"A CPU quota of {cpus:g} CPUs was set (a container's, or a control group's).")
    for key, words in (("memory_max_bytes", "at most"), ("memory_high_bytes", "slowed down over")):
        size = cgroup.get(key)
        if isinstance(size, int):
            found.append(
                f"A control group limited memory: {words} {fixed(size / MIB, 0, commas=True)} MiB."
            )
    return found


def _caller(caller: dict[str, Any]) -> list[str]:
    found = []
    tracer, names = caller.get("tracer"), caller.get("environment")
    if isinstance(tracer, str):
        found.append(f"A debugger or tracer was attached to slablab: '{tracer}'.")
    if isinstance(names, list) and names:
        found.append(
            f"slablab was started with {', '.join(map(str, names))} set; the samples were not "
            "given them."
        )
    return found


def _first_use(found: dict[str, Any]) -> list[str]:
    sizes = [found.get(key) for key in ("bytes", "first_ns", "again_ns")]
    if found.get("slow") is not True or not all(isinstance(one, int) for one in sizes):
        return []
    size, first, again = sizes
    return [
        f"First use of memory: before the first block {size // MIB} MiB took "
        f"{fixed(first / 1e6, 0)} ms to use, and {fixed(again / 1e6, 0)} to use again. The host "
        "gives memory when it is first used, which costs arms with huge pages most."
    ]


def inherited(run: Run) -> list[str]:
    process = _part(run.machine, "process")
    odd = _odd_settings(process)
    slowed = throttled(run)
    return (
        _personality(process)
        + ([f"The samples inherited settings: they {'; they '.join(odd)}."] if odd else [])
        + _limits(_part(run.machine, "cgroup"))
        + _first_use(_part(run.machine, "first_use"))
        + ([slowed] if slowed else [])
        + _caller(_part(run.machine, "caller"))
    )
