"""test_ledgers.py -- ledgers add up or are refused, and faults have a cost.

SPDX-License-Identifier: MIT"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.complaint import Complaint
from analysis.profile import estimates
from analysis.profile.figures.fault_heat_map import (
    TIME_BINS,
    counts_of,
    ended_ms,
    time_range_ns,
)
from analysis.records.joined import join
from analysis.records.ledgers import Ledger, Touches, load_ledger

from .synthetic_profiles import Rows, write_ledger, write_profile

CELL = "fixed_random size=512 slots=400 operations=100000 cold"
PAYLOAD = "superslab_payload"


def rows(arm: str, cell: str, block: int) -> Rows:
    return [
        ("start_up", "c_library", "_start", "file", "first", "program", 70 + block),
        ("region", "backend", "refill", PAYLOAD, "first", "program", 400),
        ("region", "backend", "refill", PAYLOAD, "again", "program", 4),
        ("region", "system_call", "read", "workload_tables", "first", "kernel", 96),
        ("region", "system_call", "mmap", PAYLOAD, "first", "populate", 33),
        ("after", "workload", "exit", "stack", "first", "program", 1),
    ]


def some_ledger(folder: Path, blocks: int = 3, **changes: Any) -> Ledger:
    return load_ledger(write_ledger(folder / "faults", [CELL], blocks, rows, **changes))


def faults(frame: Any, **wanted: str) -> list[tuple[float, float, float]]:
    for name, value in {"arm": "baseline", **wanted}.items():
        frame = frame[frame[name] == value]
    return list(
        frame[["faults", "faults_min", "faults_max"]].itertuples(index=False, name=None)
    )


def test_counts_are_medians_with_their_spread(tmp_path: Path) -> None:
    frame = estimates.fault_rows(some_ledger(tmp_path))
    assert list(frame.columns[3:-3]) == ["stage", "layer", "function", "memory", "touch", "by"]
    assert faults(frame, function="_start") == [(71, 70, 72)]
    assert faults(frame, memory=PAYLOAD, touch="again") == [(4, 4, 4)]


def test_a_row_that_a_process_lacks_is_zero(tmp_path: Path) -> None:
    def seldom(arm: str, cell: str, block: int) -> Rows:
        extra = [("region", "front", "once", PAYLOAD, "first", "program", 9)]
        return rows(arm, cell, block) + (extra if block == 2 else [])

    folder = write_ledger(tmp_path / "f", [CELL], 3, seldom)
    frame = estimates.fault_rows(load_ledger(folder))
    assert faults(frame, function="once") == [(0, 0, 9)]


def test_a_process_without_a_fault_counts(tmp_path: Path) -> None:
    folder = write_ledger(
        tmp_path / "f", [CELL], 3, lambda arm, cell, block: rows(arm, cell, 0)[:1] if block else []
    )
    assert faults(estimates.fault_rows(load_ledger(folder)), function="_start") == [(70, 0, 70)]


def test_the_ledger_stands_beside_getrusage(tmp_path: Path) -> None:
    frame = estimates.fault_totals(some_ledger(tmp_path, 1, unplaced=2))
    found = {name: faults(frame, count=name)[0][0] for name in frame["count"].unique()}
    assert found["total"] == found["getrusage_process"] == 70 + 400 + 4 + 96 + 33 + 1 + 2
    assert found["region"] == found["getrusage_region"] == 533
    parts = ("start_up", "region", "after", "unplaced")
    assert sum(found[name] for name in parts) == found["total"]


def _ledger_of(block: dict[str, Any]) -> dict[str, Any]:
    return block["samples"][0]["faults"]


@pytest.mark.parametrize(
    "edit, words",
    [
        (lambda block: _ledger_of(block).update(unplaced=1), "1 unplaced faults are not"),
        (lambda block: _ledger_of(block)["rows"].pop(), "rows hold 570 faults, but 571"),
        (
            lambda block: _ledger_of(block)["rows"][4].update(by="program"),
            "rows hold 604 faults, but 571 were recorded",
        ),
        (lambda block: _ledger_of(block)["rows"][0].update(stage="never"), "stage is 'never'"),
        (lambda block: _ledger_of(block)["rows"][0].update(minor=-1), "less than 0"),
        (lambda block: block.update(schema="slablab-faults/3"), "slablab-faults/3"),
        (lambda block: block.update(plan="another"), "belongs to plan another"),
    ],
)
def test_a_ledger_that_does_not_add_up_is_refused(
    tmp_path: Path, edit: Callable[[dict[str, Any]], None], words: str
) -> None:
    with pytest.raises(Complaint) as raised:
        some_ledger(tmp_path, 1, edit=edit)
    assert words in str(raised.value)


def test_unplaced_faults_may_be_negative(tmp_path: Path) -> None:
    frame = estimates.fault_totals(some_ledger(tmp_path, 1, unplaced=-3))
    assert faults(frame, count="unplaced") == [(-3, -3, -3)]


def test_the_cost_of_a_fault(tmp_path: Path) -> None:
    """40 of 100 samples below the exception are 8 of the 20 ms that the twin takes, over 500 faults
    that raise it; no clock covers the start-up, where 8 samples of 0.1 ms count for a fifth less:
    sampling made 25 ms of the twin's 20."""

    def slow(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            sample["cpu_ns"] = 25_000_000 if "profile" in sample else 20_000_000

    below = "run;refill;asm_exc_page_fault_[k];clear_page_[k]"
    stacks = [
        (below, "page_fault", 8, 40, 0),
        ("run", "workload", 2, 60, 0),
    ]
    profile = write_profile(tmp_path / "p", [CELL], 20, lambda *_: stacks, edit=slow)
    ledger = write_ledger(tmp_path / "f", [CELL], 3, rows)
    (joined,) = join([ledger, profile])
    frame = estimates.costs(joined)
    region = frame[(frame["arm"] == "baseline") & (frame["stage"] == "region")].iloc[0]
    assert region["faults"] == 500 and region["page_fault_time_ns"] == pytest.approx(8e6)
    assert region["time_per_fault_ns"] == pytest.approx(16000)
    assert region["time_per_fault_low_ns"] < 16000 < region["time_per_fault_high_ns"]
    start = frame[(frame["arm"] == "baseline") & (frame["stage"] == "start_up")].iloc[0]
    assert start["time_per_fault_ns"] == pytest.approx(0.8 * 8 * 100_000 / 71)


def test_faults_before_exec_cost_nothing_that_was_sampled(tmp_path: Path) -> None:
    """Sampling begins at exec: 8 samples of 0.1 ms are over 70 faults, not 30 more."""

    def forked(arm: str, cell: str, block: int) -> Rows:
        before = ("start_up", "other", "[harness]", "harness", "first", "program", 30)
        return [before, *rows(arm, cell, 0)]

    stacks = [("run;asm_exc_page_fault_[k]", "page_fault", 8, 40, 0)]
    profile = write_profile(tmp_path / "p", [CELL], 20, lambda *_: stacks, overhead=0.0)
    (joined,) = join([profile, write_ledger(tmp_path / "f", [CELL], 3, forked)])
    frame = estimates.costs(joined)
    start = frame[(frame["arm"] == "baseline") & (frame["stage"] == "start_up")].iloc[0]
    assert start["faults"] == 70
    assert start["time_per_fault_ns"] == pytest.approx(8 * 100_000 / 70)


def test_runs_of_two_plans_are_not_joined(tmp_path: Path) -> None:
    ledger = write_ledger(tmp_path / "f", [CELL], 2, rows, margin=0.03)
    profile = write_profile(
        tmp_path / "p", [CELL], 2, lambda *_: [("run", "workload", 0, 9, 0)]
    )
    found = join([profile, ledger])
    assert [one.ledger is None for one in found] == [True, False]
    assert estimates.costs(found[0]).empty


def _touches(time_ns: list[int], page: list[int]) -> Touches:
    arrays = [np.array(x) for x in (time_ns, [0] * len(page), page)]
    return Touches(32 * 4096, 4096, *arrays, region_ns=900.0)


def test_the_heat_map_counts_every_fault_once() -> None:
    touches = _touches([0, 1, 2, 899, 900], [0, 0, 31, 31, 5])
    found = counts_of(touches, (0, 900))
    assert found.shape == (32, TIME_BINS) and found.sum() == 5
    assert found[0, 0] == 2 and found[31, 0] == 1 == found[31, -1] == found[5, -1]


def test_panels_of_a_cell_share_their_time(tmp_path: Path) -> None:
    early, late = _touches([-200, 10], [0, 1]), _touches([5, 4000], [0, 1])
    assert time_range_ns([early, late]) == (-200, 4000)
    assert time_range_ns([_touches([5], [0])]) == (0, 900)


def test_a_panel_tells_where_its_region_ended() -> None:
    touches = _touches([5], [0])
    assert ended_ms(touches, (0, 4000)) == (900 / 1e6, 4000 / 1e6)
    assert ended_ms(touches, (0, 900)) is None  # the longest of its cell
    assert ended_ms(touches._replace(region_ns=float("nan")), (0, 4000)) is None


def test_the_first_block_alone_has_the_touches(tmp_path: Path) -> None:
    heat = {
        "superslab_bytes": 1 << 20,
        "page_bytes": 4096,
        "time_ns": [-5, 7],
        "superslab": [0, 1],
        "page": [3, 255],
    }
    ledger = some_ledger(tmp_path, touches=lambda arm, cell: heat if arm != "control" else None)
    assert set(ledger.touches) == {(CELL, a) for a in ("baseline", "phase17-1", "phase17-2")}
    assert ledger.touches[CELL, "baseline"].page.tolist() == [3, 255]
    with pytest.raises(Complaint, match="three lists of one length"):
        some_ledger(tmp_path / "bad", touches=lambda arm, cell: {**heat, "page": [1]})
