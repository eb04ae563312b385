"""test_overviews.py -- the small tables, one for each family of cells.

SPDX-License-Identifier: MIT"""

from pathlib import Path
from typing import Any

import pytest

from analysis.comparison.estimates import SYSTEM_TIME_SHARE
from analysis.comparison.judgement import cautions
from analysis.comparison.run_formats import FORMATS
from analysis.comparison.tables import document

from .examples import CELLS, PUBLISHED, rows, some_run


def test_cold_and_warm_never_share_a_table_of_arms(tmp_path: Path) -> None:
    run = some_run(tmp_path, cells=[*CELLS, *(cell.replace("cold", "warm") for cell in CELLS)])
    overviews = [table for table in document(run).tables if table.title.endswith(": M ops/s")]
    assert [table.title.split(":")[0].split()[-1] for table in overviews] == ["cold", "warm"]
    assert [row.cells[0] for row in overviews[1].rows] == ["256", "512", "1024", "avg."]


def test_the_overview_is_the_sources_table(tmp_path: Path) -> None:
    overview = document(some_run(tmp_path)).tables[1]
    assert overview.columns == [
        "size",
        "baseline",
        "phase17-1",
        "phase17-2",
        "phase17-2 vs phase17-1",
        "phase17-1 vs baseline",
        "phase17-2 vs baseline",
    ]
    assert [row.cells[0] for row in overview.rows] == [
        *("256", "pub.", "512", "pub.", "1024", "pub."),
        "avg.",
    ]
    assert overview.rows[1].cells == ["pub.", "", "", "5.840", "-3.6 %", "", ""]
    assert overview.rows[3].cells == ["pub.", "", "", "1.000", "", "", ""]


def test_an_overviews_figures_are_those_of_its_heads(tmp_path: Path) -> None:
    run = some_run(tmp_path, noise=0.001, comparisons=PUBLISHED[2:] * 2, published=[])
    assert len(rows(run, kind="comparison")) == 3  # a comparison that is asked for twice is one
    for cell, row in zip(CELLS, document(run).tables[1].rows):
        size, base, first, second, *effects = row.cells
        shown = [float(text) * 1e6 for text in (base, first, second)]
        values = {found.arm: found.value for found in rows(run, cell=cell) if found.value > 0}
        wanted = [values[arm] for arm in ("baseline", "phase17-1", "phase17-2")]
        assert shown == pytest.approx(wanted, rel=1e-3) and f"size={size} " in cell
        ratios = [float(text.split()[0]) for text in effects]  # 100 (exp(-.04) - 1) is -3.92
        assert ratios == pytest.approx([-3.92, 0, -3.92], abs=0.15)
        assert [text[-1] for text in effects] == ["▼", "=", "▼"]


def test_an_average_is_over_the_blocks_that_every_cell_has(tmp_path: Path) -> None:
    def edit(block: dict[str, Any]) -> None:
        at_256 = "size=256 " in block["cell"]
        block["valid"] = not (at_256 and block["block"] in (0, 1))
        for sample in block["samples"]:
            faster = 2.0 if sample["arm"] == "phase17-2" and at_256 else 1.0
            sample["cpu_ns"] = round(1000 / faster)

    run = some_run(tmp_path, cells=CELLS[:2], edit=edit, published=[])
    row = rows(run, kind="average", arm="phase17-2", against="baseline")[0]
    assert row.blocks == 38 and row.verdict == "" and row.holm_p != row.holm_p
    for bound in (row.effect_ratio, row.effect_low_ratio, row.effect_high_ratio):
        assert bound == pytest.approx(2**0.5 - 1)  # the mean of ln 2 and 0
    average = document(run).tables[0].rows[-1]
    assert average.cells == ["avg.", "", "", "", "+41.4 %", "0.00 %", "+41.4 %"]
    text = " ".join(FORMATS["terminal"][1](run).split())
    assert "average of fixed_random slots=400 operations=100000 cold n = 38" in text
    assert "Average (avg.), of cells that differ in the first column alone" in text


def test_the_sources_table_fits_with_two_axes(tmp_path: Path) -> None:
    cells = [*CELLS, *(cell.replace("slots=400", "slots=65536") for cell in CELLS)]
    run = some_run(tmp_path, cells=cells, published=[])
    assert [row.cells[:3] for row in document(run).tables[1].rows[-2:]] == [
        ["avg.", "400", ""],
        ["avg.", "65536", ""],
    ]
    text = FORMATS["terminal"][1](run)
    assert "too wide" not in text and max(map(len, text.splitlines())) <= 80


def test_an_overview_too_wide_for_a_terminal_is_several(tmp_path: Path) -> None:
    """On a page it is one; a single column that fits nowhere says so."""
    names = {f"an-allocator-with-a-long-name-{i}": 0.0 for i in range(2)}
    run = some_run(tmp_path / "long", arms=names, comparisons=[], published=[])
    text = FORMATS["terminal"][1](run)
    assert "(continued)" in text and max(map(len, text.splitlines())) <= 80
    assert "(continued)" not in FORMATS["markdown"][1](run)
    longer = {"an-allocator-with-a-name-" * 4: 0.0}
    run = some_run(tmp_path / "longer", arms=longer, comparisons=[], published=[])
    assert "too wide for a terminal: --format markdown" in FORMATS["terminal"][1](run)


def test_system_time_is_a_share_of_all_blocks_with_its_interval(tmp_path: Path) -> None:
    share = {**PUBLISHED[0], "metric": SYSTEM_TIME_SHARE, "value": 0.7}
    run = some_run(
        tmp_path,
        system=lambda arm: 0.5 if arm == "phase17-2" else 0.0,
        published=[share],
    )
    base, _, _, second = rows(run, SYSTEM_TIME_SHARE, cell=CELLS[0])
    assert (base.kind, base.value, base.value_low) == ("baseline", 0, 0) and base.value_high > 0.05
    # 0.9 ms of 17 ms run outside; 40 blocks are 170 ticks: Clopper-Pearson .42 to .58
    assert second.value == pytest.approx(0.5, abs=1e-6)
    assert second.value_low == pytest.approx(0.42 - 0.053, abs=0.01)
    assert second.value_high == pytest.approx(0.58 + 0.053, abs=0.01)
    titles = [table.title for table in document(run).tables]
    table = document(run).tables[titles.index(next(x for x in titles if "system time" in x))]
    assert titles.index(table.title) == 4  # ranking, overview, details, elsewhere
    assert table.columns == ["size", "baseline", "phase17-1", "phase17-2"]
    assert table.rows[0].cells[3].startswith("50 % [3")
    assert table.rows[0].cells[1].startswith("0 % [0,")
    assert table.rows[1].cells == ["pub.", "", "", "70 %"]
    assert not any("match no row" in line for line in cautions(run))
    assert "an upper bound of the share of page faults" in " ".join(document(run).legend)


def test_no_table_of_system_time_where_ticks_cannot_tell(tmp_path: Path) -> None:
    run = some_run(tmp_path, speed=lambda cell: 17.0)  # 1 ms
    assert all(row.value != row.value for row in rows(run, SYSTEM_TIME_SHARE))
    assert not any("system time" in table.title for table in document(run).tables)


def test_warm_up_is_an_axis_where_it_is_stated(tmp_path: Path) -> None:
    cells = [f"sawtooth size=256 warmup={n} warm" for n in (1000, 2000)]
    overview = document(some_run(tmp_path, cells=cells, published=[])).tables[0]
    assert (overview.title, overview.columns[0]) == ("sawtooth size=256 warm: M ops/s", "warmup")


@pytest.mark.parametrize(
    "arms",
    [
        {"phase17-2": 0.0},
        {"phase17-1": 0.0, "phase17-2": -0.04},
        {f"ss-prewarm PREWARM_METHOD=number-{i}": 3.0 for i in range(6)},
    ],
)
def test_the_terminal_table_fits_eighty_columns(tmp_path: Path, arms: dict[str, float]) -> None:
    run = some_run(
        tmp_path,
        arms=arms,
        comparisons=[],
        published=[],
        faults=lambda arm, cell, number: 123_456_789 + number * 1000,
    )
    text = FORMATS["terminal"][1](run)
    assert max(map(len, text.splitlines())) <= 80
    assert all(arm in text for arm in arms)
