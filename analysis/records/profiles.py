"""profiles.py -- profile.jsonl as counts: how many samples of each process had which stack.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..complaint import Complaint
from .instruments import (
    STAGES,
    WHOLE,
    Instrumented,
    Taken,
    instrument_of,
    named_measures,
    read_instrumented,
)
from .layers import LAYERS
from .ranges import whole_number

KIND = "profile"


@dataclass(frozen=True, eq=False)
class Profile(Instrumented):
    """`processes` are the sampled ones; `plain_cpu_ns` is that of the same arm left alone in the
    same block. `stacks` are (folded text, layer), in order; `counts` is of shape (m, 5): row of the
    process, index of the stack, samples in each of STAGES. `object_problems`: (path, why) of files
    that gave no names, each once."""

    stacks: list[tuple[str, str]]
    counts: NDArray[np.int64]
    object_problems: list[tuple[str, str]]

    def samples_of(self, cell: str, arm: str) -> NDArray[np.int64]:
        """Samples of each process in all stages. Shape (n,)."""
        return sum(self.column(cell, arm, f"{stage}_samples") for stage in STAGES)

    def matrix(self, cell: str, arm: str, stage: str) -> NDArray[np.int64]:
        """Samples of every stack in every process of one arm in one cell. Shape (stacks, n)."""
        rows = self.rows(cell, arm)
        first, last = np.searchsorted(self.counts[:, 0], [rows.start, rows.stop])
        chosen = self.counts[first:last]
        columns = range(2, 5) if stage == WHOLE else [2 + STAGES.index(stage)]
        found = np.zeros((len(self.stacks), rows.stop - rows.start), dtype=np.int64)
        np.add.at(found, (chosen[:, 1], chosen[:, 0] - rows.start), chosen[:, columns].sum(axis=1))
        return found


def _stack_counts(profile: dict[str, Any], where: str) -> dict[tuple[str, str], list[int]]:
    """(stack, layer) to its samples by stage, whose sums are what the process counted."""
    found: dict[tuple[str, str], list[int]] = {}
    for stack in profile["stacks"]:
        key = (stack["stack"], stack["layer"])
        if not isinstance(key[0], str) or key[1] not in LAYERS:
            raise ValueError(f"a stack of layer {key[1]!r:.40}, which is none")
        here = [whole_number(stack[stage], stage) for stage in STAGES]
        before = found.setdefault(key, [0, 0, 0])
        found[key] = [a + b for a, b in zip(before, here)]
    sums = [sum(counts[i] for counts in found.values()) for i in range(len(STAGES))]
    counted = [whole_number(profile["samples"][stage], stage) for stage in STAGES]
    if sums != counted:
        raise Complaint(
            f"{where}: the stacks hold {sums} samples in {', '.join(STAGES)}, but {counted} were "
            "counted",
            "restore the file from its copy; layers could not add up to 100 %",
        )
    return found


def _problems(sample: dict[str, Any]) -> set[tuple[str, str]]:
    """(path, why) of the objects whose names could not be read, where the record says so."""
    found = sample.get("object_problems", {})
    if not isinstance(found, dict):
        raise ValueError(f"object_problems is {found!r:.40}, not paths with their problems")
    return {(path, str(why)) for path, why in found.items()}


def _take(samples: list[dict[str, Any]], block: dict[str, Any], where: str) -> Taken:
    sampled = [sample for sample in samples if "profile" in sample]
    plain = [sample for sample in samples if "profile" not in sample]
    if len(sampled) != 1 or len(plain) != 1:
        raise Complaint(
            f"{where}: '{samples[0]['arm']}' has {len(sampled)} sampled processes in block "
            f"{block['block']} of '{block['cell']}', and not one beside a plain one",
            "restore the file; slablab never writes such a line",
        )
    profile, alone = sampled[0]["profile"], named_measures(plain[0])
    columns = {
        **named_measures(sampled[0]),
        **{f"plain_{name}": alone[name] for name in ("cpu_ns", "process_cpu_ns")},
        **{name: whole_number(profile[name], name) for name in ("period_ns", "lost", "throttled")},
        "unnamed_samples": whole_number(profile["unnamed_samples"], "unnamed_samples"),
        **{f"{stage}_samples": profile["samples"][stage] for stage in STAGES},
    }
    return columns, (_stack_counts(profile, where), _problems(sampled[0]))


def load_profile(folder: Path) -> Profile:
    """Reads the folder of a run of `slablab profile`. Raises Complaint for records that cannot be
    trusted."""
    instrument = instrument_of(folder)
    fields, found = read_instrumented(folder, KIND, 2, _take)
    stacks_of = [stacks for stacks, _ in found]
    stacks = sorted({key for stacks in stacks_of for key in stacks})
    number = {key: i for i, key in enumerate(stacks)}
    counts = [
        (row, number[key], *by_stage)
        for row, of_process in enumerate(stacks_of)
        for key, by_stage in of_process.items()
    ]
    return Profile(
        **fields,
        instrument=instrument,
        stacks=stacks,
        counts=np.array(counts, dtype=np.int64).reshape(-1, 2 + len(STAGES)),
        object_problems=sorted({problem for _, problems in found for problem in problems}),
    )
