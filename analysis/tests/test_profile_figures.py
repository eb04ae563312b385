"""test_profile_figures.py -- figures of profiles and ledgers show what the tables beside them say.

SPDX-License-Identifier: MIT"""

import itertools
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.drawing.drawing import ONE_COLUMN, TWO_COLUMNS, Width, drawn
from analysis.profile import estimates
from analysis.profile.figures import fault_heat_map, faults_by_memory, where_time_goes
from analysis.profile.figures.where_time_goes import times_of
from analysis.profile.tables import document
from analysis.records.joined import Joined, in_style, join
from analysis.records.layers import LAYER_HATCHES, LAYERS, MEMORIES, MEMORY_HATCHES
from analysis.records.style import Style

from .synthetic_profiles import Rows, Stacks, write_ledger, write_profile

CELL = "fixed_random size=512 slots=400 operations=100000 cold"
FAULT = "run;asm_exc_page_fault_[k]"
PAYLOAD = "superslab_payload"


def panels_of(module: ModuleType, joined: Joined) -> list[Axes]:
    cells = module.items(joined)
    rows, columns, height = module.layout(joined, 7.2, cells)
    figure = Figure(figsize=(7.2, height), layout="constrained")
    axes = figure.subplots(rows, columns)
    module.draw(joined, axes, cells)
    return list(np.asarray(axes).flat)


def test_a_style_s_cells_are_those_of_a_profile_s_figures_too(tmp_path: Path) -> None:
    """Nor does a caption speak of others, which vary more."""
    other = CELL.replace("512", "256")

    def stacks(arm: str, cell: str, block: int) -> Stacks:
        part = (50, 100 + block) if cell == CELL else (5 + 4 * (block % 2), 10)
        return [(FAULT, "page_fault", 0, part[0], 0), ("run", "front", 0, part[1] - part[0], 0)]

    rows: Rows = [("region", "backend", "refill", PAYLOAD, "first", "program", 500)]
    profile = write_profile(tmp_path / "p", [CELL, other], 20, stacks)
    ledger = write_ledger(tmp_path / "l", [CELL, other], 3, lambda *_: rows)
    (found,) = join([profile, ledger])
    styled = in_style(found, Style(cells={"size=512": "chosen"}))
    for module in (where_time_goes, faults_by_memory):
        assert module.items(found) == [CELL, other] and module.items(styled) == [CELL]
        assert len(panels_of(module, styled)) == 2
    said = (where_time_goes.caption(one) for one in (styled, found))
    chosen, every = (int(re.search(r"at most (\d+) points", text)[1]) for text in said)
    assert chosen < every


def texts_of(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def uneven(arm: str, cell: str, block: int) -> Stacks:
    """5 of 10 samples below page faults, or 9 of 90: 14 % of the samples."""
    part, whole = (5, 10) if block % 2 else (9, 90)
    return [(FAULT, "page_fault", 4, part, 0), ("run", "front", 1, whole - part, 0)]


def twice_as_slow(block: dict[str, Any]) -> None:
    for sample in block["samples"]:
        sample["cpu_ns"] = 20_000_000 if "profile" in sample else 10_000_000


@pytest.fixture(name="joined")
def _joined(tmp_path: Path) -> Joined:
    rows: Rows = [
        ("region", "backend", "refill", PAYLOAD, "first", "program", 500),
        ("start_up", "c_library", "_start", "file", "first", "program", 100),
    ]
    profile = write_profile(tmp_path / "p", [CELL], 20, uneven, edit=twice_as_slow)
    return join([profile, write_ledger(tmp_path / "f", [CELL], 3, lambda *_: rows)])[0]


def test_bars_are_as_long_as_the_table_says(joined: Joined) -> None:
    """The twin takes 10 ms for 100,000 operations: 100 ns each, not the 200 of the sampled one. Of
    them (50 % + 10 %) / 2 are below page faults."""
    times, unit = times_of(joined.profile, CELL, "region")
    fault, front = (list(LAYERS).index(name) for name in ("page_fault", "front"))
    assert unit == "ns per operation" and times.sum(axis=0) == pytest.approx(100)
    assert times[fault] == pytest.approx(30)
    table = estimates.layers(joined.profile)
    table = table[(table["stage"] == "region") & (table["layer"] == "front")]
    assert times[front] == pytest.approx(table["cpu_per_operation_ns"].to_numpy())


def test_the_start_up_is_as_long_as_the_cost_table_says(joined: Joined) -> None:
    """4 samples of 0.1 ms, half of it added by sampling."""
    times, unit = times_of(joined.profile, CELL, "start_up")
    costs = estimates.costs(joined)
    costs = costs[costs["stage"] == "start_up"]
    assert unit == "ms per process"
    assert times[list(LAYERS).index("page_fault")] == pytest.approx(0.2)
    assert costs["page_fault_time_ns"].to_numpy() == pytest.approx(0.2e6)


def test_bars_are_labelled_with_the_share_of_the_table(joined: Joined) -> None:
    """14 of 100 samples, though 30 % of the mean time; the bar's end has the mean time."""
    left, right = panels_of(where_time_goes, joined)
    assert texts_of(left)[:3] == ["14 %", "86 %", "100"]
    assert texts_of(right)[:3] == ["80 %", "20 %", "0.250"]
    table = document(joined).tables[0]
    assert [row.cells[1].split()[0] for row in table.rows[1:3]] == ["14", "86"]


def test_a_program_without_a_region_has_bars(tmp_path: Path) -> None:
    stacks: Stacks = [("_start;main", "other", 90, 0, 0), ("_start;malloc", "front", 10, 0, 0)]
    (joined,) = join([write_profile(tmp_path / "p", [CELL], 20, lambda *_: stacks)])
    times, _ = times_of(joined.profile, CELL, "whole")
    assert times.sum(axis=0) == pytest.approx(10)  # 100 samples of 0.1 ms


def test_totals_of_faults_are_those_of_the_table(tmp_path: Path) -> None:
    """0, 9 and 9 faults in three processes are 9, though each memory's median is 0."""

    def elsewhere(arm: str, cell: str, block: int) -> Rows:
        memory = {1: PAYLOAD, 2: "file"}.get(block)
        found = [("region", "front", "f", memory, "first", "program", 9)] if memory else []
        return [*found, ("start_up", "front", "f", "file", "first", "program", 7)]

    (joined,) = join([write_ledger(tmp_path / "f", [CELL], 3, elsewhere)])
    left, right = panels_of(faults_by_memory, joined)
    assert texts_of(left) == ["9"] * 3 and texts_of(right)[:2] == ["7", "7"]
    assert right.get_xlabel() == "start-up, page faults per process"


@pytest.mark.filterwarnings("error:constrained_layout")
@pytest.mark.parametrize("width", [TWO_COLUMNS, ONE_COLUMN])
def test_a_cell_alone_with_long_names_and_many_memories_has_room(
    tmp_path: Path, width: Width
) -> None:
    rows: Rows = [("region", "front", "f", name, "first", "program", 9) for name in MEMORIES]
    arms = ("phase17-2 SLABLAB_SMALLMID=1 SLABLAB_REUSE=1 SLABLAB_PREWARM=64",)
    (joined,) = join([write_ledger(tmp_path / "f", [CELL], 2, lambda *_: rows, arms=arms)])
    drawn(faults_by_memory, joined, width)


def test_a_panel_of_nothing_has_one_tick(tmp_path: Path) -> None:
    rows: Rows = [("start_up", "front", "f", "file", "first", "program", 7)]
    (joined,) = join([write_ledger(tmp_path / "f", [CELL], 2, lambda *_: rows)])
    left, _ = panels_of(faults_by_memory, joined)
    assert list(left.get_xticks()) == [0] and left.get_xlim()[1] > 0


def _grey(colour: str) -> float:
    """ITU-R BT.601, of 255."""
    return sum(w * int(colour[i : i + 2], 16) for w, i in ((0.299, 1), (0.587, 3), (0.114, 5)))


@pytest.mark.parametrize(
    "colours, hatches", [(LAYERS, LAYER_HATCHES), (MEMORIES, MEMORY_HATCHES)]
)
def test_parts_differ_on_grey_paper(colours: dict[str, str], hatches: dict[str, str]) -> None:
    assert set(hatches) <= set(colours)
    for one, other in itertools.combinations(colours, 2):
        if hatches.get(one) == hatches.get(other):
            assert abs(_grey(colours[one]) - _grey(colours[other])) >= 15, (one, other)


def test_where_a_region_had_ended_is_hatched(tmp_path: Path) -> None:
    def heat(arm: str, cell: str) -> dict[str, Any]:
        lists = {"time_ns": [5, 70], "superslab": [0, 1], "page": [3, 255]}
        return {"superslab_bytes": 1 << 20, "page_bytes": 4096, **lists}

    def longer(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            sample["wall_ns"] = 9_000_000 if sample["arm"] == "phase17-2" else 3_000_000

    folder = write_ledger(tmp_path / "f", [CELL], 2, lambda *_: [], touches=heat, edit=longer)
    panels = panels_of(fault_heat_map, join([folder])[0])
    ended = [[patch for patch in panel.patches if patch.get_hatch()] for panel in panels]
    assert [len(patches) for patches in ended] == [1, 1, 0]  # baseline, 17-1, 17-2
    extents = ended[0][0].get_extents().transformed(panels[0].transData.inverted())
    assert (extents.x0, extents.x1) == pytest.approx((3, 9))
    assert "all SuperSlabs overlaid" in fault_heat_map.caption(join([folder])[0])
