"""test_chosen_table.py -- a table of chosen arms, cells, columns and metric, and LaTeX's tables.

SPDX-License-Identifier: MIT"""

import csv
import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from analysis import commands
from analysis.comparison.chosen_table import Choice, chosen_long_form, chosen_tables, listed_words
from analysis.comparison.judgement import judged
from analysis.complaint import Complaint
from analysis.document.document import Row, Table
from analysis.document.latex import ROWS_MOST, latex_table, words_table
from analysis.records.records import Run, load

from .synthetic import write_run

CELLS = [f"fixed_random size={size} slots=400 operations=100000 cold" for size in (16, 64)]
CELLS.append("sawtooth size=16 warm")


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    comparisons = [{"arm": "b", "against": "a, x=1"}]
    return write_run(
        tmp_path_factory.mktemp("chosen") / "run",
        {"a, x=1": 0.1, "b": -0.1},
        CELLS,
        20,
        noise=0.002,
        comparisons=comparisons,
    )


@pytest.fixture(name="run", scope="module")
def _run(folder: Path) -> Run:
    return load(folder)


def test_one_column_makes_cells_rows_and_arms_columns(run: Run) -> None:
    choice = Choice(["b", "b vs a, x=1"], ["sawtooth", "size=64 cold"], ["effect"])
    (table,) = chosen_tables(run, choice)
    assert table.columns == ["cell", "b", "b vs a, x=1"]
    assert [row.cells[0] for row in table.rows] == [CELLS[1], CELLS[2]]
    frame = judged(run)
    one = frame[(frame["cell"] == CELLS[2]) & (frame["arm"] == "b") & frame["decides"]]
    effect = 100 * one[one["kind"] == "arm"]["effect_ratio"].iloc[0]
    assert float(table.rows[1].cells[1].split()[0]) == pytest.approx(effect, abs=0.05)


def test_several_columns_make_arms_rows_below_their_cell(run: Run) -> None:
    (table,) = chosen_tables(run, Choice(cells=["warm"], columns=["n,value", "verdict"]))
    assert table.columns == ["arm", "n", "M ops/s", "verdict"]
    assert table.rows[0] == Row("group", [CELLS[2]])
    names = [row.cells[0] for row in table.rows[1:]]
    assert names == ["baseline", "a, x=1", "b", "b vs a, x=1"]
    assert [row.cells[1] for row in table.rows[1:]] == ["20"] * 4
    assert table.rows[3].cells[3] == "worse"


def test_another_metric_and_csv(run: Run) -> None:
    (table,) = chosen_tables(run, Choice(["b"], metric="page_faults", columns=["value"]))
    assert table.columns == ["cell", "b"] and table.rows[0].cells[1] == "624"
    frame = chosen_long_form(run, Choice(["b"], ["warm"]))
    assert list(frame["arm"]) == ["b"] and list(frame["cell"]) == [CELLS[2]]


def test_names_with_commas_are_names_where_they_are_known() -> None:
    assert listed_words(["a, x=1", "b,c"], ["a, x=1", "b", "c"]) == ["a, x=1", "b", "c"]


@pytest.mark.parametrize(
    "choice, what, hint",
    [
        (Choice(arms=["bb"]), "--arms: no 'bb' here", "b"),
        (Choice(cells=["sawtoth size=16"]), "--cells: no cell holds 'sawtoth size=16'", CELLS[2]),
        (Choice(columns=["efect"]), "--columns: no 'efect' here", "effect"),
        (Choice(metric="page_fault"), "--metric: no 'page_fault' here", "page_faults"),
    ],
)
def test_what_is_not_there_is_refused_with_the_nearest(
    run: Run, choice: Choice, what: str, hint: str
) -> None:
    with pytest.raises(Complaint) as refused:
        chosen_tables(run, choice)
    assert refused.value.args == (what, hint)


def test_the_command_prints_it_in_every_format(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["table", str(folder), "--arms", "b", "--cells", "warm"]
    said = {}
    for form in ("terminal", "markdown", "csv", "latex"):
        assert commands.run([*words, "--format", form]) == 0
        said[form] = capsys.readouterr().out
        assert "worse" in said[form] and "Question" not in said[form], form
    assert len(list(csv.reader(io.StringIO(said["csv"])))) == 2
    assert commands.run([*words, "--brief"]) == 2
    assert commands.run([*words, "--columns", "effect", "--format", "csv"]) == 2


def _words(table: Table) -> str:
    return "\n".join(latex_table(table))


def test_figures_stand_in_columns_of_siunitx_with_their_unit_above() -> None:
    rows = [Row("value", ["a", "1,234.5", "+1.2 % ▲", "[+1, +2]"]),
            Row("value", ["b", "7", "-10.25 % ?", "–"])]  # fmt: skip
    text = _words(Table("t", ["arm", "M ops/s", "effect", "interval"], rows))
    assert "S[table-format=4.1]" in text
    assert r"S[table-format=+2.2,retain-explicit-plus]@{\,}l" in text
    assert r"\multicolumn{2}{c}{\shortstack{effect\\(\%)}}" in text or "effect (\\%)" in text
    assert r"a & 1234.5 & +1.2 & $\blacktriangle$ & {[$+$1, $+$2]} \\" in text
    assert r"b & 7 & -10.25 & ? & -- \\" in text


def test_a_table_is_as_wide_and_as_high_as_a_page_allows() -> None:
    narrow = Table("t", ["arm", "n"], [Row("value", ["a", "1"])])
    assert r"\begin{table}[tp]" in _words(narrow)
    wide = Table("t", ["arm", *"abcdefgh"], [Row("value", ["a", *["1234567"] * 8])])
    assert r"\begin{table*}[tp]" in _words(wide)
    wider = Table("t", ["arm", *map(str, range(30))], [Row("value", ["a", *["1234567"] * 30])])
    assert _words(wider).count(r"\begin{table*}") == 3
    groups = [
        row
        for group in range(12)
        for row in [Row("group", [f"g{group}"])] + [Row("value", [f"r{n}", "1"]) for n in range(9)]
    ]
    parts = _words(Table("t", ["arm", "n"], groups)).split(r"\begin{table}")[1:]
    assert len(parts) == 3 and all(part.count(r" \\") <= ROWS_MOST + 1 for part in parts)
    assert all(r"\addlinespace" in part.split(r"\midrule")[1].splitlines()[1] for part in parts)
    assert sum(len(re.findall(r"^r\d", part, re.MULTILINE)) for part in parts) == 12 * 9
    assert "longtable" not in "".join(parts) and "(continued)" in parts[1]


def test_words_share_the_line_and_lines_fill_the_page() -> None:
    """Two lines each in the first column: half as many rows as a page has lines."""
    rows = [Row("value", ["word " * 20, "-1 % [-2, 3]"]) for _ in range(ROWS_MOST)]
    text = "\n".join(words_table(Table("t", ["claim", "found"], rows), (0.5, 0.4)))
    assert text.count(r"\begin{table*}") == 2 and "longtable" not in text
    assert r"p{0.5\linewidth}>{\raggedright\arraybackslash}p{0.4\linewidth}}" in text
    assert r" & $-$1~\% [$-$2, 3] \\" in text
    assert all(part.count("$-$1~") == ROWS_MOST // 2 for part in text.split(r"\midrule")[1:])


def test_a_group_that_is_higher_than_a_page_is_divided() -> None:
    rows = [Row("group", ["g"]), *(Row("value", [f"r{n}", "1"]) for n in range(100))]
    parts = _words(Table("t", ["arm", "n"], rows)).split(r"\begin{table}")[1:]
    assert len(parts) == 3 and all(r"\textit{g}" in part for part in parts)


@pytest.mark.skipif(
    shutil.which("pdflatex") is None or shutil.which("kpsewhich") is None
    or not subprocess.run(["kpsewhich", "siunitx.sty"], capture_output=True).stdout,
    reason="no pdflatex with siunitx; try: apt-get install texlive-science",
)  # fmt: skip
@pytest.mark.slow
@pytest.mark.parametrize("head", [r"\documentclass[twocolumn]{article}"])
def test_latex_takes_every_table_in_two_columns(folder: Path, tmp_path: Path, head: str) -> None:
    words = ["--format", "latex", "--out", f"{tmp_path}/t.tex"]
    assert commands.run(["table", str(folder), *words]) == 0
    packages = r"\usepackage{array,booktabs,siunitx,amssymb}"
    text = f"{head}{packages}\\begin{{document}}Text.\\input{{t}}\\end{{document}}"
    (tmp_path / "paper.tex").write_text(text)
    made = subprocess.run(
        ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "paper.tex"],
        cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout[-2000:]
    assert "Overfull \\hbox" not in made.stdout
