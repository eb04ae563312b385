"""watch.py -- a run's table, drawn again as its blocks arrive, until the run has ended.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from ..complaint import Complaint
from ..records.records import load, record_files
from .run_formats import brief

LOOK_SECONDS = 1.0
REST_PER_WORK = 4.0  # drawing takes at most a fifth of the watcher's CPU
LEFT_SECONDS, LEFT_LOOKS = 5.0, 2  # without a write and without a lock, before it is called left
CLEAR = "\x1b[H\x1b[2J\x1b[3J"
WORKLOAD_CPU, WORKLOAD_CPUS = "workload_cpu", "workload_cpus"  # the first; all of them
OUTCOME = "outcome.json"


def _state(folder: Path) -> tuple[tuple[str, int], ...]:
    """What changes when a block arrives or the run ends."""
    files = [*record_files(folder, "samples"), folder / OUTCOME]
    return tuple((path.name, path.stat().st_size) for path in files if path.exists())


def _drawn(folder: Path, shown: Callable[..., str]) -> str:
    run = load(folder)
    blocks = f"{len(run.blocks)} block{'' if len(run.blocks) == 1 else 's'}"
    said = "ended" if run.outcome else "running: drawn again as blocks arrive, Ctrl-C leaves it"
    return f"{folder}: {blocks}, {said}\n\n{shown(run)}"


def keep_off_samples(folder: Path) -> None:
    """Lowest priority, and never on the CPUs that samples are pinned to, where another is."""
    machine = load(folder).machine
    taken = set(machine.get(WORKLOAD_CPUS, [machine.get(WORKLOAD_CPU)]))
    os.nice(19)
    if hasattr(os, "sched_setaffinity"):
        others = os.sched_getaffinity(0) - taken
        os.sched_setaffinity(0, others or os.sched_getaffinity(0))


def _clears(out: TextIO) -> bool:
    """A terminal that takes escape sequences, and whose owner wants some."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return out.isatty() and not plain


def _is_left(folder: Path) -> bool:
    """No slablab holds the lock of a folder that nothing was written to for a while."""
    newest = max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
    if time.time() - newest < LEFT_SECONDS:
        return False
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def watch(
    folder: Path,
    out: TextIO,
    shown: Callable[..., str] = brief,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Returns when the run has ended. A terminal is cleared before each drawing; anything else gets
    one after the other. Raises Complaint where the folder is no run."""
    seen: object = None
    left = 0
    while True:
        state = _state(folder)
        took = 0.0
        if state != seen:
            began = time.process_time()
            try:
                text = _drawn(folder, shown)
            except Complaint:
                if seen is None or (folder / OUTCOME).exists():
                    raise
                text = ""  # read between two writes of the harness: the next look has all of it
            if text:
                out.write((CLEAR if _clears(out) else "") + text)
                out.flush()
                seen = state
            took = time.process_time() - began
        if state == seen and OUTCOME in dict(state):  # as it was when read, not as it is now
            return
        left = left + 1 if state == seen and _is_left(folder) else 0
        if left >= LEFT_LOOKS:
            raise Complaint(
                f"{folder}: no slablab measures there any more, and it is unfinished",
                "the slablab command that began it, which resumes it",
            )
        sleep(max(LOOK_SECONDS, REST_PER_WORK * took))
