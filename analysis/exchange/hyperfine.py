"""hyperfine.py -- hyperfine's JSON: commands with the wall times of their runs, in seconds.

What is exported is the region's wall time; mean CPU times stand beside it, as hyperfine has them.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from ..complaint import Complaint
from ..records.metrics import default
from ..statistics.statistics import finite
from .imported import SECOND_NS, Benchmark, Reading, number
from .names import path
from .series import Bench

PURPOSE = "hyperfine --export-json: wall times of every run, in seconds"
WALL = default("wall_ns").column


def _mean_s(bench: Bench, column: str) -> float | None:
    cell, index = bench.cell["id"], bench.run.arms.index(bench.arm)
    values = finite(bench.run.matrix(cell, lambda rows: rows[column])[:, index])
    return float(values.mean()) / SECOND_NS if values.size else None


def _result(bench: Bench) -> dict[str, Any]:
    values = next((each for metric, each in bench.values.items() if metric.column == WALL), None)
    if values is None:
        raise Complaint(
            f"'{bench.arm}' in '{bench.cell['id']}' has no wall time, which is all that hyperfine "
            "tells",
            "another format, and --better less where --better was given",
        )
    times = finite(values) / SECOND_NS
    return {
        "command": path(bench),
        "mean": float(times.mean()),
        "stddev": float(times.std(ddof=1)) if times.size > 1 else None,
        "median": float(np.median(times)),
        "user": _mean_s(bench, "user_ns"),
        "system": _mean_s(bench, "system_ns"),
        "min": float(times.min()),
        "max": float(times.max()),
        "times": [float(time) for time in times],
        "exit_codes": [0] * int(times.size),
        "parameters": {key: str(value) for key, value in bench.parameters.items()},
    }


def written(benches: list[Bench]) -> str:
    """{results: [{command, mean, ..., times, exit_codes, parameters}]}"""
    found = {"results": [_result(bench) for bench in benches]}
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def recognises(document: Any) -> bool:
    """Whether a JSON value has hyperfine's results."""
    return isinstance(document, dict) and isinstance(document.get("results"), list)


def _benchmark(result: Any, where: str) -> Benchmark:
    if not isinstance(result, dict) or not isinstance(result.get("command"), str):
        raise Complaint(f"{where}: no command", "hyperfine --export-json FILE")
    where = f"{where} ('{result['command'][:60]}')"
    times = result.get("times")
    if not isinstance(times, list) or not times:
        raise Complaint(
            f"{where}: no times of its runs, and of a mean alone nothing can be told",
            "hyperfine --export-json FILE, which keeps them",
        )
    codes = result.get("exit_codes")
    failed = [code for code in codes if code != 0] if isinstance(codes, list) else []
    if failed:
        raise Complaint(
            f"{where}: {len(failed)} of {len(times)} runs failed (exit code {failed[0]})",
            "a command that succeeds; hyperfine was told to ignore it",
        )
    found = Benchmark("command", result["command"], by_wall=True, iterates=False)
    for index, time in enumerate(times):
        seconds = number({"time": time}, "time", f"{where}: times[{index}]")
        found.readings.append(Reading(1, seconds * SECOND_NS, None))
    return found


def read(document: dict[str, Any], where: str) -> list[Benchmark]:
    """A command is an arm, of one cell."""
    if not document["results"]:
        raise Complaint(f"{where}: no results", "hyperfine --export-json FILE")
    found = [_benchmark(one, f"{where}: results[{i}]") for i, one in enumerate(document["results"])]
    names = [one.arm for one in found]
    for name in names:
        if names.count(name) > 1:
            raise Complaint(
                f"{where}: the command '{name[:60]}' is there {names.count(name)} times, so its "
                "runs are of one arm in two places",
                "hyperfine --command-name, or one file for each",
            )
    return found
