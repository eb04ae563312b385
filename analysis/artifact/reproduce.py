"""reproduce.py -- measures a claim of experiments/claims.yaml again, and holds it against what was
stored.

What the claim needs of its experiment is written to OUT/<claim>/<experiment>.yaml, slablab runs
that, and the new figure is judged by expectation.py.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import math
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from ..claims.claims import CLAIMED_METRICS, Finding, judge, load_any
from ..claims.file import Claim, check_names, read_claims
from ..claims.page import stored_runs, texts
from ..complaint import Complaint, analysis_command
from ..document.document import Document, Row, Table
from ..records.records import Recorded
from .expectation import (
    NOT_REPRODUCED,
    REPRODUCED,
    UNDECIDED,
    Expectation,
    Expected,
    expectation_of,
    outcome_over,
    seconds_of,
)
from .restriction import read_experiment, specs_of, stop_of, write_restricted

HOME = Path(__file__).resolve().parents[2]  # the checkout or the installation
STATUS_OF = {REPRODUCED: 0, NOT_REPRODUCED: 1, UNDECIDED: 3}
STATUS_VOID = 4  # of slablab: the run is there, and says why nothing follows from it
STATUS_INTERRUPTED = 130


@dataclass(frozen=True)
class Reproduced:
    """A claim measured again. `found`: what was found in each cell; None where nothing was."""

    expected: Expectation
    outcome: str
    cells: tuple[tuple[Expected, Finding | None, str], ...]


def expectations(path: Path) -> list[Expectation]:
    """Of every claim of the file that a stored run tested, in its order."""
    claims = [one for one in read_claims(path, CLAIMED_METRICS) if not one.not_testable]
    runs = [load_any(folder) for folder in stored_runs(path)]
    check_names(claims, [run.plan for run in runs], path)
    return [expectation_of(one, runs) for one in judge(claims, runs) if one.findings]


def expected_of(names: list[str], path: Path) -> list[Expectation]:
    """Of the claims with these ids. Only the runs of their experiments are read."""
    claims = {one.id: one for one in read_claims(path, CLAIMED_METRICS)}
    for name in names:
        if name not in claims:
            raise Complaint(
                f"{path}: no claim '{name}'", analysis_command("reproduce", "--list")
            )
    chosen = [claims[name] for name in dict.fromkeys(names)]
    wanted = {claim.experiment for claim in chosen}
    runs = [load_any(one) for one in stored_runs(path) if one.parent.name in wanted]
    return [expectation_of(one, runs) for one in judge(chosen, runs)]


def main_claims(path: Path) -> list[str]:
    """Ids of those that the file calls main."""
    return [one.id for one in read_claims(path, CLAIMED_METRICS) if one.main]


def time_of(expected: Expectation, path: Path, quick: bool = False) -> float:
    """About how many seconds the claim takes."""
    experiment = read_experiment(path.parent / f"{expected.claim.experiment}.yaml")
    return seconds_of(expected, stop_of(experiment, quick))


def time_text(seconds: float) -> str:
    """Rounded up, for attestation and calibration come on top."""
    if seconds < 100:
        return f"{math.ceil(seconds / 10) * 10} s"
    return f"{math.ceil(seconds / 60)} min"


def _renamed(claim: Claim, expected: Expectation, run: Recorded) -> Claim:
    """The claim with the arms' ids of a run that has fewer of them, and so shorter ids."""
    ids = {arm["spec"]: arm["id"] for arm in run.plan["arms"] if arm["role"] != "control"}
    specs = specs_of(expected)
    arm, against = (ids[specs[one]] if one else "" for one in (claim.arm, claim.against))
    return replace(claim, arm=arm, against=against)


def judged_again(expected: Expectation, run: Recorded) -> Reproduced:
    """What a run of the restricted experiment says of the claim."""
    claim = _renamed(expected.claim, expected, run)
    (judged,) = judge([claim], [run])
    found = {one.cell: one for one in judged.findings}
    cells = []
    for one in expected.cells:
        again = found.get(one.cell)
        cells.append((one, again, one.outcome_of(again) if again else UNDECIDED))
    return Reproduced(expected, outcome_over([outcome for _, _, outcome in cells]), tuple(cells))


def measured_again(
    expected: Expectation, path: Path, out: Path, quick: bool, home: Path = HOME
) -> Recorded:
    """Runs home's slablab on what the claim needs; returns the run. Raises Complaint where slablab
    measured nothing, KeyboardInterrupt where it was interrupted: the same command goes on."""
    slablab = home / "build/slablab"
    if not slablab.exists():
        raise Complaint(f"{slablab}: not built", f"make --directory={home}")
    claim = expected.claim
    folder = out.resolve() / claim.id
    experiment = write_restricted(path.parent / f"{claim.experiment}.yaml", expected, folder)
    words = [slablab, expected.kind, experiment, "--out", folder, *(["--quick"] if quick else [])]
    done = subprocess.run(words, cwd=home, stdout=subprocess.DEVNULL, check=False)
    if done.returncode == STATUS_INTERRUPTED:
        raise KeyboardInterrupt
    if done.returncode not in (0, STATUS_VOID):
        raise Complaint(
            f"claim {claim.id}: slablab {expected.kind} ended with status {done.returncode}",
            f"{slablab} plan {experiment}",
        )
    return load_any(max((folder / claim.experiment).iterdir()))


def _found_text(found: Finding | None) -> str:
    if found is None:
        return "nothing"
    point, interval, _ = texts(found)
    note = f" ({found.note})" if found.note else ""
    return f"{point} {interval}{note}"


def lines_of(found: list[Reproduced]) -> list[str]:
    """For a terminal: each claim's outcome, and below it each cell's figure."""
    lines = []
    for one in found:
        lines += [f"{one.expected.claim.id}: {one.outcome}", f"  {one.expected.claim.claim}"]
        for expected, again, outcome in one.cells:
            lines += [
                f"  - {expected.cell}: {outcome}",
                f"    stored {expected.stored_text}; reproduced if {expected.text}",
                f"    now {_found_text(again)}",
            ]
    return lines


def listing(path: Path) -> Document:
    """Every claim that can be measured again, with how long that takes."""
    main = set(main_claims(path))
    rows = [
        Row(
            "value",
            [
                one.claim.id,
                "main" if one.claim.id in main else "",
                time_text(time_of(one, path)),
                time_text(time_of(one, path, quick=True)),
                one.verdict,
            ],
        )
        for one in expectations(path)
    ]
    columns = ["id", "", "time", "--quick", "here it"]
    return Document(
        title="Claims that can be measured again",
        question="What can be measured again, and how long does it take?",
        expects="",
        void=[],
        outcome=[],
        cautions=[],
        tables=[Table("Claims that can be measured again", columns, rows, texts=2)],
        legend=["Times are of blocks, at the pace of the stored run and its machine."],
    )


def status_over(found: list[Reproduced]) -> int:
    """Of all claims: the exit status."""
    return STATUS_OF[outcome_over([one.outcome for one in found])]
