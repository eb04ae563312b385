"""test_fuzz.py -- damaged records, plans and experiments end in a complaint or in success.

Every input comes from a seed, so that a failure is there again. Half of the damaged records get
checksums and hashes that are right, so that what reads them is reached.

SPDX-License-Identifier: MIT"""

import copy
import json
import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis import commands
from analysis.records.seal import sealed

from .gate_runs import write_gate
from .synthetic import hashed, write_run
from .synthetic_profiles import write_ledger, write_profile

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SLABLAB = ROOT / "build/slablab"
CELL = "fixed_random size=256 slots=400 operations=100000 cold"
VALUES = (
    None,
    True,
    -1,
    0,
    1.5,
    1e308,
    float("nan"),
    float("inf"),
    10**30,
    1 << 63,
    -(1 << 63),
    "",
    "x",
    "\0",
    "\ud800",
    "ok",
    [],
    [[]],
    {},
    {"absent": None},
    {"value": 1},
)
WORDS = (
    "-1 99999999999999999999 1e999 0.0 100% -5% 5%% nan ~ null '' \"\" [ ] { } : , - & * ! | > % @ "
    "&a *a <<: *a !!binary x= =1 size= size=,1 size=1,1 size=16..1 size=0 against x + serves >= <= "
    "baseline control head cold warm arms workloads stop gate decides quick published metric"
).split()


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to all values but the whole."""
    entries: Any = ()
    if isinstance(value, dict):
        entries = value.items()
    elif isinstance(value, list):
        entries = enumerate(value)
    found = [] if not path else [path]
    for key, inner in entries:
        found += places(inner, (*path, key))
    return found


def damaged(value: Any, luck: random.Random) -> Any:
    """A copy with up to three values replaced, removed, doubled or renamed."""
    value = copy.deepcopy(value)
    for _ in range(luck.randint(1, 3)):
        paths = places(value)
        if not paths:
            return value
        *above, key = luck.choice(paths)
        inner = value
        for step in above:
            inner = inner[step]
        action = luck.randrange(6)
        if action == 0:
            del inner[key]
        elif action == 1 and isinstance(inner, list):
            inner.append(copy.deepcopy(inner[key]))
        elif action == 2 and isinstance(inner, dict):
            inner[luck.choice(("", "more", "absent", "id"))] = inner.pop(key)
        else:
            inner[key] = copy.deepcopy(luck.choice(VALUES))
    return value


def mangled(content: bytes, luck: random.Random) -> bytes:
    """A few bytes changed, taken out, put in or cut off."""
    changed = bytearray(content)
    for _ in range(luck.randint(1, 4)):
        at = luck.randrange(len(changed) + 1)
        action = luck.randrange(5)
        if action == 0:
            del changed[at : at + luck.randint(1, 40)]
        elif action == 1:
            changed[at:at] = luck.randbytes(luck.randint(1, 4))
        elif action == 2:
            changed[at:at] = luck.choice(WORDS).encode()
        elif action == 3 and at < len(changed):
            changed[at] ^= 1 << luck.randrange(8)
        elif luck.random() < 0.1:
            del changed[at:]
    return bytes(changed)


def _text(value: Any) -> bytes:
    return json.dumps(value).encode()


def damaged_line(line: bytes, luck: random.Random) -> bytes:
    if luck.random() < 0.5:
        return mangled(line, luck)
    block = json.loads(line)
    del block["crc32"]
    return sealed(_text(damaged(block, luck)))


def damaged_file(path: Path, content: bytes, luck: random.Random) -> bytes:
    if path.suffix == ".jsonl":
        lines = content.splitlines(keepends=True)
        at = luck.randrange(len(lines))
        return b"".join((*lines[:at], damaged_line(lines[at], luck), *lines[at + 1 :]))
    if luck.random() < 0.3:
        return mangled(content, luck)
    value = damaged(json.loads(content), luck)
    if path.name == "plan.json" and luck.random() < 0.7:
        try:
            value = hashed(value)
        except (ValueError, KeyError, TypeError):
            pass  # no plan has such values, and so no hash
    return _text(value)


def assert_ends_well(words: list[str], what: object, capsys: pytest.CaptureFixture[str]) -> None:
    """In success or in a complaint: what else is raised comes through and fails the test."""
    try:
        status = commands.run(words)
    except Exception as error:
        raise AssertionError(f"input {what}: {error!r}") from error
    said = capsys.readouterr().err
    assert status in (0, 1, 2), what
    assert status == 0 or ("analysis: " in said and "\n  try: " in said), what


def stacks(arm: str, cell: str, block: int) -> list[tuple[str, str, int, int, int]]:
    return [("_start;main;malloc", "front", 2, 40, 1), ("_start;main", "workload", 1, 60, 0)]


def rows(arm: str, cell: str, block: int) -> list[tuple[str, str, str, str, str, str, int]]:
    return [("region", "front", "malloc", "superslab_payload", "first", "program", 9)]


TOUCHES = {
    "superslab_bytes": 1 << 20,
    "page_bytes": 4096,
    "time_ns": [-5, 10, 20],
    "superslab": [0, 0, 1],
    "page": [1, 2, 1],
}
WRITERS: dict[str, Callable[[Path], Path]] = {
    "table": lambda folder: write_run(folder, {"a": -0.04}, [CELL], 7),
    "where": lambda folder: write_profile(folder, [CELL], 6, stacks, arms=("a",)),
    "where --functions 3": lambda folder: write_ledger(
        folder, [CELL], 4, rows, arms=("a",), touches=lambda arm, cell: TOUCHES
    ),
    "judge": lambda folder: write_gate(
        folder, blocks=8, counts=lambda arm, block: 1000, counted=4, pairs=[("crashed", "ok")]
    ),
}
LIKELY = ("plan.json", "gate.json", "attestation.json", "outcome.json")
INPUTS = {"table": 1000, "where": 400, "where --functions 3": 400, "judge": 400}


@pytest.mark.parametrize("command", WRITERS)
def test_a_damaged_run_is_a_complaint_or_a_table(
    tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = WRITERS[command](tmp_path / "run")
    files = {path: path.read_bytes() for path in sorted(folder.iterdir())}
    likely = [path for path in files if path.name in LIKELY or path.suffix == ".jsonl"]
    for seed in range(INPUTS[command]):
        luck = random.Random(seed)
        path = luck.choice(likely if luck.random() < 0.7 else list(files))
        path.write_bytes(damaged_file(path, files[path], luck))
        assert_ends_well([*command.split(), str(folder)], (command, seed, path.name), capsys)
        path.write_bytes(files[path])


@pytest.mark.skipif(not SLABLAB.exists(), reason="slablab is not built")
def test_a_damaged_experiment_is_a_complaint_or_a_plan(tmp_path: Path) -> None:
    texts = [path.read_bytes() for path in sorted(ROOT.glob("experiments/*.yaml"))]
    assert len(texts) > 5
    path = tmp_path / "x.yaml"
    for seed in range(1000):
        luck = random.Random(seed)
        path.write_bytes(mangled(luck.choice(texts), luck))
        done = subprocess.run(
            [SLABLAB, "plan", path, "--quick"], capture_output=True, timeout=60, check=False
        )
        assert done.returncode in (0, 2), (seed, done.returncode, done.stderr)
        complained = b"slablab: " in done.stderr and b"\n  try: " in done.stderr
        assert done.returncode == 0 or complained, (seed, done.stderr)
