"""test_commands.py -- one table of commands: slablab's words for the analysis are the analysis's.

SPDX-License-Identifier: MIT"""

import os
import re
import subprocess
from pathlib import Path

import pytest

from analysis import described
from analysis.commands import COMMANDS

ROOT = Path(__file__).parents[2]
SLABLAB = ROOT / "build/slablab"
IN_CODE = re.compile(r"(?:^ {4,}|`)(?:\S*/)?slablab ([a-z]\w*)", re.MULTILINE)
built = pytest.mark.skipif(not SLABLAB.exists(), reason="no build/slablab; try: make")


def _names() -> list[str]:
    """slablab's own commands and those of the analysis, as its help lists them."""
    said = subprocess.run([SLABLAB, "--help"], capture_output=True, text=True, check=True).stdout
    return re.findall(r"^  ([a-z]+) ", said, re.MULTILINE)


def test_what_slablab_reads_is_the_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # for it is of no folder
    stored = (ROOT / "analysis/commands.json").read_text(encoding="utf-8")
    assert described.text() == stored, "try: make commands"


@built
def test_no_word_has_two_meanings() -> None:
    names = _names()
    assert sorted(set(names)) == sorted(names)
    assert {command.name for command in COMMANDS} < set(names)


@built
def test_every_command_of_the_documentation_is_one() -> None:
    known = _names()
    texts = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md")]
    used = {(text, word) for text in texts for word in IN_CODE.findall(text.read_text("utf-8"))}
    assert len(used) > 20
    assert [(text.name, word) for text, word in used if word not in known] == []


@built
def test_it_answers_without_a_python_and_says_what_is_missing(tmp_path: Path) -> None:
    """`--help` of a table needs none; a table needs one that has pandas and the like."""
    home = tmp_path / "home"
    (home / "build").mkdir(parents=True)
    (home / "build/slablab").write_bytes(SLABLAB.read_bytes())
    (home / "build/slablab").chmod(0o755)
    (home / "packages").symlink_to(ROOT / "packages")
    (home / "analysis").mkdir()
    (home / "analysis/commands.json").symlink_to(ROOT / "analysis/commands.json")

    def said(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [home / "build/slablab", *words], capture_output=True, text=True, cwd=tmp_path
        )
        return done.returncode, done.stdout + done.stderr

    assert said("table", "--help")[0] == 0
    status, text = said("table", "x")
    assert status == 2 and "try: apt-get install slablab-report\n" in text
    (home / "analysis/__main__.py").write_text("def missing(): return ['pandas']\n")
    status, text = said("table", "x")
    assert status == 2 and "modules that tables are made with" in text
    assert re.search(r"try: apt-get install python3 .*python3-pandas .*python3-yaml\n", text)


@built
def test_a_folder_in_the_way_is_not_taken_for_the_analysis(tmp_path: Path) -> None:
    (tmp_path / "analysis").mkdir()
    (tmp_path / "analysis/__init__.py").write_text("raise SystemExit('the wrong one')\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    words = [SLABLAB, "table", "--version"]
    for given in (os.environ, environment):
        done = subprocess.run(words, cwd=tmp_path, env=given, capture_output=True, text=True)
        assert done.returncode == 2 and "usage: slablab" in done.stderr
