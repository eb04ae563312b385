"""test_package.py -- what is installed: every file that is read, and what it needs.

SPDX-License-Identifier: MIT"""

import re
import tomllib
from pathlib import Path

from analysis.__main__ import NEEDED

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


def _packages(purpose: str) -> list[str]:
    """Debian's, as the file `packages` has them."""
    lines = (ROOT / "packages").read_text(encoding="utf-8").splitlines()
    words = [line.partition("#")[0].split() for line in lines if not line.startswith("#")]
    return [name for first, *names in words if first == purpose for name in names]


def test_pip_debian_and_the_first_check_want_the_same() -> None:
    """Of an interpreter, pyproject.toml by the names of distributions, NEEDED by those of modules,
    `packages` by Debian's."""
    others = {"yaml": "pyyaml", "PIL": "pillow"}
    modules = {others.get(name, name.lower()) for name in NEEDED}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert modules == set(project["project"]["dependencies"])
    debian = {"pyyaml": "python3-yaml", "pillow": "python3-pil"}
    wanted = {debian.get(name, f"python3-{name}") for name in modules}
    assert wanted | {"python3"} == set(_packages("report"))


def test_every_package_is_for_something_that_can_be_named() -> None:
    said = (ROOT / "run_all.sh").read_text(encoding="utf-8")
    found = re.search(r"purposes=\(([a-z ]+)\)", said)
    assert found is not None
    lines = (ROOT / "packages").read_text(encoding="utf-8").splitlines()
    firsts = {line.split()[0] for line in lines if line and not line.startswith("#")}
    assert firsts | {"peers"} == set(found[1].split())
