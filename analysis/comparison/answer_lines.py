"""answer_lines.py -- runs' answers for a terminal: a line per run, or four with all that is known.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import textwrap

from ..records.kinds import BENCHMARK, PROGRAM, SERVER, kind_of
from ..records.records import Run
from .answers import Answer, Extreme, answer
from .families import axis_text, families, start_text
from .wording import MARKS, clock

GAP = "  "
CUT = "…"
VERDICTS = ("better", "worse", "same", "unclear")
LEGEND = (
    " ".join(f"{MARKS[verdict]} {verdict}" for verdict in VERDICTS)
    + "; △ ▽ so, but within the margin; effects on operations per second of "
)


def _values(words: str) -> str:
    """Words without names: of "ss-prewarm PREWARM=8", "ss-prewarm 8"."""
    return " ".join(word.rpartition("=")[2] for word in words.split())


def short_cell(run: Run, name: str) -> str:
    """The workload, and of its numbers those that tell the cell from its family: "sawtooth 1024".
    Its start only where the workload has more than one."""
    family = next(one for one in families(run) if name in [cell["id"] for cell in one.cells])
    cell = next(cell for cell in family.cells if cell["id"] == name)
    starts = {
        other["start"] for other in run.plan["cells"] if other["workload"] == cell["workload"]
    }
    numbers = [axis_text(cell, axis) for axis in family.varying if axis != kind_of(cell)]
    return " ".join([cell["workload"], *numbers, *([start_text(cell)] if len(starts) > 1 else [])])


def _short(run: Run, found: Extreme) -> str:
    """An effect without its interval, the arm without the baseline, the cell in short."""
    arm = _values(found.label.removesuffix(f" vs {run.baseline}"))
    effect = found.effect.partition(" %")[0]
    return f"{effect} % {arm}: {short_cell(run, found.cell)}"


def _marks(found: Answer) -> str:
    return " ".join(f"{count}{MARKS[verdict]}" for verdict, count in found.counts.items())


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - len(CUT)] + CUT


def answer_lines(runs: list[Run], width: int) -> list[str]:
    """A heading, a line per run and a legend. Where they would be wider than `width`, every run's
    best stands on a line of its own, and what is still too wide is cut."""
    rows = [("", "", "smallest effect", "largest effect")]
    for run in runs:
        found = answer(run)
        if found.worst is None or found.best is None:
            rows.append((found.experiment, found.verdict, "", ""))
        else:
            shorts = (_short(run, found.worst), _short(run, found.best))
            rows.append((found.experiment, _marks(found) or found.verdict, *shorts))
    first, second, third = (max(len(row[i]) for row in rows if row[2]) for i in range(3))
    heads = [f"{row[0]:<{first}}{GAP}{row[1]:<{second}}{GAP}" for row in rows]
    lines = [f"{head}{row[2]:<{third}}{GAP}{row[3]}".rstrip() for head, row in zip(heads, rows)]
    if max(map(len, lines)) > width:
        under = " " * len(heads[0])
        lines = [
            _cut(line.rstrip(), width)
            for head, row in zip(heads, rows)
            for line in (f"{head}{row[2]}", f"{under}{row[3]}")
            if line.strip()
        ]
    kinds = {kind_of(cell) for run in runs for cell in run.plan["cells"]}
    legend = f"{LEGEND}{clock(*runs)}"
    legend += ", of programs on CPU time" if kinds & {PROGRAM, SERVER} else ""
    legend += ", of what was imported on wall time or its rate" if BENCHMARK in kinds else ""
    return [*lines, *textwrap.wrap(legend, width)]


def answers_in_full(runs: list[Run]) -> list[str]:
    """The question, the verdicts, and the worst and the best cell with their intervals."""
    lines = []
    for found in map(answer, runs):
        texts = {found.experiment: found.question, "": found.verdict}
        for name, extreme in (("  smallest", found.worst), ("  largest", found.best)):
            if extreme is not None:
                texts[name] = f"{extreme.effect}  {extreme.label}: {extreme.cell}"
        lines += [f"{name:<12}{text}".rstrip() for name, text in texts.items()]
    return lines
