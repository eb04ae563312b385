"""test_flame.py -- flame graphs: where boxes stand, what they say, and when one is grey.

SPDX-License-Identifier: MIT"""

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.profile.flame import flame, lay_out, tree_of
from analysis.profile.flame_difference import GREY, LESS, MORE, flame_difference
from analysis.profile.flame_svg import LETTER, shortened
from analysis.records.layers import LAYERS, MEMORIES, ink_on
from analysis.records.profiles import Profile, load_profile

from .synthetic_profiles import Stacks, write_profile

CELL = "fixed_random size=512 slots=400 operations=100000 cold"
SVG = "{http://www.w3.org/2000/svg}"


def profile_of(folder: Path, stacks: Any, blocks: int = 24) -> Profile:
    return load_profile(write_profile(folder / "p", [CELL], blocks, stacks))


def boxes(svg: str) -> dict[str, tuple[str, float, str]]:
    """What a box's hover begins with, to its colour, width and all of its hover."""
    found = {}
    for box in ElementTree.fromstring(svg).iter(f"{SVG}svg"):
        title, rectangle = box.find(f"{SVG}title"), box.find(f"{SVG}rect")
        if title is not None and title.text and rectangle is not None and box.get("x"):
            name = title.text.split(":")[0]
            found[name] = (rectangle.get("fill", ""), float(box.get("width", 0)), title.text)
    return found


def test_children_stand_in_order_of_name_above_their_caller() -> None:
    stacks = [("a", "front"), ("a;c", "front"), ("a;b", "front"), ("a;b;d", "front")]
    placed, narrow = lay_out(tree_of(stacks, np.array([[2], [4], [1], [3]])))
    assert [(p.frame.name, p.depth, p.left, p.width) for p in placed] == [
        ("all", 0, 0, 1),
        ("a", 1, 0, 1),
        ("b", 2, 0, 0.4),
        ("d", 3, 0, 0.3),
        ("c", 2, 0.4, 0.4),
    ]
    assert narrow == []


def test_narrow_frames_are_left_out_and_keep_their_place() -> None:
    stacks = [("a;b", "front"), ("a;c", "front")]
    placed, narrow = lay_out(tree_of(stacks, np.array([[1], [9999]])))
    assert [p.frame.name for p in placed] == ["all", "a", "c"]
    assert placed[-1].left == pytest.approx(1e-4) and [f.name for f in narrow] == ["b"]


def test_the_picture_counts_what_it_leaves_out(tmp_path: Path) -> None:
    stacks: Stacks = [("run", "workload", 0, 4999, 0), ("run;seldom", "front", 0, 1, 0)]
    svg = flame(profile_of(tmp_path, lambda *_: stacks), CELL, "baseline")
    assert "1 narrower than 0.1 % left out, with what they call: 0.02 %" in str(svg)
    assert "seldom" not in boxes(str(svg))


def test_a_flame_graph_is_well_formed_and_escapes(tmp_path: Path) -> None:
    name = 'std::less<int>::operator()(a&, "b")'
    stacks: Stacks = [
        (f"run;{name}", "workload", 5, 60, 0),
        ("run;pop_[i]", "front", 0, 30, 0),
        ("run;asm_exc_page_fault_[k]", "page_fault", 0, 10, 0),
    ]
    svg = str(flame(profile_of(tmp_path, lambda *_: stacks), CELL, "baseline"))
    assert "less<int>" not in svg and "&lt;int&gt;" in svg and "<script" not in svg
    found = boxes(svg.replace("std::less", "std--less").replace("int&gt;::", "int&gt;--"))
    assert ElementTree.fromstring(svg).get("viewBox", "").startswith("0 0 1200 ")
    assert any(text.startswith("std--less<int>--operator") for _, _, text in found.values())
    assert found["asm_exc_page_fault [k]"][0] == LAYERS["page_fault"]
    assert found["pop [i]"][0] not in LAYERS.values() and "front" in found["pop [i]"][2]
    assert "2,400 samples of 24 processes" in svg and "baseline" in svg and CELL in svg
    assert found["asm_exc_page_fault [k]"][1] == pytest.approx(118 - 0.4, abs=0.01)
    assert "240 samples, 10 [8, 12] %" in found["asm_exc_page_fault [k]"][2]
    assert found["all"][2] == "all: 2,400 samples, 100 %"  # by definition: no interval


def test_text_never_leaves_its_box() -> None:
    assert shortened("refill", 10) == "" and shortened("refill", 100) == "refill"
    for pixels in range(0, 200, 7):
        assert len(shortened("a_long_name_of_a_function", pixels)) * LETTER <= pixels
    assert shortened("a_long_name_of_a_function", 60).endswith("…")


def _planted(arm: str, cell: str, block: int) -> Stacks:
    """phase17-2 spends 20 points more in refill and 20 less in pop; free is equal up to chance."""
    random = np.random.default_rng([len(arm), ord(arm[-1]), block])
    shares = [0.4, 0.3, 0.3] if arm == "phase17-2" else [0.2, 0.5, 0.3]
    names = [("run;refill", "backend"), ("run;pop", "front"), ("run;free", "front")]
    counts = random.multinomial(100, shares)
    return [(*name, 0, int(count), 0) for name, count in zip(names, counts)]


def test_a_planted_difference_is_coloured_and_an_equal_one_grey(tmp_path: Path) -> None:
    profile = profile_of(tmp_path, _planted)
    found = boxes(str(flame_difference(profile, CELL, "phase17-2", "baseline")))
    assert found["refill"][0] == MORE[2] and found["pop"][0] == LESS[2]
    assert found["all"][2] == "all: phase17-2 100 %, baseline 100 %"
    assert found["free"][0] == found["run"][0] == found["all"][0] == GREY
    said = r"phase17-2 4\d \[.*\] %, baseline (2\d|19) \[.*difference \+"
    assert re.search(said, found["refill"][2])
    null = boxes(str(flame_difference(profile, CELL, "control", "baseline")))
    assert {colour for colour, _, _ in null.values()} == {GREY}


def test_frames_are_judged_together(tmp_path: Path) -> None:
    """A difference that is certain alone is grey among sixty frames: Bonferroni."""
    others = [(f"run;f{i}", "workload", 0, 10, 0) for i in range(60)]

    def edge(arm: str, cell: str, block: int) -> Stacks:
        more = 4 if arm == "phase17-2" else 0
        return [("run;edge", "front", 0, 15 + more, 0), *others]

    def alone(arm: str, cell: str, block: int) -> Stacks:
        first, *rest = edge(arm, cell, block)
        return [first, ("run;f", "workload", 0, sum(row[3] for row in rest), 0)]

    colours = [
        boxes(str(flame_difference(profile_of(tmp_path / n, s), CELL, "phase17-2", "baseline")))
        for n, s in (("together", edge), ("alone", alone))
    ]
    assert colours[0]["edge"][0] == GREY != colours[1]["edge"][0]


def test_too_few_processes_are_all_grey_and_say_so(tmp_path: Path) -> None:
    svg = str(flame_difference(profile_of(tmp_path, _planted, 19), CELL, "phase17-2", "baseline"))
    assert {colour for colour, _, _ in boxes(svg).values()} == {GREY}
    assert "fewer than 20 processes" in svg


def test_what_only_the_other_arm_has_is_told(tmp_path: Path) -> None:
    def gone(arm: str, cell: str, block: int) -> Stacks:
        name = "run;new" if arm == "phase17-2" else "run;old"
        return [("run", "workload", 0, 70, 0), (name, "front", 0, 30, 0)]

    svg = str(flame_difference(profile_of(tmp_path, gone), CELL, "phase17-2", "baseline"))
    assert "30.0 % of baseline&#x27;s samples" in svg and "old (30.0 %)" in svg
    assert boxes(svg)["new"][0] == MORE[2]


def test_layers_keep_apart_and_are_read_on_their_colours() -> None:
    assert len(set(LAYERS.values())) == len(LAYERS)
    assert len(set(MEMORIES.values())) == len(MEMORIES)
    assert ink_on("#000000") == "#ffffff" and ink_on("#f0e442") == "#000000"
