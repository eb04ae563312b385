"""test_tables.py -- what tables say about runs whose truth is known, and how they say it.

SPDX-License-Identifier: MIT"""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from analysis.comparison.deciding import OPERATIONS
from analysis.comparison.estimates import FAULTS, PEAK_MEMORY
from analysis.comparison.judgement import cautions, facts_of, void_reasons
from analysis.comparison.run_formats import FORMATS
from analysis.comparison.tables import document
from analysis.comparison.wording import number, per_cent
from analysis.document.latex import escape_latex
from analysis.drawing.colours import BASELINE, colours
from analysis.records.records import load
from analysis.statistics import statistics

from .examples import CELLS, PUBLISHED, rows, some_run


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
    assert {row.verdict for row in rows(run, arm="phase17-1", kind="arm")} == {"same"}
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
    assert {row.verdict for row in rows(run) if row.kind not in ("baseline", "average")} == {"void"}
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
    row = rows(run, FAULTS.column, arm="phase17-2", kind="arm")[0]
    assert (row.value, row.difference, row.varies) == (6510, 5886, False)
    assert row.effect_ratio == pytest.approx(6510 / 624 - 1)
    text = FORMATS["terminal"][1](run)
    assert "6,510 +5,886 +943.3 % does not vary" in " ".join(text.split())
    assert "A/A spread 0" in text


def test_counts_that_vary_get_one(tmp_path: Path) -> None:
    run = some_run(
        tmp_path, faults=lambda arm, cell, number: 1000 + (number % 5 if arm == "phase17-2" else 0)
    )
    row = rows(run, FAULTS.column, arm="phase17-2", kind="arm")[0]
    assert (row.difference, row.difference_low, row.difference_high) == (2, 1, 3)


def test_a_count_of_zero_has_a_difference_and_no_ratio(tmp_path: Path) -> None:
    run = some_run(tmp_path, faults=lambda arm, cell, number: 0 if arm == "phase17-2" else 12)
    row = rows(run, FAULTS.column, arm="phase17-2", kind="arm")[0]
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


def test_an_unfinished_run_decides_nothing(tmp_path: Path) -> None:
    run = some_run(tmp_path, finished=False, noise=0.001)
    found = {row.verdict for row in rows(run) if row.kind in ("arm", "comparison", "control")}
    assert found == {"unfinished"}
    text = FORMATS["terminal"][1](run)
    assert "worse in" not in text and "% …" in text
    assert text.count("unfinished in 3 of 3 cells") == 3


def test_events_that_the_experiment_names_reach_a_table(tmp_path: Path) -> None:
    def count(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            value = 2000 + block["block"] if sample["arm"] == "phase17-2" else 1000
            sample["events"] = {
                "cycles": {"value": value, "enabled_ns": 10, "running_ns": 10},
                "instructions": {"value": 500, "enabled_ns": 10, "running_ns": 5},
                "cache-misses": {"absent": "No such device"},
            }

    names = ["cycles", "instructions", "cache-misses"]
    run = some_run(tmp_path, edit=count, events=names, published=[])
    row = rows(run, "event_cycles", arm="phase17-2", kind="arm")[0]
    assert (row.value, row.effect_ratio) == (2019.5, pytest.approx(1.0195))
    assert rows(run, "event_instructions")[0].value == 1000  # on a counter half of the time
    titles = [table.title for table in document(run).tables]
    assert [x for x in titles if "Event" in x] == [
        "Event cycles, in the region",
        "Event instructions, in the region",
    ]
    assert any("scaled up: instructions." in line for line in cautions(run))
    records = list(csv.DictReader(io.StringIO(FORMATS["csv"][1](run))))
    absent = [record for record in records if record["metric"] == "event_cache-misses"]
    assert {(x["value_in_metric_unit"], x["absent"]) for x in absent} == {("", "No such device")}
    assert {"wall_ns", "event_cycles"} <= {record["metric"] for record in records}


def test_every_metric_is_of_its_own_column(tmp_path: Path) -> None:
    def edit(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            sample["cpu_ns"], sample["process_cpu_ns"] = 1_000_000, 4_000_000

    run = some_run(tmp_path, edit=edit)
    names = (OPERATIONS.column, "process_operations_per_second", "process_page_faults")
    found = {
        name: rows(run, name, kind="baseline")[0].value for name in (*names, PEAK_MEMORY.column)
    }
    assert list(found.values()) == [1e8, 2.5e7, 624 + 130, 4 << 20]


def test_the_mde_is_at_the_level_at_which_a_row_is_judged(tmp_path: Path) -> None:
    run = some_run(tmp_path)
    for kind, level in (("arm", 0.05 / 9), ("comparison", 0.05 / 9), ("control", 0.01 / 3)):
        row = rows(run, kind=kind, cell=CELLS[0])[0]
        values = run.matrix(CELLS[0], OPERATIONS.values)
        arm, against = (run.arms.index(name) for name in (row.arm, row.against))
        ratios = statistics.ratio(values[:, arm], values[:, against])
        assert row.mde_ratio == statistics.minimum_detectable_effect(ratios, level)


def test_the_mde_has_the_decimals_of_the_effect(tmp_path: Path) -> None:
    def some_faults(arm: str, cell: str, number: int) -> int:
        return 1000 + (number % 7 if arm == "phase17-1" else 0)

    run = some_run(tmp_path, noise=0.001, faults=some_faults)
    text = FORMATS["terminal"][1](run)
    line = next(x for x in text.splitlines() if x.startswith("  phase17-1 ") and "same" in x)
    effect, mde = line.split()[2], line.split()[-3]
    assert len(effect.split(".")[1]) == len(mde.split(".")[1]) == 2
    details = next(table for table in document(run).tables if "faults in" in table.title)
    assert details.columns[-1] == "MDE" and details.rows[2].cells[-1].endswith(" %")


@pytest.mark.parametrize("alpha_control, void", [(0.001, False), (0.2, True)])
def test_a_run_is_void_at_the_controls_own_level(
    tmp_path: Path, alpha_control: float, void: bool
) -> None:
    def edit(block: dict[str, Any]) -> None:  # the control is faster in 28 of 40 blocks: p = .017
        for sample in block["samples"]:
            ahead = block["block"] < 28
            sample["cpu_ns"] = 1000 - (1 if ahead else -1) * (sample["arm"] == "control")

    run = some_run(tmp_path, cells=CELLS[:1], edit=edit, alpha_control=alpha_control)
    assert rows(run, kind="control")[0].holm_p == pytest.approx(0.0166, abs=5e-4)
    assert bool(void_reasons(run)) == void


def test_what_the_harness_found_too_is_told_once(tmp_path: Path) -> None:
    folder = some_run(tmp_path, control=0.03).path
    said = "the control arm differs from the baseline by +3.00 % (p = 1e-9)"
    told = [{"code": "control", "cell": cell, "arm": None, "text": said} for cell in CELLS]
    other = {"code": "process", "cell": CELLS[0], "arm": "phase17-1", "text": "crashed"}
    outcome = json.loads((folder / "outcome.json").read_text())
    outcome |= {"verdict": "void", "reasons": [*told, other, "a text from before codes"]}
    (folder / "outcome.json").write_text(json.dumps(outcome))
    reasons = void_reasons(load(folder))
    assert len(reasons) == 5
    assert reasons[3] == f"the harness said so: {CELLS[0]}: phase17-1: crashed"
    assert reasons[4] == "the harness said so: a text from before codes"


@pytest.mark.parametrize("blocks, said", [(8, True), (9, False)])
def test_too_few_blocks_for_the_family_are_said(tmp_path: Path, blocks: int, said: bool) -> None:
    found = cautions(some_run(tmp_path, blocks=blocks))  # 9 * 2 / 2^8 = .070, 9 * 2 / 2^9 = .035
    assert said == any("better or worse among 9 comparisons in" in line for line in found)


def test_values_that_are_not_there_do_not_make_a_count_vary(tmp_path: Path) -> None:
    def edit(block: dict[str, Any]) -> None:
        if block["block"] == 0:
            block["samples"][0]["vm_hwm_bytes"] = None

    run = some_run(tmp_path, edit=edit)
    found = rows(run, PEAK_MEMORY.column, kind="arm")
    assert {(row.varies, row.effect_ratio, row.difference) for row in found} == {(False, 0, 0)}


def test_totals_are_of_the_time_that_the_operations_took(tmp_path: Path) -> None:
    def edit(block: dict[str, Any]) -> None:  # 20 blocks of 1 and 20 of 3, against 40 of 1
        for sample in block["samples"]:
            slow = sample["arm"] == "phase17-2" and block["block"] % 2
            sample["cpu_ns"] = 3000 if slow else 1000

    run = some_run(tmp_path, cells=CELLS[:1], edit=edit)
    row = rows(run, kind="arm", arm="phase17-2")[0]
    assert row.ratio_of_totals_ratio == pytest.approx(40 / 80 - 1)


def test_a_count_that_is_sometimes_zero_has_no_ratio(tmp_path: Path) -> None:
    run = some_run(tmp_path, faults=lambda arm, cell, number: number % 3)
    row = rows(run, FAULTS.column, arm="phase17-2", kind="arm")[0]
    assert row.effect_ratio != row.effect_ratio and row.mde_ratio != row.mde_ratio


def test_an_interaction_shows_its_mde(tmp_path: Path) -> None:
    run = some_run(
        tmp_path,
        arms={"a": 0.1, "b": 0.2, "ab": 0.3},
        comparisons=[],
        published=[],
        interactions=[{"first": "a", "second": "b", "both": "ab"}],
    )
    values = run.matrix(CELLS[0], OPERATIONS.values)
    a, b, both, base = (values[:, run.arms.index(name)] for name in ("a", "b", "ab", "baseline"))
    ratios = statistics.interaction(both, a, b, base)
    row = rows(run, kind="interaction")[0]
    assert row.mde_ratio == statistics.minimum_detectable_effect(ratios, 0.05)
    line = next(
        x for x in FORMATS["markdown"][1](run).splitlines() if "interaction a x b |  |" in x
    )
    assert line.split("|")[5].strip().endswith("%")


def test_markdown_takes_names_as_they_are(tmp_path: Path) -> None:
    run = some_run(tmp_path, question="Is a*b_c < `d` | e?")
    assert r"**Question.** Is a\*b\_c \< \`d\` \| e?" in FORMATS["markdown"][1](run)


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
        and record["metric"] == OPERATIONS.column
    )
    assert float(stored["effect_ratio"]) == pytest.approx(row.effect_ratio, abs=1e-8)
    assert stored["parameter_size"] == "512" and stored["verdict"] == row.verdict


def test_latex_is_escaped(tmp_path: Path) -> None:
    assert escape_latex("a_b 5 % & #1 ±") == r"a\_b 5 \% \& \#1 $\pm$"
    text = FORMATS["latex"][1](some_run(tmp_path))
    body = [line for line in text.splitlines() if not line.startswith("%")]
    assert all(r"fixed\_random" in line for line in body if "fixed" in line)
    assert not any(mark in "\n".join(body) for mark in "▲▼±–")
    tables = document(some_run(tmp_path)).tables
    floats = len(re.findall(r"^\\begin\{table\*?\}", text, re.MULTILINE))
    assert floats == text.count(r"\bottomrule") == text.count(r"\caption{") >= len(tables)


def test_markdown_tables_are_rectangles(tmp_path: Path) -> None:
    lines = FORMATS["markdown"][1](some_run(tmp_path)).split("\n\n")
    tables = [part for part in lines if part.startswith("|")]
    assert len(tables) == len(document(some_run(tmp_path)).tables)
    for table in tables:
        assert len({line.replace("\\|", "").count("|") for line in table.splitlines()}) == 1


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
