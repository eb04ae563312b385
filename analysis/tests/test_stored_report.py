"""test_stored_report.py -- the stored runs give what results/reference/report.manifest says.

Of two experiments here; `.ci/run` makes the whole report and compares. Where a library is of
another version a picture's bytes may be others, and only its data are compared.

SPDX-License-Identifier: MIT"""

import subprocess
from pathlib import Path

import pytest

from analysis.drawing.colours import PALETTE
from analysis.records.records import Recorded, read_header
from analysis.records.style import STORED, read_style, stored_style
from analysis.report.manifest import (
    manifest,
    manifest_differences,
    manifest_text,
    read_manifest,
)
from analysis.report.report import differences, write_report
from analysis.report.sections import Section, read_sections

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "results/reference"
SIZE_MAX_BYTES = 24_000_000
TIMED, EXPLAINED = "prewarm", "planted"
OF_ALL_RUNS = ("numbers.tex", "report.html")


def _runs() -> list[Path]:
    """Those that `make report` takes."""
    words = ["make", "--silent", "--no-print-directory", "print-runs"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / run for run in done.stdout.split()]


def _stored(experiment: str) -> Section:
    """The section of its runs, in the colours of the stored style."""
    runs = [run for run in _runs() if run.parts[-2] == experiment]
    (section,) = read_sections(runs, stored_style(runs[0]), strict=False)
    return section


def test_the_stored_style_has_a_look_of_its_own_for_every_allocator() -> None:
    """And in no run two of one colour, unless it has more arms than there are colours."""
    style = read_style(REFERENCE / STORED)
    looks = [(one.colour, one.marker) for one in style.arms.values()]
    assert len(set(looks)) == len(looks)
    for path in REFERENCE.glob("*/*/plan.json"):
        if (path.parent / "gate.json").exists():
            continue
        run = Recorded(path.parent, *read_header(path.parent))
        arms = [arm for arm in run.arms[1:] if arm != run.control and "+" not in arm]
        assert set(arms) <= set(style.arms), f"{REFERENCE / STORED}: a line for each of {arms}"
        shown = {style.arms[arm].colour for arm in arms}
        assert len(shown) == min(len(arms), len(PALETTE)), path


@pytest.mark.parametrize("experiment", [TIMED, EXPLAINED])
def test_what_the_stored_runs_give_is_what_the_manifest_says(
    experiment: str, tmp_path: Path
) -> None:
    section = _stored(experiment)
    write_report([section], tmp_path)
    assert differences(section, tmp_path) == []
    made = [entry for entry in manifest(tmp_path) if entry.name not in OF_ALL_RUNS]
    names = {entry.name for entry in made}
    assert len(names) > 20
    stored = read_manifest(REFERENCE / "report.manifest")
    assert manifest_differences(made, [entry for entry in stored if entry.name in names]) == []


def test_the_manifest_is_as_it_is_written() -> None:
    file = REFERENCE / "report.manifest"
    assert manifest_text(sorted(read_manifest(file))) == file.read_text(encoding="utf-8")


def test_what_is_stored_stays_small() -> None:
    files = [path for path in REFERENCE.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < SIZE_MAX_BYTES
    assert [path.name for path in files if path.suffix in (".jsonl", ".gz")] == []


def test_the_manifest_has_tables_and_figures_of_the_stored_runs_alone() -> None:
    names = tuple("-".join(run.parts[-2:]) for run in _runs())
    entries = read_manifest(REFERENCE / "report.manifest")
    drawn = [Path(entry.name).name for entry in entries if "/" in entry.name]
    assert len(drawn) > 1000
    assert [name for name in drawn if not name.startswith(names)] == []
