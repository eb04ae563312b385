"""test_stored_report.py -- the stored runs give what results/reference/report.manifest says.

Of two experiments here; `.ci/run` makes the whole report and compares. Where a library is of
another version a picture's bytes may be others, and only its data are compared.

SPDX-License-Identifier: MIT"""

import subprocess
from pathlib import Path

import pytest

from analysis.drawing.colours import style_of_all
from analysis.records.instruments import FILE
from analysis.records.records import Recorded, read_header
from analysis.records.style import PLAIN
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


def _stored(experiment: str) -> Section:
    """The section of the runs that `make report` takes, in the colours that it gives them."""
    words = ["make", "--silent", "--no-print-directory", "print-runs"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    every = [ROOT / run for run in done.stdout.split()]
    every.sort(key=lambda run: (run / FILE).exists())
    subjects = [Recorded(run, *read_header(run)) for run in every]
    runs = [run for run in every if run.parts[-2] == experiment]
    (section,) = read_sections(runs, style_of_all(PLAIN, subjects), strict=False)
    return section


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
