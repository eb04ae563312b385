"""test_same_bytes.py -- the same runs give the same report, byte for byte.

SPDX-License-Identifier: MIT"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from analysis.report.report import write_report
from analysis.report.sections import read_sections

from .another_processor import TOWARDS, neighbour
from .synthetic import write_run

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CELL = "fixed_random size=256 slots=400 operations=100000 cold"
# A processor without wide registers, as the C library and numpy choose their functions by them.
NARROW = {
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX512F,-AVX512VL",
    "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX",
}
# What must not matter, three of each.
SURROUNDINGS = (
    {
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "1",
        "SOURCE_DATE_EPOCH": "1",
        "COLUMNS": "40",
    },
    {
        "TZ": "America/New_York",
        "LC_ALL": "C.UTF-8",
        "PYTHONHASHSEED": "2",
        "SOURCE_DATE_EPOCH": "2000000000",
        "COLUMNS": "200",
        **NARROW,
    },
    {"TZ": "UTC", "LC_ALL": "C.UTF-8"},
)


def _hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _reported(
    place: Path, surroundings: dict[str, str], style: str, program: list[str]
) -> dict[str, str]:
    """The report of one run, made in a folder and under settings of its own."""
    work = place / "work"
    work.mkdir(parents=True)
    write_run(place / "run", {"phase17-1": 0.0, "phase17-2": -0.04}, [CELL], 8)
    (work / "matplotlibrc").write_text(style)
    subprocess.run(
        [sys.executable, "-m", *program, "report", str(place / "run"), "--out", "out"],
        cwd=work,
        env={**os.environ, "PYTHONPATH": str(ROOT), **surroundings},
        check=True,
        capture_output=True,
    )
    return _hashes(work / "out")


def test_a_report_is_the_same_whatever_is_around_it(tmp_path: Path) -> None:
    styles = ("", "lines.linewidth: 9\nfont.size: 20\n", "")
    other = "analysis.tests.another_processor"
    programs = (["analysis"], [other, "up"], [other, "down"])
    one, *others = (
        _reported(tmp_path / f"place {number}", *around)
        for number, around in enumerate(zip(SURROUNDINGS, styles, programs))
    )
    assert len(one) > 20
    for made in others:
        assert set(one) == set(made)
        assert [name for name in one if one[name] != made[name]] == []


def test_another_processor_has_other_logarithms() -> None:
    """Else the test above could not fail."""
    values = np.linspace(0.5, 0.9, 10)
    up, down = (neighbour(np.log, towards)(values) for towards in TOWARDS.values())
    assert ((up > np.log(values)) & (down < np.log(values))).all()


def test_one_cpu_and_two_give_the_same_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [
        write_run(tmp_path / name, {arm: effect}, [CELL], 6)
        for name, arm, effect in (("one", "a", 0.0), ("two", "b", 0.1))
    ]
    found = []
    for cpus in (1, 2):
        monkeypatch.setattr("analysis.report.report.cpus", lambda cpus=cpus: cpus)
        write_report(read_sections(folders), tmp_path / f"out {cpus}")
        found.append(_hashes(tmp_path / f"out {cpus}"))
    assert found[0] == found[1]
