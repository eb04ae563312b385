"""google_benchmark.py -- Google Benchmark's JSON: a repetition of a benchmark for each sample.

Its times are those of one iteration, which is an operation here. Its reader in Debian is
libbenchmark-tools' compare.py.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

from ..complaint import Complaint
from .imported import Benchmark, Reading, number
from .names import path
from .series import Bench, per_operation

PURPOSE = "Google Benchmark, compare.py: a repetition for each sample, other metrics as counters"
UNITS_NS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}
AGGREGATES = ("_mean", "_median", "_stddev", "_cv", "_BigO", "_RMS")
BY_WALL = ("real_time", "manual_time")
KEYS = {"name", "threads", "iterations", "real_time", "cpu_time", "time_unit", "run_name"}


def _context(bench: Bench) -> dict[str, Any]:
    began = min(bench.run.blocks["started_unix_ns"], default=0)
    machine = bench.run.machine
    model, cpus = machine.get("cpu_model"), machine.get("cpus_online")
    return {
        "date": datetime.fromtimestamp(began // 10**9, timezone.utc).isoformat(),
        "host_name": next(iter(bench.hosts), ""),
        "executable": f"slablab: {bench.run.name}",
        "num_cpus": cpus if isinstance(cpus, int) else 0,
        "cpu_model": model if isinstance(model, str) else "unknown",
        "caches": [],
        "load_avg": [],
        "library_build_type": "release",
    }


def _repetitions(bench: Bench, family: int) -> Iterator[dict[str, Any]]:
    name = path(bench, ":")
    wall, cpu = per_operation(bench, "wall_ns"), per_operation(bench, "cpu_ns")
    for index, operations in enumerate(bench.operations):
        counters = {
            metric.column: float(values[index])
            for metric, values in bench.values.items()
            if math.isfinite(values[index]) and metric.column not in KEYS
        }
        yield {
            "name": name,
            "family_index": family,
            "per_family_instance_index": 0,
            "run_name": name,
            "run_type": "iteration",
            "repetitions": len(bench.blocks),
            "repetition_index": index,
            "threads": bench.threads,
            "iterations": int(operations) if math.isfinite(operations) else 1,
            "real_time": float(wall[index]),
            "cpu_time": float(cpu[index] if math.isfinite(cpu[index]) else wall[index]),
            "time_unit": "ns",
            **counters,
        }


def written(benches: list[Bench]) -> str:
    """{context, benchmarks}; a bench is a family of its own."""
    found = [one for i, bench in enumerate(benches) for one in _repetitions(bench, i)]
    whole = {"context": _context(benches[0]), "benchmarks": found}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def recognises(document: Any) -> bool:
    """Whether a JSON value has Google Benchmark's list."""
    return isinstance(document, dict) and isinstance(document.get("benchmarks"), list)


def _is_aggregate(entry: dict[str, Any]) -> bool:
    """Old files have no run_type, and tell by the name."""
    kind = entry.get("run_type")
    return kind == "aggregate" or (kind is None and str(entry["name"]).endswith(AGGREGATES))


def _parameters(name: str) -> dict[str, int | str]:
    """Of "BM_copy/size:64/8": size, and the second argument, which has no name."""
    found: dict[str, int | str] = {}
    for index, word in enumerate(name.split("/")[1:], start=1):
        key, colon, value = word.partition(":")
        if colon and key and key not in ("iterations", "repeats", "threads"):
            found[key] = int(value) if re.fullmatch(r"-?\d{1,18}", value) else value
        elif re.fullmatch(r"-?\d{1,18}", word):
            found[f"argument{index}"] = int(word)
    return found


def _reading(entry: dict[str, Any], where: str) -> Reading:
    if entry.get("error_occurred"):
        raise Complaint(
            f"{where}: it failed: {entry.get('error_message', 'without a word')!s:.80}",
            "mend it, or leave it out: --benchmark_filter=-NAME",
        )
    unit = entry.get("time_unit", "ns")
    if unit not in UNITS_NS:
        raise Complaint(
            f"{where}: time_unit is {unit!r:.40}, not one of {', '.join(UNITS_NS)}",
            "Google Benchmark's own JSON: --benchmark_out=FILE --benchmark_out_format=json",
        )
    wall, cpu = (number(entry, key, where) * UNITS_NS[unit] for key in ("real_time", "cpu_time"))
    iterations = number(entry, "iterations", where)
    if iterations != int(iterations):
        raise Complaint(f"{where}: iterations is {iterations!r}, not whole", "restore the file")
    return Reading(int(iterations), wall, cpu)


def read(document: dict[str, Any], where: str) -> list[Benchmark]:
    """A benchmark is a cell. Aggregates are left out, for they are computed of the repetitions."""
    found: dict[str, Benchmark] = {}
    aggregates = 0
    for index, entry in enumerate(document["benchmarks"]):
        at = f"{where}: benchmarks[{index}]"
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise Complaint(f"{at}: no name", "Google Benchmark's own JSON")
        at = f"{at} ('{entry['name'][:60]}')"
        if _is_aggregate(entry):
            aggregates += 1
            continue
        name = str(entry.get("run_name", entry["name"]))
        threads = entry.get("threads", 1)
        if not isinstance(threads, int) or isinstance(threads, bool) or threads < 1:
            raise Complaint(f"{at}: threads is {threads!r:.40}", "restore the file")
        by_wall = threads > 1 or any(word in BY_WALL for word in name.split("/"))
        one = found.setdefault(name, Benchmark(name, "", by_wall, True, threads, _parameters(name)))
        if one.threads != threads:
            raise Complaint(f"{at}: once of {one.threads} threads, once of {threads}", "two files")
        one.readings.append(_reading(entry, at))
    if not found:
        raise Complaint(
            f"{where}: {aggregates or 'no'} aggregates and no repetition, of which alone an "
            "interval can be made",
            "--benchmark_repetitions=20, without --benchmark_report_aggregates_only",
        )
    return list(found.values())
