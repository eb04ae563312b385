"""test_counters.py -- what phases counted, per operation, in tables and in CSV.

SPDX-License-Identifier: MIT"""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from analysis.comparison.run_formats import FORMATS
from analysis.comparison.tables import document
from analysis.document.document import Table
from analysis.records.counters import OTHERS, REQUESTS, TABLE, counted_by, counter_of
from analysis.records.records import load

from .synthetic import write_run

CELLS = ["sawtooth size=256 warm", "null warm"]
ROOT = Path(__file__).parents[2]
TITLES = [f"{group}, counted in observing builds" for group in ("Threads' lists", "Slabs")]


def _count(folder: Path, tiers: dict[str, dict[str, Any] | None], operations: int | None) -> None:
    """The attestation as if arms had counted this in each cell."""
    path = folder / "attestation.json"
    attested = json.loads(path.read_text())
    for cell in attested["cells"]:
        for arm in cell["arms"]:
            arm["tiers"], arm["operations"] = tiers.get(arm["arm"]), operations
    path.write_text(json.dumps(attested))


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """100,000 operations: the baseline refills 6,250 times, the phase 25,000 times; the peer does
    not count."""
    write_run(tmp_path / "run", {"phase": 0.1, "peer": 0.2}, CELLS, 12)
    counts = {"tiny_allocations": 9, "tiny_frees": 9, "drains": 0, "refills": 6250}
    tiers = {
        "baseline": counts,
        "control": counts,
        "phase": {**counts, "refills": 25000, "slabs_taken": 7},
    }
    _count(tmp_path / "run", tiers, 100_000)
    return tmp_path / "run"


def _tables(folder: Path) -> list[Table]:
    return [table for table in document(load(folder)).tables if "counted" in table.title]


def test_every_counter_of_observing_builds_has_a_title() -> None:
    text = (ROOT / "allocators/core/observe.h").read_text()
    names = {name for name in re.findall(r'\{"([a-z_]+)", 0\}', text)}
    assert len(names) > len(TABLE)
    assert {name for name in names if not name.endswith(REQUESTS)} == {one.name for one in TABLE}
    assert len({(one.group, one.title) for one in TABLE}) == len(TABLE)


def test_counts_stand_per_operation_for_each_arm_that_counts(folder: Path) -> None:
    lists, slabs = _tables(folder)
    assert [lists.title, slabs.title] == TITLES
    assert lists.columns == ["arm", "refills"]  # nothing was drained
    assert [row.cells for row in lists.rows][:4] == [
        ["sawtooth size=256 warm, per operation"],
        ["baseline", "0.0625"],
        ["phase", "0.25"],
        ["peer", "–"],
    ]
    assert [row.cells for row in slabs.rows][1:4] == [
        ["baseline", "–"], ["phase", "7e-05"], ["peer", "–"]
    ]  # fmt: skip
    assert len(lists.rows) == 4 * len(CELLS)


def test_a_program_has_no_operations(folder: Path) -> None:
    _count(folder, {"baseline": {"refills": 40}}, None)
    found = counted_by(folder)["null warm", "baseline"]
    assert found.operations is None and found.values == {"refills": 40}


def test_they_are_on_the_page_and_in_every_format(folder: Path) -> None:
    run = load(folder)
    for name in ("terminal", "markdown", "latex"):
        assert "refills" in FORMATS[name][1](run) and "0.0625" in FORMATS[name][1](run)
    rows = list(csv.DictReader(io.StringIO(FORMATS["csv"][1](run))))
    counted = [row for row in rows if row["metric"] == "refills_per_operation"]
    assert [(row["cell"], row["kind"], row["arm"]) for row in counted[:3]] == [
        (CELLS[0], "baseline", "baseline"),
        (CELLS[0], "control", "control"),
        (CELLS[0], "arm", "phase"),
    ]
    assert [float(row["value_in_metric_unit"]) for row in counted[:3]] == [0.0625, 0.0625, 0.25]
    assert {row["workload"] for row in counted} == {"sawtooth", "null"}
    assert {row["blocks"] for row in rows if row not in counted} - {"0"} == {"12"}
    assert any("never timed" in line for line in document(run).legend)


def test_ranks_in_csv_stay_whole_numbers(tmp_path: Path) -> None:
    cells = [f"fixed_random size={size} slots=400 cold" for size in (256, 512, 1024)]
    arms = {"phase": 0.1, "peer": 0.2, "other": 0.3}
    folder = write_run(tmp_path / "run", arms, cells, 12)
    _count(folder, {"phase": {"refills": 25000}}, 100_000)
    rows = list(csv.DictReader(io.StringIO(FORMATS["csv"][1](load(folder)))))
    assert {row["place"] for row in rows} == {"", "1", "2", "3", "4"}
    assert sum(row["metric"] == "refills_per_operation" for row in rows) == len(cells)


def test_where_nothing_counts_there_is_nothing(tmp_path: Path) -> None:
    run = load(write_run(tmp_path / "run", {"peer": 0.1}, CELLS, 12))
    assert _tables(tmp_path / "run") == []
    assert "_per_operation" not in FORMATS["csv"][1](run)
    assert not any("never timed" in line for line in document(run).legend)


def test_a_counter_of_another_version_is_called_by_its_name(folder: Path) -> None:
    assert counter_of("steals_tried") == type(TABLE[0])("steals_tried", "steals tried", OTHERS)
    _count(folder, {"baseline": {"steals_tried": 5, "refills": "many"}}, 100_000)
    (table,) = _tables(folder)
    assert table.columns == ["arm", "steals tried"] and table.rows[1].cells == ["baseline", "5e-05"]
