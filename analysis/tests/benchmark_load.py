"""benchmark_load.py -- makes a run of a million samples; times its loading and tabulating.

  /usr/bin/python3 -m analysis.tests.benchmark_load [samples]

Ends with status 1 beyond 20 s or 2 GB, the limits that the project has set itself.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from analysis.comparison.tables import document
from analysis.document.formats import terminal
from analysis.records.lines import cpus
from analysis.records.records import load

from .synthetic import write_run

SECONDS_MAX = 20
BYTES_MAX = 2 << 30
ARMS = ("phase17-1", "phase17-2", "ss-reuse")
CELLS = 10


def _peak_bytes(who: int) -> int:
    """Of this process, or of the largest of its children."""
    return resource.getrusage(who).ru_maxrss * 1024


def main(samples: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "large"
        arms = len(ARMS) + 2
        cells = [
            f"fixed_random size={16 << i} slots=400 operations=100000 cold" for i in range(CELLS)
        ]
        write_run(
            run,
            arms={arm: 0.01 * i for i, arm in enumerate(ARMS)},
            cells=cells,
            blocks=-(-samples // (arms * CELLS)),
        )
        size_bytes = (run / "samples.jsonl").stat().st_size
        begun = time.perf_counter()
        loaded = load(run)
        loaded_at = time.perf_counter()
        text = terminal(document(loaded))
        ended = time.perf_counter()
        parsers = cpus() * _peak_bytes(resource.RUSAGE_CHILDREN)
        peak_bytes = _peak_bytes(resource.RUSAGE_SELF) + parsers
        print(
            f"{len(loaded.samples)} samples, {size_bytes / 1e6:.0f} MB: "
            f"loaded in {loaded_at - begun:.1f} s, "
            f"tabulated in {ended - loaded_at:.1f} s ({text.count(chr(10))} lines), "
            f"peak {peak_bytes / 1e9:.2f} GB; limits {SECONDS_MAX} s, {BYTES_MAX / 1e9:.2f} GB"
        )
        return 0 if ended - begun <= SECONDS_MAX and peak_bytes <= BYTES_MAX else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
