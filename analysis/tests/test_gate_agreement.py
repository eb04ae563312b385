"""test_gate_agreement.py -- a gate's rows by analysis, by the harness, and by the oracle.

SPDX-License-Identifier: MIT"""

import json
import math
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from analysis.gate.gates import derived_rows, derived_verdict, gate_differences, load_gate

from . import gate_oracle
from .linked_runs import write_linked_gate
from .gate_runs import (
    CALLS,
    CELLS,
    IMPLIED,
    INSTRUCTIONS,
    METRICS,
    edited_differences,
    said_of,
    write_gate,
    write_said,
)
from .synthetic import change_plan

ROOT = Path(__file__).parents[2]
# What harness/judge/gate_judge.c and gate_describe.c call.
JUDGE = ("judge/gate_judge", "judge/gate_estimate", "judge/sequential", "judge/statistics")
JUDGE += ("judge/gate_links", "judge/link_spread")
JUDGE += ("gate/gate_describe", "judge/gate_decides", "base/memory", "base/complain", "base/text")
JUDGE += ("base/arena", "experiment/metric", "experiment/plan", "experiment/rules")


def _noisy_faults(arm: str, cell: str, number: int) -> int:
    drawn = np.random.default_rng([number, *f"{arm} {cell}".encode()]).integers(0, 40)
    return 600 + int(drawn) + (9 if arm == "head" else 0)


def _rare_peaks(arm: str, cell: str, number: int) -> int:
    """8 or 12 more, by turns, where half of a margin of 10 % is 5 faults, or 50 by the highest."""
    if number % 20 == 3:
        return 1000
    return (108 if number % 5 < 3 else 112) if arm == "head" else 100


def _coarse(block: dict[str, Any]) -> None:
    """A clock of half a millisecond: many ties, of head and base and at the margin."""
    for sample in block["samples"]:
        sample["cpu_ns"] = round(sample["cpu_ns"], -6) // 2
        sample["vm_hwm_bytes"] += 4096 * (block["block"] % 3) * (sample["arm"] == "head")


def _lossy(block: dict[str, Any]) -> None:
    if block["block"] % 9 == 4:
        block["valid"] = False
        block["samples"][0].update(status="crashed", signal=11)


def _lottery(share: int, factor: float) -> Callable[[dict[str, Any]], None]:
    """An edit: of `share` blocks one has a slow head, and of 21 one a slow control."""

    def edit(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            slow = (block["block"] % share == 0 and sample["arm"] == "head") or (
                block["block"] % 21 == 3 and sample["arm"] == "control"
            )
            sample["cpu_ns"] = int(sample["cpu_ns"] * (factor if slow else 1))

    return edit


def _start_up(block: dict[str, Any]) -> None:
    """5,000 faults and 20 ms before the head's region."""
    for sample in block["samples"]:
        if sample["arm"] == "head":
            sample["process_minor_faults"] += 5000
            sample["process_cpu_ns"] += 20_000_000


def _modes(arm: str, block: int) -> int:
    return (6_594_968, 6_653_902)[(block * 7919 + 13 * len(arm)) % 5 == 0]


def _more(arm: str, block: int) -> int:
    return 1_000_000 + block % 3 + (2000 if arm == "head" else 0)


ALL_IMPLIED = [*METRICS[:2], *IMPLIED]
OK, CRASH = "ok", "crashed"
EVERY_CALL = [{"name": name, "margin": 0.1, "decides": True} for name in CALLS]
SCENARIOS: dict[str, dict[str, Any]] = {
    "equal": {},
    "slower by 3 %": {"head": 0.03},
    "slower by 1 %": {"head": 0.01, "blocks": 150},
    "faster": {"head": -0.05},
    "noisy": {"noise": 0.04, "blocks": 151},
    "five blocks": {"blocks": 5},
    "one block": {"blocks": 1},
    "one more system call": {"mmaps": lambda arm: 31 if arm == "head" else 30},
    "every system call": {"mmaps": lambda arm: 60 + 9 * (arm == "head"), "metrics": EVERY_CALL},
    "no system calls": {"mmaps": lambda arm: 0},
    "faults that vary": {"faults": _noisy_faults, "blocks": 120},
    "faults from none to one": {"faults": lambda arm, cell, n: int(arm == "head" and n > 9)},
    "faults with rare peaks": {
        "faults": _rare_peaks,
        "metrics": [{"name": "page_faults", "margin": 0.1, "decides": True}],
    },
    "ties": {"edit": _coarse, "blocks": 90},
    "lost blocks": {"edit": _lossy, "blocks": 70},
    "another level": {"alpha": 0.01, "blocks": 80},
    "a quiet tail": {"metrics": ALL_IMPLIED, "blocks": 90},
    "a lottery": {"metrics": ALL_IMPLIED, "blocks": 150, "edit": _lottery(4, 1.5)},
    "a small lottery": {"metrics": ALL_IMPLIED, "blocks": 120, "edit": _lottery(11, 1.27)},
    "a noisy tail": {"metrics": ALL_IMPLIED, "blocks": 120, "noise": 0.08},
    "start-up": {"metrics": ALL_IMPLIED, "blocks": 90, "edit": _start_up},
    "counts with modes": {"counts": _modes, "counted": 60},
    "more counts": {"counts": _more, "counted": 15},
    "few counts": {"counts": _more, "counted": 3},
    "no counts": {"counts": _more, "counted": 0},
    "one crash in attestation": {"attested": ["head"]},
    "one crash under callgrind": {"counts": _modes, "counted": 60, "callgrind": ["head"]},
    "crashes of both": {"callgrind": ["head", "control"], "pairs": [(CRASH, CRASH), (OK, OK)]},
    "crashes of the head": {"pairs": [(OK, OK), (OK, CRASH)] * 12, "attested": ["base"]},
    "eight crashes": {"pairs": [(OK, CRASH)] * 8},
    "another allocator": {"pairs": [(OK, "allocator")] * 30},
    "crashes of the base": {"pairs": [(CRASH, OK)] * 12},
}


@pytest.fixture(scope="module", params=SCENARIOS)
def scenario(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gate(tmp_path_factory.mktemp("gates") / "run", **SCENARIOS[request.param])


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The harness's judge, alone."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    program = tmp_path_factory.mktemp("judge") / "judge_again"
    harness = ROOT / "harness"
    sources = [Path(__file__).with_name("judge_again.c"), *(harness / f"{n}.c" for n in JUDGE)]
    words = [compiler, "-O1", "-std=gnu11", "-D_GNU_SOURCE", "-I", harness, "-I", ROOT]
    subprocess.run([*words, "-o", program, *sources, "-ljansson", "-lm"], check=True)
    return program


def _judged_again(judge: Path, folder: Path) -> dict[str, Any]:
    done = subprocess.run([judge, folder], check=True, capture_output=True)
    return json.loads(done.stdout)


def test_rows_are_the_oracle_s(scenario: Path) -> None:
    assert gate_differences(load_gate(scenario)) == []


def test_rows_are_the_harness_s(scenario: Path, judge: Path) -> None:
    harness = _judged_again(judge, scenario)
    assert harness["verdict"] == said_of(scenario)["verdict"]
    assert edited_differences(scenario, lambda said: said.update(harness)) == []


def _oracle_row(folder: Path, metric: str, cell: str = CELLS[0]) -> dict[str, Any]:
    rows = said_of(folder)["rows"]
    return next(row for row in rows if (row["metric"], row["cell"]) == (metric, cell))


def test_a_cell_stops_when_its_last_row_is_decided(scenario: Path, judge: Path) -> None:
    """Or at twice the blocks of its first failure, whichever is first."""
    stops = _judged_again(judge, scenario)["stops"]
    for cell in CELLS:
        rows = [row for row in said_of(scenario)["rows"] if row["cell"] == cell and row["decides"]]
        rows = [row for row in rows if row["metric"] != "instructions"]
        blocks = max(row["blocks"] for row in rows)
        ends = [2 * row["decided_at"] for row in rows if row["verdict"] == "fail"]
        if all(row["decided_at"] is not None for row in rows):
            ends.append(max(row["decided_at"] for row in rows))
        assert stops[cell] == min((end for end in ends if end <= blocks), default=0)


def test_no_cell_stops_before_six_blocks(tmp_path: Path, judge: Path) -> None:
    """Not even where blocks decide nothing."""
    shown = [{**METRICS[0], "decides": False}]
    folder = write_gate(tmp_path / "run", metrics=[*shown, METRICS[1]])
    change_plan(folder, gate={"alpha_fail": 0.005, "alpha_pass": 0.05, "metrics": shown})
    assert _judged_again(judge, folder)["stops"] == dict.fromkeys(CELLS, 6)


def test_a_control_that_differs_in_what_is_shown_voids_nothing(
    tmp_path: Path, judge: Path
) -> None:
    def edit(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            sample["wall_ns"] *= 2 if sample["arm"] == "control" else 1

    assert _verdicts(judge, write_gate(tmp_path / "run", edit=edit)) == ("pass", "pass")


def test_scenarios_are_what_they_are_called(tmp_path: Path) -> None:
    verdicts = {}
    for name in ("equal", "slower by 3 %", "five blocks", "faults with rare peaks"):
        folder = write_gate(tmp_path / name, **SCENARIOS[name])
        row = _oracle_row(folder, "page_faults")
        verdicts[name] = (said_of(folder)["verdict"], row["low"] is None)
    assert verdicts == {
        "equal": ("pass", False),
        "slower by 3 %": ("fail", False),
        "five blocks": ("inconclusive", True),
        "faults with rare peaks": ("fail", False),
    }


def _verdicts(judge: Path, folder: Path) -> tuple[str, str]:
    """The harness's and the analysis's."""
    gate = load_gate(folder)
    return _judged_again(judge, folder)["verdict"], derived_verdict(gate, derived_rows(gate))


def _times(block: dict[str, Any], arm: str, factor: float) -> None:
    """All arms take the same time, but one, in whose place the factor stands."""
    for sample in block["samples"]:
        sample["cpu_ns"] = int(17_000_000 * (factor if sample["arm"] == arm else 1))


@pytest.mark.parametrize("over", [False, True])
def test_the_control_voids_at_its_threshold(tmp_path: Path, judge: Path, over: bool) -> None:
    """60 blocks, 6 of them ties: the control is slower in as many as the e-process needs, or in one
    fewer."""
    threshold = math.log(8 / 0.01)  # four rows in two cells, alpha_control
    enough = next(s for s in range(27, 55) if gate_oracle.log_e_two_sided(s, 54) >= threshold)
    slower = enough if over else enough - 1

    def edit(block: dict[str, Any]) -> None:
        number = block["block"] - 6
        _times(block, "control", 1.0 if number < 0 else 1.001 if number < slower else 0.999)

    folder = write_gate(tmp_path / "run", edit=edit, metrics=METRICS)
    assert _verdicts(judge, folder) == (("void", "void") if over else ("pass", "pass"))


def _rank_dependence(d: np.ndarray) -> float:
    """By scipy's ranks, and the definition of a correlation about the mean."""
    r = stats.rankdata(d) - (d.size + 1) / 2
    return float(stats.norm.sf(np.sum(r[1:] * r[:-1]) / np.sum(r * r) * math.sqrt(d.size)))


@pytest.mark.parametrize("over", [False, True])
def test_dependence_voids_at_its_threshold(tmp_path: Path, judge: Path, over: bool) -> None:
    """p is a third below, or above, of what each of two cells may have."""
    threshold = 0.001 / 2
    low, high = (threshold / 1.5, threshold) if over else (threshold, threshold * 1.5)
    for seed in range(20_000):
        noise = np.random.default_rng(seed).normal(0, 0.01, 101)
        d = np.round(noise[1:] + 0.45 * noise[:-1], 3)  # rounded: ties share their ranks
        if low < _rank_dependence(np.log1p(d)) < high:
            break

    def edit(block: dict[str, Any]) -> None:
        _times(block, "head", 1 + d[block["block"]])

    folder = write_gate(tmp_path / "run", edit=edit, blocks=100)
    harness, analysis = _verdicts(judge, folder)
    assert harness == analysis
    assert (harness == "void") == over


def test_nineteen_blocks_are_too_few_for_dependence(tmp_path: Path, judge: Path) -> None:
    def edit(block: dict[str, Any]) -> None:
        _times(block, "head", 1 + 0.0001 * block["block"])

    for blocks, voids in ((19, False), (20, True)):
        verdicts = _verdicts(judge, write_gate(tmp_path / str(blocks), edit=edit, blocks=blocks))
        assert [verdict == "void" for verdict in verdicts] == [voids, voids]


WHOLE = {
    "more counts": "fail",
    "few counts": "inconclusive",
    "no counts": "inconclusive",
    "one crash in attestation": "inconclusive",
    "crashes of both": "pass",
    "crashes of the head": "fail",
    "eight crashes": "inconclusive",
    "another allocator": "pass",
    "crashes of the base": "pass",
    "a lottery": "fail",
    "start-up": "fail",
}


@pytest.mark.parametrize("name", WHOLE)
def test_every_kind_of_row_is_in_the_verdict(tmp_path: Path, judge: Path, name: str) -> None:
    folder = write_gate(tmp_path / "run", **SCENARIOS[name])
    assert _verdicts(judge, folder) == (WHOLE[name], WHOLE[name])


def test_a_start_up_is_seen_by_the_whole_process_alone(tmp_path: Path) -> None:
    """V4: time and faults of the region pass."""
    folder = write_gate(tmp_path / "run", **SCENARIOS["start-up"])
    found = {row["metric"]: row["verdict"] for row in said_of(folder)["rows"]}
    assert found["time"] == found["page_faults"] == found["time_tail"] == "pass"
    assert found["process_time"] == found["process_page_faults"] == "fail"


def test_failures_are_asked_before_what_voids(tmp_path: Path, judge: Path) -> None:
    pairs = SCENARIOS["crashes of the head"]["pairs"]
    folder = write_gate(tmp_path / "run", control=0.05, pairs=pairs)
    gate = load_gate(folder)
    assert derived_verdict(gate, derived_rows(gate)) == "fail"
    folder = write_gate(tmp_path / "again", control=0.05, pairs=pairs[:2])
    assert _verdicts(judge, folder) == ("void", "void")


def test_a_control_that_counts_more_voids(tmp_path: Path, judge: Path) -> None:
    folder = write_gate(tmp_path / "run", counts=lambda arm, block: 1000 + (arm == "control"))
    assert _verdicts(judge, folder) == ("void", "void")


@pytest.mark.parametrize("of_head", [0, 4])
@pytest.mark.parametrize(("link_sd", "bound"), [(0.0, False), (0.05, True)])
def test_what_one_link_may_show_is_the_harness_s(
    tmp_path: Path, judge: Path, link_sd: float, bound: bool, of_head: int
) -> None:
    """The head is 2 % slower; its links, or the base's alone, differ by nothing or by 5 %. A count
    has no such row."""
    folder = write_linked_gate(tmp_path / "run", link_sd=link_sd, of_head=of_head, head=0.02)
    harness = {(row["cell"], row["metric"]): row for row in _judged_again(judge, folder)["rows"]}
    for key, row in derived_rows(load_gate(folder)).items():
        assert ("one_link" in row) == (row["scale"] == "ratio") == ("one_link" in harness[key])
        if row["scale"] == "ratio":
            assert harness[key]["one_link"] == pytest.approx(row["one_link"])
            assert harness[key]["layout_bound"] == row["layout_bound"]
            if key[1] == "time":
                assert row["layout_bound"] == bound
