"""test_presentation.py -- style files, and what an experiment says of how its arms are shown.

SPDX-License-Identifier: MIT"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from analysis import commands
from analysis.complaint import Complaint
from analysis.comparison.tables import document
from analysis.document.formats import terminal
from analysis.drawing.colours import PALETTE, SHAPE_OF, colours, markers, style_of_all
from analysis.drawing.drawing import _figure, _styled, drawn, provenance, widths
from analysis.figures import effects, operations_per_second
from analysis.records.plan_hash import plan_hash
from analysis.records.records import Run, load
from analysis.records.style import PLAIN, SHAPES, ArmStyle, Style, read_style, style_text
from analysis.report.sections import check_style, read_sections
from analysis.report.sentences import subjects

from .synthetic import plan_record, write_run

ROOT = Path(__file__).parents[2]
CELLS = [f"fixed_random size={size} slots=400 operations=100000 cold" for size in (16, 64, 256)]
CELLS += ["sawtooth size=16 warm"]
ARMS = {"phase17-1": 0.1, "phase17-2": -0.1, "eager": 0.0}
WHOLE = """
arms:
  phase17-1: {label: 17-1, colour: "#123456", marker: star, order: 2}
  phase17-2: {order: 1}
  eager: {hide: true}
cells:
  size=64 cold:
  sawtooth: {label: the sawtooth}
scale: linear
captions: inside
width: [3.33, 7]
font: DejaVu Serif
legend: first
"""


@pytest.fixture(name="run", scope="module")
def _run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return load(write_run(tmp_path_factory.mktemp("style") / "run", ARMS, CELLS, 12))


def _styled_run(run: Run, tmp_path: Path, text: str) -> Run:
    (tmp_path / "paper.yaml").write_text(text, encoding="utf-8")
    (section,) = read_sections([run.path], read_style(tmp_path / "paper.yaml"))
    assert isinstance(section.subject, Run)
    return section.subject


def _texts(run: Run, module: Any = effects) -> tuple[list[str], list[str], Any]:
    width = widths(run.style)[1]
    with _styled(run.style):
        figure = _figure(module, run, width, 0)
    keys = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    return [text.get_text() for text in figure.axes[0].texts], keys, figure


def test_a_style_changes_what_is_shown(run: Run, tmp_path: Path) -> None:
    styled = _styled_run(run, tmp_path, WHOLE)
    words, keys, figure = _texts(styled)
    assert keys == ["phase17-2", "17-1", "control"]
    assert "the sawtooth" in words and "64" in words and "256" not in words
    assert figure.get_figwidth() == 3.33 and widths(styled.style)[0].inches == 7
    below = figure._supxlabel.get_text()
    assert "% (linear)" in below and "sign-test interval" in " ".join(below.split())
    assert colours(styled)["phase17-1"] == "#123456" and markers(styled)["phase17-1"] == "*"
    assert _texts(styled, operations_per_second)[1] == []
    assert b"DejaVuSerif" in drawn(effects, styled, widths(styled.style)[1]).files["pdf"]


def test_labels_stand_in_tables_and_what_is_hidden_is_still_counted(
    run: Run, tmp_path: Path
) -> None:
    styled = _styled_run(run, tmp_path, WHOLE)
    said = terminal(document(styled))
    assert "17-1" in said and "eager" not in said
    assert not re.search(r"phase17-1", said)
    plain = terminal(document(run))
    arms = [row.cells[0] for row in document(styled).tables[1].rows]
    assert arms == ["baseline", "phase17-2", "17-1"]
    floor = r"smallest Holm-adjusted p = \S+"
    assert re.findall(floor, said) == re.findall(floor, plain) != []


def test_without_a_style_nothing_is_chosen(run: Run) -> None:
    assert run.style == PLAIN and run.shown_cells == run.cells
    assert run.shown_arms == ["baseline", *ARMS]


@pytest.mark.parametrize(
    "text, what, hint",
    [
        ("arm: {}", "style.yaml: unknown key 'arm'", "arms"),
        ("arms: {a: {color: red}}", "arms: a: unknown key 'color'", "colour"),
        ("arms: {a: {colour: red}}", "'red' is no colour", 'colour: "#23698c"'),
        ("arms: {a: {marker: heart}}", "'heart'", "one of circle"),
        ("arms: {a: {order: x}}", "'x' is no whole number", "order: 1"),
        ("arms: {a: {hide: 1}}", "1 is neither true nor false", "hide: true"),
        ("arms: {a: {label: ''}}", "'' is not a line of text", 'label: "text"'),
        ("arms: []", "is no mapping of names", "arms: {...}"),
        ("scale: log", "'log'", "one of logarithmic, linear"),
        ("width: 1", "1 is no width from 2.5 to 12 inches", "width: 3.33"),
        ("width: [3, 3.5]", "is not one width", "width: [3.33, 7]"),
        ("arms: {a: {}, a: {}}", "'a' is there twice", "YAML, in UTF-8"),
        ("a: [", "while parsing", "YAML, in UTF-8"),
    ],
)
def test_a_style_file_is_strictly_checked(tmp_path: Path, text: str, what: str, hint: str) -> None:
    (tmp_path / "style.yaml").write_text(text)
    with pytest.raises(Complaint) as refused:
        read_style(tmp_path / "style.yaml")
    assert what in refused.value.args[0] and hint in refused.value.args[1]


@pytest.mark.parametrize(
    "style, what, hint",
    [
        (Style({"phase17": ArmStyle()}), "no run has an arm 'phase17'", "phase17-"),
        (Style(cells={"size=63": None}), "no cell holds 'size=63'", "size="),
        (Style(cells={"cold": "x"}), "'cold' is 3 cells of a run", "more words"),
        (Style(metric="page_fault"), "no run has 'page_fault'", "page_faults"),
        (Style(font="DejaVu Sanz"), "no 'DejaVu Sanz' is installed", "DejaVu Sans"),
        (Style({"eager": ArmStyle(label="phase17-1")}), "two arms", "a label for each"),
    ],
)
def test_what_no_run_has_is_refused(run: Run, style: Style, what: str, hint: str) -> None:
    with pytest.raises(Complaint) as refused:
        check_style(style, [run])
    assert what in refused.value.args[0] and hint in refused.value.args[1]


def test_a_style_is_written_as_it_is_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "style.yaml").write_text(WHOLE)
    whole = style_of_all(read_style(tmp_path / "style.yaml"), [run])
    (tmp_path / "again.yaml").write_text(style_text(whole), encoding="utf-8")
    assert read_style(tmp_path / "again.yaml") == whole
    assert whole.arms["baseline"].colour and whole.arms["eager"].hide


def test_a_stored_run_is_drawn_in_the_style_that_stands_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    """In a report without a style of its own, and where a text shows it; arms that the style does
    not name get other looks, even one that would have a named arm's by its own name."""
    folder = write_run(tmp_path / "store/synthetic/run", {"mine": 0.0, "other": 0.0}, CELLS[:1], 6)
    plain = load(folder)
    taken, shape = colours(plain)["other"], SHAPE_OF[markers(plain)["other"]]
    text = f'arms: {{mine: {{colour: "{taken}", marker: {shape}}}, absent: {{hide: true}}}}'
    (tmp_path / "store/style.yaml").write_text(text)
    (shown,) = subjects([folder])
    assert colours(shown)["mine"] == taken != colours(shown)["other"]
    assert commands.run(["report", str(folder), "--out", str(tmp_path / "page")]) == 0
    assert read_style(tmp_path / "page/style.yaml").arms["mine"].colour == taken
    assert "absent" not in read_style(tmp_path / "page/style.yaml").arms
    given = {
        f"arm-{n}": ArmStyle(colour=one, marker=SHAPES[1 + n]) for n, one in enumerate(PALETTE)
    }
    every = load(write_run(tmp_path / "r", dict.fromkeys([*given, "new"], 0.0), CELLS[:1], 6))
    whole = style_of_all(Style(given), [every]).arms
    looks = [(one.colour, one.marker) for one in whole.values()]
    assert len(set(looks)) == len(looks)


def test_an_arm_has_one_look_in_all_runs_of_a_report(tmp_path: Path) -> None:
    """Even where other arms of a run would have its colour first, and it is a baseline in one."""
    many = [f"arm-{n}" for n in range(12)]
    one = load(write_run(tmp_path / "one", dict.fromkeys(many, 0.0), CELLS[:1], 6))
    two = load(write_run(tmp_path / "two", dict.fromkeys(many[::-1], 0.0), CELLS[:1], 6))
    assert any(
        (colours(one)[arm], markers(one)[arm]) != (colours(two)[arm], markers(two)[arm])
        for arm in many
    )
    sections = read_sections([one.path, two.path])
    looks = [
        {arm: (colours(s.subject)[arm], markers(s.subject)[arm]) for arm in many}
        for s in sections
    ]
    assert looks[0] == looks[1] and len(set(looks[0].values())) == len(many)


def test_a_report_keeps_its_style_and_verify_reads_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "paper.yaml").write_text("scale: linear\narms: {eager: {hide: true}}\n")
    out = tmp_path / "out"
    words = ["report", str(run.path), "--out", str(out), "--style", str(tmp_path / "paper.yaml")]
    assert commands.run(words) == 0
    assert commands.run(["verify", str(run.path), "--against", str(out)]) == 0
    caption = (out / "figures" / f"{run.name}-effects.txt").read_text(encoding="utf-8")
    assert "linear axis" in caption and "eager" not in caption
    assert caption.split(" (")[0] in (out / "report.html").read_text(encoding="utf-8")
    (out / "style.yaml").write_text("{}\n")
    assert commands.run(["verify", str(run.path), "--against", str(out)]) == 1


@pytest.mark.slow
def test_a_label_of_any_letters_is_shown_under_latin_1(tmp_path: Path) -> None:
    """Of which neither ≤ nor a Greek letter is one: files have them, a terminal what it can."""
    folder = write_run(tmp_path / "run", {"a": 0.1}, CELLS[3:], 6)
    (tmp_path / "paper.yaml").write_text("arms: {a: {label: größer ≤ α}}\n", encoding="utf-8")
    latin = {"LC_ALL": "C", "PYTHONIOENCODING": "latin-1", "PYTHONCOERCECLOCALE": "0"}
    out = ["--style", str(tmp_path / "paper.yaml"), "--out", str(tmp_path / "out")]
    for words in (["report", str(folder), *out], ["table", str(folder), "--arms", "a"]):
        command = [sys.executable, "-X", "utf8=0", "-m", "analysis", *words]
        environment = {**os.environ, **latin}
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode("latin-1")
    assert "größer ≤ α" in (tmp_path / "out/report.html").read_text(encoding="utf-8")
    assert "größer ≤ α" in (tmp_path / "out/style.yaml").read_text(encoding="utf-8")


def test_an_experiment_says_how_its_arms_are_shown(tmp_path: Path) -> None:
    said = {"phase17-1": {"label": "17-1", "order": 1}, "eager": {"hide": True}}
    run = load(write_run(tmp_path / "run", ARMS, CELLS, 6, presentation=said))
    assert run.shown_arms == ["phase17-1", "baseline", "phase17-2"]
    assert run.label("phase17-1") == "17-1"
    plain = plan_record(list(ARMS), CELLS, 6)
    assert plan_hash({**plain, "presentation": said}) == plan_hash(plain)
    styled = load(run.path)
    over = Style({"phase17-1": ArmStyle(label="other")})
    assert (styled.arm_style("phase17-1") | over.arm("phase17-1")).label == "other"
    assert provenance(effects, run, widths(PLAIN)[1]) != ""


def test_what_an_experiment_says_is_checked(tmp_path: Path) -> None:
    run = load(write_run(tmp_path / "run", ARMS, CELLS, 6, presentation={"eager": {"colour": 1}}))
    with pytest.raises(Complaint, match="1 is no colour"):
        colours(run)
