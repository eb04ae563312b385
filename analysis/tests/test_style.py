"""test_style.py -- the style check sees what is used upwards, from wing to wing.

SPDX-License-Identifier: MIT"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INCLUDES, IMPORTS = '#include "', "from "  # how the lines begin that a planted one goes before


@pytest.fixture(name="tree")
def _tree(tmp_path: Path) -> Path:
    """A copy of the wings and of the check."""
    for name in (".ci", "harness", "analysis"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".clang-format", tmp_path)
    (tmp_path / "workloads").mkdir()
    shutil.copy(ROOT / "workloads/region.h", tmp_path / "workloads")
    return tmp_path


def _style(tree: Path, *names: str) -> tuple[int, list[str]]:
    """The exit status and the findings."""
    words = [sys.executable, ".ci/style.py", *names]
    ended = subprocess.run(words, cwd=tree, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout.splitlines()[:-1]


def _plant(tree: Path, name: str, planted: str) -> int:
    """Writes a line before the first include or import; returns its number."""
    lines = (tree / name).read_text(encoding="utf-8").splitlines()
    begins = IMPORTS if name.endswith(".py") else INCLUDES
    at = next(i for i, line in enumerate(lines) if line.startswith(begins))
    lines.insert(at, planted)
    (tree / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return at + 1


@pytest.mark.parametrize(
    ("name", "planted", "why"),
    [
        ("harness/base/text.c", '#include "run/blocks.h"', "includes run, which is above base"),
        ("harness/sample/trial.h", '#include "judge/stop.h"', "includes judge, which is above"),
        ("harness/judge/tally.c", '#include "stop.h"', '"stop.h" is included without its wing'),
        ("harness/gate/contrast.c", '#include "harness/base/text.h"', "without its wing"),
        ("harness/tests/test_stop.c", '#include "tally.h"', '"tally.h" is included without'),
        ("harness/run/block.c", '#include "attic/old.h"', "includes attic, which is no wing"),
        ("analysis/records/blocks.py", "from ..commands import run", "imports commands, which is"),
        ("analysis/document/formats.py", "from .. import report", "imports report, which"),
        ("analysis/profile/flame.py", "from ..claims.claims import Judged", "imports claims, wh"),
        ("analysis/figures/regime.py", "from ..profile import flame", "imports profile, which is"),
        ("analysis/gate/compact.py", "from analysis.complaint import Complaint", "not relative"),
        ("analysis/gate/history.py", "import analysis.complaint", "not relative"),
    ],
)
def test_a_planted_line_is_found(tree: Path, name: str, planted: str, why: str) -> None:
    status, before = _style(tree, name)
    assert (status, before) == (0, [])
    number = _plant(tree, name, planted)
    status, findings = _style(tree, name)
    assert status == 1
    assert len(findings) == 1
    assert findings[0].startswith(f"{name}:{number}: ")
    assert why in findings[0]


def test_an_import_in_a_function_is_found(tree: Path) -> None:
    name = "analysis/statistics/change_points.py"
    path = tree / name
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\n\ndef late() -> None:\n    from ..gate import gates\n", "utf-8")
    number = text.count("\n") + 4
    why = "imports gate, which is above statistics in analysis/README.md"
    assert _style(tree, name) == (1, [f"{name}:{number}: {why}"])


def test_downwards_is_free(tree: Path) -> None:
    _plant(tree, "harness/run/block.c", '#include "judge/tally.h"')
    _plant(tree, "analysis/gate/gates.py", "from ..comparison.wording import count")
    assert _style(tree, "harness/run/block.c", "analysis/gate/gates.py") == (0, [])


def test_the_lists_are_what_is_checked(tree: Path) -> None:
    """Moved to the bottom, the judge may no longer use the plan."""
    readme = tree / "harness/README.md"
    lines = readme.read_text(encoding="utf-8").splitlines()
    judge = next(line for line in lines if "**judge**" in line)
    lines.remove(judge)
    readme.write_text("\n".join([*lines, judge]) + "\n", encoding="utf-8")
    status, findings = _style(tree, "harness/judge/tally.h")
    assert status == 1
    assert "includes experiment, which is above judge" in findings[0]


def test_a_file_outside_all_wings_is_found(tree: Path) -> None:
    for name in ("harness/attic.c", "analysis/attic.py"):
        (tree / name).write_text("/* attic.c -- x. SPDX-License-Identifier: MIT */\n", "utf-8")
    (tree / "analysis/attic.py").write_text('"""attic.py -- x. SPDX-License-Identifier: MIT"""\n')
    assert _style(tree, "harness/attic.c", "analysis/attic.py") == (
        1,
        [
            "harness/attic.c:1: 'attic' is no wing of harness/README.md",
            "analysis/attic.py:1: 'attic' is no wing of analysis/README.md",
        ],
    )


LAID_OUT = "int main(int argc, char **argv)\n{\n    return argc > 1 && argv[1] != 0;\n}\n"


@pytest.mark.skipif(shutil.which("clang-format") is None, reason="clang-format is not installed")
@pytest.mark.parametrize(
    ("written", "instead", "why"),
    [
        ("argc > 1", "argc>1", "'return argc > 1 && argv[1] != 0;'"),
        ("char **argv", "char** argv", "'int main(int argc, char **argv)'"),
        (")\n{", ") {", "char **argv) \\n{'"),
        ("    return", "  return", "indented by 2, clang-format: 4"),
        ("&& argv[1]", "&&\n           argv[1]", None),
    ],
)
def test_spaces_and_indentation_are_held(
    tree: Path, written: str, instead: str, why: str | None
) -> None:
    name = "harness/base/laid_out.c"
    head = "/* laid_out.c -- for a test.\n *\n * SPDX-License-Identifier: MIT */\n"
    (tree / name).write_text(head + LAID_OUT.replace(written, instead), encoding="utf-8")
    status, findings = _style(tree, name)
    assert status == (0 if why is None else 1)
    assert len(findings) == status
    assert why is None or findings[0].endswith(why)
