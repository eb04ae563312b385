"""test_profile_report.py -- profiles and ledgers: what `slablab where` prints and writes, and
what `slablab report` makes of them.

SPDX-License-Identifier: MIT"""

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis import commands
from analysis.document.document import Row, Table
from analysis.document.split_tables import split
from analysis.drawing.drawing import PAPER
from analysis.profile.numbers import profile_numbers
from analysis.profile.stacks import stack_files
from analysis.profile.tables import document
from analysis.profile.wording import points_text, share_text, time_text
from analysis.records.joined import join
from analysis.statistics.statistics import Interval

from .plausible import CELLS, write
from .synthetic import write_run
from .synthetic_profiles import Stacks, write_ledger, write_profile

pytestmark = pytest.mark.slow

NAN = float("nan")
PAGE_FAULT_KEY = "share.region.page_fault}\n\\slabfield{value}{"


@pytest.fixture(name="folders", scope="module")
def _folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write(tmp_path_factory.mktemp("plausible"), blocks=20)


@pytest.fixture(name="out", scope="module")
def _out(folders: list[Path]) -> Path:
    """The folder of a report of both, with the stacks beside it."""
    out = folders[0].parent / "out"
    for command in ("report", "where"):
        assert commands.run([command, *map(str, folders), "--out", str(out)]) == 0
    return out


@pytest.mark.parametrize(
    "found, text",
    [
        (Interval(0.47, 0.441, 0.499), "47 [44, 50]"),
        (Interval(0.052, 0.041, 0.0651), "5.2 [4.1, 6.6]"),
        (Interval(0.098, 0.09, 0.12), "10 [9, 12]"),
        (Interval(0.47, NAN, NAN), "47 [–]"),
        (Interval(NAN, NAN, NAN), "–"),
    ],
)
def test_shares_as_text(found: Interval, text: str) -> None:
    assert share_text(found) == text


def test_points_and_times_as_text() -> None:
    assert points_text(Interval(0.34, 0.303, 0.37)) == "+34 [30, 37]"
    assert points_text(Interval(-0.0001, -0.01, 0.01)) == "0.0 [-1.0, 1.0]"
    assert time_text(Interval(1298.4, 1141.2, 1466.8)) == "1298 [1141, 1467]"


def test_tables_too_wide_are_split_between_arms() -> None:
    row = ["layer", *["47 [44, 50]"] * 9]
    table = Table("t", ["layer", *[f"arm{i}" for i in range(9)]], [Row("value", row)], True)
    parts = split(table)
    assert len(parts) > 1 and parts[1].title == "t (continued)"
    assert [name for part in parts for name in part.columns[1:]] == table.columns[1:]


def test_the_terminal_has_all_of_it_in_80_columns(
    folders: list[Path], capsys: pytest.CaptureFixture
) -> None:
    assert commands.run(["where", *map(str, folders)]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80 and "too wide" not in text
    assert "published 70 %; here 4" in " ".join(text.split())
    for words in (
        "Where CPU time goes",
        "Functions of the region",
        "below asm_exc_page_fault",
        "What sampling costs",
        "What a page fault costs",
        "unplaced",
        "getrusage",
        "Noise floor",
    ):
        assert words in text
    order = [" ".join(text.split()).index(f"Where CPU time goes: {cell}") for cell in CELLS]
    assert order == sorted(order)


def test_functions_shown_are_as_many_as_asked(folders: list[Path]) -> None:
    (joined,) = join(folders[:1])
    tables = document(joined, 3).tables
    functions = next(table for table in tables if table.title.startswith("Functions"))
    assert len(functions.rows) == 3 * (1 + 1 + 3 + 3)  # three arms: name, faults, self, callers


def test_a_folder_holds_tables_figures_and_stacks(out: Path) -> None:
    made = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    name = "where_17-2-profile"
    tables = (
        "layers layer_differences function_differences page_faults overhead faults fault_totals"
        " cost_per_fault"
    )
    assert {path for path in made if path.startswith("tables/")} == {
        *(f"tables/{name}.{kind}" for kind in ("md", "tex")),
        *(f"tables/{name}-{table}.csv" for table in tables.split()),
    }
    figures = ("where_time_goes", "faults_by_memory", "fault_heat_map")
    files = [f"{figure}{end}" for figure in figures for end in (".svg", ".pdf", "-column.pdf")]
    assert {f"figures/{name}-{file}" for file in files} <= made
    flames = [path for path in made if path.startswith(f"flames/{name}/")]
    assert len(flames) == 3 * (3 + 4)  # arms; against the baseline, the control too, and one more
    assert len([path for path in made if path.startswith("folded/")]) == 2 * 3 * 4
    for path in out.rglob("*.svg"):
        ElementTree.parse(path)
        assert f'fill="{PAPER}"' in path.read_text()  # legible on a dark page
    functions = pd.read_csv(out / f"functions/{name}.csv")
    sums = functions.groupby(["cell", "arm", "stage"])["self_samples"].sum()
    assert (sums == functions.groupby(["cell", "arm", "stage"])["samples_all"].first()).all()


def test_a_report_explains_beside_what_was_timed(folders: list[Path], tmp_path: Path) -> None:
    """One page, whose keys, tables and figures of both kinds verify accepts."""
    timed = write_run(tmp_path / "timed", {"phase17-2": 0.1}, CELLS[:1], 6)
    words = [*map(str, [folders[0], timed, folders[1]])]
    assert commands.run(["report", *words, "--out", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out/report.html").read_text()
    assert page.index('<section id="synthetic-timed"') < page.index('<section id="where_17-2-')
    assert "Where does CPU time go" in page and "What a page fault costs" in page
    assert commands.run(["verify", *words, "--against", str(tmp_path / "out")]) == 0


def test_shares_and_costs_have_keys(folders: list[Path]) -> None:
    (joined,) = join(folders)
    found = profile_numbers(joined, "w")
    cell = f"w.{CELLS[0].replace(' ', ',')}"
    table = document(joined).tables[0]
    row = next(row for row in table.rows if row.cells[0] == "page fault")
    place = 1 + [name for name in table.columns[1:]].index("phase17-2")
    point, low, high = re.match(r"([\d.]+) \[([\d.]+), ([\d.]+)\]", row.cells[place]).groups()
    stem = f"{cell}.phase17-2.share.region.page_fault"
    fields = [found[f"{stem}.{name}"] for name in ("value", "low", "high")]
    assert fields == [rf"{value}\,\%" for value in (point, low, high)]
    stem = f"{cell}.phase17-2:baseline.share.region.page_fault"
    for name in ("value", "low", "high"):  # points, each with its sign
        assert re.fullmatch(r"\$[+-]\$\d+(\.\d)?|0\.0", found[f"{stem}.{name}"])
    assert int(found[f"{cell}.baseline.faults.region.value"].replace(",", "")) > 0
    assert float(found[f"{cell}.baseline.cost_per_fault.region.value"]) > 0
    assert "w.hash" in found and found["w.figures"] == f"figures/{joined.name}-"


@pytest.mark.usefixtures("drawn_once")
@pytest.mark.parametrize(
    "name, before, after",
    [
        ("tables/where_17-2-profile-layers.csv", ",page_fault,", ",front,"),
        ("tables/where_17-2-profile.tex", "page fault", "front"),
        ("numbers.tex", PAGE_FAULT_KEY, PAGE_FAULT_KEY + "9"),
        ("report.html", "Ledger: ", "Ledgers: "),
        ("figures/where_17-2-profile-where_time_goes.svg", "data ", "data 0"),
    ],
)
def test_verify_finds_what_was_typed_by_hand(
    folders: list[Path], out: Path, name: str, before: str, after: str
) -> None:
    words = ["verify", *map(str, folders), "--against", str(out)]
    original = (out / name).read_text()
    assert before in original
    (out / name).write_text(original.replace(before, after, 1))
    try:
        assert commands.run(words) == 1
    finally:
        (out / name).write_text(original)


def test_every_figure_of_the_page_says_what_it_is_from(out: Path) -> None:
    tables = re.findall(r"<tbody>\n<tr class=.*?</tbody>", (out / "report.html").read_text(), re.S)
    rows = re.findall(r'<tr class="value"([^>]*)>(.*?)</tr>', "".join(tables))
    bare = [
        text
        for shared, row in rows
        for words, text in re.findall(r"<td([^>]*)>([^<]+)</td>", row)
        if "data-note" not in shared + words and re.search(r"[1-9]", text)
    ]
    assert len(rows) > 100 and bare == []


def test_the_same_runs_give_the_same_bytes(folders: list[Path], out: Path, tmp_path: Path) -> None:
    for command in ("report", "where"):
        assert commands.run([command, *map(str, folders), "--out", str(tmp_path)]) == 0
    for path in out.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / path.relative_to(out)).read_bytes(), path


def test_a_ledger_has_no_stacks(folders: list[Path], tmp_path: Path) -> None:
    assert commands.run(["where", str(folders[1]), "--out", str(tmp_path)]) == 2


def test_a_ledger_alone_and_a_profile_alone(folders: list[Path]) -> None:
    profile, ledger = (document(join([folder])[0]) for folder in folders)
    assert not any(table.title.startswith("Page faults") for table in profile.tables)
    assert all("fault" in table.title for table in ledger.tables)
    assert any("no cost per fault" in line for line in profile.cautions + ledger.cautions)


def test_a_program_without_a_region_is_told_whole(tmp_path: Path) -> None:
    stacks: Stacks = [("_start;main", "other", 90, 0, 0), ("_start;malloc", "allocator", 10, 0, 0)]
    folder = write_profile(tmp_path / "p", ["sqlite cold"], 20, lambda *_: stacks)
    (joined,) = join([folder])
    titles = [table.title for table in document(joined).tables]
    assert "Functions of the whole process: sqlite cold" in titles
    assert any(name.startswith("flames/") for name, _ in stack_files(joined.profile))


def test_a_kernel_that_may_not_be_sampled_is_said(tmp_path: Path) -> None:
    def half(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            sample["cpu_ns"] *= 2

    stacks: Stacks = [("main", "workload", 0, 50, 0)]
    folder = write_profile(
        tmp_path / "p", ["w cold"], 20, lambda *_: stacks, kernel_counted=False, edit=half
    )
    (line,) = [x for x in document(join([folder])[0]).cautions if "by difference" in x]
    assert "baseline 50 %" in line


def test_few_processes_and_lost_records_are_cautions(tmp_path: Path) -> None:
    def lossy(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            if "profile" in sample:
                sample["profile"] |= {"lost": 2, "unnamed_samples": 30}

    stacks: Stacks = [("main", "workload", 0, 50, 0)]
    folder = write_profile(tmp_path / "p", ["w cold"], 6, lambda *_: stacks, edit=lossy)
    said = " ".join(document(join([folder])[0]).cautions)
    assert "Fewer than 20 processes" in said and "48 records were lost" in said
    assert "60 % of the samples have no name" in said


def test_a_void_run_says_so(folders: list[Path], tmp_path: Path) -> None:
    folder = write_ledger(tmp_path / "f", ["w cold"], 1, lambda *_: [])
    (folder / "outcome.json").write_text(
        '{"schema": "slablab-outcome/1", "verdict": "void", "reasons": ["it rained"]}'
    )
    assert document(join([folder])[0]).void == ["f: it rained"]


def test_a_table_sends_here_and_a_profile_back(
    folders: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert commands.run(["table", str(folders[0])]) == 2
    assert f"slablab where {folders[0]}" in capsys.readouterr().err
    samples = write_run(tmp_path / "samples", {"phase17-1": 0.0}, ["w cold"], 2)
    assert commands.run(["where", str(samples)]) == 2
    assert f"slablab table {samples}" in capsys.readouterr().err


def test_timed_samples_pass_over_the_shares_of_a_profile(tmp_path: Path) -> None:
    published = [{"where": "w", "arm": "phase17-1", "metric": "page_fault_share", "value": 0.7}]
    folder = write_run(
        tmp_path / "samples", {"phase17-1": 0.0}, ["w cold"], 6, published=published
    )
    assert commands.run(["table", str(folder), "--out", str(tmp_path / "table.txt")]) == 0
    assert "match no row" not in (tmp_path / "table.txt").read_text()


def test_the_command_line_as_it_is_called(folders: list[Path]) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "analysis", "where", str(folders[1])],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert made.returncode == 0 and "Page faults of a process" in made.stdout
    missing = subprocess.run(
        [sys.executable, "-m", "analysis", "where", "no/such"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert missing.returncode == 2 and "so this is no run" in missing.stderr
