"""check_instruments.py -- holds the records of instruments.sh against what must be true of them.

Usage: check_instruments.py FOLDER. The standard library alone: a machine that measures may have no
pandas.

SPDX-License-Identifier: MIT"""

import json
import os
import sys
from collections.abc import Iterator
from math import sqrt
from pathlib import Path

NAMED_AT_LEAST = 0.95
DEVIATIONS = 6  # of a binomial share: a right profiler fails here once in 10^9
PLANTED = {"planted_sixty": 0.60, "planted_thirty": 0.30, "planted_ten": 0.10}
PAGES = 1000


def samples(folder: Path, experiment: str, name: str) -> Iterator[tuple[str, dict]]:
    """(cell and arm, sample) of every process that was looked into."""
    (file,) = (folder / experiment).glob(f"*-{name}/{name}.jsonl")
    for line in file.read_text(encoding="utf-8").splitlines():
        block = json.loads(line)
        for sample in block["samples"]:
            assert sample["status"] == "ok", (block["cell"], sample)
            if name in sample:
                yield f"{block['cell']}, {sample['arm']}", sample


def rows_of(sample: dict, **wanted: str) -> int:
    """Faults in the rows that have all these values."""
    return sum(
        row["minor"] + row["major"]
        for row in sample["faults"]["rows"]
        if all(row[key] == value for key, value in wanted.items())
    )


def check_ledgers(folder: Path, experiment: str) -> int:
    """Of every process: the sums; returns how many."""
    count = 0
    for where, sample in samples(folder, experiment, "faults"):
        faults = sample["faults"]
        count += 1
        cpus = min(sample["threads"], len(os.sched_getaffinity(0)))
        assert len(set(sample["cpus"])) == len(sample["cpus"]) == cpus, where
        process = sample["process_minor_faults"] + sample["process_major_faults"]
        region = sample["minor_faults"] + sample["major_faults"]
        assert faults["lost"] == 0, where
        assert faults["total"] == process, (where, faults["total"], process)
        assert faults["unplaced"] == 0, (where, faults["unplaced"])
        assert faults["recorded"] + faults["populated"] == process, where
        assert rows_of(sample) == process, where
        assert rows_of(sample, stage="region") == region, (where, region)
    return count


def check_threads(folder: Path) -> None:
    """Some of the processes that were held against getrusage had several threads."""
    assert any(sample["threads"] > 1 for _, sample in samples(folder, "all", "faults"))


def check_profiles(folder: Path) -> int:
    total = unnamed = 0
    for where, sample in (*samples(folder, "all", "profile"), *samples(folder, "each", "profile")):
        profile = sample["profile"]
        assert profile["lost"] == 0 and profile["throttled"] == 0, where
        unnamed += profile["unnamed_samples"]
        for stage, count in profile["samples"].items():
            total += count
            assert count == sum(stack[stage] for stack in profile["stacks"]), (where, stage)
    assert total > 0 and unnamed <= (1 - NAMED_AT_LEAST) * total, (unnamed, total)
    return total


def check_planted(folder: Path) -> None:
    found = dict.fromkeys(PLANTED, 0)
    for _, sample in samples(folder, "planted", "profile"):
        for stack in sample["profile"]["stacks"]:
            if stack["layer"] != "workload":
                continue
            for frame in PLANTED.keys() & stack["stack"].split(";"):
                found[frame] += stack["region"]
    total = sum(found.values())
    assert total > 1000, total
    for name, share in PLANTED.items():
        allowed = DEVIATIONS * sqrt(share * (1 - share) / total)
        assert abs(found[name] / total - share) < allowed, (name, found[name], total)
    for where, sample in samples(folder, "planted", "faults"):
        first = rows_of(sample, stage="region", function="planted_first", touch="first")
        again = rows_of(sample, stage="region", function="planted_again", touch="again")
        assert (first, again) == (PAGES, PAGES), (where, first, again)
        assert rows_of(sample, stage="region") == 2 * PAGES, where
        assert rows_of(sample, stage="region", memory="workload_tables") == 2 * PAGES, where


def main() -> None:
    folder = Path(sys.argv[1])
    ledgers = sum(check_ledgers(folder, experiment) for experiment in ("all", "each"))
    sampled = check_profiles(folder)
    check_threads(folder)
    check_planted(folder)
    print(f"instruments: {ledgers} ledgers add up, {sampled} samples, the planted is found")


if __name__ == "__main__":
    main()
