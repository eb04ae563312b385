"""page.py -- the certificate as JSON, as Markdown, as a page, and as rows of a README.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ..comparison.wording import ABSENT, per_cent
from ..complaint import Complaint, analysis_command
from ..document.document import Document, Row, Table
from ..document.formats import markdown, markdown_table
from ..document.web_page import Picture, page_of, section
from ..drawing.drawing import TWO_COLUMNS, drawn
from ..document.rounding import fixed, significant
from . import operating_curve
from .certificate import SCHEMA, VERDICTS, Certified, derived
from .operating_curve import largest
from .usual_methods import METHODS, MORE_RUNS, band_text, compared, methods_table

FILE = "certificate.json"
QUESTION = (
    "How often does the gate say FAIL, PASS, INCONCLUSIVE or VOID where the truth is known, since "
    "it was planted?"
)
EXPECTS = (
    "FAIL in at most 1 % of gates where nothing changed, and in at least 95 % where 2 % of time "
    "or more were planted, or what a median does not show."
)
LEGEND = (
    "Bands are exact 95 % intervals (Clopper and Pearson). Neighbouring windows of the usual ways "
    "share their weather, so theirs are somewhat too narrow.",
    "The true change in time is the median over blocks of a run of fixed length, with its exact "
    "95 % interval, in the cell where it is largest. Plants of counts are not in that run.",
    "A promise is kept where the one-sided 95 % bound of its share of gates is inside (Clopper and "
    "Pearson), broken where the other bound is outside.",
    "Seconds and blocks are the median and the quartiles over gates; blocks are those of the cell "
    "that took the most.",
)


@dataclass(frozen=True)
class Stated:
    """What the figure is drawn from."""

    name: str
    stated: dict[str, Any]


def _change(row: dict[str, Any]) -> str:
    change = largest(row)
    if change is None:
        return ABSENT
    low, high = (per_cent(change[key], 2, "") for key in ("low", "high"))
    return f"{per_cent(change['effect'], 2)} [{low}, {high}]"


def _spread(values: dict[str, float], digits: int) -> str:
    middle, low, high = (
        fixed(values[key], digits, commas=True)
        for key in ("median", "lower_quartile", "upper_quartile")
    )
    return f"{middle} [{low}, {high}]"


def _verdict_table(stated: dict[str, Any]) -> Table:
    columns = ["planted", "true change in time", "gates", *(f"{v.upper()}, %" for v in VERDICTS)]
    rows = [
        Row(
            "value",
            [
                row["variant"],
                _change(row),
                str(row["gates"]),
                *(band_text(row["verdicts"][verdict]) for verdict in VERDICTS),
                _spread(row["seconds"], 1),
                _spread(row["blocks"], 0),
            ],
        )
        for row in stated["variants"]
    ]
    return Table("What the gate said", [*columns, "seconds", "blocks"], rows, overview=True)


def _change_table(stated: dict[str, Any]) -> Table:
    rows = []
    for row in stated["variants"]:
        for change in row["true_changes"]:
            low, high = (per_cent(change[key], 2, "") for key in ("low", "high"))
            shown = [per_cent(change["effect"], 2), f"[{low}, {high}]", str(change["blocks"])]
            rows.append(Row("value", [row["variant"], change["cell"], *shown]))
    columns = ["planted", "cell", "change in time", "interval", "blocks"]
    return Table("The planted changes of time", columns, rows, texts=2)


def _failure_table(stated: dict[str, Any]) -> Table:
    rows = [
        Row("value", [row["variant"], row["experiment"], metric, str(count)])
        for row in stated["variants"]
        for metric, count in row["failed_by"].items()
    ]
    return Table(
        "By which metric gates failed", ["planted", "experiment", "metric", "gates"], rows, texts=3
    )


def _usual(stated: dict[str, Any]) -> list[Table]:
    return [methods_table(stated["usual_methods"])] if stated["usual_methods"] else []


def _promise_cells(promise: dict[str, Any]) -> list[str]:
    """ "FAIL in at most 1 %", "0 of 300", "at most 0.99 %", "kept"."""
    bound = ABSENT
    if promise["bound"] is not None:
        side = "at most" if promise["at_most"] else "at least"
        bound = f"{side} {fixed(100 * promise['bound'], 2)} %"
    verdict = promise["verdict"]
    if verdict == "cannot tell" and promise["gates"] < promise["gates_needed"]:
        verdict += f": takes {promise['gates_needed']}"
    return [promise["promise"], f"{promise['count']} of {promise['gates']}", bound, verdict]


def _promise_table(stated: dict[str, Any]) -> Table:
    rows = [
        Row("value", [row["variant"], row["planted"], *_promise_cells(row["promise"])])
        for row in stated["variants"]
        if row["promise"]
    ]
    columns = ["", "planted", "promise", "gates", "so, with 95 %", "verdict"]
    return Table("What the gate promises", columns, rows, texts=3, overview=True)


def _promise_lines(stated: dict[str, Any]) -> list[str]:
    """How many promises are kept, each that is broken, and the gates of all alike promises."""
    promised = [(row["variant"], row["promise"]) for row in stated["variants"] if row["promise"]]
    found = [promise["verdict"] for _, promise in promised]
    lines = [
        f"{found.count('kept')} of {len(found)} promises are kept, {found.count('broken')} broken; "
        f"{found.count('cannot tell')} have too few gates yet to tell"
    ]
    for text in dict.fromkeys(promise["promise"] for _, promise in promised):
        alike = [promise for _, promise in promised if promise["promise"] == text]
        count, gates = (sum(promise[key] for promise in alike) for key in ("count", "gates"))
        lines.append(f"{text}, over {len(alike)} kinds: {count} of {gates} gates")
    for variant, promise in promised:
        if promise["verdict"] == "broken":
            lines.append(f"{variant}: {': '.join(_promise_cells(promise))}")
    return lines


def _cautions(stated: dict[str, Any]) -> list[str]:
    found = []
    if len(stated["commits"]) > 1:
        found.append(f"Gates of {len(stated['commits'])} commits are counted together.")
    if any(commit.endswith("-dirty") for commit in stated["commits"]):
        found.append("Some gates ran on files that differed from their commit.")
    if stated["planted_changes"] is None:
        found.append("The planted changes of time were not measured: their names stand for them.")
    return found


def _day(unix_ns: int) -> str:
    return datetime.fromtimestamp(unix_ns / 1e9, timezone.utc).strftime("%Y-%m-%d %H:%M UTC")


def _machine(row: dict[str, Any]) -> str:
    version = ", ".join(f"{key} {value}" for key, value in (row["cpu_version"] or {}).items())
    parts = (row["cpu_model"], version, row["kernel_release"], row["hypervisor"])
    return "; ".join(str(part) for part in parts if part)


def _order(stated: dict[str, Any]) -> str:
    """How the gates ran."""
    others = stated["beside_another"]
    way = (
        f"{others} of them two at a time, each on a CPU of its own, the others alone"
        if others
        else "one at a time"
    )
    return f"All gates went through the command line, in a drawn order, {way}."


def document(stated: dict[str, Any]) -> Document:
    machine = [(f"{row['gates']} gates on", _machine(row)) for row in stated["machines"]]
    machine += [
        ("hosts", ", ".join(stated["hosts"])),
        ("commits", ", ".join(stated["commits"])),
        ("first gate", _day(stated["first_started_unix_ns"])),
        ("last gate", _day(stated["last_started_unix_ns"])),
    ]
    return Document(
        title=f"Certificate of the gate, {stated['gates']} gates",
        question=QUESTION,
        expects=EXPECTS,
        void=[],
        outcome=_promise_lines(stated),
        cautions=_cautions(stated),
        tables=[
            _promise_table(stated),
            _verdict_table(stated),
            *_usual(stated),
            _change_table(stated),
            _failure_table(stated),
        ],
        legend=[
            *LEGEND,
            _order(stated),
            *(f"{m.name}: {m.source}." for m in METHODS if m.source != MORE_RUNS),
        ],
        machine=machine,
    )


def nine_digits(value: Any) -> Any:
    """The same on every processor: they differ in the last bits."""
    if isinstance(value, dict):
        return {name: nine_digits(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [nine_digits(inner) for inner in value]
    return float(significant(value, 9)) if isinstance(value, float) else value


def certificate_files(certified: Certified) -> dict[str, bytes]:
    """All files of the certificate. The same gates give the same bytes."""
    stated = nine_digits({**derived(certified), "usual_methods": compared(certified)})
    found = document(stated)
    figure = drawn(operating_curve, Stated("certificate", stated), TWO_COLUMNS)
    shown = Picture(operating_curve.QUESTION, "", figure.inline)
    return {
        FILE: json.dumps(stated, indent=1).encode() + b"\n",
        "certificate.md": markdown(found).encode(),
        "certificate.html": page_of([section("certificate", found, [shown])]).encode(),
        **{f"operating_curve.{kind}": content for kind, content in figure.files.items()},
    }


def write_certificate(certified: Certified, out: Path) -> Path:
    """Makes the folder and everything in it; returns the page's path."""
    out.mkdir(parents=True, exist_ok=True)
    for name, content in certificate_files(certified).items():
        (out / name).write_bytes(content)
    return out / "certificate.html"


def certificate_summary(folder: Path) -> str:
    """A README's text on a stored certificate: the promises, and a row per planted change."""
    path = folder / FILE
    if not path.exists():
        command = analysis_command("certificate", folder, "--out", "DIR")
        raise Complaint(f"{path}: not there", command)
    stated = json.loads(path.read_text(encoding="utf-8"))
    if stated.get("schema") != SCHEMA:
        raise Complaint(f"{path}: unknown schema '{stated.get('schema')}'", f"this reads {SCHEMA}")
    lines = [f"- {line}." for line in _promise_lines(stated)]
    tables = [_promise_table(stated), _verdict_table(stated), *_usual(stated)]
    shown = [f"{table.title}:\n\n{markdown_table(table)}" for table in tables]
    return "\n".join([*lines, "", "\n\n".join(shown)])
