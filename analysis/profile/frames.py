"""frames.py -- the frames of folded stacks: names, marks, and which function was innermost.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ..records.instruments import WHOLE
from ..records.profiles import Profile

KERNEL, INLINED = "_[k]", "_[i]"
PAGE_FAULT = "asm_exc_page_fault"


class Function(NamedTuple):
    """A function, inlined or not; one of the kernel is another than one of the program."""

    name: str
    kernel: bool


def function_of(frame: str) -> Function:
    """The function of a frame: its name without the mark at its end."""
    return Function(frame.removesuffix(KERNEL).removesuffix(INLINED), frame.endswith(KERNEL))


@dataclass(frozen=True, eq=False)
class Functions:
    """All functions of a profile. `inclusive` and `innermost` are of shape (functions, stacks): 1
    where the function is in the stack, however often, and where its last frame is the function's.
    `inlined` is the share of a function's frames that are inlined, each stack counted once."""

    functions: list[Function]
    inclusive: sparse.csr_matrix
    innermost: sparse.csr_matrix
    inlined: NDArray[np.float64]
    layers: dict[Function, str]  # of its own samples, by majority; "" where it has none

    def label(self, index: int) -> str:
        """The name, with [k] for a function of the kernel and [i] for one that is inlined
        somewhere."""
        function = self.functions[index]
        mark = " [k]" if function.kernel else " [i]" if self.inlined[index] > 0 else ""
        return function.name + mark


def _ones(pairs: list[tuple[int, int]], shape: tuple[int, int]) -> sparse.csr_matrix:
    rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return sparse.csr_matrix((np.ones(len(pairs), dtype=np.int64), (rows, columns)), shape=shape)


def _layers(profile: Profile) -> dict[Function, str]:
    """The layer that most samples of a function's own have, in all cells and arms together."""
    samples: dict[Function, Counter] = {}
    totals = np.zeros(len(profile.stacks), dtype=np.int64)
    np.add.at(totals, profile.counts[:, 1], profile.counts[:, 2:].sum(axis=1))
    for (stack, layer), count in zip(profile.stacks, totals):
        samples.setdefault(function_of(stack.rpartition(";")[2]), Counter())[layer] += int(count)
    return {
        function: min(counts, key=lambda layer: (-counts[layer], layer))
        for function, counts in samples.items()
    }


@lru_cache(maxsize=4)
def functions_of(profile: Profile) -> Functions:
    """Every function that is in some stack, ordered by name."""
    layers = _layers(profile)
    split = [stack.split(";") for stack, _ in profile.stacks]
    seen: Counter = Counter()
    inlined: Counter = Counter()
    for frames in split:
        for frame in set(frames):
            seen[function_of(frame)] += 1
            inlined[function_of(frame)] += frame.endswith(INLINED)
    functions = sorted(seen)
    number = {function: i for i, function in enumerate(functions)}
    inside = [
        (number[function], column)
        for column, frames in enumerate(split)
        for function in {function_of(frame) for frame in frames}
    ]
    last = [(number[function_of(frames[-1])], column) for column, frames in enumerate(split)]
    shape = (len(functions), len(split))
    return Functions(
        functions,
        _ones(inside, shape),
        _ones(last, shape),
        np.array([inlined[function] / seen[function] for function in functions]),
        {function: layers.get(function, "") for function in functions},
    )


def page_faults_unseen(profile: Profile) -> str | None:
    """Why the stacks below asm_exc_page_fault are unknown; None if they are known."""
    if not profile.instrument.get("kernel_counted", True):
        return "this user may not sample the kernel"
    if profile.instrument.get("kernel_symbols") == "hidden":
        return "the kernel's names are hidden from this user"
    return None


def under_page_fault(profile: Profile) -> NDArray[np.bool_]:
    """Which stacks are below asm_exc_page_fault. Shape (stacks,)."""
    wanted = PAGE_FAULT + KERNEL
    return np.array([wanted in stack.split(";") for stack, _ in profile.stacks], dtype=bool)


def main_stage(profile: Profile, cell: str) -> str:
    """The region; the whole process where the cell's program has none."""
    found = [profile.column(cell, arm, "region_samples").sum() for arm in profile.arms]
    return "region" if sum(found) else WHOLE
