"""history_page.py -- a history as tables, a page, and figures.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..comparison.wording import ABSENT, count
from ..document.document import Document, Row, Table
from ..document.formats import csv_text, markdown
from ..document.rounding import fixed
from ..document.web_page import Picture, page_of, section
from ..drawing.drawing import ONE_COLUMN, TWO_COLUMNS, drawn
from ..statistics.change_points import PERMUTATIONS
from . import history_chain_figure, history_figure
from .gate_files import SCHEMA, SCHEMA_FIRST
from .gates import SCALES_OF_ONE, of_one
from .history import ALPHA, Group, History, Series
from .history_chains import Link
from .history_lines import day_of, head_name, reference_text, side_name
from .history_parts import rebuilds_of_slablab

PINNED = "gate against a pinned reference besides, as the examples in docs/ci/ do"
EXPECTS = "Nothing, unless a change was meant."
VERDICTS = ("fail", "undecided", "pass", "reported")


def _gates(number: int) -> str:
    return f"{number} gate{'' if number == 1 else 's'}"


def _value_text(scale: str, unit: str, value: float) -> str:
    """A level or an effect, in per cent or in the metric's unit."""
    if np.isnan(value):
        return ABSENT
    if scale in SCALES_OF_ONE:
        return of_one(scale, value)
    return f"{'+' if value > 0 else ''}{count(value)} {unit}"


def _interval_text(scale: str, unit: str, low: float, high: float) -> str:
    return f"[{', '.join(_value_text(scale, unit, end) for end in (low, high))}]"


def _margin_text(link: Link) -> str:
    if link.is_ratio:
        return f"{100 * link.margin:.4g} %"
    return f"{count(link.bound)} {link.unit}"


def _passed(link: Link, first: int, end: int) -> str:
    """that passed each; or how many did."""
    verdicts = link.points["verdict"].iloc[first:end].value_counts()
    if verdicts.get("pass", 0) == end - first:
        return f"{_gates(end - first)} that passed each"
    return f"{_gates(end - first)} of which none failed ({verdicts.get('pass', 0)} passed)"


def crept(history: History) -> list[str]:
    """Where gates of which none failed amount to more than the margin: a line for each."""
    found = []
    for link in history.links:
        stretch = link.crept()
        if stretch is None:
            continue
        effect, low, high = link.amount(*stretch)
        gates = link.points["gate"].iloc[[stretch[0], stretch[1] - 1]].tolist()
        base, head = history.recorded[gates[0]], history.recorded[gates[1]]
        found.append(
            f"{_passed(link, *stretch)} amount to "
            f"{_value_text(link.scale, link.unit, effect)} "
            f"{_interval_text(link.scale, link.unit, low, high)} of {link.metric} in {link.cell}, "
            f"beyond the margin of {_margin_text(link)}: from {side_name(base['base'])} to "
            f"{head_name(head)} (chain {link.chain.number})"
        )
    return found


def _change_rows(series: Series) -> list[list[str]]:
    """last head before, first head after, its day and subject, both levels, by how much, the
    interval of that, p."""
    rows = []
    for change in series.changes:
        before, after = series.points.iloc[change.before], series.points.iloc[change.after]
        levels = [
            _value_text(series.scale, series.unit, stretch.level)
            for index in (change.before, change.after)
            for stretch in series.stretches
            if index in stretch.rows
        ]
        day = day_of({"started_unix_ns": after["started_unix_ns"]})
        by = _value_text(series.scale, series.unit, change.shift)
        interval = _interval_text(series.scale, series.unit, change.low, change.high)
        heads = [before["head"], after["head"], day, after["subject"] or ABSENT]
        rows.append([*heads, " to ".join(levels), by, interval, fixed(change.p, 4)])
    return rows


def change_table(history: History) -> Table:
    """Of each change; what its commit is about where that is known of any."""
    columns = ["cell", "metric", "since", "day", "commit", "levels", "change"]
    columns += [f"{100 * (1 - ALPHA):g} % interval", "p"]
    rows = [
        [series.cell, series.metric, *cells]
        for series in history.series
        for _, *cells in _change_rows(series)
    ]
    told = columns.index("commit")
    if all(cells[told] == ABSENT for cells in rows):
        for cells in (columns, *rows):
            del cells[told]
    shown = [Row("value", cells) for cells in rows]
    return Table("Change points", columns, shown, overview=True, texts=columns.index("levels"))


def _latest_row(series: Series, group: str) -> Row:
    points = series.points[series.points["group"] == group]
    last = points.iloc[-1]
    stretch = next(one for one in series.stretches if points.index[-1] in one.rows)
    scale, unit = series.scale, series.unit
    return Row(
        "value",
        [
            series.cell,
            series.metric,
            group,
            str(len(points)),
            _value_text(scale, unit, stretch.level),
            str(len(stretch.rows)),
            _value_text(scale, unit, last["effect"]),
            _interval_text(scale, unit, last["low"], last["high"]),
            last["verdict"],
        ],
    )


def latest_table(history: History) -> Table:
    """Of every group, but those of one gate in the past, its last level and its last gate."""
    newest = max(history.groups, key=lambda group: group.gates[-1])
    shown = [group.name for group in history.groups if len(group.gates) > 1 or group is newest]
    rows = [
        _latest_row(series, group)
        for series in history.series
        for group in series.points["group"].unique()
        if group in shown
    ]
    columns = ["cell", "metric", "part", "gates", "median since", "of gates"]
    columns += ["last effect", "interval", "verdict"]
    return Table("The latest level and the latest gate", columns, rows, texts=3)


def chain_table(history: History) -> Table:
    """What every chain amounts to, row by row."""
    rows = []
    for link in history.links:
        effect, low, high = link.amount(0, len(link.points))
        verdicts = link.points["verdict"].value_counts()
        cells = [
            link.cell,
            link.metric,
            str(link.chain.number),
            str(len(link.points)),
            _value_text(link.scale, link.unit, effect),
            _interval_text(link.scale, link.unit, low, high),
            _margin_text(link),
            ", ".join(f"{verdicts[name]} {name}" for name in VERDICTS if name in verdicts),
        ]
        rows.append(Row("value", cells))
    columns = ["cell", "metric", "chain", "gates", "amount", "interval", "margin", "verdicts"]
    return Table("What gate after gate amounts to", columns, rows, texts=3)


def beginnings_table(history: History) -> Table:
    """Each chain, from where to where, and why it begins there."""
    rows = []
    for chain in history.chains:
        first, last = (history.recorded[chain.gates[index]] for index in (0, -1))
        ends = [side_name(first["base"]), head_name(last)]
        days = [day_of(first), day_of(last)]
        gates = str(len(chain.gates))
        cells = [str(chain.number), *ends, *days, chain.part.name, chain.begins, gates]
        rows.append(Row("value", cells))
    columns = ["chain", "from base", "to head", "first", "last", "part", "begins, for", "gates"]
    return Table("Chains: each gate's base is the head of the one before", columns, rows, texts=7)


def _why(group: Group) -> str:
    return "; ".join(group.why) or "the first"


def parts_table(history: History) -> Table:
    """What parts the gates that are compared with one reference."""
    rows = []
    for group in history.groups:
        first = history.recorded[group.gates[0]]
        cells = [
            group.name,
            head_name(first),
            day_of(first),
            reference_text(history.recorded[group.gates[-1]]["base"]),
            _why(group),
            str(len(group.gates)),
        ]
        rows.append(Row("value", cells))
    columns = ["part", "from", "day", "reference", "what changed", "gates"]
    return Table("Parts", columns, rows, overview=True, texts=5)


def _outcome(history: History) -> list[str]:
    found = [
        f"{series.metric} of {series.cell}: {levels}, by {by} {interval}, between {left} and "
        f"{right} ({day}{'' if subject == ABSENT else f': {subject}'})"
        for series in history.series
        for left, right, day, subject, levels, by, interval, _ in _change_rows(series)
    ]
    if not found and history.gates:
        groups = len(history.groups)
        in_parts = f" in {groups} parts, each by itself" if groups > 1 else ""
        found = [f"No change point in {_gates(history.gates)}{in_parts}."]
    chained = sum(len(chain.gates) for chain in history.chains)
    if chained:
        many = len(history.chains)
        found.append(f"{chained} gates lead from head to head, in {many} chain{'s'[: many > 1]}.")
    return crept(history) + found


def _parted(history: History) -> list[str]:
    """From where on which effects are not compared with those before."""
    found = []
    for part in history.parts[1:]:
        first = history.recorded[part.gates[0]]
        found.append(
            f"Part {part.name}, from here ({head_name(first)}, {day_of(first)}): "
            f"{'; '.join(part.why)}. Effects are neither compared nor chained across."
        )
    return found


def _lacking(history: History) -> list[str]:
    """What lines of an older slablab do not say."""
    schemas = [gate["schema"] for gate in history.recorded]
    older = sum(schema != SCHEMA for schema in schemas)
    if not older:
        return []
    failures = ", nor failures of processes" if SCHEMA_FIRST in schemas else ""
    return [
        f"{_gates(older)} of an older slablab ({', '.join(sorted(set(schemas) - {SCHEMA}))}): "
        "these lines have no word of the workloads' builds, the machine, the compiler and slablab "
        f"itself{failures}. A change of those can be seen only where the plan's hash differs "
        "between equal builds."
    ]


def _left_out(history: History) -> list[str]:
    found = []
    if history.void:
        found.append(f"Void, and left out: {_gates(history.void)}.")
    compared = {index for group in history.groups for index in group.gates}
    alone = len(history.recorded) - len(compared)
    if alone:
        found.append(
            f"{_gates(alone)} against a reference that no other gate has: only in chains, for "
            "another reference is another zero."
        )
    if history.unplaced:
        found.append(
            f"{history.unplaced} intervals do not hold their own effect, which slablab never "
            "writes: they are left out."
        )
    rebuilds = rebuilds_of_slablab(history.recorded)
    if rebuilds:
        found.append(
            f"slablab itself was built anew {rebuilds} times without a new version; gates on both "
            "sides are compared."
        )
    hosts = {gate["host"] for gate in history.recorded if gate.get("host")}
    if len(hosts) > 1 and len(history.parts) == 1:
        found.append(f"The gates ran on {len(hosts)} hosts, which are machines of one kind.")
    return found


def _cannot_tell(history: History) -> list[str]:
    """Where a chain's interval reaches beyond the margin."""
    whole = [
        (link, link.amount(0, len(link.points))[2])
        for link in history.links
        if link.decides and link.crept() is None
    ]
    wide = sum(not high < link.bound for link, high in whole)
    if not wide:
        return []
    return [
        f"In {wide} of {len(whole)} rows what a chain amounts to may be more than the margin, by "
        f"its interval or for want of one: {PINNED}."
    ]


def _chain_legend(history: History) -> list[str]:
    if not history.chains:
        return []
    return [
        "Amount: of a chain's relative effects the product, of its differences the sum. Its "
        "interval reaches from the product of the gates' low ends to that of their high ends and "
        "holds where all of theirs do; for alike, symmetric errors at least at the level of one "
        "(Proschan 1965, Ann. Math. Statist. 36:1703). Shares of slow blocks (tails) do not add "
        "up. Two builds that were gated twice count once, by the first gate.",
    ]


def history_document(history: History) -> Document:
    """All that a history says, as words."""
    compared = [index for group in history.groups for index in group.gates]
    reference = history.recorded[max(compared, default=-1)]["base"]
    tables = [parts_table(history)] if len(history.groups) > 1 else []
    changed = any(series.changes for series in history.series)
    tables += [change_table(history)] if changed else []
    tables += [latest_table(history)] if history.groups else []
    tables += [beginnings_table(history), chain_table(history)] if history.chains else []
    total = len(history.recorded)
    tests = sum(series.points["group"].nunique() for series in history.series)
    change_points = [
        f"Change points: rank-based binary segmentation, {PERMUTATIONS:,} permutations, each "
        f"of {tests} series at {100 * history.alpha_each:.2g} %: where nothing "
        f"changed, any of them shows one in at most {100 * ALPHA:g} % of histories. A change "
        "shows only after it stayed for some gates; the gate itself judges the last one. "
        "The interval of a change takes where it lies as given (Hodges and Lehmann). "
        "Median since: of the effects since the last change point, or of all; one gate's "
        "effect may differ from it by what its interval allows.",
    ]
    return Document(
        title=f"History of {history.name}, {_gates(total)}",
        question=f"Did anything change against {reference['spec']}, and when?",
        expects=EXPECTS,
        void=[],
        outcome=_outcome(history),
        cautions=[
            *_parted(history),
            *_lacking(history),
            *_left_out(history),
            *_cannot_tell(history),
        ],
        tables=tables,
        legend=(change_points if history.groups else []) + _chain_legend(history),
    )


def _long_form(history: History) -> pd.DataFrame:
    """A row per point, with the number of its stretch and that stretch's level."""
    frames = []
    for series in history.series:
        stretch = pd.Series(0, index=series.points.index)
        level = pd.Series(np.nan, index=series.points.index)
        for number, one in enumerate(series.stretches):
            stretch[one.rows], level[one.rows] = number, one.level
        frames.append(series.points.assign(stretch=stretch, level=level))
    for link in history.links:
        frames.append(link.points.assign(chain=link.chain.number))
    return pd.concat(frames).drop(columns=["margin", "decides", "base_median", "subject"])


def _figures(history: History) -> list[tuple[str, Any, str]]:
    """File's stem, module, caption."""
    found = []
    if history.series:
        parted = [f"{group.name}: {_why(group)}" for group in history.groups[1:]]
        found.append(("history", history_figure, ". ".join(parted)))
    if history.links:
        begun = [f"{chain.number}: {chain.begins}" for chain in history.chains[1:]]
        found.append(("history_chains", history_chain_figure, ". ".join(begun)))
    return found


def history_files(history: History) -> dict[str, bytes]:
    """All files of the report. The same history gives the same bytes."""
    found = history_document(history)
    files = {"history.md": markdown(found).encode()}
    files["history.csv"] = csv_text(_long_form(history)).encode()
    pictures = []
    for stem, module, caption in _figures(history):
        wide, narrow = (drawn(module, history, width) for width in (TWO_COLUMNS, ONE_COLUMN))
        pictures.append(Picture(module.QUESTION, caption, wide.inline, narrow.inline))
        files |= {f"{stem}.{kind}": content for kind, content in wide.files.items()}
    files["history.html"] = page_of([section(history.name, found, pictures)]).encode()
    return files


def warn(history: History, file: Path) -> bool:
    """Says on stderr where gates that passed amount to more than the margin; does any?"""
    warnings = crept(history)
    for line in warnings:
        print(f"analysis: {file}: {line}", file=sys.stderr)
    if warnings:
        print(f"  try: {PINNED}", file=sys.stderr)
    return bool(warnings)


def write_history(history: History, out: Path) -> Path:
    """Makes the folder and everything in it; returns the page's path."""
    out.mkdir(parents=True, exist_ok=True)
    for name, content in history_files(history).items():
        (out / name).write_bytes(content)
    return out / "history.html"
