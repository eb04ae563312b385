"""test_fill.py -- tables between marks, README's own among them.

SPDX-License-Identifier: MIT"""

import re
from pathlib import Path
from typing import Any

import pytest

from analysis.complaint import Complaint
from analysis.records.records import load
from analysis.report.fill import chosen_cells, filled

from .linked_runs import write_linked_run
from .synthetic import write_run
from .synthetic_profiles import write_ledger, write_profile

ROOT = Path(__file__).parents[2]
CELL = "sawtooth size=256 cold"
PAGES = ["README.md", "results/reference/README.md", "docs/*.md", "docs/method/*.md"]
FILLED = [
    str(page.relative_to(ROOT))
    for pattern in PAGES
    for page in sorted(ROOT.glob(pattern))
    if "\n<!-- end -->\n" in page.read_text(encoding="utf-8") and page.name != "gallery.md"
]
BETWEEN = "Before.\n<!-- run run -->\nold words\n<!-- end -->\nAfter.\n"


def test_what_stands_between_marks_is_made_anew(tmp_path: Path) -> None:
    write_run(tmp_path / "run", {"phase17-1": 0.5}, [CELL], 12)
    text = filled(BETWEEN, tmp_path)
    assert text.startswith("Before.\n<!-- run run -->\n\n| cell | n |")
    assert text.endswith("\n\n<!-- end -->\nAfter.\n")
    assert f"| {CELL} | 12 |" in text and "old words" not in text
    assert filled(text, tmp_path) == text


def test_a_text_without_marks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Complaint, match="no mark was found"):
        filled("Nothing here.\n", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", FILLED)
def test_the_tables_in_readmes_are_what_the_stored_runs_give(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert filled(text, (ROOT / name).parent) == text


def test_choices_of_words_choose_cells(tmp_path: Path) -> None:
    """A cell is in if it holds all words of one choice; a choice that chooses none is refused."""
    cells = [CELL, "sawtooth size=512 cold", "sawtooth size=512 warm", "null warm"]
    run = load(write_run(tmp_path, {"phase17-1": 0.5}, cells, 12))
    assert chosen_cells(run, []) == cells
    assert chosen_cells(run, [" size=512 warm ", " null"]) == cells[2:]
    with pytest.raises(Complaint, match="no cell holds 'size=1024'"):
        chosen_cells(run, ["null", "size=1024"])
    text = filled("<!-- run . | size=256 | null -->\n<!-- end -->\n", tmp_path)
    assert [line.split(" | ")[0] for line in text.splitlines()[4:6]] == [f"| {CELL}", "| null warm"]


def test_a_figure_is_drawn_beside_its_run(tmp_path: Path) -> None:
    write_run(tmp_path / "run", {"phase17-1": 0.5}, [CELL], 12)
    text = filled("<!-- figure run effects -->\nold\n<!-- end -->\n", tmp_path)
    assert "](run/effects.png)" in text and "\nold" not in text
    assert (tmp_path / "run" / "effects.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(Complaint, match="has no figure 'effect'"):
        filled("<!-- figure run effect -->\n<!-- end -->\n", tmp_path)


def test_an_answer_has_its_figures_from_runs(tmp_path: Path) -> None:
    """e^0.5 is +64.9 %, without noise; the baseline does a million operations in 20 ms."""
    write_run(tmp_path / "run", {"phase17-1": 0.5, "phase17-2": 0.0}, [CELL], 12, noise=0)
    place = "{synthetic: sawtooth size=256 | phase17-1 | elsewhere}"
    words = f"17-1 is {{synthetic: size=256 cold | phase17-1}},\nelsewhere {place}."
    faults = "{synthetic: size=256 | baseline | page_faults}\nfaults"
    mark = f"<!-- answer run\n{words}\n{faults} -->"
    text = filled(f"{mark}\nold\n<!-- end -->\n", tmp_path)
    assert text.startswith(f"{mark}\n\n17-1 is +64.9 % [+64.9, +64.9] (elsewhere [")
    assert ". 624 faults\n\n<!-- end -->" in text and "\nold" not in text
    assert filled(text, tmp_path) == text


def test_an_answer_may_be_of_the_first_position(tmp_path: Path) -> None:
    def first_is_slower(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            sample["cpu_ns"] = 25_000_000 if sample["position"] == 0 else 20_000_000

    write_run(tmp_path / "run", {"phase17-1": 0.0}, [CELL], 24, noise=0, edit=first_is_slower)
    blank = "{synthetic: size=256 | baseline | position}"
    text = filled(f"<!-- answer run\n{blank} -->\n<!-- end -->\n", tmp_path)
    assert "\n+25.0 % [+25.0, +25.0]\n" in text


def test_an_answer_may_be_of_the_mean_over_cells(tmp_path: Path) -> None:
    cells = [f"sawtooth size={size} cold" for size in (256, 512, 1024)]
    write_run(tmp_path / "run", {"phase17-1": 0.5, "phase17-2": -0.5}, cells, 12, noise=0)
    mean = "{synthetic: geometric mean | phase17-1}"
    ranks = "{synthetic: geometric mean | phase17-1 | ranks}"
    text = filled(f"<!-- answer run\n{mean}, rank {ranks} -->\n<!-- end -->\n", tmp_path)
    assert "\n+64.9 % [+64.9, +64.9], rank 1\n" in text
    with pytest.raises(Complaint, match="no share of phase17-1 over the cells"):
        other = "{synthetic: geometric mean | phase17-1 | share}"
        filled(f"<!-- answer run\n{other} -->\n<!-- end -->\n", tmp_path)


def test_an_answer_may_be_of_the_mean_of_any_metric(tmp_path: Path) -> None:
    def more_memory(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            sample["vm_hwm_bytes"] = 3 << 20 if sample["arm"] == "phase17-1" else 2 << 20

    cells = [f"sawtooth size={size} cold" for size in (256, 512, 1024)]
    write_run(tmp_path / "run", {"phase17-1": 0.5}, cells, 12, edit=more_memory)
    blank = "{synthetic: geometric mean | phase17-1 | vm_hwm_bytes}"
    text = filled(f"<!-- answer run\n{blank} -->\n<!-- end -->\n", tmp_path)
    assert "\n+50.0 % [+50.0, +50.0]\n" in text


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("{synthetic: size=512 | phase17-1}", "0 cells have all of 'size=512'"),
        ("{synthetic: size=256 | phase17-3}", "0 rows"),
        ("{synthetic: size=256 | phase17-1 | speed}", "0 rows"),
        ("{synthetic: size=256 | phase17-1 | share}", "no run of synthetic has it"),
        ("{phase17: size=256 | phase17-1}", "no run of phase17 has it"),
        ("{claim: nothing | published}", "no claim 'nothing'"),
    ],
)
def test_what_no_run_has_is_no_answer(tmp_path: Path, place: str, said: str) -> None:
    write_run(tmp_path / "run", {"phase17-1": 0.5}, [CELL], 12)
    with pytest.raises(Complaint, match=said):
        filled(f"<!-- answer run\n{place} -->\n<!-- end -->\n", tmp_path)


def test_a_profile_stands_beside_its_ledger(tmp_path: Path) -> None:
    """4 of 10 samples of the region are below the exception, and 500 faults are counted there."""
    below = "run;refill;asm_exc_page_fault_[k]"
    stacks = [(below, "page_fault", 1, 4, 0), ("run", "front", 0, 6, 0)]
    rows = [("region", "front", "refill", "superslab_payload", "first", "program", 500)]
    write_profile(tmp_path / "p", [CELL], 25, lambda *_: stacks)
    write_ledger(tmp_path / "f", [CELL], 2, lambda *_: rows)
    text = filled("<!-- profile p f -->\nold\n<!-- end -->\n", tmp_path)
    assert "| cell | baseline | phase17-1 | phase17-2 |" in text and "\nold" not in text
    (line,) = [line for line in text.splitlines() if line.startswith(f"| {CELL}")]
    assert line.count("| 40 [33, 47] % (500) ") == 3
    assert filled(text, tmp_path) == text


def test_a_profile_alone_is_refused(tmp_path: Path) -> None:
    write_profile(tmp_path / "p", [CELL], 2, lambda *_: [("run", "front", 0, 6, 0)])
    with pytest.raises(Complaint, match="one is missing"):
        filled("<!-- profile p -->\n<!-- end -->\n", tmp_path)


def test_an_answer_may_count_verdicts(tmp_path: Path) -> None:
    """17-1 is faster by e^0.5 in both cells, 17-2 is not."""
    cells = ["sawtooth size=256 cold", "sawtooth size=512 cold"]
    write_run(tmp_path / "run", {"phase17-1": 0.5, "phase17-2": 0.0}, cells, 24, noise=0.001)
    blanks = [
        f"{{synthetic: all cells | {arm} | {what}}}"
        for arm in ("phase17-1", "phase17-2")
        for what in ("verdicts", "cells")
    ]
    text = filled(f"<!-- answer run\n{'; '.join(blanks)} -->\n<!-- end -->\n", tmp_path)
    said = " ".join(text.partition(" -->")[2].split())
    assert said.startswith("better in 2 of 2 cells; none; same in 2 of 2 cells; sawtooth 256 (")
    for word, named in (
        ("operations_per_second above 60 %", "sawtooth 256 (+64"),
        ("operations_per_second above 70 %", "none."),
        ("operations_per_second below 70 %", "sawtooth 256 (+64"),
        ("operations_per_second above 30 % + 0.5", "sawtooth 256 (+64"),
        ("operations_per_second above 30 % + 500", "none."),
    ):
        blank = f"{{synthetic: all cells | phase17-1 | {word}}}"
        text = filled(f"<!-- answer run\nHere: {blank}. -->\n<!-- end -->\n", tmp_path)
        assert f"Here: {named}" in text.partition(" -->")[2]
    for arm, word in (("no", "cells"), ("phase17-1", "no above 2 %")):
        blank = f"{{synthetic: all cells | {arm} | {word}}}"
        with pytest.raises(Complaint, match=f"no '?{word.split()[0]}'? of {arm}"):
            filled(f"<!-- answer run\n{blank} -->\n<!-- end -->\n", tmp_path)


def test_an_answer_may_say_what_a_factor_varies(tmp_path: Path) -> None:
    """Links of 3 % each; of one run no occasion is known."""
    write_linked_run(tmp_path / "run", 16, 200, link_sd=0.03, noise=0.01)
    words = "Here: {synthetic: all cells | %s | components}."
    mark = "<!-- answer run\n%s -->\n<!-- end -->\n"
    text = filled(mark % words % "link", tmp_path).partition(" -->")[2]
    found = re.search(r"(\S+) % \(the middle of 2; (\S+) %", " ".join(text.split()))
    assert found is not None and 2 < float(found[1]) <= float(found[2]) < 5
    with pytest.raises(Complaint, match="no component 'occasion'"):
        filled(mark % words % "occasion", tmp_path)


def test_an_answer_may_be_of_the_certificate(tmp_path: Path) -> None:
    write_run(tmp_path / "run", {"a": 0.1}, ["c cold"], 12)
    words = "{certificate: relinked-layouts | %s}"
    mark = "<!-- answer run\n%s -->\n<!-- end -->\n"
    text = filled(mark % words % "fail", tmp_path).partition(" -->")[2]
    assert re.search(r"\n\d+ of 300 gates \(\[0\.0, \d\.\d\] %\)\n", text)
    with pytest.raises(Complaint, match="no gates of 'relinked-layouts' that say failed"):
        filled(mark % words % "failed", tmp_path)


def test_an_answer_may_be_of_machines(tmp_path: Path) -> None:
    """phase17's stored runs were made on several machines; of one that is none nothing is known."""
    stored = sorted((ROOT / "results/reference/phase17").iterdir())[-1]
    words = "{phase17: machines | epyc-2026-11-29 vs epyc-2026-11-29 | apart}"
    text = filled(f"<!-- answer {stored}\nApart by {words}. -->\n<!-- end -->\n", tmp_path)
    assert "Apart by 0.0 %." in text
    for machine, what in (("no-machine", "covered"), ("all", "apart"), ("all", "value")):
        words = f"{{phase17: machines | {machine} | {what}}}"
        with pytest.raises(Complaint, match=f"no '{what}' of '{machine}'"):
            filled(f"<!-- answer {stored}\n{words} -->\n<!-- end -->\n", tmp_path)
