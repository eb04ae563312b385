"""test_plan_hash.py -- a plan's hash here is the harness's, and changes with every key that counts.

SPDX-License-Identifier: MIT"""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from analysis.complaint import Complaint
from analysis.records.plan_hash import LEFT_OUT, plan_hash
from analysis.records.records import load

from .synthetic import plan_record, write_run

CELL = "fixed_random size=256 slots=400 operations=100000 cold"
PLAN = plan_record(["a"], [CELL], 6, comparisons=[{"arm": "a", "against": "baseline"}])


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path to every value that holds no other."""
    if isinstance(value, (dict, list)) and value:
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        return [found for key, inner in entries for found in places(inner, (*path, key))]
    return [path]


def test_the_hash_is_the_harness_s() -> None:
    """harness/tests/test_plan_file.c has the same plan and the same digits."""
    plan = {
        "seed": 3,
        "b": [1, -1, 0.02, True, False, None],
        "a": {"\u00fc": "x", "": ""},
        "hash": "",
    }
    assert plan_hash(plan) == "71f9dd5a6fdd2264"


@pytest.mark.parametrize("path", places(PLAN), ids=lambda path: ".".join(map(str, path)))
def test_every_value_of_a_plan_is_in_its_hash(path: tuple[Any, ...]) -> None:
    changed = copy.deepcopy(PLAN)
    inner: Any = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = "changed"
    assert (plan_hash(changed) == plan_hash(PLAN)) == (path[0] in LEFT_OUT)


def test_a_key_on_top_changes_the_hash() -> None:
    assert plan_hash({**PLAN, "more": None}) != plan_hash(PLAN)


@pytest.mark.parametrize(
    "change", [{"margin": 0.03}, {"alpha": 0.1}, {"hash": "0123456789abcdef"}, {"more": 1 << 70}]
)
def test_a_plan_that_was_changed_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    folder = write_run(tmp_path / "run", {"a": 0.0}, [CELL], 2)
    path = folder / "plan.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(Complaint, match=r"plan\.json: .* (hash|missing)"):
        load(folder)


def test_what_is_said_of_a_plan_may_change(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", {"a": 0.0}, [CELL], 2)
    path = folder / "plan.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"question": "Which?"}))
    assert load(folder).plan["question"] == "Which?"


def test_an_older_plan_keeps_the_hash_that_it_has(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", {"a": 0.0}, [CELL], 2, schema="slablab-plan/1", hash="ab")
    assert load(folder).plan["hash"] == "ab"
