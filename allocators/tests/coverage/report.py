"""report.py -- adds up what gcov says of all instrumented phases, and asks for the reasons.

Usage: report.py FOLDER REASONS. A line counts as reached if any phase, in any build, reached it; a
branch likewise, where the builds agree on how many a line has (constants take some away: then those
of the build that has most). REASONS has a line `file | function | text | reason` for what is not
reached; text is a part of the source line, or empty for all of the function. Exits 1 if a line that
was not reached has no reason, or a reason has no such line and does not begin with `chance`.

SPDX-License-Identifier: MIT
"""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ALLOCATORS = Path(__file__).resolve().parents[2]


@dataclass
class Line:
    function: str
    count: int = 0
    branches: dict[int, list[int]] = field(default_factory=dict)  # by how many there are


@dataclass(frozen=True)
class Reason:
    file: str
    function: str
    text: str
    reason: str

    def covers(self, file: str, function: str, source: str) -> bool:
        return (
            (self.file, self.function) == (file, function)
            and self.text in source
        )


Lines = dict[tuple[str, int], Line]


def gcov(counts: Path) -> dict:
    """What gcov says of one object, as JSON."""
    command = ["gcov", "--json-format", "--stdout", "--branch-probabilities", str(counts)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(said.splitlines()[0])


def name_of(path: str) -> str | None:
    """`core/tag.h` of a file of allocators/; None of any other."""
    absolute = Path(path) if Path(path).is_absolute() else ALLOCATORS.parent / path
    resolved = absolute.resolve()
    return str(resolved.relative_to(ALLOCATORS)) if ALLOCATORS in resolved.parents else None


def add(lines: Lines, said: dict) -> None:
    for file in said["files"]:
        name = name_of(file["file"])
        if name is None:
            continue
        for record in file["lines"]:
            line = lines.setdefault(
                (name, record["line_number"]), Line(record.get("function_name", ""))
            )
            line.count += record["count"]
            taken = [branch["count"] for branch in record["branches"]]
            known = line.branches.setdefault(len(taken), [0] * len(taken))
            line.branches[len(taken)] = [a + b for a, b in zip(known, taken)]


def branches_of(line: Line) -> list[int]:
    return line.branches[max(line.branches)]


def print_table(lines: Lines) -> None:
    print(f"{'':32}{'lines':>16}{'branches':>18}")
    files = sorted({file for file, _ in lines})
    for file in [*files, "all"]:
        chosen = [line for (name, _), line in lines.items() if file in (name, "all")]
        taken = [count for line in chosen for count in branches_of(line)]
        reached = sum(line.count > 0 for line in chosen)
        gone = sum(count > 0 for count in taken)
        share = f"{100 * gone / len(taken):5.1f} %" if taken else "      -"
        print(
            f"{file:32}{reached:5} / {len(chosen):4}{100 * reached / len(chosen):6.1f} %"
            f"{gone:6} / {len(taken):4} {share}"
        )


def read_reasons(path: Path) -> list[Reason]:
    rows = (line for line in path.read_text().splitlines() if line and not line.startswith("#"))
    return [Reason(*(cell.strip() for cell in row.split("|", 3))) for row in rows]


def judge(lines: Lines, reasons: list[Reason]) -> list[str]:
    """What is wrong: lines without a reason, reasons without a line."""
    used: set[Reason] = set()
    wrong = []
    for (file, number), line in sorted(lines.items()):
        if line.count > 0:
            continue
        source = (ALLOCATORS / file).read_text().splitlines()[number - 1].strip()
        why = [reason for reason in reasons if reason.covers(file, line.function, source)]
        used.update(why)
        if not why:
            wrong.append(f"allocators/{file}:{number}: {line.function}: not reached: {source}")
    wrong += [
        f"reasons: all is reached of: {reason.file} {reason.function} {reason.text}"
        for reason in reasons
        if reason not in used and not reason.reason.startswith("chance")
    ]
    return wrong


def main(folder: str, reasons_path: str) -> int:
    lines: Lines = {}
    counts = sorted(Path(folder).rglob("*.gcda"))
    if not counts:
        print(f"coverage: no counts in {folder}\n  try: make coverage", file=sys.stderr)
        return 2
    for path in counts:
        add(lines, gcov(path))
    reasons = read_reasons(Path(reasons_path))
    print_table(lines)
    wrong = judge(lines, reasons)
    unreached = sum(line.count == 0 for line in lines.values())
    print(f"{unreached} lines are not reached; {len(reasons)} reasons in {Path(reasons_path).name}")
    for complaint in wrong:
        print(complaint)
    if wrong:
        print("  try: a test that goes there, or a reason in allocators/tests/coverage/reasons")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
