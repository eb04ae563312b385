"""against_perf.py -- slablab's profiles beside those of perf(1), on the same workloads.

Usage: against_perf.py BUILD FOLDER [ROUNDS]. Both sample cpu-clock about 10,000 times a second in
turns, a few processes each, and are compared over whole processes: the inclusive
share of asm_exc_page_fault, and the self shares of the ten functions that spend most by slablab
(by perf's notion of one: inlined functions belong to the function they are inlined into). Writes
FOLDER/against_perf.md and .csv. Exits 1 where an interval of one does not meet the other's.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from analysis.statistics.statistics import Interval, share_of_totals

FAULT = "asm_exc_page_fault"
PROCESSES = 4  # of each in a round
TOP = 10
# Three workloads and arms: nearly all faults, half faults, hardly any.
CASES = (
    ("baseline", "", "fixed_random size=512 slots=65536 operations=100000"),
    ("phase17-2", "SLABLAB_SMALLMID=1", "sawtooth size=512 objects=8192 order=2 operations=200000"),
    ("ss-reuse", "", "random_mixed slots=256 operations=3000000"),
)

# Samples of one process: in all, below the exception, and of each function itself.
Process = tuple[int, int, Counter[str]]


def run(words: list[str], **options: object) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True, **options).stdout


def real_function(stack: str) -> str:
    """The innermost frame that is not inlined, without its mark."""
    frames = [frame for frame in stack.split(";") if not frame.endswith("_[i]")]
    return frames[-1].removesuffix("_[k]")


def of_slablab(build: Path, arm: str, setting: str, workload: str, folder: str) -> list[Process]:
    words = [arm, *setting.split(), *workload.split()]
    run([str(build / "slablab"), "profile", "--fresh", "--blocks", str(PROCESSES), "--out", folder]
        + ["--", *words])
    newest = max(Path(folder).glob("command_line/*/profile.jsonl"))
    found = []
    for line in newest.read_text(encoding="utf-8").splitlines():
        for sample in json.loads(line)["samples"]:
            if "profile" not in sample or sample["arm"] == "control":
                continue
            itself: Counter[str] = Counter()
            below = 0
            for stack in sample["profile"]["stacks"]:
                count = stack["start_up"] + stack["region"] + stack["after"]
                itself[real_function(stack["stack"])] += count
                below += count if f"{FAULT}_[k]" in stack["stack"].split(";") else 0
            found.append((itself.total(), below, itself))
    return found


def report_of_perf(data: str) -> list[list[str]]:
    """Rows of: share with all callees in %, own samples, command, symbol."""
    fields = "overhead_children,sample,comm,sym"
    text = run(["perf", "report", "--input", data, "--children", "--stdio", "--call-graph", "none",
                "--percent-limit", "0", "--fields", fields, "--field-separator", "|"])
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def of_perfs_name(symbol: str, command: str) -> str:
    """A compiler's clone is the function; the linker's stubs have no name of their own."""
    name = re.sub(r"^\[[.k]\] ", "", symbol)
    if name.endswith("@plt"):
        return f"[{command}]"
    return re.sub(r"\.(constprop|isra|part|cold)\b.*", "", name)


def of_perf(build: Path, arm: str, setting: str, workload: str, folder: str) -> Process:
    data = f"{folder}/perf.data"
    name, *parameters = workload.split()
    environment = {"LD_PRELOAD": str((build / f"lib{arm}.so").resolve()), "LD_BIND_NOW": "1"}
    environment |= dict([setting.split("=")]) if setting else {}
    with_environment = [f"{key}={value}" for key, value in environment.items()]
    run(["taskset", "--cpu-list", "0", "perf", "record", "--output", data, "--event", "cpu-clock",
         "--freq", "9973", "-g", "--", "taskset", "--cpu-list", "1", "env", *with_environment,
         str(build / "workloads" / name), *parameters])
    itself: Counter[str] = Counter()
    below = 0.0
    total = everything = 0
    before = re.compile(r"^(taskset|env|perf)")  # what starts the program is no part of it
    for children, samples, command, symbol in report_of_perf(data):
        everything += int(samples)
        if before.match(command):
            continue
        name = of_perfs_name(symbol, command)
        itself[name] += int(samples)
        total += int(samples)
        if name == FAULT:
            below += float(children.rstrip("%")) / 100
    return total, round(below * everything), itself


def share(processes: list[Process], part: list[int]) -> Interval:
    whole = [process[0] for process in processes]
    return share_of_totals(part, whole, [0] * len(whole), 0.05, 1)


def rows_of(case: str, ours: list[Process], theirs: list[Process]) -> list[list[str]]:
    totals: Counter[str] = sum((process[2] for process in ours), Counter())
    names = [name for name, _ in totals.most_common(TOP)]
    pairs = [(f"below {FAULT}", [p[1] for p in ours], [p[1] for p in theirs])]
    pairs += [(name, [p[2][name] for p in ours], [p[2][name] for p in theirs]) for name in names]
    rows = []
    for name, mine, other in pairs:
        one, two = share(ours, mine), share(theirs, other)
        meets = one.low <= two.high and two.low <= one.high
        texts = [f"{100 * x.point:.1f} [{100 * x.low:.1f}, {100 * x.high:.1f}]" for x in (one, two)]
        rows.append([case, name, *texts, "yes" if meets else "no"])
    return rows


def main() -> int:
    build, folder = Path(sys.argv[1]), Path(sys.argv[2])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 8
    rows = []
    for arm, setting, workload in CASES:
        ours: list[Process] = []
        theirs: list[Process] = []
        with tempfile.TemporaryDirectory() as scratch:
            for _ in range(rounds):
                ours += of_slablab(build, arm, setting, workload, scratch)
                theirs += [
                    of_perf(build, arm, setting, workload, scratch) for _ in range(PROCESSES)
                ]
        rows += rows_of(f"{arm}: {workload}", ours, theirs)
        print(f"{arm}: {workload}: {len(ours)} and {len(theirs)} processes", file=sys.stderr)
    head = ["workload", "function", "slablab, %", "perf, %", "intervals meet"]
    with (folder / "against_perf.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    lines = [head, ["---"] * len(head), *rows]
    table = "".join("| " + " | ".join(line) + " |\n" for line in lines)
    (folder / "against_perf.md").write_text(table, encoding="utf-8")
    print(table)
    return 0 if all(row[-1] == "yes" for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
