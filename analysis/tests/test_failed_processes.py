"""test_failed_processes.py -- what an arm lost stands beside its n (V3).

SPDX-License-Identifier: MIT"""

from pathlib import Path
from typing import Any

from analysis.comparison.tables import document
from analysis.document.formats import markdown, terminal
from analysis.records.records import load

from .synthetic import write_run

CELL, WARM = "fixed_random size=256 slots=400 operations=100000 cold", "fixed_random size=256 warm"


def _losing(block: dict[str, Any]) -> None:
    """Three processes of phase17-2 and one of the control, in the cold cell alone."""
    lost = {0: "phase17-2", 1: "phase17-2", 2: "phase17-2", 5: "control"}.get(block["block"])
    if block["cell"] != CELL or lost is None:
        return
    block["valid"] = False
    next(one for one in block["samples"] if one["arm"] == lost).update(
        status="crashed", signal=6, stderr="abort"
    )


def test_failures_stand_beside_n_and_in_the_arm_s_row(tmp_path: Path) -> None:
    arms = {"phase17-1": 0.0, "phase17-2": 0.1}
    run = load(write_run(tmp_path / "run", arms, [CELL, WARM], 30, edit=_losing))
    assert run.failed == {(CELL, "phase17-2"): 3, (CELL, "control"): 1}
    assert "phase17-2 (3 failed)" in terminal(document(run))
    tables = markdown(document(run))
    assert f"**{CELL}  n = 26 (failed: control 1, phase17-2 3)**".replace("_", "\\_") in tables
    assert f"**{WARM}  n = 30**".replace("_", "\\_") in tables
    rows = [line.split(" | ")[0] for line in tables.splitlines() if line.startswith("| ")]
    assert "| phase17-2 (3 failed)" in rows and "| control (noise floor) (1 failed)" in rows
    assert "| phase17-1" in rows and not any(row.startswith("| phase17-1 (") for row in rows)
