"""tables.py -- a gate as text: its rows, worst first, its verdict, and their basis.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd

from ..comparison.arms_words import said_on_stderr
from ..comparison.inherited import inherited
from ..comparison.wording import ABSENT, LAYOUT_BOUND, LINKS_LEGEND, NO_SPREAD, count
from ..document.document import Document, Row, Table
from ..document.formats import csv_text, markdown
from ..document.rounding import fixed
from ..document.web_page import page_of, section
from ..records.reasons import reasons_of
from .gates import SCALES_OF_ONE, Gate, of_one

REVISION_DIGITS = 12
COLUMNS = ["", "effect", "interval", "MDE", "margin", "verdict", "blocks"]
ONE_LINK = "one link alone"  # a column where arms have links


def _amount(row: dict[str, Any], key: str) -> str:
    """+2.31 % of a ratio, +3.0 pt of a share of blocks, +12 of a count."""
    value = row[key]
    if value is None:
        return ABSENT
    if row["scale"] in SCALES_OF_ONE:
        return of_one(row["scale"], value)
    return "0" if value == 0 else f"{'+' if value > 0 else '-'}{count(abs(value))}"


def _interval(row: dict[str, Any]) -> str:
    low, high = (_amount(row, key)for key in ("low", "high"))
    for unit in SCALES_OF_ONE.values():
        low, high = low.removesuffix(unit), high.removesuffix(unit)
    return ABSENT if ABSENT in (low, high) else f"[{low}, {high}]"


def _one_link(row: dict[str, Any]) -> str:
    """What one pair of links may show, and whether that is more than the effect."""
    found = row.get("one_link")
    if found is None:
        return ABSENT
    if found["low"] >= found["high"]:
        return NO_SPREAD
    low, high = (of_one(row["scale"], found[key]).removesuffix(" %") for key in ("low", "high"))
    return f"{low} to {high}{f' {LAYOUT_BOUND}' if row['layout_bound'] else ''}"


def _has_links(rows: list[dict[str, Any]]) -> bool:
    return any("one_link" in row for row in rows)


def _value_row(row: dict[str, Any], with_links: bool) -> Row:
    return Row(
        "value",
        [
            row["metric"],
            _amount(row, "effect"),
            _interval(row),
            _amount(row, "mde").lstrip("+"),
            f"{100 * row['margin']:.4g}{SCALES_OF_ONE.get(row['scale'], ' %')}",
            row["verdict"].upper() if row["verdict"] in ("pass", "fail") else row["verdict"],
            str(row["blocks"]),
            *([_one_link(row)] if with_links else []),
        ],
    )


def _rows(rows: list[dict[str, Any]]) -> list[Row]:
    """Cell by cell, in the order of their worst rows."""
    found = []
    for cell in dict.fromkeys(row["cell"] for row in rows):
        found.append(Row("group", [cell]))
        found += [_value_row(row, _has_links(rows)) for row in rows if row["cell"] == cell]
    return found


def _side(side: dict[str, Any]) -> str:
    revision = f", commit {side['revision'][:REVISION_DIGITS]}" if side["revision"] else ""
    return f"{side['spec']}{revision}, build-id {side['build_id'][:REVISION_DIGITS]}"


def _noise_floor(gate: Gate) -> str:
    """How far the control's interval reaches in time."""
    reaches = [
        max(abs(entry["low"]), abs(entry["high"]))
        for entry in gate.said["control"]
        if entry["metric"] == "time" and entry["low"] is not None
    ]
    if not reaches:
        return "The control arm's time has no interval: too few blocks, or time does not decide."
    return (
        "The control arm's interval of time, the base against itself, reaches "
        f"{fixed(100 * max(reaches), 2)} % in the worst cell."
    )


def _came_of(said: dict[str, Any]) -> str:
    """Failures of processes are a row too, where the gate asked for them."""
    asked = [said["failures"]] if "failures" in said else []
    rows = [row for row in said["rows"] if row["decides"]] + asked
    verdicts = [row["verdict"] for row in rows]
    return (
        f"{said['verdict'].upper()}: {verdicts.count('fail')} of {len(rows)} rows failed, "
        f"{verdicts.count('undecided')} undecided, in {said['seconds']:.0f} s."
    )


def _failures(said: dict[str, Any]) -> list[str]:
    """How many processes failed; nothing where none did."""
    found = said.get("failures", {})
    head, base = (found.get(f"{side}_alone", 0) + found.get("both", 0) for side in ("head", "base"))
    elsewhere = found.get("head_elsewhere", 0) + found.get("base_elsewhere", 0)
    if head + base + elsewhere == 0:
        return []
    line = (
        f"Failures of processes: {found['verdict'].upper()}: {head} of the head and {base} of the "
        f"base in {found['pairs']} pairs, {elsewhere} more in attestation or under callgrind."
    )
    said = found.get("stderr") or "it wrote nothing to stderr"
    first = f"The head's first: {found['status']}: {said}" if found.get("status") else ""
    return [line, first] if first else [line]


def gate_document(gate: Gate) -> Document:
    said, plan = gate.said, gate.run.plan
    outcome = [
        _came_of(said),
        *_failures(said),
        f"base: {_side(said['base'])}",
        f"head: {_side(said['head'])}",
        _noise_floor(gate),
    ]
    if said["identical"]:
        outcome.append("The two are the same build.")
    allowed = plan["gate"]
    columns = COLUMNS + ([ONE_LINK] if _has_links(said["rows"]) else [])
    legend = [
        f"Effects of head against base with {100 * (1 - plan['alpha']):g} % intervals that hold at "
        "any stop (confidence sequences). FAIL: more is established, at "
        f"{100 * allowed['alpha_fail']:g} % over all {said['decisions']} rows, and the estimate is "
        "half the margin or more. PASS: more by the margin or more is ruled out, at "
        f"{100 * allowed['alpha_pass']:g} % in each row. MDE: what the row had 80 % power to fail "
        f"by its last block (ln e of {math.log(gate.decisions / allowed['alpha_fail']):.2f}).",
    ]
    if _has_links(said["rows"]):
        legend.append(LINKS_LEGEND)
    return Document(
        f"{plan['experiment']} (gate)",
        plan["question"],
        plan["expects"],
        [one.line for one in reasons_of(said)],
        outcome,
        said_on_stderr(gate.run) + inherited(gate.run),
        [Table("Head against base, worst first", columns, _rows(said["rows"]))],
        legend,
    )


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """The row with the ends of one_link as columns."""
    return {**row, **{f"one_link_{end}": value for end, value in row.get("one_link", {}).items()}}


def write_gate_report(gate: Gate, out: Path) -> Path:
    """tables/<run>.md, tables/<run>.csv (gate.json's rows) and <run>.html; returns the page's
    path."""
    found, name = gate_document(gate), gate.run.name
    tables = out / "tables"
    tables.mkdir(parents=True, exist_ok=True)
    (tables / f"{name}.md").write_text(markdown(found), encoding="utf-8")
    rows = pd.DataFrame([_flat(row) for row in gate.said["rows"]])
    rows = rows.drop(columns=["modes", "one_link"], errors="ignore")
    (tables / f"{name}.csv").write_text(csv_text(rows), encoding="utf-8")
    page = out / f"{name}.html"
    page.write_text(page_of([section(name, found, [])]), encoding="utf-8")
    return page
