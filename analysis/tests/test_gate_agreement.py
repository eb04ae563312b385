"""test_gate_agreement.py -- a gate's rows by analysis, by the harness, and by the oracle.

SPDX-License-Identifier: MIT"""

import json
import math
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from analysis.gate.gates import derived_rows, derived_verdict, gate_differences, load_gate

from . import gate_oracle
from .gate_runs import (
    CALLS,
    CELLS,
    METRICS,
    edited_differences,
    said_of,
    write_gate,
    write_said,
)

ROOT = Path(__file__).parents[2]
# What harness/judge/gate_judge.c and gate_describe.c call.
JUDGE = ("judge/gate_judge", "gate/gate_describe", "judge/sequential", "judge/statistics")
JUDGE += ("base/memory", "base/complain", "base/text", "experiment/metric", "experiment/plan")
JUDGE += ("base/arena", "experiment/rules")


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
    files = [folder / name for name in ("plan.json", "samples.jsonl", "instructions.jsonl")]
    words = [judge, *(path for path in files if path.exists())]
    return json.loads(subprocess.run(words, check=True, capture_output=True).stdout)


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
    stops = _judged_again(judge, scenario)["stops"]
    for cell in CELLS:
        rows = [row for row in said_of(scenario)["rows"] if row["cell"] == cell and row["decides"]]
        decided = [row["decided_at"] for row in rows]
        assert stops[cell] == (0 if None in decided else max(decided))


def test_no_cell_stops_before_six_blocks(tmp_path: Path, judge: Path) -> None:
    """Not even where blocks decide nothing."""
    shown = [{**METRICS[0], "decides": False}]
    folder = write_gate(tmp_path / "run", metrics=[*shown, METRICS[1]])
    plan = json.loads((folder / "plan.json").read_text())
    plan["gate"]["metrics"] = shown
    (folder / "plan.json").write_text(json.dumps(plan))
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


INSTRUCTIONS = [*METRICS, {"name": "instructions", "margin": 0.002, "decides": True}]


def _counted(folder: Path, base: list[int], head: list[int]) -> None:
    """callgrind's counts, the same in both cells; base's last is the control's."""
    lines = []
    for cell in CELLS:
        for block, (one, other) in enumerate(zip(base, head)):
            arms = {"base": one, "control": base[-1], "head": other}
            samples = [{"arm": arm, "instructions": value} for arm, value in arms.items()]
            lines.append({"plan": "00112233445566aa", "cell": cell, "block": block})
            lines[-1] |= {"schema": "slablab-instructions/1", "samples": samples}
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "instructions.jsonl").write_text(text)


@pytest.mark.parametrize(
    ("base", "head", "verdict"),
    [
        ([1_000_000, 1_000_100, 1_000_000], [1_000_090] * 3, "pass"),
        ([1_000_000, 1_000_100, 1_000_000], [1_001_200] * 3, "fail"),
        ([1_000_000, 1_002_500, 1_000_000], [1_002_000] * 3, "undecided"),
        ([1_000_000, 1_000_000, 1_000_000], [1_001_001, 1_001_001, 999_000], "fail"),
        ([1_000_000, 1_000_000, 1_000_000], [1_000_999, 1_000_999, 1_009_000], "pass"),
    ],
)
def test_instructions_are_counted_with_the_base_s_spread(
    tmp_path: Path, judge: Path, base: list[int], head: list[int], verdict: str
) -> None:
    folder = write_gate(tmp_path / "run", metrics=METRICS)
    plan = json.loads((folder / "plan.json").read_text())
    plan["gate"]["metrics"] = INSTRUCTIONS
    (folder / "plan.json").write_text(json.dumps(plan))
    _counted(folder, base, head)
    write_said(folder, {**said_of(folder), **_judged_again(judge, folder)})
    assert gate_differences(load_gate(folder)) == []
    row = _oracle_row(folder, "instructions")
    spread = max(base) / min(base) - 1
    effect = np.median(head) / np.median([*base, *[base[-1]] * 3]) - 1
    assert (row["verdict"], row["blocks"]) == (verdict, 3)
    assert [row["low"], row["effect"]] == pytest.approx([effect - spread, effect])
    assert said_of(folder)["decisions"] == 10
