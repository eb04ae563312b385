"""test_elsewhere.py -- runs of several machines: whose they are, what they say, what is printed.

SPDX-License-Identifier: MIT"""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from analysis.comparison.elsewhere import (
    Coverage,
    Effect,
    coverage,
    elsewhere,
    mean_effect,
    mean_over_cells,
    verdict_elsewhere,
)
from analysis.comparison.numbers import numbers
from analysis.comparison.tables import document
from analysis.records.machines import prior, stored_runs
from analysis.records.records import load
from analysis.statistics.over_machines import over_machines
from analysis.statistics.statistics import Interval

from .synthetic import MACHINE, blocks_in, write_blocks, write_run

CELL = "fixed_random size=256 slots=400 cold"


def stored(root: Path, where: str, effect: float, seed: int = 1, identity: str = "") -> Path:
    """A run of `synthetic` under root/where/synthetic, in which arm phase17-1 is so much faster."""
    folder = write_run(
        root / where / "synthetic" / f"run-{seed}", {"phase17-1": effect}, [CELL], 20, seed=seed
    )
    if identity:
        (folder / "machine.json").write_text(json.dumps({**MACHINE, "identity": identity}))
    return folder


def three(root: Path) -> Path:
    """Effects of 10, 20 and 30 % (logarithms), of which the first is the reference's."""
    stored(root, "reference/machines/one", 0.2, 2)
    stored(root, "reference/machines/two", 0.3, 3)
    return stored(root, "reference", 0.1)


def test_a_runs_machines_are_those_of_its_store(tmp_path: Path) -> None:
    run = three(tmp_path)
    names = [one.machine for one in stored_runs(run, "synthetic")]
    assert names == ["reference", "one", "two"]
    assert [one.machine for one in stored_runs(run, "another")] == ["reference"]


def test_a_run_of_ones_own_is_one_machine_more(tmp_path: Path) -> None:
    three(tmp_path)
    names = [one.machine for one in stored_runs(stored(tmp_path, "", 0.1, 4), "synthetic")]
    assert names == ["here", "reference", "one", "two"]


def test_an_identity_is_one_machine_wherever_the_run_lies(tmp_path: Path) -> None:
    stored(tmp_path, "reference/machines/one", 0.2, 2, identity="cafe0123456789ab")
    same = stored(tmp_path, "", 0.1, 4, identity="cafe0123456789ab")
    assert [one.machine for one in stored_runs(same, "synthetic")] == ["one", "one"]
    other = stored(tmp_path, "", 0.1, 5, identity="beef0123456789ab")
    assert [one.machine for one in stored_runs(other, "synthetic")] == ["beef0123", "one"]


def test_the_row_is_what_the_formulas_make_of_the_runs(tmp_path: Path) -> None:
    (row,) = elsewhere(load(three(tmp_path))).itertuples()
    assert row.machines == 3
    assert math.log1p(row.machines_mean_ratio) == pytest.approx(0.2, abs=0.01)
    # Own tau 10 % with 2 degrees of freedom; the prior's 3.7 % with 3.4.
    pooled = (2 * 0.1**2 + 3.4 * (0.0213**2 + (0.151 * 0.2) ** 2)) / 5.4
    assert row.machines_tau_ratio == pytest.approx(math.sqrt(pooled), rel=0.1)
    assert row.elsewhere_low_ratio < 0 < row.machines_low_ratio
    assert row.elsewhere_verdict == "unclear"


def test_occasions_are_one_machine(tmp_path: Path) -> None:
    run = three(tmp_path)
    stored(tmp_path, "reference/machines/two", 0.5, 4)
    (row,) = elsewhere(load(run)).itertuples()
    assert row.machines == 3  # .1, .2 and the mean of .3 and .5
    assert math.log1p(row.machines_mean_ratio) == pytest.approx(0.7 / 3, abs=0.01)
    assert mean_effect([Effect(0.3, 0.03), Effect(0.5, 0.04)]) == Effect(0.4, 0.025)


def test_runs_that_may_not_be_concluded_from_say_nothing(tmp_path: Path) -> None:
    run = three(tmp_path)
    outcome = tmp_path / "reference/machines/two/synthetic/run-3/outcome.json"
    outcome.write_text(json.dumps({**json.loads(outcome.read_text()), "verdict": "void"}))
    (row,) = elsewhere(load(run)).itertuples()
    assert row.machines == 2


def test_hosts_of_one_run_are_machines(tmp_path: Path) -> None:
    """As gather gives it: shards of two machines, which differ."""
    folder = stored(tmp_path, "", 0.0)
    blocks = blocks_in(folder / "samples.jsonl")
    for block in blocks:
        block["host"] = "first" if block["block"] < 10 else "second"
        for sample in block["samples"]:
            if sample["arm"] == "phase17-1" and block["host"] == "second":
                sample["cpu_ns"] //= 2
    write_blocks(folder / "samples.jsonl", blocks)
    (row,) = elsewhere(load(folder)).itertuples()
    assert row.machines == 2
    assert math.log1p(row.machines_mean_ratio) == pytest.approx(math.log(2) / 2, abs=0.01)


@pytest.mark.parametrize(
    ("low", "high", "logs", "verdict"),
    [
        (0.01, 0.5, [0.1, 0.2], "better"),
        (-0.5, -0.01, [-0.1, -0.2], "worse"),
        (-0.5, 0.5, [-0.1, 0.2], "depends on the machine"),
        (-0.5, 0.5, [-0.001, 0.2], "unclear"),  # within its own interval of 0
        (-0.015, 0.01, [0.0, 0.0], "same"),
    ],
)
def test_verdicts_over_machines(low: float, high: float, logs: list[float], verdict: str) -> None:
    effects = [Effect(log, 0.001) for log in logs]
    assert verdict_elsewhere(Interval(0, low, high), effects, 0.05, 0.02) == verdict
    turned = {"better": "worse", "worse": "better"}.get(verdict, verdict)
    assert verdict_elsewhere(Interval(0, low, high), effects, 0.05, 0.02, -1) == turned


def test_a_mean_over_cells_is_of_machines_that_have_them_all() -> None:
    first = {"a": Effect(0.2, 0.03), "b": Effect(0.1, 0.01)}
    assert mean_over_cells([first, {"a": Effect(0.4, 0.04)}]) == {"a": mean_effect(
        [Effect(0.2, 0.03), Effect(0.4, 0.04)])}  # fmt: skip


def test_each_machine_is_left_out_and_predicted(tmp_path: Path) -> None:
    """A machine far off is in no interval of the others, which agree; they are in its."""
    stored(tmp_path, "reference/machines/near", 0.1, 2)
    stored(tmp_path, "reference/machines/far", 1.5, 3)
    run = load(stored(tmp_path, "reference", 0.1))
    assert coverage(run) == [
        Coverage("reference", 1, 1), Coverage("far", 0, 1), Coverage("near", 1, 1)
    ]  # fmt: skip


def test_coverage_is_nominal_where_the_model_is_true() -> None:
    """1,000 comparisons whose tau is the prior's exactly, on 4 machines: an interval at 95 % is too
    wide, never too narrow, for its t does not know that."""
    random, missed = np.random.default_rng(1), 0
    for _ in range(1000):
        y = random.normal(0, prior().a, 4)
        found = over_machines(y[:3], [1e-4] * 3, prior(), 0.05).one_more
        missed += not found.low <= y[3] <= found.high
    assert 5 <= missed <= 50


def test_both_intervals_are_printed_and_borrowing_is_said(tmp_path: Path) -> None:
    run = load(three(tmp_path))
    (table,) = [one for one in document(run).tables if "elsewhere" in one.title]
    cells = table.rows[1].cells
    assert cells[0] == "phase17-1" and cells[-1] == "3" and "borrowed" not in cells[3]
    assert "Machines: reference, one, two." in " ".join(document(run).legend)
    assert "3 of 3" in document(run).legend[-2]
    alone = load(stored(tmp_path / "alone", "", 0.1))
    (table,) = [one for one in document(alone).tables if "elsewhere" in one.title]
    assert table.rows[1].cells[3].endswith("] borrowed")
    found = numbers(run, "p")
    assert found["p." + CELL.replace(" ", ",") + ".phase17-1.machines"] == "3"


def test_the_prior_is_what_its_source_says() -> None:
    assert (prior().a, prior().b, prior().degrees) == (0.0213, 0.151, 3.4)
    assert prior().variance(0.1) == pytest.approx(0.0213**2 + 0.0151**2)
