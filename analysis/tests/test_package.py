"""test_package.py -- what must be installed is one list, and all that is said of it agrees.

SPDX-License-Identifier: MIT"""

import ast
import re
import sys
from pathlib import Path

from analysis.__main__ import NEEDED

ROOT = Path(__file__).parents[2]
MODULES = {"PIL": "python3-pil", "yaml": "python3-yaml"}  # of other names than their packages


def _packages() -> dict[str, list[str]]:
    """Debian's, by their purpose, as the file `packages` has them."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / "packages").read_text(encoding="utf-8").splitlines():
        first, *names = line.partition("#")[0].split() or [""]
        if first:
            found.setdefault(first, []).extend(names)
    return found


def _imported() -> set[str]:
    """What the analysis imports that is neither its own nor Python's."""
    names: set[str] = set()
    for path in (ROOT / "analysis").rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {one.name.partition(".")[0] for one in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add(str(node.module).partition(".")[0])
    return names - sys.stdlib_module_names


def test_what_is_imported_is_asked_for_and_installed() -> None:
    assert _imported() == set(NEEDED)
    wanted = {MODULES.get(name, f"python3-{name.lower()}") for name in NEEDED}
    assert sorted({"python3", *wanted}) == sorted(_packages()["report"])


def test_every_package_has_one_purpose_that_can_be_named() -> None:
    said = (ROOT / "run_all.sh").read_text(encoding="utf-8")
    found = re.search(r"purposes=\(([a-z ]+)\)", said)
    assert found is not None
    assert {*_packages(), "peers"} == set(found[1].split())
    names = [name for several in _packages().values() for name in several]
    assert len(set(names)) == len(names)
    page = (ROOT / "docs/install.md").read_text(encoding="utf-8")
    table = page.partition("| purpose |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| ([a-z]+) \|", table, re.M) == found[1].split()
