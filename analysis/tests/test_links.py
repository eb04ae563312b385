"""test_links.py -- runs whose arms have several links: which file a sample had.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ..complaint import Complaint
from ..records.records import load
from .linked_runs import write_linked_run
from .synthetic import change_plan


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
