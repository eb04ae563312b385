"""test_claims.py -- claims: rules that hold, fail and cannot tell; what is refused; stored runs.

SPDX-License-Identifier: MIT"""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis.claims.claims import CLAIMED_METRICS, Judged, verdict_of
from analysis.claims.file import FILE, Rule, read_claims, rule_of
from analysis.claims.page import judged_claims, measured, said, stored_runs
from analysis.claims.report import claims_files
from analysis.commands import run as command
from analysis.comparison.numbers import keys_of
from analysis.complaint import Complaint
from analysis.report.fill import filled
from analysis.statistics.statistics import Interval

from .synthetic import write_run
from .synthetic_profiles import write_ledger, write_profile

ROOT = Path(__file__).parents[2]
CELLS = ["fixed_random size=256 slots=400 cold", "fixed_random size=512 slots=400 cold"]
EXPERIMENT = {
    "question": "?",
    "baseline": "baseline",
    "arms": ["phase17-1 SLABLAB_SMALLMID=1", "phase17-2 SLABLAB_SMALLMID=1"],
    "workloads": [{"run": "fixed_random size=256,512 slots=400", "start": "cold"}],
}
CLAIM = {
    "id": "one",
    "claim": "17-1 is faster.",
    "from": "nowhere",
    "experiment": "synthetic",
    "cells": "size=256 cold",
    "metric": "operations_per_second",
    "arm": "phase17-1",
    "against": "baseline",
    "holds": "above 0 %",
}


def written(folder: Path, *claims: dict[str, Any]) -> Path:
    """claims.yaml beside the experiment that its claims name."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "synthetic.yaml").write_text(yaml.safe_dump(EXPERIMENT))
    (folder / "claims.yaml").write_text(yaml.safe_dump({"claims": list(claims)}))
    return folder / "claims.yaml"


def judged_one(folder: Path, runs: list[Path], **changes: Any) -> Judged:
    claim = {key: value for key, value in {**CLAIM, **changes}.items() if value is not None}
    (judged,) = judged_claims(runs, written(folder / "experiments", claim))
    return judged


def timed(folder: Path, effect: float = 0.10, blocks: int = 60, **more: Any) -> Path:
    """A run in which 17-1's speed is e^effect times the baseline's and 17-2's is equal."""
    return write_run(
        folder / "run", {"phase17-1": effect, "phase17-2": 0.0}, CELLS, blocks, **more
    )


def test_rules_are_read() -> None:
    assert rule_of("above 0 %", "") == Rule("above 0 %", 0, math.inf)
    assert rule_of("below -50 %", "") == Rule("below -50 %", -math.inf, -0.5)
    assert rule_of("same within 1 %", "") == Rule("same within 1 %", -0.01, 0.01)
    found = rule_of("within 5,400,000 to 6,100,000", "")
    assert (found.low, found.high) == (5.4e6, 6.1e6)


@pytest.mark.parametrize(
    "text", ["faster", "above", "above 0 % to 1 %", "within 3 %", "within 2 % to 1 %", 3]
)
def test_what_is_no_rule_is_refused(text: Any) -> None:
    with pytest.raises(Complaint, match="holds"):
        rule_of(text, "claims.yaml: claim one")


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.01, 0.02, "holds"),
        (0.0, 0.03, "holds"),
        (-0.001, 0.02, "cannot tell"),
        (0.02, 0.031, "cannot tell"),
        (0.031, 0.04, "does not hold"),
        (-0.02, -0.001, "does not hold"),
        (-1.0, 1.0, "cannot tell"),
        (math.nan, math.nan, "cannot tell"),
    ],
)
def test_the_interval_alone_decides(low: float, high: float, verdict: str) -> None:
    assert verdict_of(Interval(0.015, low, high), Rule("", 0.0, 0.03)) == verdict


def test_a_rule_holds_fails_and_cannot_tell(tmp_path: Path) -> None:
    """+10.5 % was planted (e^0.10)."""
    run = timed(tmp_path)
    holds = judged_one(tmp_path, [run])
    (found,) = holds.findings
    assert holds.verdict == "holds" and found.n == 60
    assert found.found.low < math.expm1(0.10) < found.found.high
    assert 0 < found.mde < 0.02
    fails = judged_one(tmp_path, [run], holds="below 0 %")
    assert fails.verdict == "does not hold" and said(fails) == "does not hold: more"
    open_ = judged_one(tmp_path, [run], arm="phase17-2")
    assert open_.verdict == "cannot tell" and open_.findings[0].mde > 0
    assert judged_one(tmp_path, [run], arm="phase17-2", holds="same within 2 %").verdict == "holds"


def test_several_cells_share_alpha_and_all_must_hold(tmp_path: Path) -> None:
    """The second cell's 17-1 is made slower: it fails there, and so the claim does."""

    def slower(block: dict[str, Any]) -> None:
        for sample in block["samples"] if block["cell"] == CELLS[1] else ():
            sample["cpu_ns"] *= 2 if sample["arm"] == "phase17-1" else 1

    run = timed(tmp_path, edit=slower)
    alone = judged_one(tmp_path, [run]).findings[0]
    both = judged_one(tmp_path, [run], cells="cold")
    assert [one.verdict for one in both.findings] == ["holds", "does not hold"]
    assert both.verdict == "does not hold"
    assert said(both) == "does not hold: less (in 1 of 2 cells, holds in 1)"
    assert alone.level == 0.95 and both.findings[0].level == 0.975
    assert both.findings[0].found.low <= alone.found.low
    assert both.findings[0].found.high >= alone.found.high


def test_an_average_is_of_the_cells_log_ratios(tmp_path: Path) -> None:
    """+0.2 and -0.1 in the logarithm are +0.05 on average."""

    def other(block: dict[str, Any]) -> None:
        for sample in block["samples"] if block["cell"] == CELLS[1] else ():
            if sample["arm"] == "phase17-1":
                sample["cpu_ns"] = round(sample["cpu_ns"] * math.exp(0.3))

    run = timed(tmp_path, effect=0.2, edit=other)
    judged = judged_one(tmp_path, [run], cells="cold", average=True)
    (found,) = judged.findings
    assert found.found.low < math.expm1(0.05) < found.found.high < 0.07
    assert found.level == 0.95


def test_a_cell_against_another_of_the_same_arm(tmp_path: Path) -> None:
    run = timed(tmp_path, speed=lambda cell: 3.6 if "size=512" in cell else 1.0)
    judged = judged_one(
        tmp_path,
        [run],
        cells="size=512 cold",
        arm="baseline",
        against=None,
        against_cells="size=256 cold",
        holds="within 200 % to 300 %",
    )
    assert judged.verdict == "holds"
    assert judged.findings[0].found.point == pytest.approx(2.6, abs=0.1)


def test_a_value_and_a_count_that_does_not_vary(tmp_path: Path) -> None:
    """120 of 624 + 130 faults are at start-up in every sample."""
    run = timed(tmp_path)
    share = judged_one(
        tmp_path, [run], metric="start_up_fault_share", against=None, holds="above 90 %"
    )
    assert share.verdict == "does not hold"
    found = share.findings[0].found
    assert found == Interval(120 / 754, 120 / 754, 120 / 754)
    speed = judged_one(tmp_path, [run], against=None, holds="within 5,000,000 to 8,000,000")
    assert speed.verdict == "holds"


@pytest.mark.parametrize("every", [1, 2])
def test_a_count_of_zero_has_no_ratio(tmp_path: Path, every: int) -> None:
    """And those blocks that have one must not be picked out."""

    def faults(arm: str, cell: str, number: int) -> int:
        return 0 if arm == "baseline" and number % every == 0 else 3

    run = timed(tmp_path, faults=faults)
    judged = judged_one(tmp_path, [run], metric="page_faults")
    assert judged.verdict == "cannot tell"
    assert "a count of 0" in judged.findings[0].note


def test_what_may_not_be_concluded_from_is_not(tmp_path: Path) -> None:
    unfinished = judged_one(tmp_path, [timed(tmp_path, finished=False)])
    assert unfinished.verdict == "cannot tell"
    assert unfinished.findings[0].note == "the run is unfinished"
    void = timed(tmp_path / "void", control=0.5)
    assert judged_one(tmp_path, [void]).findings[0].note == "the run is VOID"
    few = timed(tmp_path / "few", blocks=4)
    judged = judged_one(tmp_path, [few])
    assert judged.verdict == "cannot tell"
    assert judged.findings[0].note == "too few blocks for an interval at 95 %"


def test_a_claim_without_a_run_or_without_a_test_says_so(tmp_path: Path) -> None:
    run = timed(tmp_path, experiment="another")
    nothing = judged_one(tmp_path, [run])
    assert nothing.verdict == "not measured yet" and said(nothing) == "not measured yet: synthetic"
    other = {"id": "two", "claim": "It is fine.", "from": "x", "not_testable": "No figure."}
    path = written(tmp_path / "experiments", other)
    files = claims_files(judged_claims([run], path))
    assert "not testable here" in files["claims.md"] and "No figure." in files["claims.md"]
    assert "No figure." in files["claims.csv"]


def test_a_form_that_leaves_a_cell_out_is_no_measurement(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", {"phase17-1": 0.1, "phase17-2": 0.0}, CELLS[:1], 30)
    assert judged_one(tmp_path, [run], cells="size=512 cold").verdict == "not measured yet"


def test_shares_of_a_profile_and_of_a_ledger(tmp_path: Path) -> None:
    """4 of 10 samples of the region are below the exception; 3 of 4 of its faults are fresh."""
    below = "run;refill;asm_exc_page_fault_[k]"
    stacks = [(below, "page_fault", 1, 4, 0), ("run", "front", 0, 6, 0)]
    rows = [
        ("start_up", "start", "main", "file", "first", "program", 96),
        ("region", "backend", "refill", "superslab_payload", "first", "program", 3),
        ("region", "backend", "refill", "superslab_payload", "again", "program", 1),
    ]
    profile = write_profile(tmp_path / "profile", CELLS, 40, lambda *_: stacks)
    ledger = write_ledger(tmp_path / "faults", CELLS, 5, lambda *_: rows)
    changes = {"against": None, "metric": "page_fault_share"}
    share = judged_one(tmp_path, [profile, ledger], **changes, holds="within 30 % to 50 %")
    assert share.verdict == "holds" and share.findings[0].found.point == pytest.approx(0.4)
    none = judged_one(tmp_path, [profile, ledger], **changes, holds="below 1 %")
    assert none.verdict == "does not hold"
    front = judged_one(
        tmp_path, [profile], against=None, metric="front_share", stage="whole", holds="above 70 %"
    )
    assert front.findings[0].found.point == pytest.approx(6 / 11)
    assert front.verdict == "does not hold"
    changes = {"against": None, "metric": "superslab_fault_share"}
    fresh = judged_one(tmp_path, [profile, ledger], **changes, holds="above 70 %")
    assert fresh.verdict == "holds" and fresh.findings[0].found.point == 0.75
    changes = {"against": None, "metric": "start_up_fault_share"}
    early = judged_one(tmp_path, [ledger], **changes, holds="within 90 % to 100 %")
    assert early.verdict == "holds" and early.findings[0].found.point == pytest.approx(0.96)


@pytest.mark.parametrize(
    ("changes", "message", "hint"),
    [
        ({"experiment": "fase17"}, "unknown experiment 'fase17'", "synthetic"),
        ({"cells": "size=1024 cold"}, "no cell of synthetic.yaml has all of", "slablab plan"),
        ({"against": None, "against_cells": "slots=400"}, "must name one cell", "more words"),
        ({"arm": "phase17-3"}, "no arm 'phase17-3'", "phase17-2"),
        ({"against": "base"}, "no arm 'base'", "baseline"),
        ({"metric": "speed"}, "unknown metric 'speed'", "operations_per_second"),
        ({"metric": None}, "'metric' is missing", "not_testable"),
        ({"arms": "x"}, "unknown key 'arms'", "arm"),
        ({"holds": "faster"}, "is no rule", "above 0 %"),
        ({"stage": "warm"}, "unknown stage 'warm'", "region"),
        ({"against_cells": "size=512"}, "beside against or average", "one thing"),
        ({"average": True, "against": None}, "average of what is no effect", "against"),
        ({"not_testable": "x"}, "of a claim that is not testable", "drop"),
        ({"interval": "there"}, "interval: 'there' is none", "elsewhere"),
        ({"interval": "elsewhere", "metric": "page_faults"}, "elsewhere is known of", "here"),
        ({"published": 3}, "published: 3 is no text", "quotes"),
    ],
)
def test_faults_of_the_file_are_refused(
    tmp_path: Path, changes: dict[str, Any], message: str, hint: str
) -> None:
    full = {"form": "full", "experiment_text": yaml.safe_dump(EXPERIMENT)}
    with pytest.raises(Complaint) as raised:
        judged_one(tmp_path, [timed(tmp_path, blocks=1, **full)], **changes)
    what, advice = raised.value.args
    assert "claims.yaml: claim one" in what and message in what and hint in advice


def test_the_named_interval_decides(tmp_path: Path) -> None:
    """Three machines of which one has nothing of the +10.5 %: elsewhere cannot tell, here can."""
    for place, effect in (("a", 0.0), ("b", 0.2)):
        timed(tmp_path / "machines" / place / "synthetic", effect)
    run = timed(tmp_path / "synthetic")
    claim = judged_one(tmp_path, [run])
    assert claim.findings[0].machines == 3 and claim.findings[0].by == "elsewhere"
    assert claim.verdict == "cannot tell" and "; elsewhere [" in measured(claim)
    here = judged_one(tmp_path, [run], interval="here")
    assert here.verdict == "holds" and here.findings[0].by == "here"
    alone = judged_one(tmp_path, [timed(tmp_path / "alone" / "synthetic")])
    assert alone.findings[0].by == "here" and "borrowed" in measured(alone)


def test_an_arm_that_the_file_got_since_is_no_fault(tmp_path: Path) -> None:
    older = timed(tmp_path, blocks=1, form="full", experiment_text="before phase17-3")
    assert judged_one(tmp_path, [older], arm="phase17-3").verdict == "not measured yet"


def test_a_claim_stands_once_and_a_run_is_named_once(tmp_path: Path) -> None:
    with pytest.raises(Complaint, match="stands there twice"):
        judged_claims([], written(tmp_path / "experiments", CLAIM, CLAIM))
    run = timed(tmp_path)
    with pytest.raises(Complaint, match="named twice"):
        judged_claims([run, run], written(tmp_path / "experiments", CLAIM))


def test_the_command_writes_its_files(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = written(tmp_path / "experiments", CLAIM)
    run = timed(tmp_path)
    words = ["claims", str(run), "--claims", str(path), "--out", str(tmp_path / "out")]
    assert command(words) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'out/claims.md'}\n"
    (row,) = pd.read_csv(tmp_path / "out/claims.csv").to_dict("records")
    assert row["verdict"] == row["claim_verdict"] == "holds" and row["blocks"] == 60
    assert "| 17-1 is faster. | – |" in (tmp_path / "out/claims.md").read_text()
    latex = (tmp_path / "out/claims.tex").read_text()
    assert "17-1 is faster. & -- & " in latex.split(r"\newcommand{\slabclaims}")[1]
    assert "longtable" not in latex and r"\begin{table*}" in latex
    assert keys_of(latex)["claims.one.verdict"] == "holds"
    assert keys_of(latex)["claims.one.fixed_random,size=256,slots=400,cold.n"] == "60"
    check = [*words[:-2], "--against", words[-1]]
    assert command(check) == 0
    table = tmp_path / "out/claims.md"
    table.write_text(table.read_text().replace("| holds |", "| does not hold |"))
    assert command(check) == 1
    assert "but the samples give" in capsys.readouterr().err
    kept = tmp_path / "results/reference/synthetic"
    kept.mkdir(parents=True)
    run.rename(kept / "run")
    assert command(["claims", *words[2:]]) == 0  # those that are stored
    assert len(pd.read_csv(tmp_path / "out/claims.csv")) == 1
    path.write_text("claims: 3\n")
    assert command(words) == 2
    assert "has no list of claims" in capsys.readouterr().err


@pytest.fixture(scope="module")
def reference() -> list[Judged]:
    return judged_claims(stored_runs(ROOT / FILE), ROOT / FILE)


@pytest.mark.slow
def test_stored_runs_give_a_verdict_for_every_claim_they_cover(reference: list[Judged]) -> None:
    stored = {path.parents[1].name for path in ROOT.glob("results/reference/*/*/plan.json")}
    for judged in reference:
        if judged.claim.not_testable:
            assert judged.verdict == "not testable here"
        elif judged.claim.experiment in stored:
            assert judged.findings, judged.claim.id
            for found in judged.findings:
                assert found.note == "" and np.isfinite(found.found.low), judged.claim.id
        else:
            assert judged.verdict == "not measured yet"
    assert sum(bool(judged.findings) for judged in reference) >= 25


@pytest.mark.slow
def test_some_verdicts_that_can_be_seen_by_eye(reference: list[Judged]) -> None:
    verdicts = {judged.claim.id: judged.verdict for judged in reference}
    assert verdicts["tiny-has-no-faults"] == "does not hold"  # 23 % of the time, and more
    assert verdicts["phase17-2-page-fault-time-sawtooth"] == "holds"  # 74 %
    assert verdicts["phase17-2-slower-than-17-1"] == "cannot tell"  # at 256 B: elsewhere to +4 %


@pytest.mark.slow
def test_claims_stand_between_marks(reference: list[Judged]) -> None:
    """README's table is the page's without unmeasured claims; other runs of it agree."""
    text = filled("<!-- claims -->\nold\n<!-- end -->\n", ROOT)
    assert "| claim | published | measured here | verdict |" in text and "\nold" not in text
    page = claims_files(reference)["claims.md"].splitlines()
    rows = [line for line in text.splitlines() if line.startswith("| ")][2:]
    assert len(rows) == sum(bool(judged.findings) for judged in reference)
    assert set(rows) <= set(page)


def test_every_claim_that_is_left_has_an_experiment() -> None:
    claims = read_claims(ROOT / FILE, CLAIMED_METRICS)
    named = {claim.experiment for claim in claims if claim.experiment}
    assert {"eager", "start_up", "cold_start", "prewarm"} <= named
