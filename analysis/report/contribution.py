"""contribution.py -- runs of this machine as a folder to send, for what holds elsewhere.

  python3 -m analysis.report.contribution RUN... --out DIR      (make contribute)

writes DIR/<machine>/<experiment>/<run>/ of each: the run with the measures that the interval
"elsewhere" needs, and the machine's identity wherever its node's name was. A run that may not be
concluded from, or that names a folder of the machine, is refused.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import argparse
import json
import lzma
import re
import sys
from pathlib import Path
from typing import Any

from ..comparison.judgement import void_reasons
from ..complaint import Complaint
from ..records.packed import lines_of
from ..records.records import Run, load, record_files
from ..records.seal import sealed

FILES = ("plan.json", "machine.json", "attestation.json", "calibration.json", "outcome.json")
BLOCK = ("schema", "plan", "cell", "block", "round", "started_unix_ns", "duration_ns", "valid")
SAMPLE = (
    "arm", "position", "status", "exit_code", "signal", "operations", "checksum", "cpu_ns",
    "wall_ns", "minor_faults", "major_faults", "vm_hwm_bytes",
)  # fmt: skip
PRIVATE = re.compile(r"/(?:home|root|tmp|work|mnt|opt|srv|var|data)/[^\"\s]*")


def machine_of(run: Run) -> str:
    """Its identity; raises Complaint for a run of an older slablab, which has none."""
    found = run.machine.get("identity")
    if not isinstance(found, str):
        raise Complaint(f"{run.path}: machine.json identifies no machine", "make contribute")
    return found


def _check(run: Run) -> None:
    reasons = void_reasons(run) if run.outcome is not None else ["it is unfinished"]
    if reasons:
        raise Complaint(f"{run.path}: may not be concluded from: {reasons[0]}", "run it again")
    if run.blocks["host"].nunique() > 1:
        raise Complaint(f"{run.path}: is of several machines", "one machine's run")


def reduced(block: dict[str, Any], machine: str) -> dict[str, Any]:
    """A block's record with what is needed of it."""
    kept = {key: block[key] for key in BLOCK if key in block} | {"host": machine}
    samples = [{key: one[key] for key in SAMPLE if key in one} for one in block["samples"]]
    return {**kept, "samples": samples}


def _line(block: dict[str, Any], machine: str) -> str:
    text = json.dumps(reduced(block, machine), separators=(",", ":"))
    return sealed(text.encode("utf-8")).decode("utf-8")


def _files(run: Run) -> dict[str, str]:
    machine = machine_of(run)
    found = {}
    for name in FILES:
        if (run.path / name).exists():
            value = json.loads((run.path / name).read_text(encoding="utf-8"))
            found[name] = json.dumps(value | ({"host": machine} if "host" in value else {}))
    lines = [line for path in record_files(run.path, "samples") for line in lines_of(path)]
    found["samples.jsonl"] = "".join(_line(json.loads(line), machine) for line in lines)
    for name, text in found.items():
        private = PRIVATE.search(text)
        if private:
            raise Complaint(
                f"{run.path / name}: names a folder of this machine: {private[0]:.80}",
                "arms that lie in the project",
            )
    return found


def contribute(folder: Path, out: Path) -> Path:
    """Writes one run; returns its folder. Raises Complaint where it is not to be sent."""
    run = load(folder)
    _check(run)
    target = out / machine_of(run) / run.plan["experiment"] / folder.resolve().name
    files = _files(run)
    target.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        if name.endswith(".jsonl"):
            packed = lzma.compress(text.encode("utf-8"), preset=9 | lzma.PRESET_EXTREME)
            (target / f"{name}.xz").write_bytes(packed)
        else:
            (target / name).write_text(text + "\n", encoding="utf-8")
    load(target)  # it can be read again
    return target


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="analysis.report.contribution")
    parser.add_argument("run", type=Path, nargs="+", metavar="RUN")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    arguments = parser.parse_args(words)
    try:
        for folder in arguments.run:
            print(contribute(folder, arguments.out))
    except Complaint as complaint:
        print(complaint, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
