"""test_tables.py -- what tables say about runs whose truth is known, and how they say it.

SPDX-License-Identifier: MIT"""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from analysis.colours import BASELINE, colours
from analysis.estimates import FAULTS, OPERATIONS
from analysis.formats import FORMATS, escape_latex
from analysis.judgement import cautions, facts_of, judged, void_reasons
from analysis.records import Run, load
from analysis.tables import document, number, per_cent

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


def rows(run: Run, metric: str = OPERATIONS.name, **wanted: str) -> list[Any]:
    frame = judged(run)
    frame = frame[frame["metric"] == metric]
    for name, value in wanted.items():
        frame = frame[frame[name] == value]
    return list(frame.itertuples())


@pytest.mark.parametrize(
    "value, text",
    [
        (5.71, "5.710"),
        (57.314, "57.31"),
        (118.2, "118.2"),
        (0.36751, "0.3675"),
        (1234567, "1,234,567"),
        (0, "0"),
        (float("nan"), "–"),
    ],
)
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    "ratio, text", [(-0.036, "-3.6 %"), (0.003, "+0.3 %"), (-0.0001, "0.0 %"), (float("nan"), "–")]
)
def test_per_cent(ratio: float, text: str) -> None:
    assert per_cent(ratio) == text


def test_verdicts_find_what_was_planted(tmp_path: Path) -> None:
    run = some_run(tmp_path, noise=0.005)
    assert {row.verdict for row in rows(run, arm="phase17-2", kind="arm")} == {"worse"}
    assert {row.verdict for row in rows(run, arm="phase17-1")} == {"same"}
    assert {row.verdict for row in rows(run, kind="control")} == {"valid"}
    for row in rows(run, kind="comparison"):
        assert row.effect_ratio == pytest.approx(-0.0392, abs=0.005)  # exp(-0.04) - 1


def test_more_operations_per_second_is_better(tmp_path: Path) -> None:
    run = some_run(tmp_path, arms={"phase17-1": 0.0, "phase17-2": 0.05})
    assert {row.verdict for row in rows(run, arm="phase17-2", kind="arm")} == {"better"}
    assert all(row.effect_ratio > 0.03 for row in rows(run, arm="phase17-2", kind="arm"))


def test_holm_is_over_all_time_comparisons(tmp_path: Path) -> None:
    run = some_run(tmp_path)
    family = rows(run, kind="arm") + rows(run, kind="comparison")
    assert len(family) == 9
    smallest = min(family, key=lambda row: row.sign_test_p)
    assert smallest.holm_p == pytest.approx(min(1, 9 * smallest.sign_test_p))


def test_a_differing_control_voids_the_run_and_withholds_verdicts(tmp_path: Path) -> None:
    run = some_run(tmp_path, control=0.03)
    assert len(void_reasons(run)) == 3 and "identical code" in void_reasons(run)[0]
    assert {row.verdict for row in rows(run) if row.kind != "baseline"} == {"void"}
    text = FORMATS["terminal"][1](run)
    assert "V O I D" in text and "worse in" not in text
    assert "# VOID" in FORMATS["markdown"][1](run) and "-- VOID" in FORMATS["latex"][1](run)


def test_five_blocks_show_values_and_no_interval(tmp_path: Path) -> None:
    run = some_run(tmp_path, blocks=5)
    assert all(
        row.verdict == "unclear" and row.effect_low_ratio != row.effect_low_ratio
        for row in rows(run, kind="arm")
    )
    assert any("Fewer than 6 blocks" in line for line in cautions(run))


def test_published_figures_stand_where_most_words_fit(tmp_path: Path) -> None:
    run = some_run(tmp_path)
    published = {
        row.cell: row.value_published_low for row in rows(run, arm="phase17-2", kind="arm")
    }
    assert published == {CELLS[0]: 5.84e6, CELLS[1]: 1e6, CELLS[2]: 1e6}
    assert rows(run, kind="comparison", cell=CELLS[0])[0].effect_published_low_ratio == -0.036
    orphan = {**PUBLISHED[0], "where": "sawtooth"}
    run = some_run(tmp_path / "orphan", published=[orphan])
    assert any("match no row" in line for line in cautions(run))


def test_counts_that_do_not_vary_get_no_interval(tmp_path: Path) -> None:
    run = some_run(tmp_path, faults=lambda arm, cell, number: 6510 if arm == "phase17-2" else 624)
    row = rows(run, FAULTS.name, arm="phase17-2", kind="arm")[0]
    assert (row.value, row.difference, row.varies) == (6510, 5886, False)
    assert row.effect_ratio == pytest.approx(6510 / 624 - 1)
    text = FORMATS["terminal"][1](run)
    assert "6,510 +5,886 +943.3 % does not vary" in " ".join(text.split())
    assert "A/A spread 0" in text


def test_counts_that_vary_get_one(tmp_path: Path) -> None:
    run = some_run(
        tmp_path, faults=lambda arm, cell, number: 1000 + (number % 5 if arm == "phase17-2" else 0)
    )
    row = rows(run, FAULTS.name, arm="phase17-2", kind="arm")[0]
    assert (row.difference, row.difference_low, row.difference_high) == (2, 1, 3)


def test_a_count_of_zero_has_a_difference_and_no_ratio(tmp_path: Path) -> None:
    run = some_run(tmp_path, faults=lambda arm, cell, number: 0 if arm == "phase17-2" else 12)
    row = rows(run, FAULTS.name, arm="phase17-2", kind="arm")[0]
    assert row.difference == -12 and row.effect_ratio != row.effect_ratio
    assert "phase17-2 0 -12 – does not vary" in " ".join(FORMATS["terminal"][1](run).split())


def test_the_whole_process_is_shown_where_start_up_differs(tmp_path: Path) -> None:
    def prewarm(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            if sample["arm"] == "phase17-2":
                sample["start_up_minor_faults"] = 4000

    titles = [table.title for table in document(some_run(tmp_path / "as-is")).tables]
    assert not any("process" in title for title in titles)
    titles = [
        table.title for table in document(some_run(tmp_path / "prewarmed", edit=prewarm)).tables
    ]
    assert sum("process" in title for title in titles) == 2


def test_an_interaction_has_an_interval_and_no_verdict(tmp_path: Path) -> None:
    run = some_run(
        tmp_path,
        arms={"a": 0.1, "b": 0.2, "ab": 0.5},
        comparisons=[],
        published=[],
        interactions=[{"first": "a", "second": "b", "both": "ab"}],
    )
    for row in rows(run, kind="interaction"):
        assert row.effect_low_ratio < 0.2214 < row.effect_high_ratio  # exp(0.5 - 0.1 - 0.2) - 1
        assert row.verdict == ""


def test_cold_and_warm_never_share_a_table_of_arms(tmp_path: Path) -> None:
    run = some_run(tmp_path, cells=[*CELLS, *(cell.replace("cold", "warm") for cell in CELLS)])
    overviews = [table for table in document(run).tables if table.overview]
    assert [table.title.split(":")[0].split()[-1] for table in overviews] == ["cold", "warm"]
    assert all(len(table.rows) == 3 for table in overviews)


def test_the_overview_is_the_sources_table(tmp_path: Path) -> None:
    overview = document(some_run(tmp_path)).tables[0]
    assert overview.columns == [
        "size",
        "baseline",
        "phase17-1",
        "phase17-2",
        "phase17-2 vs phase17-1",
        "phase17-1 vs baseline",
        "phase17-2 vs baseline",
    ]
    assert [row.cells[0] for row in overview.rows] == ["256", "512", "1024"]


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


def test_question_expectation_and_outcome_come_first_and_in_this_order(tmp_path: Path) -> None:
    text = FORMATS["terminal"][1](some_run(tmp_path))
    places = [text.index(word) for word in ("Question", "Expected", "Outcome", "baseline  ")]
    assert places == sorted(places)


def test_csv_holds_raw_values_with_units_in_their_names(tmp_path: Path) -> None:
    run = some_run(tmp_path)
    records = list(csv.DictReader(io.StringIO(FORMATS["csv"][1](run))))
    row = rows(run, kind="comparison", cell=CELLS[1])[0]
    stored = next(
        record
        for record in records
        if record["kind"] == "comparison"
        and record["cell"] == CELLS[1]
        and record["metric"] == OPERATIONS.name
    )
    assert float(stored["effect_ratio"]) == row.effect_ratio
    assert stored["parameter_size"] == "512" and stored["verdict"] == row.verdict


def test_latex_is_escaped(tmp_path: Path) -> None:
    assert escape_latex("a_b 5 % & #1 ±") == r"a\_b 5 \% \& \#1 $\pm$"
    text = FORMATS["latex"][1](some_run(tmp_path))
    body = [line for line in text.splitlines() if not line.startswith("%")]
    assert all(r"fixed\_random" in line for line in body if "fixed" in line)
    assert not any(mark in "\n".join(body) for mark in "▲▼±–")
    assert (
        text.count(r"\toprule")
        == text.count(r"\bottomrule")
        == len(document(some_run(tmp_path)).tables)
    )


def test_markdown_tables_are_rectangles(tmp_path: Path) -> None:
    lines = FORMATS["markdown"][1](some_run(tmp_path)).split("\n\n")
    tables = [part for part in lines if part.startswith("|")]
    assert len(tables) == len(document(some_run(tmp_path)).tables)
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1


def test_correlated_blocks_are_said(tmp_path: Path) -> None:
    def drift(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            if sample["arm"] == "phase17-2":
                sample["cpu_ns"] = int(sample["cpu_ns"] * (1 + 0.01 * block["block"]))

    assert any("correlated" in line for line in cautions(some_run(tmp_path, edit=drift)))


def test_a_cap_before_the_wanted_width_is_said(tmp_path: Path) -> None:
    run = some_run(tmp_path, stop={"blocks_max": 40, "half_width": 0.0001, "seconds_max": 0})
    assert any("as narrow as asked (±0.01 %) in 3 of 3 cells" in line for line in cautions(run))


def test_steal_and_pressure_are_said(tmp_path: Path) -> None:
    def weather(block: dict[str, Any]) -> None:
        block["weather"] |= {"steal_ns": 9_000_000, "psi_io_some_us": 45_000}  # of 90 ms

    said = cautions(some_run(tmp_path, edit=weather))
    assert "The host took 10.0 % of the run's time away (steal, summed over CPUs)." in said
    assert "Something waited for io in 50 % of the run's time (PSI)." in said


def test_machine_facts_are_flat_and_absence_is_told() -> None:
    assert facts_of(
        {"cpu": {"model": "x"}, "pmu": {"absent": "why"}, "peers": [{"name": "glibc"}], "n": [1, 2]}
    ) == [("cpu.model", "x"), ("pmu", "absent: why"), ("peers[0].name", "glibc"), ("n", "1 2")]


def test_arms_keep_their_colour_from_run_to_run(tmp_path: Path) -> None:
    names = [
        "phase17-1",
        "phase17-2",
        "ss-reuse",
        "ss-prewarm",
        "ss-reuse-prewarm",
        "bump",
        "jemalloc",
        "mimalloc",
    ]
    every = colours(
        some_run(tmp_path / "all", arms=dict.fromkeys(names, 0.0), blocks=2, comparisons=[])
    )
    assert every["baseline"] == BASELINE and len(set(every.values())) == len(names) + 2
    for name in names:
        alone = colours(some_run(tmp_path / name, arms={name: 0.0}, blocks=2, comparisons=[]))
        assert alone[name] == every[name]
