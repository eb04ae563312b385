"""test_profiles.py -- profiles are read as they were recorded, or refused, and add up.

SPDX-License-Identifier: MIT"""

import gzip
import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.complaint import Complaint
from analysis.profile import estimates
from analysis.profile.folded import folded, slugs
from analysis.profile.frames import function_of, functions_of
from analysis.records.joined import join
from analysis.records.profiles import Profile, load_profile

from .synthetic_profiles import Stacks, write_profile

CELL = "fixed_random size=512 slots=400 operations=100000 cold"
FAULT = "asm_exc_page_fault_[k];clear_page_[k]"
# start-up, region, after
STACKS: Stacks = [
    ("main;run;malloc;tiny_[i]", "front", 1, 30, 0),
    ("main;run;malloc;refill", "backend", 0, 10, 0),
    (f"main;run;malloc;refill;{FAULT}", "page_fault", 0, 40, 0),
    ("main;run;walk;walk;walk", "workload", 0, 20, 0),
    (f"main;setup;{FAULT}", "page_fault", 9, 0, 0),
    ("main;exit", "c_library", 0, 0, 2),
]


def some_profile(folder: Path, blocks: int = 24, **changes: Any) -> Profile:
    options = {"stacks": lambda arm, cell, block: STACKS, **changes}
    return load_profile(write_profile(folder / "profile", [CELL], blocks, **options))

TWIN = 1.02  # sampling adds 2 % to 100 ns per operation, which are therefore 100 / 1.02


def one(frame: Any, **wanted: Any) -> Any:
    for name, value in wanted.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_shares_by_layer(tmp_path: Path) -> None:
    frame = estimates.layers(some_profile(tmp_path))
    shares = {
        (stage, layer): one(frame, arm="phase17-2", stage=stage, layer=layer)["share_ratio"]
        for stage in ("region", "start_up", "whole")
        for layer in ("front", "backend", "page_fault", "workload", "c_library")
    }
    assert shares["region", "page_fault"] == 0.4 and shares["region", "front"] == 0.3
    assert shares["start_up", "page_fault"] == 0.9
    assert shares["whole", "page_fault"] == 49 / 112 and shares["whole", "c_library"] == 2 / 112


def test_layers_add_up_to_all_samples(tmp_path: Path) -> None:
    frame = estimates.layers(some_profile(tmp_path))
    for _, rows in frame.groupby(["arm", "stage"]):
        assert rows["samples"].sum() == rows["samples_all"].iloc[0]
        assert rows["share_ratio"].sum() == pytest.approx(1, abs=1e-12)
    region = frame[(frame["arm"] == "baseline") & (frame["stage"] == "region")]
    assert region["cpu_per_operation_ns"].sum() == pytest.approx(100 / TWIN, rel=1e-6)


def test_recursion_counts_once(tmp_path: Path) -> None:
    walk = one(
        estimates.functions(some_profile(tmp_path)), arm="baseline", stage="region", function="walk"
    )
    assert walk["self_samples"] == walk["inclusive_samples"] == 20 * 24
    assert walk["inclusive_ratio"] == 0.2


def test_self_and_inclusive_time(tmp_path: Path) -> None:
    frame = estimates.functions(some_profile(tmp_path))
    refill = one(frame, arm="baseline", stage="region", function="refill")
    assert (refill["self_ratio"], refill["inclusive_ratio"]) == (0.1, 0.5)
    assert refill["self_cpu_per_operation_ns"] == pytest.approx(10 / TWIN, rel=1e-6)
    assert refill["layer"] == "backend"
    fault = one(frame, arm="baseline", stage="region", function="asm_exc_page_fault")
    assert (fault["self_ratio"], fault["inclusive_ratio"]) == (0, 0.4)
    below = one(estimates.page_faults(some_profile(tmp_path)), arm="baseline", stage="region")
    assert below["share_ratio"] == 0.4


def test_names_lose_their_marks_and_keep_what_they_say(tmp_path: Path) -> None:
    functions = functions_of(some_profile(tmp_path))
    labels = [functions.label(i) for i in range(len(functions.functions))]
    assert {"tiny [i]", "clear_page [k]", "refill"} <= set(labels)
    assert function_of("memset_[k]") != function_of("memset")
    assert function_of("pop_[i]") == function_of("pop")


def test_what_sampling_costs(tmp_path: Path) -> None:
    found = estimates.overhead(some_profile(tmp_path, overhead=0.05))
    assert found["overhead_ratio"].to_numpy() == pytest.approx(0.05, abs=1e-6)


def test_fewer_than_twenty_processes_have_points_alone(tmp_path: Path) -> None:
    row = one(
        estimates.layers(some_profile(tmp_path, 19)), arm="baseline", stage="region", layer="front"
    )
    assert row["share_ratio"] == 0.3 and np.isnan(row["share_low_ratio"])


def test_differences_are_against_the_right_arm(tmp_path: Path) -> None:
    def planted(arm: str, cell: str, block: int) -> Stacks:
        more = 20 if arm == "phase17-2" else 0
        return [("run", "workload", 0, 50 - more, 0), ("run;pop", "front", 0, 50 + more, 0)]

    profile = some_profile(
        tmp_path,
        stacks=planted,
        comparisons=[{"arm": "phase17-1", "against": "phase17-2"}],
    )
    frame = estimates.layer_differences(profile)
    front = one(frame, arm="phase17-2", against="baseline", layer="front")
    assert front["difference_ratio"] == pytest.approx(0.2) and front["difference_low_ratio"] > 0
    back = one(frame, arm="phase17-1", against="phase17-2", layer="front")
    assert back["difference_ratio"] == pytest.approx(-0.2) and back["difference_high_ratio"] < 0
    equal = one(frame, arm="control", against="baseline", layer="front")
    assert equal["difference_low_ratio"] < 0 < equal["difference_high_ratio"]


def test_differences_are_of_time_per_operation(tmp_path: Path) -> None:
    """20 of 100 samples move from the workload to the front; an operation takes 100 ns, and its
    twin, which was not sampled, 100 / 1.02."""

    def planted(arm: str, cell: str, block: int) -> Stacks:
        more = 20 if arm == "phase17-2" else 0
        return [("run", "workload", 0, 50 - more, 0), ("run;pop", "front", 0, 50 + more, 0)]

    profile = some_profile(tmp_path, stacks=planted)
    frame = estimates.layer_differences(profile)
    front = one(frame, arm="phase17-2", against="baseline", layer="front")
    assert front["time_difference_ns"] == pytest.approx(20 / TWIN)
    assert front["time_difference_low_ns"] > 0
    functions = estimates.function_differences(profile)
    here = functions[(functions["arm"] == "phase17-2") & (functions["against"] == "baseline")]
    assert set(here["function"]) == {"run", "pop"}
    pop = one(here, function="pop")
    assert pop["time_difference_ns"] == pytest.approx(20 / TWIN)
    equal = one(functions, arm="control", against="baseline", function="pop")
    assert equal["time_difference_low_ns"] < 0 < equal["time_difference_high_ns"]


def test_published_shares_stand_beside_what_was_found(tmp_path: Path) -> None:
    published = [
        {"where": "slots=400", "arm": "phase17-2", "metric": "page_fault_share", "value": 0.7},
        {"where": "slots=9", "arm": "phase17-1", "metric": "front_share", "value": 0.3},
    ]
    row = one(estimates.claims(some_profile(tmp_path, published=published)))
    assert (row["arm"], row["published_low_ratio"]) == ("phase17-2", 0.7)
    assert row["region_ratio"] == 0.4 and row["whole_ratio"] == 49 / 112


def test_folded_stacks(tmp_path: Path) -> None:
    profile = some_profile(tmp_path, 2)
    assert folded(profile, CELL, "baseline", "region") == (
        "main;run;malloc;refill 20\n"
        "main;run;malloc;refill;asm_exc_page_fault_[k];clear_page_[k] 80\n"
        "main;run;malloc;tiny_[i] 60\n"
        "main;run;walk;walk;walk 40\n"
    )
    assert "main;exit 4\n" in folded(profile, CELL, "baseline", "whole")


def test_slugs_are_file_names_and_differ() -> None:
    assert slugs(["a b/c", "a b c", "x"]) == {"a b/c": "a-b-c", "a b c": "a-b-c-2", "x": "x"}


def test_a_torn_line_and_a_lost_block_are_left_out(tmp_path: Path) -> None:
    def lose(block: dict[str, Any]) -> None:
        if block["block"] == 1:
            block["valid"] = False
            block["samples"][0] |= {"status": "crashed", "signal": 11}

    folder = write_profile(tmp_path / "p", [CELL], 5, lambda *_: STACKS, edit=lose)
    with (folder / "profile.jsonl").open("a") as file:
        file.write('{"schema": "slablab-prof')
    profile = load_profile(folder)
    assert profile.torn_lines == 1 and profile.losses == {("baseline", "crashed"): 1}
    assert profile.column(CELL, "control", "block").tolist() == [0, 2, 3, 4]
    assert profile.matrix(CELL, "control", "region").sum() == 400


@pytest.mark.parametrize("ending, packed", [(".gz", gzip.compress), (".xz", lzma.compress)])
def test_a_compressed_profile_is_the_same(
    tmp_path: Path, ending: str, packed: Callable[[bytes], bytes]
) -> None:
    plain = some_profile(tmp_path, 3)
    path = tmp_path / "profile" / "profile.jsonl"
    path.with_name(path.name + ending).write_bytes(packed(path.read_bytes()))
    path.unlink()
    again = load_profile(tmp_path / "profile")
    assert (again.counts == plain.counts).all() and again.stacks == plain.stacks


def _lie_about_samples(block: dict[str, Any]) -> None:
    block["samples"][1]["profile"]["samples"]["region"] += 1


def _drop_the_plain_process(block: dict[str, Any]) -> None:
    block["samples"][0] = {**block["samples"][1], "position": 0}


@pytest.mark.parametrize(
    "edit, words",
    [
        (lambda block: block.update(schema="slablab-profile/9"), "slablab-profile/9"),
        (lambda block: block.update(plan="another"), "belongs to plan another"),
        (_lie_about_samples, "101, 2] were counted"),
        (_drop_the_plain_process, "2 sampled processes"),
        (lambda block: block["samples"].pop(), "every arm 2 times"),
        (lambda block: block["samples"][1]["profile"].pop("lost"), "no 'lost'"),
        (
            lambda block: block["samples"][1]["profile"]["stacks"][0].update(layer="magic"),
            "layer 'magic'",
        ),
    ],
)
def test_what_cannot_be_trusted_is_refused(
    tmp_path: Path, edit: Callable[[dict[str, Any]], None], words: str
) -> None:
    folder = write_profile(tmp_path / "p", [CELL], 2, lambda *_: STACKS, edit=edit)
    with pytest.raises(Complaint) as raised:
        load_profile(folder)
    assert words in str(raised.value)


def test_two_profiles_of_one_plan_and_unknown_instruments_are_refused(tmp_path: Path) -> None:
    folders = [write_profile(tmp_path / n, [CELL], 2, lambda *_: STACKS) for n in ("a", "b")]
    with pytest.raises(Complaint, match="not pooled"):
        join(folders)
    instrument = json.loads((folders[0] / "instrument.json").read_text())
    (folders[0] / "instrument.json").write_text(json.dumps({**instrument, "instrument": "x-ray"}))
    with pytest.raises(Complaint, match="x-ray"):
        join(folders[:1])
