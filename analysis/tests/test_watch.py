"""test_watch.py -- a run is followed while it grows, and left when it ends.

SPDX-License-Identifier: MIT"""

import fcntl
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis import commands
from analysis.comparison.watch import CLEAR, keep_off_samples, watch
from analysis.complaint import Complaint

from .synthetic import write_run

CELL = "fixed_random size=256 slots=400 operations=100000 cold"
ROOT = Path(__file__).parents[2]


@pytest.fixture(name="growing")
def _growing(tmp_path: Path) -> tuple[Path, list[str], bytes]:
    """A run that has only begun, the blocks that are still to come, and its outcome."""
    whole = write_run(tmp_path / "whole", {"a": -0.2}, [CELL], 8)
    folder = tmp_path / "run"
    folder.mkdir()
    for name in ("plan.json", "machine.json", "attestation.json"):
        shutil.copy(whole / name, folder)
    lines = (whole / "samples.jsonl").read_text().splitlines(keepends=True)
    return folder, lines, (whole / "outcome.json").read_bytes()


def _append(folder: Path, text: str) -> None:
    with (folder / "samples.jsonl").open("a") as file:
        file.write(text)


def _steps(steps: list[Callable[[], object]]) -> Callable[[float], None]:
    """A clock that does the next thing whenever the watcher sleeps."""
    left = iter(steps)
    return lambda seconds: next(left)()  # StopIteration: it watches on after the last step


def test_each_block_is_drawn_once_and_the_end_ends_it(
    growing: tuple[Path, list[str], bytes],
) -> None:
    folder, lines, outcome = growing
    out = io.StringIO()
    steps: list[Callable[[], object]] = [lambda line=line: _append(folder, line) for line in lines]
    steps.insert(3, lambda: None)  # nothing new, so nothing is drawn
    steps.append(lambda: (folder / "outcome.json").write_bytes(outcome))
    watch(folder, out, sleep=_steps(steps))
    drawn = re.findall(r"run: (\d+) blocks?, (\w+)", out.getvalue())
    assert drawn == [(str(n), "running") for n in range(9)] + [("8", "ended")]
    assert CLEAR not in out.getvalue()
    first, last = out.getvalue().split("3 blocks")[1], out.getvalue().split(", ended")[1]
    assert "unfinished" in first and "worse in 1 of 1 cell" in last


def test_a_block_that_is_half_written_waits(growing: tuple[Path, list[str], bytes]) -> None:
    folder, lines, outcome = growing
    _append(folder, lines[0])
    out = io.StringIO()
    watch(
        folder,
        out,
        sleep=_steps(
            [
                lambda: _append(folder, lines[1][:100]),
                lambda: _append(folder, lines[1][100:]),
                lambda: _append(folder, "".join(lines[2:])),
                lambda: (folder / "outcome.json").write_bytes(outcome),
            ]
        ),
    )
    assert re.findall(r"run: (\d+) block", out.getvalue()) == ["1", "1", "2", "8", "8"]
    assert out.getvalue().count("torn line") == 1  # while it was half there, and not after


def _hour_old(folder: Path) -> None:
    for path in (*folder.iterdir(), folder):
        os.utime(path, (time.time() - 3600,) * 2)


def test_a_run_that_was_left_is_noticed(growing: tuple[Path, list[str], bytes]) -> None:
    """Nothing is written for an hour: left, unless a slablab holds the folder's lock."""
    folder, lines, outcome = growing
    _append(folder, "".join(lines[:2]))
    _hour_old(folder)
    holder = os.open(folder, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    looks: list[float] = []

    def sleep(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 5:
            os.close(holder)

    with pytest.raises(Complaint, match="no slablab measures there any more"):
        watch(folder, io.StringIO(), sleep=sleep)
    assert len(looks) == 6


def test_a_terminal_without_escape_sequences_gets_none(
    growing: tuple[Path, list[str], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, lines, outcome = growing
    _append(folder, "".join(lines))
    (folder / "outcome.json").write_bytes(outcome)

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for name, value, clears in (("TERM", "xterm", True), ("NO_COLOR", "1", False)):
        monkeypatch.setenv(name, value)
        out = Terminal()
        watch(folder, out)
        assert out.getvalue().startswith(CLEAR) is clears


def test_a_run_that_ends_while_it_is_drawn_is_drawn_again(
    growing: tuple[Path, list[str], bytes],
) -> None:
    folder, lines, outcome = growing
    _append(folder, "".join(lines))

    class Ending(io.StringIO):
        def flush(self) -> None:
            (folder / "outcome.json").write_bytes(outcome)

    out = Ending()
    watch(folder, out, sleep=_steps([lambda: None]))
    assert re.findall(r"run: 8 blocks, (\w+)", out.getvalue()) == ["running", "ended"]


def test_a_terminal_is_cleared(growing: tuple[Path, list[str], bytes]) -> None:
    folder, lines, outcome = growing
    _append(folder, "".join(lines))
    (folder / "outcome.json").write_bytes(outcome)

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out = Terminal()
    watch(folder, out, sleep=_steps([]))
    assert out.getvalue().startswith(CLEAR) and out.getvalue().count(CLEAR) == 1


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Complaint, match="no run"):
        watch(tmp_path, io.StringIO(), sleep=_steps([]))


def test_one_run_at_a_time(
    growing: tuple[Path, list[str], bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(growing[0])
    assert commands.run(["table", "--watch", folder, folder]) == 2
    assert commands.run(["table", "--watch", folder, "--out", "x"]) == 2
    assert "follows one run" in capsys.readouterr().err


@pytest.mark.slow
def test_the_command_follows_a_folder_that_grows(
    growing: tuple[Path, list[str], bytes],
) -> None:
    folder, lines, outcome = growing
    _append(folder, lines[0])
    with subprocess.Popen(
        [sys.executable, "-m", "analysis", "table", "--watch", str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as watcher:
        assert watcher.stdout is not None
        assert "run: 1 block, running" in watcher.stdout.readline()
        _append(folder, "".join(lines[1:]))
        deadline = time.monotonic() + 60
        for line in watcher.stdout:
            assert time.monotonic() < deadline
            if "run: 8 blocks, running" in line:
                (folder / "outcome.json").write_bytes(outcome)
            if "run: 8 blocks, ended" in line:
                break
        rest = watcher.stdout.read()
        assert watcher.wait(timeout=60) == 0
    assert "a vs baseline" in rest


def test_a_watcher_keeps_off_all_cpus_of_the_samples(tmp_path: Path, monkeypatch) -> None:
    kept: list[set[int]] = []
    monkeypatch.setattr(os, "nice", lambda by: by)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3})
    monkeypatch.setattr(os, "sched_setaffinity", lambda _, cpus: kept.append(set(cpus)))
    folder = write_run(tmp_path / "run", {"phase": 0.0}, ["sawtooth cold"], 6)
    machine = json.loads((folder / "machine.json").read_text())
    for facts in ({"workload_cpu": 3}, {"workload_cpu": 3, "workload_cpus": [3, 2]}):
        (folder / "machine.json").write_text(json.dumps(machine | facts))
        keep_off_samples(folder)
    assert kept == [{0, 1, 2}, {0, 1}]
