"""test_faults.py -- every test that docs/faults.md names exists.

SPDX-License-Identifier: MIT"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"\| ([VRFMP]\d+) \| [^|]+\. \| (.+) \|")
DEFINED = {".py": r"^def {}\(", ".c": r"^static void {}\(void "}


def named() -> list[tuple[str, str]]:
    """(row, file::name) of every test in the table."""
    lines = (ROOT / "docs/faults.md").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line.startswith("| ")][1:]
    found = [ROW.fullmatch(line) for line in table]
    assert all(found), [line for line, match in zip(table, found) if not match]
    return [(row[1], test) for row in found if row for test in re.findall(r"`([^`]+)`", row[2])]


@pytest.mark.parametrize(("row", "test"), named())
def test_a_named_test_exists(row: str, test: str) -> None:
    name, _, what = test.partition("::")
    path = ROOT / name
    text = path.read_text(encoding="utf-8")
    if path.suffix in DEFINED:
        defined = DEFINED[path.suffix].format(re.escape(what))
        assert re.search(defined, text, re.MULTILINE), f"{row}: {test}"
    else:
        assert what and what in text, f"{row}: {test}"


def test_every_row_has_a_test_and_stands_once() -> None:
    rows = list(dict.fromkeys(row for row, _ in named()))
    assert len(rows) > 40 and len(rows) == (ROOT / "docs/faults.md").read_text().count("\n| ") - 1
