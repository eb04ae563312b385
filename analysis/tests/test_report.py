"""test_report.py -- a report's folder, the figures in it, and the command line.

SPDX-License-Identifier: MIT"""

import subprocess
import sys
from pathlib import Path

import pytest

from analysis import commands
from analysis.figures import figures_for
from analysis.records.records import load

from .synthetic import write_run

pytestmark = pytest.mark.slow

CELLS = ["fixed_random size=256 slots=400 operations=100000 cold", "sawtooth size=256 cold"]
FIGURES = [
    "effects",
    "operations_per_second",
    "page_faults",
    "peak_memory",
    "block_ratios",
    "block_series",
]
OF_A_GRID = ["cold_start", "faults_against_operations", "memory_against_time", "regime"]
GRID = [
    f"fixed_random size=512 slots={slots} operations={operations} cold"
    for operations in (1000, 100_000)
    for slots in (256, 65_536)
]


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run and its report."""
    folder = tmp_path_factory.mktemp("report")
    write_run(
        folder / "run",
        {"phase17-1": 0.0, "phase17-2": -0.04},
        CELLS,
        12,
        question="Is 1 < 2 & true?",
    )
    assert commands.run(["report", str(folder / "run"), "--out", str(folder / "out")]) == 0
    return folder


def test_a_report_holds_a_page_tables_and_figures(folder: Path) -> None:
    made = {
        str(path.relative_to(folder / "out"))
        for path in (folder / "out").rglob("*")
        if path.is_file()
    }
    figures = {
        f"figures/synthetic-run-{name}{ending}"
        for name in FIGURES
        for ending in (".svg", ".pdf", ".png", "-column.pdf", ".txt", ".tex")
    }
    assert made == {
        "report.html",
        "numbers.tex",
        "versions.txt",
        "style.yaml",
        "report.manifest",
        *figures,
        *(f"tables/synthetic-run.{kind}" for kind in ("md", "csv", "tex")),
    }


def test_verify_accepts_what_the_samples_give(folder: Path) -> None:
    assert commands.run(["verify", str(folder / "run"), "--against", str(folder / "out")]) == 0


@pytest.mark.usefixtures("drawn_once")
@pytest.mark.parametrize(
    "name, before, after",
    [
        ("tables/synthetic-run.md", "worse", "better"),
        ("tables/synthetic-run.tex", "worse", "better"),
        ("tables/synthetic-run.csv", ",worse", ",better"),
        ("report.html", ">worse<", ">better<"),
        ("report.html", "worse in 2 of 2 cells", "better in 2 of 2 cells"),
        ("report.html", "Measured in a virtual machine", "Measured in a real machine"),
        ("report.html", '<dl class="head">', '<div class="void">Really</div><dl class="head">'),
        ("report.html", '<p class="verdict">', '<p class="verdict">not '),
        ("report.html", "<b>-", "<b>+"),
        ("report.html", '<rect class="worse" x="', '<rect class="worse" x="2'),
        ("report.html", "<figcaption>", "<figcaption>Ten times faster. "),
        ("report.html", 'data-of="plan ', 'data-of="plan 0'),
        ("report.html", '"text">Test CPU', '"text">Best CPU'),
        ("report.html", '<p class="legend">', '<table></table><p class="legend">'),
        ("figures/synthetic-run-effects.svg", "data ", "data 0"),
        ("figures/synthetic-run-effects-column.pdf", "data ", "data 0"),
        ("figures/synthetic-run-page_faults.png", "data ", "data 0"),
    ],
)
def test_verify_finds_a_number_typed_by_hand(
    folder: Path, name: str, before: str, after: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "out" / name
    original = path.read_bytes()
    path.write_bytes(original.replace(before.encode(), after.encode(), 1))
    try:
        assert original != path.read_bytes()
        assert commands.run(["verify", str(folder / "run"), "--against", str(folder / "out")]) == 1
        assert Path(name).name in capsys.readouterr().err
        path.unlink()
        assert commands.run(["verify", str(folder / "run"), "--against", str(folder / "out")]) == 1
    finally:
        path.write_bytes(original)


def test_verify_finds_what_nothing_makes_and_a_new_report_removes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture of an older analysis; tables of another run of the page, with a longer name,
    stay."""
    monkeypatch.setattr("analysis.report.sections.figures_for", lambda run: {})
    folders = [write_run(tmp_path / name, {"a": 0.0}, CELLS[:1], 6) for name in ("one", "one-b")]
    report = ["report", *map(str, folders), "--out", str(tmp_path / "out")]
    verify = ["verify", *map(str, folders), "--against", str(tmp_path / "out")]
    assert commands.run(report) == 0 and commands.run(verify) == 0
    gone = tmp_path / "out/figures/synthetic-one-gone-column.png"
    gone.write_bytes(b"")
    assert commands.run(verify) == 1
    assert commands.run(report) == 0 and not gone.exists()
    assert commands.run(verify) == 0


def test_verify_names_the_cell_of_a_table_that_differs(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "out/tables/synthetic-run.csv"
    original = path.read_text()
    path.write_text(original.replace(",worse", ",better", 1))
    commands.run(["verify", str(folder / "run"), "--against", str(folder / "out")])
    path.write_text(original)
    said = capsys.readouterr().err
    assert "verdict: 'better', but the samples give 'worse'" in said


@pytest.mark.parametrize("name", ["run (2)", "für"])
def test_a_folder_s_name_that_no_file_should_have_is_refused(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = write_run(tmp_path / name, {"a": 0.0}, CELLS[:1], 2)
    assert commands.run(["report", str(run), "--out", str(tmp_path / "out")]) == 2
    assert "a folder by another name" in capsys.readouterr().err


def test_figures_are_found_by_their_presence(tmp_path: Path) -> None:
    plain = load(write_run(tmp_path / "plain", {"a": 0.0}, CELLS, 6))
    assert list(figures_for(plain)) == FIGURES
    grid = load(write_run(tmp_path / "grid", {"a": 0.0}, GRID, 6))
    assert list(figures_for(grid)) == ["effects", *sorted(FIGURES[1:4] + OF_A_GRID), *FIGURES[4:]]
    assert all(module.QUESTION.endswith("?") for module in figures_for(grid).values())


@pytest.mark.parametrize("blocks", [0, 1, 6])
def test_a_grid_with_any_number_of_blocks_is_reported(tmp_path: Path, blocks: int) -> None:
    write_run(
        tmp_path / "run",
        {"a": 0.5},
        GRID,
        blocks,
        finished=False,
        published=[
            {
                "where": "operations=100000",
                "arm": "a",
                "against": None,
                "metric": "operations_per_second",
                "value": 5_790_000,
            }
        ],
    )
    assert commands.run(["report", str(tmp_path / "run"), "--out", str(tmp_path / "out")]) == 0
    assert commands.run(["verify", str(tmp_path / "run"), "--against", str(tmp_path / "out")]) == 0
    assert commands.run(["table", str(tmp_path / "run"), "--out", str(tmp_path / "table.txt")]) == 0
    assert "unfinished" in (tmp_path / "table.txt").read_text()


def test_several_runs_share_a_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.report.sections.figures_for", lambda run: {})
    for name in ("one", "two"):
        write_run(tmp_path / name, {"a": 0.0}, CELLS, 6)
    words = ["report", str(tmp_path / "one"), str(tmp_path / "two"), "--out", str(tmp_path / "out")]
    assert commands.run(words) == 0
    assert commands.run(["verify", str(tmp_path / "two"), "--against", str(tmp_path / "out")]) == 0


def test_two_runs_are_two_tables_and_csv_is_of_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.report.sections.figures_for", lambda run: {})
    folders = [str(write_run(tmp_path / name, {"a": 0.0}, CELLS, 6)) for name in ("one", "two")]
    assert commands.run(["table", *folders]) == 0
    text = capsys.readouterr().out
    assert text.index("synthetic (quick, one)") < text.index("synthetic (quick, two)")
    assert commands.run(["report", *folders, "--out", str(tmp_path / "out")]) == 0
    assert commands.run(["verify", *folders, "--against", str(tmp_path / "out")]) == 0
    assert commands.run(["table", *folders, "--format", "csv"]) == 2
    assert "one RUN at a time" in capsys.readouterr().err


def test_a_path_that_cannot_be_written_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(write_run(tmp_path / "run", {"a": 0.0}, CELLS, 6))
    assert commands.run(["table", folder, "--out", str(tmp_path)]) == 2
    assert "check the path and its permissions" in capsys.readouterr().err


def test_a_refused_run_ends_with_status_2_and_what_to_try(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.run(["table", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("analysis: ") and "\n  try: " in said


def test_an_interpreter_without_the_libraries_says_so() -> None:
    code = (
        "import sys, runpy; sys.meta_path.insert(0, type('Hidden', (), {'find_spec': staticmethod("
        "lambda name, *rest: None)})); sys.path[:] = [p for p in sys.path if 'packages' not in p];"
        "sys.argv = ['analysis', 'table', 'x']; runpy.run_module('analysis', run_name='__main__')"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "pandas" in done.stderr and "try: /usr/bin/python3 -m analysis table x" in done.stderr


def test_brief_keeps_the_overviews_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.run(["table", "--brief", str(folder / "run")]) == 0
    text = capsys.readouterr().out
    assert "Question" in text and "fixed_random size=256 operations=100000" not in text
    assert "M ops/s" in text and "MDE  verdict" not in text
