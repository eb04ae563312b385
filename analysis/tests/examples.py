"""examples.py -- the run that most tests of tables look at, and its rows.

SPDX-License-Identifier: MIT"""

from pathlib import Path
from typing import Any

from analysis.comparison.deciding import OPERATIONS
from analysis.comparison.judgement import judged
from analysis.records.records import Run, load

from .synthetic import write_run

CELLS = [f"fixed_random size={size} slots=400 operations=100000 cold" for size in (256, 512, 1024)]
PUBLISHED = [
    {
        "where": "fixed_random cold",
        "arm": "phase17-2",
        "against": None,
        "metric": "operations_per_second",
        "value": 1e6,
    },
    {
        "where": "fixed_random size=256 cold",
        "arm": "phase17-2",
        "against": None,
        "metric": "operations_per_second",
        "value": 5.84e6,
    },
    {
        "where": "fixed_random size=256 cold",
        "arm": "phase17-2",
        "against": "phase17-1",
        "metric": "operations_per_second",
        "value": -0.036,
    },
]


def some_run(folder: Path, **changes: Any) -> Run:
    options: dict[str, Any] = {
        "arms": {"phase17-1": 0.0, "phase17-2": -0.04},
        "cells": CELLS,
        "blocks": 40,
        "comparisons": [{"arm": "phase17-2", "against": "phase17-1"}],
        "published": PUBLISHED,
        **changes,
    }
    return load(write_run(folder / "run", **options))


def rows(run: Run, metric: str = OPERATIONS.column, **wanted: str) -> list[Any]:
    frame = judged(run)
    frame = frame[frame["metric"] == metric]
    for name, value in wanted.items():
        frame = frame[frame[name] == value]
    return list(frame.itertuples())
