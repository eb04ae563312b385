"""test_stored_report.py -- results/reference/report is what the stored runs give, byte for byte.

Of two runs here; `.ci/run` makes all of it anew and compares. Where a library is of another
version its bytes may be others, and only what they say is compared.

SPDX-License-Identifier: MIT"""

import subprocess
from pathlib import Path

import pytest

from analysis.report import VERSIONS, differences, versions, write_report
from analysis.sections import Section, read_sections

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
STORED = ROOT / "results/reference/report"
SIZE_MAX_BYTES = 40_000_000
TIMED, EXPLAINED = "prewarm", "planted"


def _stored(experiment: str) -> Section:
    """The section of the runs that `make report` takes."""
    words = ["make", "--silent", "--no-print-directory", "print-runs"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    runs = [ROOT / run for run in done.stdout.split() if Path(run).parts[-2] == experiment]
    (section,) = read_sections(runs)
    return section


def test_what_the_stored_report_says_is_what_its_samples_give() -> None:
    assert differences(_stored(EXPLAINED), STORED) == []


@pytest.mark.skipif(
    versions() != (STORED / VERSIONS).read_text(encoding="utf-8"),
    reason=f"other libraries than in {STORED / VERSIONS}; try: make report on Debian 12",
)
def test_its_files_are_the_same_bytes(tmp_path: Path) -> None:
    write_report([_stored(TIMED)], tmp_path)
    made = [path for kind in ("tables", "figures") for path in (tmp_path / kind).iterdir()]
    assert len(made) > 20
    for path in made:
        assert path.read_bytes() == (STORED / path.relative_to(tmp_path)).read_bytes(), path.name


def test_what_is_stored_stays_small() -> None:
    files = (path for path in ROOT.joinpath("results/reference").rglob("*") if path.is_file())
    assert sum(path.stat().st_size for path in files) < SIZE_MAX_BYTES
