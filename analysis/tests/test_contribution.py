"""test_contribution.py -- runs to be sent: what is in them, what is not, what is refused.

SPDX-License-Identifier: MIT"""

import json
from pathlib import Path

import pytest

from analysis.comparison.elsewhere import elsewhere
from analysis.complaint import Complaint
from analysis.records.packed import lines_of
from analysis.records.records import load
from analysis.report.contribution import contribute, main

from .synthetic import MACHINE, change_plan, write_run

CELL = "fixed_random size=256 slots=400 cold"
IDENTITY = "cafe0123456789ab"


def a_run(root: Path, **changes: object) -> Path:
    folder = write_run(root / "synthetic" / "run", {"phase17-1": 0.1}, [CELL], 20)
    machine = {**MACHINE, "identity": IDENTITY, "host": "ada-laptop", **changes}
    (folder / "machine.json").write_text(json.dumps(machine))
    return folder


def test_what_is_sent_is_a_run_of_its_machine(tmp_path: Path) -> None:
    sent = contribute(a_run(tmp_path / "own"), tmp_path / "machines")
    assert sent == tmp_path / "machines" / IDENTITY / "synthetic" / "run"
    other = write_run(tmp_path / "synthetic" / "run", {"phase17-1": 0.2}, [CELL], 20)
    (row,) = elsewhere(load(other)).itertuples()
    assert row.machines == 2


def test_nothing_of_it_tells_of_nodes_and_folders(tmp_path: Path) -> None:
    sent = contribute(a_run(tmp_path), tmp_path / "machines")
    text = "".join(line for path in sent.iterdir() for line in lines_of(path))
    assert "testhost" not in text and "ada-laptop" not in text and IDENTITY in text
    assert '"cpu_ns"' in text and "pss_bytes" not in text


@pytest.mark.parametrize("void", ["outcome", "verdict"])
def test_what_may_not_be_concluded_from_is_refused(tmp_path: Path, void: str) -> None:
    folder = a_run(tmp_path)
    outcome = folder / "outcome.json"
    if void == "verdict":
        outcome.write_text(outcome.read_text().replace("complete", "void"))
    else:
        outcome.unlink()
    with pytest.raises(Complaint, match="may not be concluded from"):
        contribute(folder, tmp_path / "machines")
    assert not (tmp_path / "machines").exists()


def test_a_folder_of_the_machine_is_refused(tmp_path: Path) -> None:
    folder = a_run(tmp_path)
    change_plan(folder, question="Is /home/ada/own.so faster?")
    with pytest.raises(Complaint, match="names a folder of this machine: /home/ada/own.so"):
        contribute(folder, tmp_path / "machines")


def test_a_machine_must_be_known(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    folder = a_run(tmp_path, identity={"absent": "no"})
    assert main([str(folder), "--out", str(tmp_path / "machines")]) == 2
    assert "identifies no machine" in capsys.readouterr().err
