"""test_waits.py -- where threads waited for one another, from a ledger's record to its table.

SPDX-License-Identifier: MIT"""

from pathlib import Path
from typing import Any

import pytest

from analysis.complaint import Complaint
from analysis.profile import waits
from analysis.profile.waits import SHOWN, waits_table
from analysis.records.ledgers import load_ledger

from .synthetic_profiles import Rows, write_ledger

CELL = "hand_over threads=2 cold"
ROWS: Rows = [("region", "front", "pop", "stack", "first", "program", 10)]


def wait(site: str, calls: Any, wait_ns: int, stage: str = "region") -> dict[str, Any]:
    return {"stage": stage, "call_site": site, "waits": calls, "wait_ns": wait_ns}


def waited(block: dict[str, Any]) -> None:
    """Arm phase17-1 alone: in block 0 three waits of 2 ms at one place, in block 1 one of 1 ms."""
    for sample in block["samples"]:
        if sample["arm"] == "phase17-1":
            first = [wait("lock < refill", 3, 6_000_000), wait("start", 9, 9, "start_up")]
            second = [wait("lock < refill", 1, 1_000_000), wait("lock < drain", 2, 500_000)]
            sample["faults"]["futex_waits"] = second if block["block"] else first


def test_the_table_has_means_over_processes_the_longest_first(tmp_path: Path) -> None:
    folder = write_ledger(tmp_path / "run", [CELL], 2, lambda *_: ROWS, edit=waited)
    (table,) = waits_table(load_ledger(folder), CELL)
    assert CELL in table.title
    assert [row.cells for row in table.rows] == [
        ["phase17-1"],
        ["lock < refill", "2.000", "3.500"],
        ["lock < drain", "1.000", "0.2500"],
    ]


def test_waits_of_an_arm_are_added_up(tmp_path: Path) -> None:
    ledger = load_ledger(write_ledger(tmp_path / "run", [CELL], 2, lambda *_: ROWS, edit=waited))
    assert waits.waited(ledger, CELL, "phase17-1") == (3.0, 3.75)
    assert waits.waited(ledger, CELL, "baseline") == (0, 0)


def test_what_is_beyond_the_shown_is_one_row(tmp_path: Path) -> None:
    def many(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            sites = [wait(f"site {i:02}", 1, 1_000_000 * (50 - i)) for i in range(SHOWN + 3)]
            sample["faults"]["futex_waits"] = sites

    folder = write_ledger(tmp_path / "run", [CELL], 1, lambda *_: ROWS, edit=many)
    rows = waits_table(load_ledger(folder), CELL)[0].rows
    last = [row for row in rows if row.cells[0] == "3 more"][0]
    assert last.cells == ["3 more", "3.000", "111.0"]


def test_without_waits_there_is_no_table(tmp_path: Path) -> None:
    folder = write_ledger(tmp_path / "run", [CELL], 2, lambda *_: ROWS)
    assert waits_table(load_ledger(folder), CELL) == []


def test_only_whole_numbers_of_known_stages_are_believed(tmp_path: Path) -> None:
    for number, broken in enumerate((wait("x", 1.5, 1), wait("x", 1, 1, "lunch"))):

        def edit(block: dict[str, Any], broken: dict[str, Any] = broken) -> None:
            block["samples"][0]["faults"]["futex_waits"] = [broken]

        folder = write_ledger(tmp_path / str(number), [CELL], 1, lambda *_: ROWS, edit=edit)
        with pytest.raises(Complaint, match="waits is 1.5|stage of a wait is 'lunch'"):
            load_ledger(folder)
