"""test_reported.py -- what a workload reports of itself, from the record to tables and CSV.

SPDX-License-Identifier: MIT"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.comparison.estimates import estimates
from analysis.comparison.tables import document, long_form
from analysis.complaint import Complaint
from analysis.records.metrics import DEFAULTS, default, metrics_of
from analysis.records.records import Run, load

from .synthetic import write_run

CELLS = ["drop cold", "knead cold"]
CRUMBS = {
    "name": "crumbs",
    "column": "crumbs",
    "title": "Crumbs on the floor",
    "unit": "crumbs",
    "shown_unit": "crumbs",
    "shown_divisor": 1.0,
    "kind": "count",
    "source": "workload",
    "shown": "always",
    "better": "less",
    "scale": "difference",
    "gated": True,
    "beyond": 0.0,
    "sum": [],
    "per": [],
    "factor": 1.0,
    "event": None,
}
TABLE = [*json.loads(DEFAULTS.read_text()), CRUMBS]


def drops(block: dict[str, Any]) -> None:
    """Of drop alone: 10 crumbs of every arm, and 4 of the phase."""
    for sample in block["samples"]:
        if block["cell"] == "drop cold":
            sample["reported"] = {"crumbs": 4 if sample["arm"] == "phase" else 10}


@pytest.fixture(name="run")
def run_that_reports(tmp_path: Path) -> Run:
    folder = tmp_path / "run"
    return load(write_run(folder, {"phase": 0.0}, CELLS, 8, edit=drops, metrics=TABLE))


def test_it_has_a_value_and_a_difference(run: Run) -> None:
    frame = estimates(run)
    frame = frame[(frame["metric"] == "crumbs") & (frame["cell"] == "drop cold")]
    (base,) = frame[frame["kind"] == "baseline"].itertuples()
    (arm,) = frame[frame["kind"] == "arm"].itertuples()
    assert (base.value, arm.value, arm.difference) == (10, 4, -6)


def test_its_table_has_the_cells_that_report_it(run: Run) -> None:
    (table,) = [table for table in document(run).tables if table.title == "Crumbs on the floor"]
    heads = [row.cells[0].split("  ")[0] for row in table.rows if row.kind == "group"]
    assert heads == ["drop cold"] and table.columns[1] == "crumbs"


def test_it_is_in_the_long_form_and_absent_elsewhere(run: Run) -> None:
    frame = long_form(run)
    elsewhere = frame[(frame["metric"] == "crumbs") & (frame["cell"] == "knead cold")]
    assert len(elsewhere) and np.isnan(elsewhere["value_in_metric_unit"]).all()


def test_only_whole_numbers_are_believed(tmp_path: Path) -> None:
    def broken(block: dict[str, Any]) -> None:
        drops(block)
        block["samples"][0]["reported"] = {"crumbs": 1.5}

    folder = write_run(tmp_path / "run", {"phase": 0.0}, CELLS, 8, edit=broken, metrics=TABLE)
    with pytest.raises(Complaint, match=r"reported\.crumbs is 1\.5, not a whole number"):
        load(folder)


def test_a_plan_s_own_metric_is_read_beside_the_table_s() -> None:
    found = metrics_of({"metrics": TABLE})
    assert found[-1].name == "crumbs" and default("time") in found
