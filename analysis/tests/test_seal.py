"""test_seal.py -- a line that was changed is refused with its file and number.

SPDX-License-Identifier: MIT"""

import json
import zlib
from pathlib import Path

import pytest

from analysis.complaint import Complaint
from analysis.records.records import load
from analysis.records.seal import SEAL, seal_fault, sealed

from .synthetic import write_run

CELL = "fixed_random size=256 slots=400 operations=100000 cold"


@pytest.fixture(name="run", scope="module")
def _run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three blocks, and no outcome that has counted them."""
    folder = tmp_path_factory.mktemp("seal") / "run"
    return write_run(folder, {"a": 0.0}, [CELL], 3, finished=False)


def test_a_line_ends_in_its_crc() -> None:
    """harness/tests/test_record_damage.c has the same line."""
    line = sealed(b'{"a":1,"b":0.5}')
    assert line == b'{"a":1,"b":0.5,"crc32":"62dd6203"}\n'
    assert line[-11:-3] == b"%08x" % zlib.crc32(b'{"a":1,"b":0.5')
    assert seal_fault(line) == ""
    assert "was changed" in seal_fault(line.replace(b"1", b"2", 1))
    assert seal_fault(b'{"a":1}\n') == "it does not end in its crc32"
    assert json.loads(line)["crc32"] == "62dd6203"


def test_every_changed_byte_is_found(run: Path) -> None:
    """A bit of every fifth of the first line, and of each of its seal."""
    path = run / "samples.jsonl"
    whole = path.read_bytes()
    end = whole.index(b"\n") + 1
    try:
        for at in (*range(0, end - SEAL, 5), *range(end - SEAL, end)):
            changed = bytearray(whole)
            changed[at] ^= 1 << at % 8
            path.write_bytes(changed)
            with pytest.raises(Complaint, match=r"samples\.jsonl:1: "):
                load(run)
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (b'"cpu_ns": 1', b'"cpu_ns": 7', r"samples\.jsonl:3: its crc32 is not that"),
        (b'"crc32"', b'"crc64"', r"samples\.jsonl:3: it does not end in its crc32"),
        (b'{"schema"', b'{ "schema"', r"samples\.jsonl:3: its crc32 is not that"),
        (b'"schema"', b'\0"schema"', None),
        (b'}\n', b"}", None),
        (b'"}\n', b"\n", None),
    ],
)
def test_of_the_last_line_only_a_torn_one_is_left_out(
    run: Path, before: bytes, after: bytes, words: str | None
) -> None:
    """A writer that was killed and a power cut leave no end, or zeros; anything else is damage."""
    path = run / "samples.jsonl"
    whole = path.read_bytes()
    begin = whole[:-1].rindex(b"\n") + 1
    path.write_bytes(whole[:begin] + whole[begin:].replace(before, after, 1))
    try:
        if words is None:
            assert load(run).torn_lines == 1 and len(load(run).blocks) == 2
        else:
            with pytest.raises(Complaint, match=words):
                load(run)
    finally:
        path.write_bytes(whole)


def test_older_runs_have_no_seals_and_load(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", {"a": 0.0}, [CELL], 3, schema="slablab-plan/1", hash="ab")
    assert b"crc32" not in (folder / "samples.jsonl").read_bytes()
    (folder / "attestation.json").unlink()
    assert len(load(folder).blocks) == 3


def test_a_run_is_not_made_older_by_taking_its_seals_away(run: Path, tmp_path: Path) -> None:
    for path in run.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    plan = json.loads((tmp_path / "plan.json").read_text())
    lines = (tmp_path / "samples.jsonl").read_bytes().splitlines(keepends=True)
    bare = [line[:-21].replace(b"block/2", b"block/1") + b"}\n" for line in lines]
    (tmp_path / "samples.jsonl").write_bytes(b"".join(bare))
    with pytest.raises(Complaint, match=r"samples\.jsonl:1: it does not end in its crc32"):
        load(tmp_path)
    (tmp_path / "plan.json").write_text(json.dumps({**plan, "schema": "slablab-plan/1"}))
    assert plan["hash"].encode() in bare[0]  # and so only who rewrites all of it can
