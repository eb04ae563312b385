"""test_ranges.py -- numbers that no process can have, and files that were not to run, are refused.

SPDX-License-Identifier: MIT"""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.complaint import Complaint
from analysis.records.identity import Identity, check_identity
from analysis.records.joined import join
from analysis.records.ranges import MEASURES, REQUIRED, measures_of
from analysis.records.records import load

from .synthetic import sample_record, write_run
from .synthetic_profiles import write_profile

CELL = "fixed_random size=256 slots=400 operations=100000 cold"
SAMPLE = sample_record("baseline", 0, 17_000_000, 624, 4 << 20, 0.25)
WRONG = (-5, math.nan, math.inf, 1e308, 0.5, True, 10**30, 1 << 63, "12", [1], {})


def of_sample(change: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    def edit(block: dict[str, Any]) -> None:
        if block["block"] == 3:
            block["samples"][0].update(change)

    return edit


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("value", WRONG, ids=str)
def test_no_measure_is_anything_but_a_count(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=name):
        measures_of({**SAMPLE, name: value})


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("value", [None, {"absent": "why"}, "missing"], ids=str)
def test_what_is_absent_is_no_zero_and_work_and_time_are_there(name: str, value: Any) -> None:
    sample = {**SAMPLE, name: value}
    if value == "missing":
        del sample[name]
    if name in REQUIRED:
        with pytest.raises(ValueError, match=name):
            measures_of(sample)
    else:
        assert math.isnan(measures_of(sample)[MEASURES.index(name)])


def test_what_is_timed_did_something_in_some_time() -> None:
    for name in ("operations", "cpu_ns", "wall_ns"):
        sample = {**SAMPLE, name: 0}
        with pytest.raises(ValueError, match=f"{name} is 0, less than 1"):
            measures_of(sample)
        assert measures_of(sample, timed=False)[MEASURES.index(name)] == 0
    assert list(measures_of({**SAMPLE, "minor_faults": 0}))[6] == 0


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (of_sample({"cpu_ns": math.nan}), "cpu_ns is nan, not a whole number"),
        (of_sample({"cpu_ns": None}), "cpu_ns is None"),
        (of_sample({"operations": 0}), "operations"),
        (of_sample({"operations": 99_999}), "did 99999 operations .* they did not do the same"),
        (of_sample({"checksum": "00000000000000ff"}), "they did not do the same work"),
        (of_sample({"position": 1}), "position 0 says that it ran in another"),
        (of_sample({"build_id": "cd34"}), "has build-id cd34, but ab12 in plan.json"),
        (of_sample({"object": "/build/libother.so"}), "had its malloc from /build/libother.so"),
        (of_sample({"object": None}), "had its malloc from None"),
        (
            of_sample({"events": {"cycles": {"value": -1, "enabled_ns": 1, "running_ns": 1}}}),
            "cycles.value is -1",
        ),
        (of_sample({"events": {"cycles": {"value": 1}}}), "the record has no 'enabled_ns'"),
        (lambda block: block.update(block=True), "block is True"),
        (lambda block: block.update(block=-1), "block is -1"),
        (lambda block: block.update(duration_ns=-1), "duration_ns is -1"),
        (lambda block: block.update(started_unix_ns=1 << 63), "started_unix_ns"),
        (lambda block: block["weather"].update(load_1min=math.inf), "load_1min is inf"),
        (lambda block: block["weather"].update(steal_ns=math.nan), "steal_ns is nan"),
    ],
)
def test_the_record_is_refused_with_its_line(
    tmp_path: Path, edit: Callable[[dict[str, Any]], None], words: str
) -> None:
    """The lines' seals are right: their writer meant the values."""
    folder = write_run(tmp_path / "run", {"a": 0.0}, [CELL], 6, edit=edit)
    with pytest.raises(Complaint, match=rf"samples\.jsonl:\d: .*{words}"):
        load(folder)


def test_a_sample_of_another_program_is_refused() -> None:
    """Of a gate of two programs; another run's samples, and older ones, say nothing of one."""
    arms: dict[str, tuple[str | None, str]] = {"base": (None, "")}
    of_programs = Identity(arms, {"base": "ab12"})
    with pytest.raises(Complaint, match=r"x:1: 'base' ran a program of build-id cd34, but ab12"):
        check_identity(of_programs, {"arm": "base", "program_build_id": "cd34"}, "x:1")
    check_identity(of_programs, {"arm": "base", "program_build_id": "ab12"}, "x:1")
    check_identity(of_programs, {"arm": "base"}, "x:1")
    check_identity(Identity(arms), {"arm": "base"}, "x:1")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"cpu_ns": -5}, "cpu_ns is -5"),
        ({"build_id": "cd34"}, "has build-id cd34"),
        ({"checksum": "00000000000000ff"}, "they did not do the same work"),
    ],
)
def test_a_profile_s_record_is_refused_too(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    folder = write_profile(
        tmp_path / "run", [CELL], 6, lambda *_: [("f", "front", 0, 9, 0)], edit=of_sample(change)
    )
    with pytest.raises(Complaint, match=words):
        join([folder])


def attestation_of(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "attestation.json"
    attestation = json.loads(path.read_text())
    change(attestation)
    path.write_text(json.dumps(attestation))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda a: a["cells"][0]["arms"][0].update(checksum="ff"), "did not do the same work"),
        (lambda a: [arm.update(checksum="ff") for arm in a["cells"][0]["arms"]], "jsonl:1: .*same"),
        (lambda a: [arm.update(operations=9) for arm in a["cells"][0]["arms"]], "jsonl:1: .*same"),
        (lambda a: a["cells"][0]["arms"][0].update(arm="b"), "the plan has no 'b'"),
        (lambda a: a["cells"][0].update(cell="b cold"), "the plan has no 'b cold'"),
        (lambda a: a["cells"][0]["arms"][0].update(operations="9"), "operations is '9'"),
        (lambda a: a.pop("violations"), "there is no violations"),
        (lambda a: a.update(schema="slablab-attestation/9"), "slablab-attestation/9"),
    ],
)
def test_samples_did_what_was_attested(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], words: str
) -> None:
    folder = write_run(tmp_path / "run", {"a": 0.0}, [CELL], 2)
    attestation_of(folder, change)
    with pytest.raises(Complaint, match=words):
        load(folder)


def test_a_lost_attestation_is_missed_where_there_are_blocks(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", {"a": 0.0}, [CELL], 2)
    (folder / "attestation.json").unlink()
    with pytest.raises(Complaint, match=r"attestation\.json: not there"):
        load(folder)
    (folder / "samples.jsonl").unlink()
    (folder / "outcome.json").unlink()
    assert len(load(folder).blocks) == 0
