"""benchmark_report.py -- makes a run of 60 cells and 25 arms; times the writing of its report.

  /usr/bin/python3 -m analysis.tests.benchmark_report [blocks]

Ends with status 1 beyond 60 s or 2 GB, the limits that the project has set itself for 2 CPUs.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from analysis.records.lines import cpus
from analysis.report.report import write_report
from analysis.report.sections import read_sections

from .synthetic import write_run

SECONDS_MAX = 60
BYTES_MAX = 2 << 30
ARMS = 25
CELLS = [
    f"{workload} size={16 << i} slots={256 << (2 * j)} {rest}"
    for workload in ("fixed_random", "sawtooth")
    for i in range(5)
    for j in range(3)
    for rest in ("operations=100000 cold", "warm")
]


def _peak_bytes() -> int:
    """Of this process and as many of its children as there are CPUs."""
    peaks = [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]
    peaks += [resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss] * cpus()
    return sum(peaks) * 1024


def _cpu_seconds() -> list[float]:
    """CPU time of this process, and of its children that have ended."""
    found = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return [usage.ru_utime + usage.ru_stime for usage in found]


def main(blocks: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "large"
        arms = {f"arm{number:02d}": 0.02 * number - 0.2 for number in range(ARMS - 2)}
        write_run(run, arms=arms, cells=CELLS, blocks=blocks)
        begun, cpu_begun = time.perf_counter(), sum(_cpu_seconds())
        write_report(read_sections([run]), Path(folder) / "report")
        seconds, cpu_seconds = time.perf_counter() - begun, sum(_cpu_seconds()) - cpu_begun
        peak_bytes = _peak_bytes()
        print(
            f"{len(CELLS)} cells, {ARMS} arms, {blocks} blocks on {cpus()} CPUs: report in "
            f"{seconds:.1f} s, {cpu_seconds:.1f} s of CPU, peak {peak_bytes / 1e9:.2f} GB; "
            f"limits {SECONDS_MAX} s, {BYTES_MAX / 1e9:.2f} GB"
        )
        return 0 if seconds <= SECONDS_MAX and peak_bytes <= BYTES_MAX else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
