"""test_metrics.py -- the harness's table of metrics, as plans and analysis hold it.

SPDX-License-Identifier: MIT"""

import json
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from analysis.records.metrics import DEFAULTS, default, default_metrics, event_metric, metrics_of
from analysis.records.rules import rules_of

SLABLAB = Path(__file__).parents[2] / "build/slablab"
ROWS = pd.DataFrame(
    {"operations": [100], "cpu_ns": [50], "wall_ns": [25], "minor_faults": [3], "major_faults": [4]}
)


@pytest.mark.skipif(not SLABLAB.exists(), reason="no build/slablab; try: make")
def test_the_defaults_are_the_harness_s_table() -> None:
    done = subprocess.run([SLABLAB, "list", "metrics", "--json"], capture_output=True, check=True)
    assert done.stdout == DEFAULTS.read_bytes()  # else: make metrics


def test_a_value_is_a_factor_times_sums_over_sums() -> None:
    one, several = ROWS.assign(threads=1), ROWS.assign(threads=2)
    assert default("operations_per_second").values(one).tolist() == [2e9]
    assert default("operations_per_second").values(several).tolist() == [4e9]
    assert default("operations_per_cpu_second").values(several).tolist() == [2e9]
    assert default("page_faults").values(ROWS).tolist() == [7]


def test_an_event_is_a_column_of_its_own() -> None:
    rows = pd.DataFrame({"event cycles": [5]})
    assert event_metric("cycles").values(rows).tolist() == [5]


def test_a_plan_s_own_table_comes_first() -> None:
    assert metrics_of({}) == default_metrics()
    assert metrics_of({"metrics": []}) == ()


def test_a_plan_whose_table_is_older_than_tails_has_none() -> None:
    table = json.loads(DEFAULTS.read_text())
    assert {row["name"]: row.pop("beyond") for row in table}["time_tail"] == 0.1
    assert {metric.beyond for metric in metrics_of({"metrics": table})} == {0.0}


def test_a_plan_whose_rules_are_older_than_one_has_the_default() -> None:
    written = {"lost_ratio_max": 0.3, "alpha_dependence": 0.01, "blocks_min": 6}
    rules = rules_of({"rules": {**written, "blocks_for_dependence": 20}})
    assert (rules.lost_ratio_max, rules.alpha_failures) == (0.3, 0.005)


def test_columns_are_unique_and_a_gate_s_names_too() -> None:
    columns = [metric.column for metric in default_metrics()]
    gated = [metric.name for metric in default_metrics() if metric.gated]
    assert len(set(columns)) == len(columns) and len(set(gated)) == len(gated)
    of_region = [metric for metric in default_metrics() if metric.source == "region"]
    assert all(metric.sum for metric in of_region)
