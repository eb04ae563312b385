"""test_opening.py -- a report opens with each question's answer, in words and as a small picture.

SPDX-License-Identifier: MIT"""

import re
from pathlib import Path

import pytest

from analysis import commands
from analysis.comparison.answers import VOID
from analysis.records.joined import join
from analysis.records.records import load
from analysis.report.forest import EDGE, ROW_HEIGHTS, WIDTH, forest, x_of
from analysis.report.headlines import UNKNOWN, explained_headline, timed_headline

from .examples import CELLS, some_run
from .synthetic import write_run
from .synthetic_profiles import Rows, Stacks, write_ledger, write_profile

FAULT = "asm_exc_page_fault_[k];clear_page_[k]"
CELL = "fixed_random size=512 slots=400 operations=100000 cold"


@pytest.fixture(name="page")
def _page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of three runs, the null among them named first; without figures, for they take time."""
    monkeypatch.setattr("analysis.report.sections.figures_for", lambda run: {})
    runs = [
        write_run(tmp_path / "null", {}, CELLS[:1], 12, experiment="null", question="Is it 0?"),
        write_run(tmp_path / "one", {"a": 0.1}, CELLS, 12, experiment="first", question="Is a?"),
        write_run(tmp_path / "two", {"b": -0.1}, CELLS, 12, experiment="last", question="Is b?"),
    ]
    out = tmp_path / "out"
    assert commands.run(["report", *map(str, runs), "--out", str(out)]) == 0
    assert commands.run(["verify", *map(str, runs), "--against", str(out)]) == 0
    return (out / "report.html").read_text(encoding="utf-8")


def test_answers_contents_and_sections_have_one_order_with_the_null_last(page: str) -> None:
    names = ["first-one", "last-two", "null"]
    assert re.findall(r'<li class="answer" data-run="(.+?)"', page) == names
    assert re.findall(r'<section id="(.+?)"', page) == names
    contents = page.partition("<nav ")[2].partition("</nav>")[0]
    links = re.findall(r'<a href="#(.+?)">(.+?)</a>', contents)
    shown = ["Answers", "first", "last", "null"]
    assert links == list(zip(["top", *names], shown))


def test_each_answer_has_a_verdict_its_extremes_and_a_picture(page: str) -> None:
    first, last, null = re.findall(r'<li class="answer".*?</li>', page, re.DOTALL)
    assert ">Is a?</a>" in first and "better in 3 of 3 comparisons" in first
    assert "worse in 3 of 3 comparisons" in last
    for answer, sign in ((first, "+"), (last, "-")):
        assert re.findall(r"<dt>(\w*)</dt>", answer) == ["worst", "best"]
        assert len(re.findall(rf"<b>\{sign}\d", answer)) == 2 and "vs baseline" in answer
    assert "identical code does not differ" in null and re.findall("<dt>(.*)</dt>", null) == [""]
    assert page.count('<svg class="forest"') == 3


def test_a_section_is_headed_by_its_question_and_names_its_run_beneath(page: str) -> None:
    heads = re.findall(r'<h2>(.+?)</h2>\n<p class="run">(.+?)</p>', page)
    assert [question for question, _ in heads] == ["Is a?", "Is b?", "Is it 0?"]
    assert heads[0][1] == "first (quick, one)"


def test_a_page_of_one_run_has_an_answer_and_no_contents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.report.sections.figures_for", lambda run: {})
    run = write_run(tmp_path / "run", {"a": 0.1}, CELLS[:1], 6)
    assert commands.run(["report", str(run), "--out", str(tmp_path)]) == 0
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count('<li class="answer"') == 1 and "<nav" not in page


def test_the_axis_is_linear_to_5_per_cent_and_as_far_down_as_up() -> None:
    middle = WIDTH / 2
    assert x_of(0) == middle
    assert x_of(1) - middle == pytest.approx(middle - x_of(-0.5))
    assert x_of(0.02) - middle == pytest.approx(2 * (x_of(0.01) - middle), rel=0.02)
    assert x_of(99) == pytest.approx(WIDTH - EDGE) == x_of(1e6)
    assert x_of(-0.99) == pytest.approx(EDGE) == x_of(-1)


def _bars(svg: str) -> list[tuple[str, float, float, float]]:
    """Verdict, left, top and width of each, as they are drawn."""
    found = re.findall(r'<rect class="(\w+)" x="(.+?)" y="(.+?)" width="(.+?)"', svg)
    assert found[0][0] == "margin"
    return [(kind, *map(float, places)) for kind, *places in found[1:]]


def test_a_bar_for_each_comparison_the_largest_effect_on_top(tmp_path: Path) -> None:
    """phase17-1 is the baseline's copy, and phase17-2 4 % slower than both, in three cells."""
    bars = _bars(forest(some_run(tmp_path, noise=0.002)))
    assert [bar[0] for bar in bars] == ["undecided"] * 3 + ["worse"] * 6
    assert [bar[2] for bar in bars] == [2 + row * ROW_HEIGHTS[0] for row in range(9)]
    at_0, slower = bars[:3], bars[3:]
    assert all(
        left <= WIDTH / 2 + 1 and left + width >= WIDTH / 2 - 1 for _, left, _, width in at_0
    )
    for _, left, _, width in slower:
        assert left < x_of(-0.039) < left + width


def test_what_decides_nothing_has_no_picture(tmp_path: Path) -> None:
    void = timed_headline(some_run(tmp_path, control=0.03))
    assert (void.verdict, void.facts, void.plot) == (VOID, [], "")
    assert forest(load(write_run(tmp_path / "empty", {"a": 0.0}, CELLS, 0))) == ""


def _stacks(arm: str, cell: str, number: int) -> Stacks:
    """40 of 100 samples of the region are below page faults, of phase17-2 60."""
    faults = 60 if arm == "phase17-2" else 40
    return [
        (f"main;run;malloc;{FAULT}", "page_fault", 0, faults, 0),
        ("main;run;walk", "workload", 0, 100 - faults, 0),
    ]


def _rows(arm: str, cell: str, number: int) -> Rows:
    count = {"phase17-2": 2000, "control": 1}.get(arm, 7)
    return [("region", "front", "refill", "anonymous", "first", "program", count)]


def test_a_profile_answers_by_its_share_of_page_faults(tmp_path: Path) -> None:
    (joined,) = join([write_profile(tmp_path / "profile", [CELL], 5, _stacks)])
    found = explained_headline(joined)
    assert found.verdict == "page faults take 40 to 60 % of the region's CPU time"
    assert [(rank, arm, cell) for rank, _, arm, cell in found.facts] == [
        ("least", "baseline", CELL),
        ("most", "phase17-2", CELL),
    ]
    assert [effect.partition(" [")[0] for _, effect, _, _ in found.facts] == ["40 %", "60 %"]
    assert found.plot == ""


def test_a_ledger_answers_by_its_counts_and_both_by_both(tmp_path: Path) -> None:
    ledger = write_ledger(tmp_path / "faults", [CELL], 3, _rows)
    said = "7 to 2,000 page faults in a process's region"
    found = explained_headline(join([ledger])[0])
    assert (found.verdict, found.facts) == (said, [])
    profile = write_profile(tmp_path / "profile", [CELL], 5, _stacks)
    both = explained_headline(join([ledger, profile])[0])
    assert both.verdict == f"page faults take 40 to 60 % of the region's CPU time; {said}"


def test_a_profile_that_saw_no_kernel_says_that_nothing_is_known(tmp_path: Path) -> None:
    profile = write_profile(tmp_path / "profile", [CELL], 5, _stacks, kernel_symbols="hidden")
    found = explained_headline(join([profile])[0])
    assert (found.verdict, found.facts) == (UNKNOWN, [])


def test_no_table_of_a_run_that_is_not_in_the_next_report_stays(
    page: str, tmp_path: Path
) -> None:
    """What the folder has besides, and what another folder has, does."""
    assert page
    out, other = tmp_path / "out", tmp_path / "other.md"
    for path in (other, out / "tables/mine.md"):
        path.write_text("kept\n")
    listed = out / "report.manifest"
    for name in ("tables/../../other.md", "tables/.."):
        listed.write_text(listed.read_text() + f"{0:064}  table  {name}\n")
    assert list(out.glob("tables/first-*"))
    assert commands.run(["report", str(tmp_path / "null"), "--out", str(out)]) == 0
    assert {path.name.partition("-")[0].partition(".")[0] for path in out.glob("tables/*")} == {
        "mine",
        "null",
    }
    assert other.exists()
    listed.write_bytes(b"\xff")  # says nothing, and is written anew
    assert commands.run(["report", str(tmp_path / "null"), "--out", str(out)]) == 0
    assert commands.run(["verify", str(tmp_path / "null"), "--against", str(out)]) == 0
