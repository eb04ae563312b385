"""test_version.py -- the one place for the version is VERSION; what must repeat it agrees.

SPDX-License-Identifier: MIT"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
VERSION = (ROOT / "VERSION").read_text(encoding="utf-8").strip()


def test_version_is_numbers_and_dots() -> None:
    assert re.fullmatch(r"\d+(\.\d+)+", VERSION)


def test_the_citation_and_the_changelog_name_it() -> None:
    """The citation names the release that VERSION names, and its day is the changelog's."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert citation["version"] == VERSION
    assert f"\n## {VERSION} ({citation['date-released']})\n" in changelog


def test_pip_reads_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" in project["project"]["dynamic"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"file": "VERSION"}


def test_analysis_prints_it() -> None:
    words = [sys.executable, "-m", "analysis", "--version"]
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout == f"slablab {VERSION}\n"
