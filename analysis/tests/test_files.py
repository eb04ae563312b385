"""test_files.py -- files that have no end, and output that has no place.

SPDX-License-Identifier: MIT"""

import contextlib
import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analysis import commands
from analysis.complaint import analysis_command
from analysis.document.encodable import ascii_of

from .synthetic import write_run

CELL = "fixed_random size=256 slots=400 operations=100000 cold"


@pytest.fixture(name="refused")
def _refused(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., str]]:
    """What `python3 -m analysis WORD...` says when it refuses; all of it may take 60 s."""

    def refused(*words: object) -> str:
        assert commands.run([*map(str, words)]) == 2
        return capsys.readouterr().err

    signal.alarm(60)
    yield refused
    signal.alarm(0)


def analysis_text(*words: object) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as text:
        assert commands.run([*map(str, words)]) == 0
    return text.getvalue()


@pytest.fixture(name="run")
def _run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "run", {"a": -0.2}, [CELL], 8)


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("endless", [_pipe, _device, Path.mkdir])
@pytest.mark.parametrize("name", ["samples.jsonl", "plan.json", "machine.json", "outcome.json"])
def test_no_regular_file_is_refused(
    run: Path, name: str, endless: Callable[[Path], None], refused: Callable[..., str]
) -> None:
    (run / name).unlink()
    endless(run / name)
    said = refused("table", run)
    assert said == f"analysis: {run / name}: not a regular file\n  try: ls -l {run / name}\n"


def test_an_empty_name_is_no_folder(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["report", str(run), "--out="], ["table", ""], ["history", "x", "--out", ""]):
        with pytest.raises(SystemExit) as ended:
            commands.run(words)
        assert ended.value.code == 2
        assert "'' names no file and no folder" in capsys.readouterr().err


@pytest.mark.parametrize("endless", [_pipe, _device])
def test_a_history_and_claims_too(
    tmp_path: Path, endless: Callable[[Path], None], refused: Callable[..., str]
) -> None:
    path = tmp_path / "endless"
    endless(path)
    for words in (
        ("history", path, "--out", tmp_path),
        ("claims", "--claims", path, "--out", tmp_path, tmp_path),
        ("fill", path),
    ):
        assert f"{path}: not a regular file" in refused(*words)


def test_claims_too_deep_or_of_two_documents(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    path = tmp_path / "claims.yaml"
    for text, what in (("[" * 200_000, "too deep"), ("[]\n---\n[]\n", "a single document")):
        path.write_text(text)
        assert what in refused("claims", "--claims", path, "--out", tmp_path, tmp_path)


@pytest.mark.parametrize("output", [">/dev/full", ">&-"])
def test_output_that_does_not_arrive_is_no_success(run: Path, output: str) -> None:
    for words in ("--help", "--version", f"answer {run}"):
        said = subprocess.run(
            f"{sys.executable} -m analysis {words} {output}",
            shell=True,
            cwd=Path(__file__).parents[2],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert said.returncode == 2
        wanted = r"analysis: .*(cannot write all of it|closed).*\n  try: .*\n"
        assert re.fullmatch(wanted, said.stderr)


def test_a_command_to_paste_works_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").rename(tmp_path / "it's $HOME")
    command = analysis_command("answer", "it's $HOME")
    said = subprocess.run(command, shell=True, stdout=subprocess.PIPE, text=True)
    assert said.returncode == 0 and "\nsynthetic " in said.stdout
    monkeypatch.chdir(Path(__file__).parents[2])
    assert analysis_command("table", "RUN") == "build/slablab table RUN"


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp1252"])
def test_what_a_terminal_cannot_write_is_ascii(run: Path, encoding: str) -> None:
    """German Latin-1 (LC_ALL=de_DE) has no triangles."""
    said = subprocess.run(
        [sys.executable, "-m", "analysis", "table", run],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONIOENCODING": encoding, "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert (said.returncode, said.stderr) == (0, b"")
    lines = said.stdout.decode(encoding).splitlines()
    assert any(" v" in line for line in lines)
    utf8 = analysis_text("table", run).splitlines()
    assert [len(line) for line in lines] == [len(line) for line in utf8]
    assert ascii_of("ü") == "u" and ascii_of("▲") == "^" and ascii_of("\udcff") == "?"


def test_a_narrow_terminal_has_narrow_tables(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = analysis_text("table", run)
    for columns, most in (("40", 40), ("55", 55), ("200", 80), ("3", 40)):
        monkeypatch.setenv("COLUMNS", columns)
        for words in (("table",), ("table", "--brief")):
            lines = analysis_text(*words, run).splitlines()
            assert max(map(len, lines)) <= most, max(lines, key=len)
    run_of_none = analysis_text("table", "--out", tmp_path / "out.txt", run)
    assert run_of_none == "" and (tmp_path / "out.txt").read_text() == wide
