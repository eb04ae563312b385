"""test_compact.py -- a gate's medians, tail and failures are found again in its small table.

SPDX-License-Identifier: MIT"""

from pathlib import Path

import pandas as pd
import pytest

from analysis.gate.compact import main
from analysis.gate.gates import derived_rows, load_gate
from analysis.statistics.sequential import exceeds

from .gate_runs import CELLS, IMPLIED, METRICS, write_gate

COLUMNS = {
    "time": ["cpu_ns"],
    "page_faults": ["minor_faults", "major_faults"],
    "mmap": ["mmap"],
    "vm_hwm": ["vm_hwm_bytes"],
    "wall_time": ["wall_ns"],
    "process_time": ["process_cpu_ns"],
    "process_page_faults": ["process_minor_faults", "process_major_faults"],
}


def _crash(block: dict) -> None:
    if block["block"] % 10 == 3:
        block["valid"] = False
        head = next(one for one in block["samples"] if one["arm"] == "head")
        head.update(status="crashed", signal=6, stderr="abort")


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame]:
    folder = tmp_path_factory.mktemp("compact")
    run = write_gate(folder / "run", metrics=[*METRICS, *IMPLIED], noise=0.08, edit=_crash)
    main(run, folder / "blocks.csv")
    return run, pd.read_csv(folder / "blocks.csv")


def test_every_metric_of_blocks_is_kept(gate: tuple[Path, pd.DataFrame]) -> None:
    run, blocks = gate
    rows = derived_rows(load_gate(run))
    assert {metric for _, metric in rows} == {*COLUMNS, "time_tail"}
    valid = blocks[(blocks["cell"] == CELLS[0]) & (blocks["valid"] == 1)]
    for metric, columns in COLUMNS.items():
        row = rows[CELLS[0], metric]
        for arm, median in (("base", "base_median"), ("head", "head_median")):
            found = sum(valid[f"{arm}.{column}"] for column in columns).median()
            assert found == row[median], metric


def test_the_tail_is_found_again(gate: tuple[Path, pd.DataFrame]) -> None:
    run, blocks = gate
    row = derived_rows(load_gate(run))[CELLS[0], "time_tail"]
    valid = blocks[(blocks["cell"] == CELLS[0]) & (blocks["valid"] == 1)]
    beyond = load_gate(run).metric("time_tail").beyond
    shares = [
        exceeds(valid[f"{arm}.cpu_ns"], valid["base.cpu_ns"], beyond).mean()
        for arm in ("head", "control")
    ]
    assert shares[0] - shares[1] == pytest.approx(row["effect"])


def test_a_failed_process_is_kept_with_its_status(gate: tuple[Path, pd.DataFrame]) -> None:
    _, blocks = gate
    assert blocks["head.status"].value_counts().to_dict() == {"ok": 108, "crashed": 12}
    assert set(blocks["base.status"]) == {"ok"}
