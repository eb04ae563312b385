"""test_reproduce.py -- a claim measured again: what of its experiment, by which rule, how long.

SPDX-License-Identifier: MIT"""

import json
import math
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from analysis.artifact import reproduce
from analysis.artifact.expectation import (
    NOT_REPRODUCED,
    REPRODUCED,
    UNDECIDED,
    Expected,
    Expectation,
    Stop,
    outcome_over,
    seconds_of,
)
from analysis.artifact.reproduce import expectations, expected_of, time_text
from analysis.artifact.restriction import (
    SECONDS_MAX,
    read_experiment,
    restricted,
    stop_of,
    write_restricted,
)
from analysis.claims.claims import Finding, verdict_of
from analysis.claims.file import FILE, Claim, cells_with, rule_of
from analysis.commands import run as command
from analysis.complaint import Complaint
from analysis.statistics.statistics import Interval

from .synthetic import write_run
from .test_claims import CELLS, CLAIM, ROOT, written

SLABLAB = """#!/bin/sh
# run EXPERIMENT --out FOLDER [--quick]: as slablab does, but the run is there already.
mkdir -p "$4/synthetic" && cp -r "$(dirname "$0")/again" "$4/synthetic/20260102T000000Z-full"
exit $(cat "$(dirname "$0")/status")
"""


def project(folder: Path, stored: float, again: float, status: int = 0, **claim: str) -> Path:
    """A home whose stored run has 17-1 at e^stored times the baseline, and whose slablab measures
    e^again; returns its claims."""
    path = written(folder / "experiments", {**CLAIM, **claim})
    for place, effect in (("results/reference/synthetic/one", stored), ("build/again", again)):
        arms = {"phase17-1": effect, "phase17-2": 0.0}
        write_run(folder / place, arms, CELLS, 60, form="full")
    (folder / "build/slablab").write_text(SLABLAB)
    (folder / "build/slablab").chmod(0o755)
    (folder / "build/status").write_text(str(status))
    return path


def status_of(folder: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(reproduce, "HOME", folder)
    monkeypatch.setattr(reproduce.measured_again, "__defaults__", (folder,))
    claims, out = folder / "experiments/claims.yaml", folder / "out"
    return command(["reproduce", "--claims", str(claims), "--out", str(out), *words])


@pytest.mark.parametrize(
    ("again", "status", "said"),
    [
        (0.10, 0, "one: reproduced"),  # 10 % stored, and found again
        (-0.30, 1, "one: not reproduced"),
        (None, 3, "one: undecided"),  # exactly where the interval for one machine more ends
    ],
)
def test_the_status_says_whether_a_claim_is_reproduced(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    again: float | None,
    status: int,
    said: str,
) -> None:
    path = project(tmp_path, 0.10, again or 0)
    if again is None:
        elsewhere = expected_of(["one"], path)[0].cells[0].stored.elsewhere
        assert elsewhere is not None
        shutil.rmtree(tmp_path / "build")
        project(tmp_path, 0.10, math.log1p(elsewhere.high))
    assert status_of(tmp_path, monkeypatch, "--claim", "one") == status
    assert said in capsys.readouterr().out


def test_a_void_run_decides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project(tmp_path, 0.10, 0.10, status=4)
    outcome = tmp_path / "build/again/outcome.json"
    said = json.loads(outcome.read_text())
    outcome.write_text(json.dumps({**said, "verdict": "void", "reasons": ["the control differs"]}))
    assert status_of(tmp_path, monkeypatch, "--claim", "one") == 3


@pytest.mark.parametrize(("slablab", "status"), [(2, 2), (130, 130)])
def test_what_slablab_did_not_measure_is_no_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slablab: int, status: int
) -> None:
    project(tmp_path, 0.10, 0.10, status=slablab)
    assert status_of(tmp_path, monkeypatch, "--claim", "one") == status


def test_bad_words_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, 0.10, 0.10)
    assert status_of(tmp_path, monkeypatch) == 2
    assert status_of(tmp_path, monkeypatch, "--claim", "two") == 2
    assert "no claim 'two'" in capsys.readouterr().err
    (tmp_path / "build/slablab").unlink()
    assert status_of(tmp_path, monkeypatch, "--claim", "one") == 2
    assert "not built" in capsys.readouterr().err


def test_what_cannot_be_tested_is_refused(tmp_path: Path) -> None:
    claim = {"id": "one", "claim": "x", "from": "y", "not_testable": "No figure."}
    write_run(tmp_path / "results/reference/synthetic/one", {}, CELLS, 20)
    path = written(tmp_path / "experiments", claim, {**CLAIM, "id": "two"})
    with pytest.raises(Complaint, match="cannot be tested here: No figure"):
        expected_of(["one"], path)


def test_main_claims_are_those_that_the_file_calls_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, 0.10, 0.10)
    written(tmp_path / "experiments", CLAIM, {**CLAIM, "id": "two", "main": True})
    assert status_of(tmp_path, monkeypatch, "--main") == 0
    out = capsys.readouterr().out
    assert "two: reproduced" in out and "one: reproduced" not in out
    assert status_of(tmp_path, monkeypatch, "--list") == 0
    assert "main" in capsys.readouterr().out


def finding(rule: str, low: float, high: float, note: str = "") -> Finding:
    claim = Claim("one", "", "", metric="page_fault_share", rule=rule_of(rule, ""))
    found = Interval((low + high) / 2, low, high)
    return Finding(claim, "run", "cell", found, 9, 0.95, 0.1, verdict_of(found, claim.rule), note)


@pytest.mark.parametrize(
    ("stored", "again", "outcome"),
    [
        ((0.70, 0.75), (0.60, 0.65), REPRODUCED),  # holds, and holds again
        ((0.70, 0.75), (0.45, 0.50), UNDECIDED),  # across the bound
        ((0.70, 0.75), (0.20, 0.25), NOT_REPRODUCED),
        ((0.20, 0.25), (0.10, 0.15), REPRODUCED),  # less than the rule allows, and less again
        ((0.20, 0.25), (0.95, 0.99), NOT_REPRODUCED),  # fails again, but on the other side
        ((0.45, 0.50), (0.60, 0.65), UNDECIDED),  # the stored run cannot tell
    ],
)
def test_a_share_is_reproduced_where_its_rule_decides_as_it_did(
    stored: tuple[float, float], again: tuple[float, float], outcome: str
) -> None:
    rule = "within 47 % to 93 %"
    expected = Expected("cell", finding(rule, *stored))
    assert expected.outcome_of(finding(rule, *again)) == outcome
    assert expected.outcome_of(finding(rule, *again, note="the run is VOID")) == UNDECIDED


def test_a_claim_of_several_cells() -> None:
    assert outcome_over([REPRODUCED, REPRODUCED]) == REPRODUCED
    assert outcome_over([REPRODUCED, UNDECIDED]) == UNDECIDED
    assert outcome_over([UNDECIDED, NOT_REPRODUCED]) == NOT_REPRODUCED
    assert outcome_over([]) == UNDECIDED


def test_an_experiment_is_cut_to_what_a_claim_needs(tmp_path: Path) -> None:
    path = project(tmp_path, 0.10, 0.10)
    (expected,) = expected_of(["one"], path)
    experiment = {
        "question": "?",
        "baseline": "baseline",
        "arms": ["phase17-1 X=1", "phase17-2"],
        "compare": ["phase17-2 against phase17-1"],
        "published": [],
        "workloads": [
            {
                "run": "fixed_random size=256,512 slots=400",
                "start": "cold",
                "quick": False,
                "serves": ["phase17-1 smallmid >= 99%", "phase17-2 smallmid >= 99%"],
            },
            {"run": "fixed_random size=256 slots=400", "start": "warm"},
        ],
        "stop": {"blocks_max": 600, "half_width": "0.5%", "seconds_max": 9000},
        "quick": {"blocks_max": 40, "seconds_max": 50},
    }
    assert restricted(experiment, expected) == {
        "question": "?",
        "baseline": "baseline",
        "arms": ["phase17-1"],
        "workloads": [
            {
                "run": "fixed_random size=256 slots=400",
                "start": "cold",
                "serves": ["phase17-1 smallmid >= 99%"],
            }
        ],
        "stop": {"blocks_max": 600, "half_width": "0.5%", "seconds_max": SECONDS_MAX},
        "quick": {"blocks_max": 40, "seconds_max": 50.0},
    }
    with pytest.raises(Complaint, match="no cell has all of 'size=256 cold'"):
        restricted({**experiment, "workloads": experiment["workloads"][1:]}, expected)


def expected_for(cells: str, folder: Path, plan: list[str]) -> Expectation:
    """A claim about these words, of a stored run that has cells of these ids."""
    (expected,) = expected_of(["one"], project(folder, 0.10, 0.10))
    run = replace(expected.run, plan={**expected.run.plan, "cells": [{"id": x} for x in plan]})
    return replace(expected, run=run, claim=replace(expected.claim, cells=cells))


ENTRIES = [
    {"run": "sqlite3", "quick": False, "thp": ["never", "madvise"]},
    {"run": "./programs/mine.yaml"},
    {"program": ["/usr/bin/sort", "x"], "timeout": 5},
    {"server": ["httpd"], "client": ["ab"], "name": "web"},
    {"run": "hand_over threads=1,4", "thp": ["never", "always"], "start": "cold"},
    {"run": "null operations=1,2", "start": "warm", "warmup": 9},
]
IDS = ["program sqlite3 thp=never", "program sqlite3 thp=madvise", "program mine", "program sort",
       "server web", "hand_over threads=1 cold thp=never", "null operations=1 warmup=9 warm",
       "hand_over threads=4 cold thp=always oversubscribed"]  # fmt: skip


@pytest.mark.parametrize(
    "words, left",
    [
        ("program sqlite3 thp=madvise", [{"run": "sqlite3", "thp": ["madvise"]}]),
        ("program mine", [ENTRIES[1]]),
        ("program sort", [ENTRIES[2]]),
        ("server web", [ENTRIES[3]]),
        (
            "hand_over threads=4 thp=always cold oversubscribed",
            [{"run": "hand_over threads=4", "thp": ["always"], "start": "cold"}],
        ),
        (
            "null operations=2 warmup=9 warm",
            [{"run": "null operations=2", "start": "warm", "warmup": 9}],
        ),
    ],
)
def test_programs_and_huge_pages_are_cut_too(
    words: str, left: list[dict[str, Any]], tmp_path: Path
) -> None:
    experiment = {"arms": ["phase17-1"], "workloads": ENTRIES, "stop": {}, "quick": {}}
    assert restricted(experiment, expected_for(words, tmp_path, IDS))["workloads"] == left


def test_how_long_it_takes_is_said_before(tmp_path: Path) -> None:
    """90 ms a block, of 60 blocks, with three of four arms."""
    (expected,) = expected_of(["one"], project(tmp_path, 0.10, 0.10))
    assert seconds_of(expected, Stop(600, 480)) == pytest.approx(60 * 0.09 * 3 / 4)
    assert seconds_of(expected, Stop(40, 480)) == pytest.approx(40 * 0.09 * 3 / 4)
    assert seconds_of(expected, Stop(600, 1)) == 1
    texts = [time_text(seconds) for seconds in (0.5, 31, 99, 101, 481)]
    assert texts == ["10 s", "40 s", "100 s", "2 min", "9 min"]


@pytest.fixture(scope="module")
def stored() -> list:
    return expectations(ROOT / FILE)


def test_every_claim_can_be_measured_again(tmp_path: Path, stored: list) -> None:
    """The cells and arms of the file that is written are those that the claim names, as slablab
    reads it, where it is built."""
    built = (ROOT / "build/slablab").exists() and (ROOT / "build/libbaseline.so").exists()
    for one in stored:
        source = ROOT / f"experiments/{one.claim.experiment}.yaml"
        path = write_restricted(source, one, tmp_path / one.claim.id)
        cut = yaml.safe_load(path.read_text())
        cells = [f"{entry['run']} {entry.get('start', 'cold')}" for entry in cut["workloads"]]
        assert sorted(cells) == sorted(one.measured_cells), one.claim.id
        assert cells_with(one.claim.cells, cells), one.claim.id
        if not built:
            continue
        words = [str(ROOT / "build/slablab"), "plan", str(path)]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert all(f"  {cell}" in done.stdout for cell in cells)


def test_main_claims_take_half_an_hour_at_most(stored: list) -> None:
    main = [one for one in stored if one.claim.main]
    assert len(main) == 3
    for one in main:
        experiment = read_experiment(ROOT / f"experiments/{one.claim.experiment}.yaml")
        assert stop_of(experiment, quick=False).seconds_max * len(main) < 30 * 60
