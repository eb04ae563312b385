"""test_package.py -- what pip installs holds every file that the package reads.

SPDX-License-Identifier: MIT"""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
SUFFIXES = {".css", ".jinja", ".js", ".json"}


def test_files_that_are_no_modules_are_named() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = {
        path
        for package, patterns in project["tool"]["setuptools"]["package-data"].items()
        for pattern in patterns
        for path in (ROOT / package.replace(".", "/")).glob(pattern)
    }
    package = ROOT / "analysis"
    read = {path for path in package.rglob("*") if path.suffix in SUFFIXES}
    assert read and read - set((package / "tests").rglob("*")) == named
