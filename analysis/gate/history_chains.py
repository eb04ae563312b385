"""history_chains.py -- gates whose heads are the bases of the next: what they amount to.

  v1.0 --gate--> a --gate--> b --gate--> c        a chain of three gates: c against v1.0
                 a --gate--> x                    a side branch, which begins a chain of its own

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..statistics.chains import amounts, worst_stretch
from .history_lines import BUILD_ID_DIGITS, Gate, Identity, identity, settings_of
from .history_parts import Part

GATES_MIN = 2
SCALES = ("ratio", "absolute")  # of tails, shares against each gate's own base do not add up


@dataclass(frozen=True)
class Chain:
    number: int
    gates: list[int]  # indices in the history
    part: Part
    begins: str  # why it begins where it does


@dataclass(frozen=True, eq=False)
class Link:
    """One metric of one cell along a chain, or along the piece of it that has effects.

    points: a row per gate with its own effect, low and high, the verdict, and what the gates so far
    amount to (amount, amount_low, amount_high). bound: the margin, of counts in their unit."""

    chain: Chain
    cell: str
    metric: str
    scale: str
    unit: str
    margin: float
    decides: bool
    points: pd.DataFrame

    @property
    def is_ratio(self) -> bool:
        return self.scale == "ratio"

    @property
    def bound(self) -> float:
        base = self.points["base_median"].iloc[0]
        return self.margin if self.is_ratio else max(1.0, self.margin * base)

    def amount(self, first: int, end: int) -> tuple[float, float, float]:
        """Effect, low and high of the gates first ... end - 1 of its points."""
        rows = self.points.iloc[first:end]
        found = (amounts(rows[name], self.is_ratio)[-1] for name in ("effect", "low", "high"))
        effect, low, high = map(float, found)
        return effect, low, high

    def crept(self) -> tuple[int, int] | None:
        """The stretch of gates of which none failed this row, and which surely amount to the margin
        or more; None where there is none."""
        if not self.decides:
            return None
        failed = self.points["verdict"] == "fail"
        first, end = worst_stretch(self.points["low"].where(~failed), self.is_ratio)
        if end - first < GATES_MIN or self.amount(first, end)[1] < self.bound:
            return None
        return first, end


def _repeats(gates: list[Gate]) -> set[int]:
    """Gates of a pair of builds that was gated before: the first says what no retry has chosen."""
    seen, found = set(), set()
    for index, gate in enumerate(gates):
        pair = (identity(gate["base"]), identity(gate["head"]))
        found |= {index} if None not in pair and pair in seen else set()
        seen.add(pair)
    return found


def _longest(indices: list[int], gates: list[Gate]) -> list[int]:
    """Of the gates the longest path, the newest of several: first to last. Of two of one length to
    one head goes the one whose last base fewer gates have: no pinned reference."""
    shared = Counter(identity(gates[index]["base"]) for index in indices)
    ending: dict[Identity, int] = {}  # the last gate of the longest path so far to an allocator
    depth: dict[int, int] = {}
    before: dict[int, int | None] = {}
    for index in indices:
        base, head = (identity(gates[index][side]) for side in ("base", "head"))
        last = ending.get(base) if base is not None else None
        depth[index], before[index] = (depth[last] + 1 if last is not None else 1), last
        known = ending.get(head) if head is not None else None
        rank = (depth[index], -shared[base])
        if head is not None and (
            known is None
            or rank >= (depth[known], -shared[identity(gates[known]["base"])])
        ):
            ending[head] = index
    last = max(indices, key=lambda index: (depth[index], index))
    path = []
    while last is not None:
        path.append(last)
        last = before[last]
    return path[::-1]


def _begins(index: int, part: Part, gates: list[Gate], void: list[Gate], parts: list[Part]) -> str:
    """Why no earlier gate leads to this one."""
    base = gates[index]["base"]
    own = identity(base)
    if own is None:
        return "its base has neither a build-id nor a revision"
    earlier = [(earlier_index, gates[earlier_index]["head"]) for earlier_index in range(index)]
    for earlier_index, head in reversed(earlier):
        if identity(head) == own:
            other = next(one for one in parts if earlier_index in one.gates)
            if other is not part:
                return f"the gate that led to its base is of part {other.name}"
            return "another gate went on from its base already"
    began = gates[index]["started_unix_ns"]
    if any(identity(g["head"]) == own for g in void if g["started_unix_ns"] < began):
        return "the gate that led to its base is void"
    for _, head in reversed(earlier):
        if base["build_id"] and head["build_id"] == base["build_id"]:
            settings = [" ".join(settings_of(side)) or "none" for side in (head, base)]
            return f"its base has other settings ({settings[0]} -> {settings[1]})"
        if base.get("revision") and head.get("revision") == base["revision"]:
            ids = [side["build_id"][:BUILD_ID_DIGITS] or "none" for side in (head, base)]
            return f"its base was built again (build-id {ids[0]} -> {ids[1]})"
    return "its base is no earlier gate's head"


def chains_of(gates: list[Gate], void: list[Gate], parts: list[Part]) -> list[Chain]:
    """Chains of two gates and more, each gate in one of them, the longest paths first; in the order
    of their first gates."""
    left_out = _repeats(gates)
    found = []
    for part in parts:
        indices = [
            index
            for index in part.gates
            if index not in left_out
            and identity(gates[index]["base"]) != identity(gates[index]["head"])
        ]
        while indices and len(path := _longest(indices, gates)) >= GATES_MIN:
            found.append((path, part))
            indices = [index for index in indices if index not in path]
    found.sort(key=lambda one: one[0][0])
    return [
        Chain(number, path, part, _begins(path[0], part, gates, void, parts))
        for number, (path, part) in enumerate(found, start=1)
    ]


def _link(chain: Chain, rows: pd.DataFrame) -> Link:
    first = rows.iloc[0]
    is_ratio = first["scale"] == "ratio"
    for name, amount in (("effect", "amount"), ("low", "amount_low"), ("high", "amount_high")):
        rows = rows.assign(**{amount: amounts(rows[name], is_ratio)})
    return Link(
        chain,
        str(first["cell"]),
        str(first["metric"]),
        str(first["scale"]),
        str(first["unit"]),
        float(first["margin"]),
        bool(first["decides"]),
        rows.reset_index(drop=True),
    )


def links_of(chains: list[Chain], points: pd.DataFrame) -> list[Link]:
    """points: a row per gate (its index), cell and metric that has an effect."""
    found = []
    addable = points[points["scale"].isin(SCALES)]
    for _, rows in addable.groupby(["cell", "metric"], sort=False):
        by_index = rows.drop_duplicates("gate").set_index("gate", drop=False)
        for chain in chains:
            here = np.array([index in by_index.index for index in chain.gates])
            piece = np.cumsum(~here)  # a gate without the effect parts the chain of this row
            for number in np.unique(piece[here]):
                indices = [chain.gates[i] for i in np.nonzero(here & (piece == number))[0]]
                if len(indices) >= GATES_MIN:
                    found.append(_link(chain, by_index.loc[indices]))
    return found
