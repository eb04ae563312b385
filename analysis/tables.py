"""tables.py -- what a run says, as text in cells: question, expectation, outcome, tables, cautions.

No output format is known here: formats.py and report.py turn a Document into one.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from .estimates import (
    FAULTS,
    METRICS,
    OPERATIONS,
    PEAK_MEMORY,
    PROCESS_FAULTS,
    PROCESS_OPERATIONS,
    Metric,
)
from .judgement import cautions, facts_of, judged, void_reasons
from .records import Run

ABSENT = "–"
NO_BREAK = "\u00a0"  # in a heading: words that stay on one line
MARKS = {"better": "▲", "worse": "▼", "same": "=", "unclear": "?", "void": "void"}
SOURCE_LIKE_ARMS_MAX = 3  # more arms than this are rows of an overview, not columns
START_UP_DIFFERS = 0.05  # of the baseline's start-up faults; then the whole process's time is shown
FINE_HALF_WIDTH = 0.005  # an interval narrower than this is shown with two decimals of a per cent,
FINE_EFFECT = 0.10  # unless it is about an effect so large that nobody asks for them


@dataclass(frozen=True)
class Row:
    """kind: "group" (a heading over the rows that follow; its text is cells[0]), "value" or
    "published"."""

    kind: str
    cells: list[str]


@dataclass(frozen=True)
class Table:
    """texts counts the columns on the left that hold words; the rest are figures and stand on the
    right."""

    title: str
    columns: list[str]
    rows: list[Row]
    overview: bool = False
    texts: int = 1


@dataclass(frozen=True)
class Document:
    """A run as words. The order of the fields is the order on the page."""

    title: str
    question: str
    expects: str
    void: list[str]
    outcome: list[str]
    cautions: list[str]
    tables: list[Table]
    legend: list[str]
    machine: list[tuple[str, str]] = field(default_factory=list)


def number(value: float, significant: int = 4) -> str:
    """A value to so many significant digits, without an exponent: 5.710, 57.31, 1,234,567."""
    if not np.isfinite(value):
        return ABSENT
    if value == int(value) and abs(value) >= 1000 or value == 0:
        return f"{value:,.0f}"
    digits = significant - 1 - int(np.floor(np.log10(abs(value))))
    return f"{value:,.{max(0, digits)}f}"


def count(value: float) -> str:
    """A count: whole where it is whole."""
    return f"{value:,.0f}" if np.isfinite(value) and value == int(value) else number(value)


def per_cent(ratio: float, decimals: int = 1, unit: str = " %") -> str:
    """-0.036 as "-3.6 %"; nothing is ever "-0.0"."""
    if not np.isfinite(ratio):
        return ABSENT
    text = f"{100 * ratio:+.{decimals}f}"
    return ("0." + "0" * decimals if float(text) == 0 else text) + unit


def _decimals(low: float, high: float) -> int:
    return 2 if (high - low) / 2 < FINE_HALF_WIDTH and abs(low) < FINE_EFFECT else 1


def relative(row: pd.Series) -> tuple[str, str]:
    """A row's effect and interval, with the decimals that the interval's width deserves."""
    low, high = row["effect_low_ratio"], row["effect_high_ratio"]
    decimals = _decimals(low, high)
    if not np.isfinite(low):
        return per_cent(row["effect_ratio"], decimals), ABSENT
    return (
        per_cent(row["effect_ratio"], decimals),
        f"[{per_cent(low, decimals, '')}, {per_cent(high, decimals, '')}]",
    )


def _signed(value: float, metric: Metric) -> str:
    if not np.isfinite(value):
        return ABSENT
    text = count(abs(value)) if metric.scale == 1 else number(abs(value) / metric.scale)
    return text if value == 0 else ("+" if value > 0 else "-") + text


def _value(value: float, metric: Metric) -> str:
    return count(value) if metric.scale == 1 else number(value / metric.scale)


def _rate_row(row: pd.Series, metric: Metric) -> list[str]:
    if row["kind"] == "baseline":
        return [row["label"], _value(row["value"], metric), "", "", "", ""]
    shown = _value(row["value"], metric) if row["kind"] in ("arm", "control") else ""
    mde = "" if row["kind"] == "interaction" else per_cent(row["mde_ratio"]).lstrip("+")
    return [row["label"], shown, *relative(row), mde, row["verdict"]]


def _count_row(row: pd.Series, metric: Metric) -> list[str]:
    """A count that does not vary gets no interval; a count that can be 0 no ratio, but a
    difference."""
    if row["kind"] == "baseline":
        spread = _signed(row["spread_of_repeats"], metric).lstrip("+")
        return [row["label"], _value(row["value"], metric), "", "", f"A/A spread {spread}"]
    shown = _value(row["value"], metric) if row["kind"] in ("arm", "control") else ""
    difference = _signed(row["difference"], metric)
    if not np.isfinite(row["difference"]):
        return [row["label"], shown, difference, ABSENT, ABSENT]
    if not row["varies"]:
        return [row["label"], shown, difference, per_cent(row["effect_ratio"]), "does not vary"]
    if row["blocks_compared"] == row["blocks"]:
        return [row["label"], shown, difference, *relative(row)]
    bounds = [_signed(row[name], metric) for name in ("difference_low", "difference_high")]
    return [
        row["label"],
        shown,
        difference,
        ABSENT,
        ABSENT if ABSENT in bounds else f"[{', '.join(bounds)}]",
    ]


def _published_row(row: pd.Series, metric: Metric, width: int) -> Row | None:
    values = [row["value_published_low"], row["value_published_high"]]
    ratios = [row["effect_published_low_ratio"], row["effect_published_high_ratio"]]
    shown = (
        ""
        if row["kind"] in ("comparison", "interaction")
        else _band([_value(x, metric) for x in values])
    )
    effect = _band([per_cent(x) for x in ratios])
    if not shown and not effect:
        return None
    cells = ["  published", shown, effect] if metric.rate else ["  published", shown, "", effect]
    return Row("published", cells + [""] * (width - len(cells)))


def _band(bounds: list[str]) -> str:
    if ABSENT in bounds:
        return ""
    return bounds[0] if bounds[0] == bounds[1] else f"{bounds[0].removesuffix(' %')} to {bounds[1]}"


def detail(run: Run, frame: pd.DataFrame, metric: Metric, cells: list[str]) -> Table:
    """One group of rows per cell: every arm and comparison, with what was published beneath.

    The control has a row of its own among rates; among counts it is the baseline's A/A spread."""
    confidence = f"{1 - run.plan['alpha']:.0%} interval".replace("%", " %")
    columns = (
        ["arm", metric.column.replace(" ", NO_BREAK), "effect", confidence, "MDE", "verdict"]
        if metric.rate
        else ["arm", metric.column, "difference", "effect", confidence]
    )
    rows = []
    chosen = frame[(frame["metric"] == metric.name) & (metric.rate | (frame["kind"] != "control"))]
    for cell in cells:
        here = chosen[chosen["cell"] == cell]
        rows.append(Row("group", [f"{cell}  n = {int(here['blocks'].max())}"]))
        for _, row in here.iterrows():
            rows.append(
                Row("value", _rate_row(row, metric) if metric.rate else _count_row(row, metric))
            )
            published = _published_row(row, metric, len(columns))
            rows += [published] if published else []
    return Table(metric.title, columns, rows)


def axes_of(cell: dict[str, Any]) -> dict[str, Any]:
    """A cell's named numbers, operations included where the experiment states them."""
    stated = {"operations": cell["operations"]} if cell.get("operations") else {}
    return {**cell["parameters"], **stated}


def _families(run: Run) -> list[tuple[str, list[dict[str, Any]]]]:
    """Cells that differ in parameters alone, each family with a title that holds what its cells
    share."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for cell in run.plan["cells"]:
        groups.setdefault((cell["workload"], cell["start"], *axes_of(cell)), []).append(cell)
    found = []
    for (workload, start, *names), cells in groups.items():
        shared = [
            f"{name}={axes_of(cells[0])[name]}"
            for name in names
            if len({axes_of(cell)[name] for cell in cells}) == 1
        ]
        found.append((" ".join([workload, *shared, start]), cells))
    return found


def _varying(cells: list[dict[str, Any]]) -> list[str]:
    return [name for name in axes_of(cells[0]) if len({axes_of(cell)[name] for cell in cells}) > 1]


def _marked(row: pd.Series) -> str:
    return f"{relative(row)[0]} {MARKS.get(row['verdict'], '')}".rstrip()


def _source_like(title: str, cells: list[dict[str, Any]], frame: pd.DataFrame) -> Table:
    """The source's own form: a row per cell, a column per arm, then one per comparison."""
    names = _varying(cells)
    first = frame[frame["cell"] == cells[0]["id"]]
    arms = first[first["kind"].isin(["baseline", "arm"])]
    compared = first[first["kind"].isin(["comparison", "arm"])].sort_values(
        "kind", key=lambda kinds: kinds != "comparison", kind="stable"
    )
    columns = [
        *(names or ["start"]),
        *arms["label"],
        *(f"{row.arm} vs {row.against}" for row in compared.itertuples()),
    ]
    rows = []
    for cell in cells:
        here = frame[frame["cell"] == cell["id"]].set_index("label")
        rows.append(
            Row(
                "value",
                [
                    *([str(axes_of(cell)[name]) for name in names] or [cell["start"]]),
                    *(_value(here.loc[label, "value"], OPERATIONS) for label in arms["label"]),
                    *(_marked(here.loc[label]) for label in compared["label"]),
                ],
            )
        )
    return Table(f"{title}: M ops/s", columns, rows, overview=True, texts=max(1, len(names)))


def _arms_as_rows(title: str, cells: list[dict[str, Any]], frame: pd.DataFrame) -> Table:
    """For many arms: a row per arm and comparison, a column per cell."""
    names = _varying(cells)
    headings = [
        " ".join(f"{name}={axes_of(cell)[name]}" for name in names) or cell["start"]
        for cell in cells
    ]
    by_cell = [frame[frame["cell"] == cell["id"]].set_index("label") for cell in cells]
    rows = []
    for label, row in by_cell[0].iterrows():
        if row["kind"] == "control":
            continue
        texts = []
        for here in by_cell:
            value = here.loc[label, "value"] if row["kind"] in ("baseline", "arm") else np.nan
            texts.append(
                " ".join(
                    ([_value(value, OPERATIONS)] if np.isfinite(value) else [])
                    + ([_marked(here.loc[label])] if row["kind"] != "baseline" else [])
                )
            )
        rows.append(Row("value", [str(label), *texts]))
    return Table(f"{title}: M ops/s and effect", ["arm", *headings], rows, overview=True)


def overviews(run: Run, frame: pd.DataFrame) -> list[Table]:
    """One small table for each workload and start; cold and warm never share one."""
    chosen = frame[frame["metric"] == OPERATIONS.name]
    arms = sum(arm["role"] != "control" for arm in run.plan["arms"])
    form = _source_like if arms <= SOURCE_LIKE_ARMS_MAX else _arms_as_rows
    return [form(title, cells, chosen) for title, cells in _families(run)]


def start_up_differs(run: Run, cell: str) -> bool:
    """Whether some arm does other work before the region than the baseline (prewarming does)."""
    faults = np.median(
        run.matrix(
            cell, lambda rows: rows["start_up_minor_faults"] + rows["start_up_major_faults"]
        ),
        axis=0,
    )
    return bool((np.abs(faults - faults[0]) > START_UP_DIFFERS * max(faults[0], 1)).any())


def _range(ratios: pd.Series) -> str:
    low, high = per_cent(ratios.min()), per_cent(ratios.max())
    return low if low == high else f"{low} to {high}"


def outcome(run: Run, frame: pd.DataFrame) -> list[str]:
    """One sentence for each comparison and start, then what the control arm says."""
    time = frame[frame["metric"] == OPERATIONS.name]
    compared = time[time["kind"].isin(["arm", "comparison"])]
    found = []
    for (arm, against, start), rows in compared.groupby(["arm", "against", "start"], sort=False):
        known = rows[rows["effect_ratio"].notna()]
        if known.empty:
            found.append(f"{arm} vs {against}, {start}: no valid block.")
            continue
        verdicts = known["verdict"].value_counts()
        said = ", ".join(
            f"{verdict} in {verdicts[verdict]}" for verdict in MARKS if verdict in verdicts
        )
        found.append(
            f"{arm} vs {against}, {start}: {said} of {len(rows)} "
            f"cell{'s' if len(rows) > 1 else ''} ({_range(known['effect_ratio'])})."
        )
    control = time[(time["kind"] == "control") & time["effect_ratio"].notna()]
    if len(control):
        half = (control["effect_high_ratio"] - control["effect_low_ratio"]) / 2
        found.append(
            f"Noise floor (identical code, {len(control)} cells): "
            f"{_range(control['effect_ratio'])}, "
            f"widest interval ±{per_cent(half.max()).lstrip('+')}; smallest Holm-adjusted p = "
            f"{control['holm_p'].min():.2g}, VOID at {run.plan['alpha_control']:g}."
        )
    return found


def _legend(run: Run) -> list[str]:
    alpha, margin = run.plan["alpha"], run.plan["margin"]
    return [
        "Operations per second count the region's CPU time; values are medians over n blocks. "
        "An effect is exp(median of ln B - ln A within a block) - 1: + is faster; for faults and "
        "memory - is less. Arms are compared with the baseline unless a row names another.",
        "Verdicts: the exact sign test, Holm-adjusted over all comparisons of the run, rejects at "
        f"{alpha:g}: better (▲) or worse (▼); else same (=) where the whole interval lies within "
        f"±{100 * margin:g} %; else unclear (?). MDE: the smallest true effect that the run had "
        "80 % power to find at the strictest Holm step.",
        "Published figures are others', on other machines: the plan holds them; nobody measured "
        "them here.",
    ]


def _tables(run: Run, frame: pd.DataFrame) -> list[Table]:
    found = [*overviews(run, frame), detail(run, frame, OPERATIONS, run.cells)]
    measured = [cell for cell in run.cells if run.matrix(cell, FAULTS.values).size]
    prewarmed = [cell for cell in measured if start_up_differs(run, cell)]
    if prewarmed:
        found.append(detail(run, frame, PROCESS_OPERATIONS, prewarmed))
    found += [detail(run, frame, FAULTS, measured)] if measured else []
    found += [detail(run, frame, PROCESS_FAULTS, prewarmed)] if prewarmed else []
    return found + ([detail(run, frame, PEAK_MEMORY, measured)] if measured else [])


def document(run: Run) -> Document:
    """All that a run says. Texts only; nothing in it depends on when or where it is made."""
    frame = judged(run)
    return Document(
        title=f"{run.plan['experiment']} ({run.plan['form']}, {run.path.resolve().name})",
        question=run.plan["question"],
        expects=run.plan["expects"],
        void=void_reasons(run),
        outcome=outcome(run, frame),
        cautions=cautions(run),
        tables=_tables(run, frame),
        legend=_legend(run),
        machine=facts_of(run.machine),
    )


def long_form(run: Run) -> pd.DataFrame:
    """judged(run) with the run and the cell's parameters in columns of their own, for CSV. Raw
    precision."""
    frame = judged(run)
    by_cell = {cell["id"]: axes_of(cell) for cell in run.plan["cells"]}
    names = list(dict.fromkeys(name for axes in by_cell.values() for name in axes))
    head = pd.DataFrame(
        {"experiment": run.plan["experiment"], "run": run.path.resolve().name}, index=frame.index
    )
    for name in names:
        values = [by_cell[cell].get(name) for cell in frame["cell"]]
        head[f"parameter_{name}"] = pd.array(values, dtype="Int64")
    order = {metric.name: metric for metric in METRICS}
    assert set(frame["metric"]) <= order.keys()
    renamed = {
        name: f"{name}_in_metric_unit"
        for name in (
            "value",
            "value_min",
            "value_max",
            "value_published_low",
            "value_published_high",
            "spread_of_repeats",
            "difference",
            "difference_low",
            "difference_high",
        )
    }
    return pd.concat([head, frame.drop(columns="label").rename(columns=renamed)], axis=1)
