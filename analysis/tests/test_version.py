"""test_version.py -- the one place for the version is VERSION; what must repeat it agrees.

SPDX-License-Identifier: MIT"""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SLABLAB = ROOT / "build/slablab"
VERSION = (ROOT / "VERSION").read_text(encoding="utf-8").strip()


def test_version_is_numbers_and_dots() -> None:
    assert re.fullmatch(r"\d+(\.\d+)+", VERSION)


def test_the_citation_and_the_changelog_name_it() -> None:
    """The citation names the release that VERSION names, and its day is the changelog's."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert citation["version"] == VERSION
    assert f"\n## {VERSION} ({citation['date-released']})\n" in changelog


def test_analysis_prints_it() -> None:
    words = [sys.executable, "-m", "analysis", "--version"]
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout == f"slablab {VERSION}\n"


@pytest.mark.skipif(not SLABLAB.exists(), reason="no build/slablab; try: make")
def test_slablab_prints_it_and_so_does_every_man_page(tmp_path: Path) -> None:
    said = subprocess.run([SLABLAB, "--version"], capture_output=True, text=True, check=True)
    assert said.stdout == f"slablab {VERSION}\n"
    subprocess.run([SLABLAB, "manual", "--all", tmp_path], check=True)
    pages = sorted(tmp_path.glob("*.1"))
    assert tmp_path / "slablab.1" in pages and tmp_path / "slablab-gate.1" in pages
    assert all(f'"slablab {VERSION}"' in page.read_text("utf-8") for page in pages)
