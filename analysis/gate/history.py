"""history.py -- a gate's effects over time: where they changed, and what they amount to.

Effects are compared with each other only within one part (history_parts.py) and against one
reference (the base's build-id and settings): another reference is another zero. Gates that
lead from one head to the next are chained (history_chains.py). Void gates are left out. All that
is left out is reported.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..complaint import Complaint
from ..statistics.change_points import change_points, shift
from .history_chains import Chain, Link, chains_of, links_of
from .history_commits import subjects_of
from .history_lines import Gate, Identity, head_name, identity, read_lines, reference_change
from .history_parts import Part, parts_of

ALPHA = 0.05  # the chance of any change point where nothing changed, over all series
ENDS = ("effect", "low", "high")


@dataclass(frozen=True)
class Change:
    """The level changed between two rows of a series' points, by `shift`, whose interval takes the
    where it lies as given."""

    before: int
    after: int
    p: float
    shift: float
    low: float
    high: float


@dataclass(frozen=True)
class Stretch:
    """Rows of a series' points of one group and one level."""

    group: str
    rows: list[int]  # of points
    level: float


@dataclass(frozen=True, eq=False)
class Series:
    """One deciding or reported metric of one cell. points: a row per gate, in order of time.
    stretches: group by group."""

    cell: str
    metric: str
    scale: str  # "ratio", "absolute" or "points"
    unit: str
    points: pd.DataFrame  # gate, group, head, started_unix_ns, effect, low, high, verdict, ...
    changes: list[Change]
    stretches: list[Stretch]


@dataclass(frozen=True)
class Group:
    """Gates of one part against one reference. why: what differs from the group before it."""

    name: str
    gates: list[int]
    why: list[str]


@dataclass(frozen=True, eq=False)
class History:
    name: str  # of the experiment
    recorded: list[Gate]  # but the void ones
    void: int
    parts: list[Part]
    groups: list[Group]
    series: list[Series]
    chains: list[Chain]
    links: list[Link]
    alpha_each: float

    @property
    def gates(self) -> int:
        """That are compared with a reference that another gate has, too, or that no chain has."""
        return sum(len(group.gates) for group in self.groups)

    @property
    def unplaced(self) -> int:
        """Bounds that do not hold their own effect: no slablab writes such a row."""
        return sum(
            _is_off(row) for gate in self.recorded for row in gate["rows"] if not _is_empty(row)
        )


def _is_empty(row: dict) -> bool:
    return any(row[name] is None for name in ENDS)


def _is_off(row: dict) -> bool:
    return not row["low"] <= row["effect"] <= row["high"]


def _points(gates: list[Gate], subjects: Mapping[str, str]) -> pd.DataFrame:
    """A row per gate, cell and metric that has an effect; without bounds that do not hold it."""
    rows = [
        {
            "gate": index,
            **{name: row[name] for name in ("cell", "metric", "scale", "unit", "verdict")},
            "margin": row["margin"],
            "decides": row["decides"],
            "head": head_name(gate),
            "subject": subjects.get(gate["head"].get("revision") or "", ""),
            "started_unix_ns": gate["started_unix_ns"],
            **{
                name: row[name]
                if name == "effect" or not (_is_empty(row) or _is_off(row))
                else None
                for name in ENDS
            },
            "base_median": row["base_median"],
        }
        for index, gate in enumerate(gates)
        for row in gate["rows"]
        if row["effect"] is not None
    ]
    frame = pd.DataFrame(rows)
    if frame.empty:
        raise Complaint("the history has no effect in any gate", "slablab gate ... --record")
    for name in (*ENDS, "base_median"):
        frame[name] = frame[name].astype(float)
    return frame


def _reference(gate: Gate) -> Identity:
    """Of a base of which nothing else tells, its name."""
    return identity(gate["base"]) or ("spec", str(gate["base"]["spec"]))


def _groups(gates: list[Gate], parts: list[Part], chains: list[Chain]) -> list[Group]:
    """All gates but those that stand in a chain and whose reference no other gate has."""
    part_at = {index: part for part in parts for index in part.gates}
    chained = {index for chain in chains for index in chain.gates}
    shared = Counter(map(_reference, gates))
    references: list[Identity] = []
    found: dict[tuple[str, Identity], Group] = {}
    last: int | None = None
    begun: set[str] = set()
    for index, gate in enumerate(gates):
        reference, part = _reference(gate), part_at[index]
        if shared[reference] == 1 and index in chained:
            continue
        if reference not in references:
            references.append(reference)
        key = (part.name, reference)
        if key not in found:
            why = [] if part.name in begun else list(part.why)
            begun.add(part.name)
            if last is not None and _reference(gates[last]) != reference:
                why.append(reference_change(gates[last]["base"], gate["base"]))
            number = references.index(reference) + 1
            name = part.name if number == 1 else f"{part.name}{number}"
            found[key] = Group(name, [], why)
        found[key].gates.append(index)
        last = index
    return list(found.values())


def _series(groups: list[Group], points: pd.DataFrame) -> tuple[list[Series], float]:
    """And the level of each test for change points."""
    group_of = {index: group.name for group in groups for index in group.gates}
    points = points[points["gate"].isin(list(group_of))]
    points = points.assign(group=points["gate"].map(group_of))
    tests = len(points.groupby(["cell", "metric", "group"]))
    alpha_each = ALPHA / max(1, tests)
    found = []
    for (cell, metric), rows in points.groupby(["cell", "metric"], sort=False):
        rows = rows.reset_index(drop=True)
        changes, stretches = [], []
        for group, at in rows.groupby("group", sort=False).indices.items():
            effects = rows["effect"].iloc[at]
            cuts = change_points(effects, alpha_each)
            edges = [0, *(cut.first for cut in cuts), len(at)]
            ratios = rows["scale"].iloc[0] == "ratio"
            for cut, start, end in zip(cuts, edges, edges[2:]):
                sides = effects.iloc[start : cut.first], effects.iloc[cut.first : end]
                found_shift = shift(*sides, ALPHA, ratios)
                ends = int(at[cut.first - 1]), int(at[cut.first])
                changes.append(Change(*ends, cut.p, *found_shift))
            stretches += [
                Stretch(group, [int(i) for i in at[a:b]], float(effects.iloc[a:b].median()))
                for a, b in zip(edges, edges[1:])
            ]
        first = rows.iloc[0]
        found.append(
            Series(cell, metric, first["scale"], first["unit"], rows, changes, stretches)
        )
    return found, alpha_each


def load_history(path: Path, repository: Path | None = None) -> History:
    """Reads, parts, segments and chains one history; the repository tells what its commits are
    about. Raises Complaint where it holds nothing to compare."""
    recorded = read_lines(path)
    void = [gate for gate in recorded if gate["verdict"] == "void"]
    gates = [gate for gate in recorded if gate["verdict"] != "void"]
    if not gates:
        raise Complaint(f"{path}: every gate of it is void", "slablab gate ... --record")
    subjects = subjects_of(gates, repository) if repository is not None else {}
    points = _points(gates, subjects)
    parts = parts_of(gates)
    chains = chains_of(gates, void, parts)
    groups = _groups(gates, parts, chains)
    series, alpha_each = _series(groups, points)
    links = links_of(chains, points)
    name = path.name.split(".")[0]
    return History(name, gates, len(void), parts, groups, series, chains, links, alpha_each)


def history_files_in(path: Path) -> list[Path]:
    """A file itself; of a folder the histories in it. Raises Complaint where there is none."""
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.iterdir() if ".jsonl" in file.suffixes)
    if not found:
        raise Complaint(f"{path}: holds no history", "slablab gate ... --record")
    return found
