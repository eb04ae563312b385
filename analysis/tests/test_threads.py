"""test_threads.py -- cells of several threads: wall time decides, shared CPUs are marked.

SPDX-License-Identifier: MIT"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.comparison.answer_lines import answer_lines
from analysis.comparison.estimates import estimates
from analysis.comparison.families import axis_text
from analysis.comparison.judgement import cautions
from analysis.comparison.tables import document
from analysis.document.formats import terminal
from analysis.records.ranges import MEASURES, measures_of
from analysis.records.records import Run, load

from .synthetic import sample_record, write_run

CELLS = [
    "hand_over threads=1 cold",
    "hand_over threads=2 cold",
    "hand_over threads=4 cold oversubscribed",
]
ONE, TWO, FOUR = CELLS


def halved(block: dict[str, Any]) -> None:
    """Threads: phase takes the CPU time of the others, and half of their wall time."""
    threads = int(block["cell"].partition("threads=")[2].split()[0])
    for sample in block["samples"]:
        wall = sample["cpu_ns"] // (2 if sample["arm"] == "phase" else 1)
        sample |= {"threads": threads, "wall_ns": wall}
        sample |= {"slowest_thread_ns": 3 * threads, "median_thread_ns": 2 * threads}


@pytest.fixture(name="run")
def run_of_threads(tmp_path: Path) -> Run:
    return load(write_run(tmp_path / "run", {"phase": 0.0}, CELLS, 10, noise=0.001, edit=halved))


def effect(run: Run, cell: str, metric: str) -> float:
    frame = estimates(run)
    (row,) = frame[
        (frame["cell"] == cell) & (frame["metric"] == metric) & (frame["kind"] == "arm")
    ].itertuples()
    return float(row.effect_ratio)


def test_wall_time_decides_where_there_are_several_threads(run: Run) -> None:
    found = [effect(run, cell, "operations_per_second") for cell in CELLS]
    assert found == pytest.approx([0, 1, 1], abs=0.01)
    assert effect(run, TWO, "operations_per_cpu_second") == pytest.approx(0, abs=0.01)


def test_tables_say_so_and_show_cpu_time_beside_it(run: Run) -> None:
    titles = {table.title: table for table in document(run).tables}
    (deciding,) = [title for title in titles if title.startswith("Operations per second, in the")]
    assert "of wall time where a cell has several threads" in deciding
    (beside,) = [title for title in titles if "of CPU time of all threads together" in title]
    heads = [row.cells[0] for row in titles[beside].rows if row.kind == "group"]
    assert [head.split("  ")[0] for head in heads] == [TWO, FOUR]
    assert any("Imbalance of the threads" in title for title in titles)
    assert any("Context switches" in title for title in titles)
    legend = answer_lines([run], 200)[-1]
    assert legend.endswith("of wall time (of CPU time in cells of one thread)")


def test_threads_on_one_cpu_are_marked_in_every_table(run: Run) -> None:
    for table in document(run).tables:
        texts = [" ".join(row.cells) for row in table.rows]
        named = [text for text in texts if "4" in text.split() or "threads=4" in text]
        assert all("oversubscribed" in text for text in named), table.title
    overview = document(run).tables[1]
    assert [row.cells[0] for row in overview.rows] == ["1", "2", "4 oversubscribed"]
    assert "oversubscribed" in terminal(document(run))


def test_a_single_number_of_threads_is_marked_in_its_family_s_title(tmp_path: Path) -> None:
    run = load(write_run(tmp_path / "run", {"phase": 0.0}, [FOUR], 10, edit=halved))
    assert document(run).tables[0].title.startswith("hand_over threads=4 oversubscribed cold")


@pytest.mark.parametrize(
    ("machine", "said"),
    [
        ({"workload_cpus": [1, 0], "harness_cpu": 0}, True),
        ({"workload_cpus": [2, 1], "harness_cpu": 0}, False),
        ({"workload_cpus": [0], "harness_cpu": 0}, False),
        ({}, False),
    ],
)
def test_a_harness_among_the_samples_is_a_caution(
    run: Run, machine: dict[str, Any], said: bool
) -> None:
    found = cautions(replace(run, machine=run.machine | machine))
    shared = "The harness shared CPU 0 with samples on 2 CPUs: there was no other for it."
    assert (shared in found) == said


def test_a_run_without_threads_has_neither_words_nor_tables_of_them(tmp_path: Path) -> None:
    run = load(write_run(tmp_path / "run", {"phase": 0.0}, ["sawtooth cold"], 10))
    titles = [table.title for table in document(run).tables]
    assert "Operations per second of CPU time, in the region" in titles
    assert not any("thread" in title for title in titles)
    assert answer_lines([run], 200)[-1].endswith("operations per second of CPU time")
    assert not {"operations_per_cpu_second", "context_switches"} & set(estimates(run)["metric"])


def test_a_record_of_before_says_nothing_of_threads_and_a_new_one_its_times() -> None:
    before = sample_record("phase", 0, 10, 1, 1 << 20, 0.5)
    found = dict(zip(MEASURES, measures_of(before)))
    assert all(pd.isna(found[name]) for name in MEASURES[-3:])
    after = before | {"threads": 2, "slowest_thread_ns": 7, "median_thread_ns": 5}
    found = dict(zip(MEASURES, measures_of(after)))
    assert [found[name] for name in MEASURES[-3:]] == [2, 7, 5]
    with pytest.raises(ValueError, match="threads is -1"):
        measures_of(after | {"threads": -1})


def test_a_program_bears_the_mark_behind_its_name() -> None:
    cell = {"workload": "xz", "threads": 1, "cpus": 1, "program": {"cpus": 2}}
    assert axis_text(cell, "program") == "xz oversubscribed"
    assert axis_text({**cell, "cpus": 2}, "program") == "xz"
    assert axis_text({**cell, "program": {}}, "program") == "xz"  # of a plan of before
