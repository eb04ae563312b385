"""test_links.py -- runs whose arms have several links: which a sample had, and what they vary.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ..comparison.components import decompositions
from ..comparison.components_table import components_document, components_frame
from ..comparison.judgement import judged
from ..comparison.tables import document, long_form
from ..complaint import Complaint
from ..document.formats import terminal
from ..records.records import load
from .linked_runs import CELL, write_linked_run
from .synthetic import change_plan, write_run


def test_a_sample_s_link_is_a_column(tmp_path: Path) -> None:
    run = load(write_linked_run(tmp_path, links=3, blocks=6))
    cell = run.cells[0]
    links = run.matrix(cell, lambda rows: rows["link"])
    assert links.shape == (6, 3)
    assert set(links[:, 0]) <= {0, 1, 2}
    assert all(links[:, 0] != links[:, 1])  # the control has another one than the baseline


def test_another_build_than_the_link_s_is_refused(tmp_path: Path) -> None:
    def swap(block: dict[str, Any]) -> None:
        block["samples"][0]["build_id"] = "ee"

    folder = write_linked_run(tmp_path, links=3, blocks=6, edit=swap)
    with pytest.raises(Complaint, match="has build-id ee"):
        load(folder)


@pytest.mark.parametrize("link", [3, -1, "1", 0.5, True, None])
def test_a_link_that_the_plan_has_not_is_refused(tmp_path: Path, link: Any) -> None:
    def change(block: dict[str, Any]) -> None:
        block["samples"][0]["link"] = link

    folder = write_linked_run(tmp_path, links=3, blocks=6, edit=change)
    with pytest.raises(Complaint, match="has no link"):
        load(folder)


def test_an_arm_without_links_has_no_link(tmp_path: Path) -> None:
    folder = write_linked_run(tmp_path, links=3, blocks=6)
    plan = change_plan(folder)
    arms = [{key: arm[key] for key in arm if key != "links"} for arm in plan["arms"]]
    change_plan(folder, arms=arms)
    with pytest.raises(Complaint):
        load(folder)


def test_planted_links_are_found_in_a_run(tmp_path: Path) -> None:
    """16 links of 3 % each, 400 blocks with noise of 1 % an arm: 1.4 % of a ratio; the effect of
    1 % is smaller than what a pair of links makes of it, 1.96 times 4.2 %."""
    folder = write_linked_run(tmp_path, 16, 400, link_sd=0.03, noise=0.01, effect=0.01)
    (found,) = decompositions([load(folder)])
    by_name = {factor.what: factor.component for factor in found.factors}
    links = ["link of phase", "link of baseline"]
    assert list(by_name) == [*links, "process", "occasion", "machine"]
    for name, truth in (*((name, 0.03) for name in links), ("process", 0.01 * 2**0.5)):
        point, low, high = by_name[name].sd
        assert low < truth < high and point == pytest.approx(truth, rel=0.5)
    assert by_name["occasion"] is None
    assert found.one_link is not None and found.one_link.bound
    assert found.one_link.low < -0.05 < 0.05 < found.one_link.high


def test_a_verdict_is_about_all_links(tmp_path: Path) -> None:
    """1 % in the blocks of these links, whose own differences make as much of it: the signs of
    blocks alone would say better."""
    folder = write_linked_run(tmp_path, 4, 400, link_sd=0.01, noise=0.002, effect=0.01)
    (found,) = decompositions([load(folder)])
    assert found.over_links is not None and found.over_links[0] < 0 < found.over_links[1]
    frame = judged(load(folder))
    row = frame[(frame["arm"] == "phase") & frame["decides"]].iloc[0]
    assert row["holm_p"] < 0.001 and row["verdict"] == "unclear"
    assert row["over_links_low_ratio"] == found.over_links[0]
    text = " ".join(terminal(components_document([load(folder)])).split())
    assert "over all links; one link alone" in text and "Over all links: the interval" in text


def test_links_that_are_alike_bind_nothing(tmp_path: Path) -> None:
    folder = write_linked_run(tmp_path, 16, 200, noise=0.002, effect=0.05)
    (found,) = decompositions([load(folder)])
    assert found.one_link is not None and not found.one_link.bound
    assert found.one_link.low == pytest.approx(0.05, abs=0.005)


def _occasions(tmp_path: Path, shifts: list[float]) -> list[Path]:
    """Runs of one plan, in which the phase is faster by so much."""
    return [
        write_linked_run(tmp_path / str(number), 4, 60, effect=shift, noise=0.005, seed=number + 1)
        for number, shift in enumerate(shifts)
    ]


def test_runs_of_one_plan_tell_the_occasion(tmp_path: Path) -> None:
    """0, 2 and 4 % in three runs: an SD of 2 %."""
    runs = [load(folder) for folder in _occasions(tmp_path, [0.0, 0.02, 0.04])]
    (found,) = decompositions(runs)
    occasion = {factor.what: factor for factor in found.factors}["occasion"].component
    assert occasion is not None and occasion.levels == 3
    assert occasion.sd[0] == pytest.approx(0.02, rel=0.1)
    assert occasion.sd[1] < 0.02 < occasion.sd[2]
    process = {factor.what: factor for factor in found.factors}["process"].component
    assert process is not None  # what occasions differ in is not the processes'
    assert process.sd[0] == pytest.approx(0.005 * 2**0.5, rel=0.2)


def test_another_plan_or_machine_is_no_occasion(tmp_path: Path) -> None:
    one, other = _occasions(tmp_path, [0.0, 0.0])
    change_plan(other, margin=0.03)
    with pytest.raises(Complaint, match="another plan"):
        decompositions([load(one), load(other)])
    change_plan(other, margin=0.02)
    machine = other / "machine.json"
    machine.write_text(machine.read_text().replace("{", '{"identity": "ab", ', 1))
    with pytest.raises(Complaint, match="another machine"):
        decompositions([load(one), load(other)])


def test_the_table_marks_what_is_layout_bound(tmp_path: Path) -> None:
    folder = write_linked_run(tmp_path, 16, 60, link_sd=0.03, effect=0.01)
    text = " ".join(terminal(components_document([load(folder)])).split())
    assert "1 of 1 effects is LAYOUT-BOUND" in text
    assert "one link alone may show" in text and "too few runs" in text
    table = document(load(folder))
    assert any("components" in one.title for one in table.tables)
    verdicts = next(one for one in table.tables if one.columns[-1] == "verdict")
    marked = [row.cells[0] for row in verdicts.rows if row.cells[-1].endswith("LAYOUT-BOUND")]
    assert marked == ["phase"]
    csv = long_form(load(folder))
    assert csv["layout_bound"].notna().sum() == 1
    assert (csv["one_link_low_ratio"].dropna() < 0).all()
    frame = components_frame([load(folder)])
    assert list(frame["factor"])[:3] == ["link of phase", "link of baseline", "process"]
    assert frame["layout_bound"].all()


def test_a_run_without_links_has_no_such_table(tmp_path: Path) -> None:
    run = load(write_run(tmp_path, {"phase": 0.05}, [CELL], 30))
    assert not any("components" in one.title for one in document(run).tables)
    assert "No arm has several links" in terminal(components_document([run]))
