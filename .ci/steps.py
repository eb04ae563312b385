"""steps.py -- runs steps of test commands; says what each step took, and which tests are slowest.

  steps.py FILE [I/K]

A line `[name]` of FILE begins a step, and every other line is a command of the shell, which passes
by exit status 0. A step's commands run side by side, one for each CPU. What a command prints is
shown where it fails, and kept in FILE.log; its lines that begin with `skip` are always shown. A
command that runs many tests may tell the seconds of each as pytest --durations does:
`1.23s call NAME`.

With 3/8 it takes every eighth command, from the third on. Exit status: 1 where a command failed.

SPDX-License-Identifier: MIT"""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple, TextIO

HANG_SECONDS = 1800  # no verdict on a slow machine: what takes as long hangs
LINES_SHOWN = 100
SLOWEST = 10
NAME_COLUMNS = 80
TOLD = re.compile(r"^(\d+\.\d+)s (?:call|setup) +(\S+)", re.M)
SKIPPED = re.compile(r"^skip.*", re.M)


class Step(NamedTuple):
    name: str
    commands: list[str]


class Ran(NamedTuple):
    command: str
    status: int
    seconds: float
    output: str


def steps_of(text: str) -> list[Step]:
    steps: list[Step] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("[") and line.endswith("]"):
            steps.append(Step(line[1:-1], []))
        else:
            steps[-1].commands.append(line)
    return steps


def part_of(steps: list[Step], part: str) -> list[Step]:
    """Every k-th command, counted through all steps; steps that have none of them are left out."""
    place, k = map(int, part.split("/"))
    if not 1 <= place <= k:
        raise ValueError(part)
    numbered = enumerate((step.name, command) for step in steps for command in step.commands)
    taken = [named for number, named in numbered if number % k == place - 1]
    names = dict.fromkeys(name for name, _ in taken)
    return [Step(name, [command for of, command in taken if of == name]) for name in names]


def end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def ran(command: str, running: set[subprocess.Popen[bytes]]) -> Ran:
    """In a session of its own, so that all of it can be ended."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command,
            shell=True,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        running.add(process)
        try:
            status = process.wait(HANG_SECONDS)
        except subprocess.TimeoutExpired:
            end(process)
            status = process.wait()
        running.discard(process)
        output.seek(0)
        text = output.read().decode(errors="replace")
    return Ran(command, status, time.monotonic() - began, text)


def results(step: Step) -> Iterator[Ran]:
    """In the order of the commands. Ctrl-C and SIGTERM end those that run."""
    running: set[subprocess.Popen[bytes]] = set()
    pool = ThreadPoolExecutor(len(os.sched_getaffinity(0)))
    try:
        yield from pool.map(partial(ran, running=running), step.commands)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in tuple(running):
            end(process)


def short(command: str) -> str:
    """Without the folder that everything is in."""
    return command.replace(f"{os.getcwd()}/", "")


def show_failure(one: Ran) -> None:
    lines = one.output.splitlines()
    print(f"\n\nFAIL  {short(one.command)[:NAME_COLUMNS]}  (status {one.status})")
    print("\n".join(lines[-LINES_SHOWN:]), f"  try: {short(one.command)}", sep="\n", flush=True)


def run_step(step: Step, log: TextIO) -> list[Ran]:
    print(f"{step.name:<44}", end="", flush=True)
    began = time.monotonic()
    done = []
    for one in results(step):
        log.write(f"== {one.seconds:.2f}s status {one.status} {one.command}\n{one.output}")
        if one.status != 0:
            show_failure(one)
        done.append(one)
    passed = sum(one.status == 0 for one in done)
    print(f"{passed:>4} of {len(done):>3} passed {time.monotonic() - began:8.1f} s")
    for line in dict.fromkeys(line for one in done for line in SKIPPED.findall(one.output)):
        print(f"  {line}")
    return done


def timed_tests(done: list[Ran]) -> Iterator[tuple[float, str]]:
    """Of a command that tells of its tests, those; of any other, the command."""
    for one in done:
        told = TOLD.findall(one.output)
        yield from ((float(seconds), name) for seconds, name in told)
        if not told:
            yield one.seconds, short(one.command)


def conclude(done: list[Ran], seconds: float) -> int:
    print("\nThe slowest:")
    for each, name in sorted(timed_tests(done), reverse=True)[:SLOWEST]:
        print(f"{each:8.1f} s  {name[:NAME_COLUMNS]}")
    failed = [one for one in done if one.status != 0]
    print(f"\n{len(done) - len(failed)} passed, {len(failed)} failed, {seconds:.0f} s")
    for one in failed:
        print(f"FAIL  {short(one.command)}")
    return 1 if failed else 0


def main(words: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    file, *part = words
    steps = steps_of(Path(file).read_text(encoding="utf-8"))
    if part:
        steps = part_of(steps, part[0])
        print(f"Part {part[0]}; again by hand: make test-all PART={part[0]}")
    began = time.monotonic()
    with Path(f"{file}.log").open("w", encoding="utf-8") as log:
        done = [one for step in steps for one in run_step(step, log)]
    return conclude(done, time.monotonic() - began) if done else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
