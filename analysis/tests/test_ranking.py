"""test_ranking.py -- geometric means over cells, ranks, and the table of both.

SPDX-License-Identifier: MIT"""

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.comparison.deciding import JUDGES, TIMES
from analysis.comparison.numbers import numbers
from analysis.comparison.ranked_arms import _of_the_metric, ranked_arms, ranking_tables
from analysis.comparison.run_formats import FORMATS
from analysis.comparison.tables import document
from analysis.document.document import Table
from analysis.records.records import load
from analysis.statistics.ranking import geometric_means, mean_with_interval, ranking
from analysis.statistics.statistics import Interval, effect, median_interval

from .synthetic import write_run

PAGE = Path(__file__).parents[2] / "docs/method/ranking.md"
CELLS = [f"fixed_random size={size} slots=400 operations=100000 cold" for size in (16, 64, 256)]


def test_the_page_s_example() -> None:
    points, reach = np.array([[0.03], [0.06], [0.09]]), np.array([[0.01], [0.02], [0.03]])
    bounds = [np.expm1(x[0]) for x in mean_with_interval(points, points - reach, points + reach)]
    said = "+6.18 % [+4.87, +7.52]"
    assert "{:+.2f} % [{:+.2f}, {:+.2f}]".format(*(100 * x for x in bounds)) == said
    assert said in PAGE.read_text(encoding="utf-8")
    assert median_interval(8, 0.05 / 6) == (1, 8) and median_interval(7, 0.05 / 6) is None


def test_over_one_cell_it_is_the_effect() -> None:
    ratios = np.array([1.02, 0.99, 1.03, 1.01, 1.04, 1.05])
    logs = np.column_stack([np.zeros(6), np.log(ratios)])
    (one,) = geometric_means([logs], [(1, 0)], 0.05, 6)
    found = effect(ratios, 0.05, 6)
    assert [one.low, one.high] == pytest.approx([found.low, found.high])
    assert one.point == pytest.approx(found.point)


def test_each_cell_counts_once_whatever_its_blocks() -> None:
    def cell(blocks: int, log: float) -> Any:
        return np.column_stack([np.zeros(blocks), np.full(blocks, log)])

    (one,) = geometric_means([cell(6, 0.3), cell(600, 0.0), cell(20, 0.0)], [(1, 0)], 0.05, 6)
    assert one.point == pytest.approx(np.expm1(0.1))


def test_a_cell_with_too_few_blocks_takes_the_interval_away() -> None:
    logs = np.column_stack([np.zeros(5), np.full(5, 0.1)])
    (one,) = geometric_means([logs, np.repeat(logs, 4, axis=0)], [(1, 0)], 0.05, 6)
    assert one.point == pytest.approx(np.expm1(0.1)) and np.isnan(one.low)


@pytest.mark.parametrize("cells, blocks", [(3, 8), (3, 20), (12, 20)])
def test_intervals_hold_what_they_promise(cells: int, blocks: int) -> None:
    """Of skewed noise whose median is 0, in 1500 runs: 5 % and three standard errors."""
    random, missed = np.random.default_rng(7), 0
    for _ in range(1500):
        noise = random.exponential(1, (cells, blocks)) - np.log(2)
        logs = [np.column_stack([np.zeros(blocks), one]) for one in noise]
        (found,) = geometric_means(logs, [(1, 0)], 0.05, 6)
        missed += not found.low <= 0 <= found.high
    assert missed / 1500 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 1500)


def test_ranks_hold_the_truth_together() -> None:
    """Four equal arms: no pair is told apart in 95 of 100 runs, though there are six pairs."""
    random, wrong = np.random.default_rng(3), 0
    for _ in range(300):
        found = ranking([random.normal(0, 1, (20, 4)) for _ in range(3)], 0.05, 6)
        wrong += any(one.first > 1 or one.last < 4 for one in found)
    assert wrong / 300 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)


def test_ranks_are_bounded_by_what_is_surely_above_and_below() -> None:
    random = np.random.default_rng(1)
    logs = [random.normal([0, 1, 0.0, -1], 0.1, (30, 4)) for _ in range(3)]
    found = ranking(logs, 0.05, 6)
    assert [(one.first, one.last) for one in found] == [(2, 3), (1, 1), (2, 3), (4, 4)]
    assert [one.unresolved for one in found] == [[2], [], [0], []]
    assert found[1].place == 1 and found[3].place == 4
    assert {found[0].place, found[2].place} == {2, 3}


def _table(folder: Path, arms: dict[str, float], **changes: Any) -> list[Table]:
    return ranking_tables(load(write_run(folder, arms, CELLS, 20, noise=0.003, **changes)))


def test_the_first_table_has_the_fastest_arm_on_top(tmp_path: Path) -> None:
    arms = {"slow": -0.2, "fast": 0.1, "also fast": 0.1}
    run = load(write_run(tmp_path / "run", arms, CELLS, 20, noise=0.003))
    table = document(run).tables[0]
    assert table.title == "Geometric mean over 3 cells, and ranking: operations per second"
    assert {row.cells[0] for row in table.rows[:2]} == {"fast", "also fast"}
    assert [row.cells[4] for row in table.rows] == ["1 to 2", "1 to 2", "3", "4"]
    assert [row.cells[5] for row in table.rows] == ["2", "1", "–", "–"]
    assert table.rows[2].cells[:4] == ["baseline", "3", "", ""]
    assert table.rows[3].cells[2].startswith("-18.1")
    keys = numbers(run, "r")
    assert keys["r.ranking.slow.effect"].startswith("$-$18.1")
    assert keys["r.ranking.slow.rank"] == "4"


def test_csv_has_the_means_with_their_intervals_below_the_cells(tmp_path: Path) -> None:
    """Of the metric itself, as all of CSV: less time where the speed is more."""
    run = load(write_run(tmp_path / "run", {"slow": -0.2, "fast": 0.1}, CELLS, 20, noise=0.003))
    rows = list(csv.DictReader(io.StringIO(FORMATS["csv"][1](run))))
    means = [row for row in rows if row["kind"] == "geometric_mean"]
    assert rows[-3:] == means and {row["cell"] for row in means} == {"geometric mean over 3 cells"}
    slow = next(row for row in means if row["arm"] == "slow")
    effects = [float(slow[f"effect{x}_ratio"]) for x in ("", "_low", "_high")]
    (of,) = ranked_arms(run)
    told = of.arms["slow"].effect
    assert effects == pytest.approx([told.point, told.low, told.high], abs=1e-7)
    told = [slow[key] for key in ("place", "rank_first", "rank_last", "blocks")]
    assert told == ["3", "3", "3", "20"]
    assert {row["place"] for row in rows if row not in means} == {""}
    time = _of_the_metric(Interval(0.25, 0.0, 1.0), next(m for m in JUDGES if m.column in TIMES))
    assert (time.point, time.low, time.high) == pytest.approx((-0.2, -0.5, 0.0))
    two = write_run(tmp_path / "two", {"a": 0.1}, CELLS[:2], 20)
    assert "geometric" not in FORMATS["csv"][1](load(two))


def test_fewer_cells_a_void_run_and_an_unfinished_one_have_none(tmp_path: Path) -> None:
    two = write_run(tmp_path / "two", {"a": 0.1}, CELLS[:2], 20)
    assert ranked_arms(load(two)) == []
    assert _table(tmp_path / "void", {"a": 0.1}, control=0.05) == []
    assert _table(tmp_path / "begun", {"a": 0.1}, finished=False) == []
    assert len(_table(tmp_path / "run", {"a": 0.1})) == 1
