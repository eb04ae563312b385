"""tables.py -- what a run says, as text in cells: question, expectation, outcome, tables, cautions.

No output format is known here: formats.py and report.py turn a Document into one.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from ..document.document import NO_BREAK, Document, Row, Table
from ..records.kinds import BENCHMARK, PROGRAM, SERVER, kind_of
from ..records.metrics import WORKLOAD, Metric
from ..records.records import Run
from ..document.rounding import significant
from .components_table import components_legend, components_table
from .counter_tables import counter_legend, counter_rows, counter_tables
from .deciding import JUDGES, OPERATIONS, deciding
from .elsewhere_table import TITLE, elsewhere_legend, elsewhere_table
from .estimates import FAULTS, timed_metrics
from .families import axes_of
from .judgement import cautions, facts_of, judged, void_reasons
from .overviews import AVERAGE, few_arms, overviews, system_time
from .ranked_arms import geometric_mean_rows, ranking_legend, ranking_tables
from .weather import weather_facts
from .wording import (
    ABSENT,
    LAYOUT_BOUND,
    MARKS,
    band,
    clock,
    mde_text,
    note,
    per_cent,
    relative,
    signed,
    value_text,
    verdict_text,
)

START_UP_DIFFERS = 0.05  # of the baseline's start-up faults; then the whole process's time is shown


def _judged_row(row: pd.Series, metric: Metric) -> list[str]:
    if row["kind"] == "baseline":
        return [row["label"], value_text(row["value"], metric), "", "", "", ""]
    shown = value_text(row["value"], metric) if row["kind"] in ("arm", "control") else ""
    mde = "" if row["kind"] == "average" else mde_text(row)
    bound = f" {LAYOUT_BOUND}" if row.get("layout_bound") in (True,) else ""
    return [row["label"], shown, *relative(row), mde, f"{verdict_text(row['verdict'])}{bound}"]


def _count_row(row: pd.Series, metric: Metric) -> list[str]:
    """A count that does not vary gets no interval; a count that can be 0 no ratio, but a
    difference."""
    if row["kind"] == "baseline":
        spread = signed(row["spread_of_repeats"], metric).lstrip("+")
        return [row["label"], value_text(row["value"], metric), "", "", f"A/A spread {spread}", ""]
    shown = value_text(row["value"], metric) if row["kind"] in ("arm", "control") else ""
    head = [row["label"], shown, signed(row["difference"], metric)]
    if not np.isfinite(row["difference"]):
        return [*head, ABSENT, ABSENT, ""]
    if not row["varies"]:
        return [*head, per_cent(row["effect_ratio"]), "does not vary", ""]
    if np.isfinite(row["effect_ratio"]):
        return [*head, *relative(row), mde_text(row)]
    bounds = [signed(row[name], metric) for name in ("difference_low", "difference_high")]
    return [*head, ABSENT, ABSENT if ABSENT in bounds else f"[{', '.join(bounds)}]", ABSENT]


def _published_row(row: pd.Series, metric: Metric, width: int) -> Row | None:
    values = [row["value_published_low"], row["value_published_high"]]
    ratios = [row["effect_published_low_ratio"], row["effect_published_high_ratio"]]
    shown = (
        ""
        if row["kind"] in ("comparison", "interaction")
        else band([value_text(x, metric) for x in values])
    )
    effect = band([per_cent(x) for x in ratios])
    if not shown and not effect:
        return None
    cells = ["  published", shown, effect] if metric.is_rate else ["  published", shown, "", effect]
    return Row("published", cells + [""] * (width - len(cells)))


def _confidence(run: Run) -> str:
    return f"{100 * (1 - run.plan['alpha']):g} % interval"


def _lost(run: Run, cell: str) -> str:
    """Which arms' processes failed in a cell: " (failed: control 1, phase17-2 3)"."""
    found = [f"{arm} {run.failed[cell, arm]}" for arm in run.arms if (cell, arm) in run.failed]
    return f" (failed: {', '.join(found)})" if found else ""


def _failed(run: Run, row: pd.Series) -> str:
    """How many processes of a row's own arm failed in its cell."""
    own = row["kind"] in ("baseline", "control", "arm")
    failed = run.failed.get((row["cell"], row["arm"]), 0) if own else 0
    return f" ({failed} failed)" if failed else ""


def _detail(
    run: Run, frame: pd.DataFrame, metric: Metric, cells: list[str], judged_here: bool = False
) -> Table:
    """One group of rows per cell (or average): every arm and comparison, with what was published
    beneath.

    The control has a row of its own among what is judged; among counts it is the baseline's A/A
    spread."""
    confidence = _confidence(run)
    columns = (
        ["arm", metric.shown_unit.replace(" ", NO_BREAK), "effect", confidence, "MDE", "verdict"]
        if judged_here
        else ["arm", metric.shown_unit, "difference", "effect", confidence, "MDE"]
    )
    rows = []
    chosen = frame[
        (frame["metric"] == metric.column)
        & (frame["decides"] == judged_here)
        & (judged_here | (frame["kind"] != "control"))
    ]
    for cell in cells:
        here = chosen[chosen["cell"] == cell]
        rows.append(Row("group", [f"{cell}  n = {int(here['blocks'].max())}{_lost(run, cell)}"]))
        for _, row in here.iterrows():
            texts = _judged_row(row, metric) if judged_here else _count_row(row, metric)
            texts[0] += _failed(run, row)
            rows.append(Row("value", texts, [note(row, run.plan["alpha"])] * len(texts)))
            published = _published_row(row, metric, len(columns))
            rows += [published] if published else []
    threaded = metric.threaded_title if run.threaded_cells else None
    return Table(threaded or metric.title, columns, rows)


def _start_up_differs(run: Run, cell: str) -> bool:
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


def _outcome(run: Run, frame: pd.DataFrame) -> list[str]:
    """One sentence for each comparison and start, then what the control arm says."""
    time = frame[frame["decides"]]
    compared = time[time["kind"].isin(["arm", "comparison"])]
    found = []
    for (arm, against, start), rows in compared.groupby(["arm", "against", "start"], sort=False):
        known = rows[rows["effect_ratio"].notna()]
        names = f"{run.label(arm)} vs {run.label(against)}"
        if known.empty:
            found.append(f"{names}, {start}: no valid block.")
            continue
        verdicts = known["verdict"].value_counts()
        said = ", ".join(
            f"{verdict} in {verdicts[verdict]}" for verdict in MARKS if verdict in verdicts
        )
        found.append(
            f"{names}, {start}: {said} of {len(rows)} "
            f"cell{'s' if len(rows) > 1 else ''} ({_range(known['effect_ratio'])})."
        )
    control = time[(time["kind"] == "control") & time["effect_ratio"].notna()]
    if len(control):
        half = (control["effect_high_ratio"] - control["effect_low_ratio"]) / 2
        found.append(
            f"Noise floor (identical code, {len(control)} cell{'s' if len(control) > 1 else ''}): "
            f"{_range(control['effect_ratio'])}, "
            f"widest interval ±{per_cent(half.max()).lstrip('+')}; smallest Holm-adjusted p = "
            f"{significant(control['holm_p'].min(), 2)}, VOID at {run.plan['alpha_control']:g}."
        )
    return found


def _legend(run: Run, tables: list[Table]) -> list[str]:
    alpha, margin = run.plan["alpha"], run.plan["margin"]
    kinds = {kind_of(cell) for cell in run.plan["cells"]}
    found = [
        f"Operations per second count the region's {clock(run)}; values are medians over n "
        "blocks. "
        "An effect is exp(median of ln B - ln A within a block) - 1: + is faster; for faults and "
        "memory - is less. Arms are compared with the baseline unless a row names another.",
        "Verdicts: the exact sign test, Holm-adjusted over all comparisons of the run, rejects at "
        f"{alpha:g}: better (▲) or worse (▼), and better (△) or worse (▽) but within the margin "
        f"where the whole interval lies within ±{100 * margin:g} %; else same (=) where it does; "
        "else unclear (?). MDE: the smallest true effect that the run had "
        "80 % power to find at the strictest Holm step. Counts get no verdict: their difference is "
        "shown.",
        f"Every interval is {100 * (1 - alpha):g} % for its own row, not adjusted.",
    ]
    if BENCHMARK in kinds:
        found.insert(
            1,
            "Imported and judged by the wall clock: of commands effects are on time, and - is "
            "faster; of loops on operations per second.",
        )
    if not kinds.isdisjoint((PROGRAM, SERVER)):
        found.insert(
            1,
            "A program is judged by the CPU time of all its processes, from exec to exit; a server "
            "by its own during its client's run. Their effects are on time: - is faster.",
        )
    if run.outcome is None:
        found.append("Unfinished (…): the run has not ended, so nothing is decided yet.")
    found += ranking_legend(run)
    if any(row.cells[0] == AVERAGE for table in tables for row in table.rows):
        found.append(
            "Average (avg.), of cells that differ in the first column alone: the median over block "
            "numbers of the mean of their log-ratios. It has no verdict and is outside Holm."
        )
    if run.plan.get("interactions"):
        found.append(
            "An interaction is what two changes do together beyond the product of what each does "
            f"alone. It has no verdict and is outside Holm; its MDE is at {alpha:g}."
        )
    if any("system time" in table.title for table in tables):
        found.append(
            "System time holds page faults and system calls together: it is an upper bound of the "
            "share of page faults. The kernel samples it at its ticks; a dash where they are too "
            "few to tell."
        )
    if any(table.title == TITLE for table in tables):
        found += elsewhere_legend(run)
    if "layouts" in run.plan:
        found += components_legend([run])
    return [
        *found,
        *counter_legend(tables),
        "Published figures (pub.) are from other authors and machines: the plan holds them; they "
        "were not measured here.",
    ]


def _is_of(frame: pd.DataFrame, cell: str, metric: Metric) -> bool:
    """Whether the cell, or average, has rows of the metric."""
    return bool(((frame["cell"] == cell) & (frame["metric"] == metric.column)).any())
def _with_values(frame: pd.DataFrame, metric: Metric, cells: dict[str, list[str]]) -> list[str]:
    """The cells that its table shows; of what a workload reports itself, those of that workload."""
    if metric.source != WORKLOAD:
        return cells[metric.shown]
    valued = frame[(frame["metric"] == metric.column) & np.isfinite(frame["value"])]["cell"]
    return [cell for cell in cells[metric.shown] if cell in set(valued)]


def _components(run: Run) -> list[Table]:
    """Where arms have links, what they and the processes vary."""
    return [components_table([run])] if "layouts" in run.plan else []


def _tables(run: Run, frame: pd.DataFrame) -> list[Table]:
    averages = frame[frame["kind"] == "average"]["cell"].unique() if few_arms(run) else []
    found = [*ranking_tables(run), *overviews(run, frame)]
    for metric in JUDGES:
        decided = [cell["id"] for cell in run.plan["cells"] if deciding(cell) == metric]
        means = [name for name in averages if _is_of(frame, name, metric)]
        found += [_detail(run, frame, metric, [*decided, *means], True)] if decided else []
    found += [*elsewhere_table(run, frame), *_components(run), *system_time(run, frame)]
    measured = [cell for cell in run.cells if run.matrix(cell, FAULTS.values).size]
    prewarmed = [cell for cell in measured if _start_up_differs(run, cell)]
    threaded = [cell for cell in measured if cell in run.threaded_cells]
    cells = {"always": measured, "threaded": threaded, "start_up": prewarmed, "csv": []}
    counted = frame[np.isfinite(frame["value"])]["metric"].unique()
    for metric in sorted(timed_metrics(run), key=lambda metric: metric.kind == "memory"):
        shown = [
            name
            for name in _with_values(frame, metric, cells)
            if _is_of(frame, name, metric)
        ]
        if metric.column != OPERATIONS.column and metric.column in counted and shown:
            found.append(_detail(run, frame, metric, shown))
    return [*found, *counter_tables(run)]


KIND_ORDER = ("baseline", "arm", "comparison", "interaction", "control", "average")


def _presented(run: Run) -> pd.DataFrame:
    """judged(run) as it is shown: with arms' labels, without those that are hidden, and in the
    order that was chosen."""
    frame = judged(run)
    hidden = set(run.arms) - set(run.shown_arms) - {run.control}
    kept = frame[~frame["arm"].isin(hidden) & ~frame["against"].isin(hidden)]
    kept = kept.assign(
        arm_label=kept["arm"].map(run.label), against_label=kept["against"].map(run.label)
    )
    if run.shown_arms == [arm for arm in run.arms if arm in run.shown_arms]:
        return kept
    indices = {arm: index for index, arm in enumerate([*run.shown_arms, run.control])}
    kinds = {kind: index for index, kind in enumerate(KIND_ORDER)}
    ranks = zip(kept["kind"].map(kinds), kept["arm"].map(indices))
    order = sorted(range(len(kept)), key=list(ranks).__getitem__)
    return kept.iloc[order]


@lru_cache(maxsize=32)
def document(run: Run) -> Document:
    """All that a run says. Texts only; nothing in it depends on when or where it is made."""
    frame = _presented(run)
    tables = _tables(run, frame)
    return Document(
        title=f"{run.plan['experiment']} ({run.plan['form']}, {run.path.resolve().name})",
        question=run.plan["question"],
        expects=run.plan["expects"],
        void=void_reasons(run),
        outcome=_outcome(run, frame),
        cautions=cautions(run),
        tables=tables,
        legend=_legend(run, tables),
        machine=facts_of(run.machine),
        weather=weather_facts(run),
    )


def _with_means(run: Run) -> pd.DataFrame:
    """judged(run), and below it a row for each geometric mean; counts stay whole numbers."""
    frame, means = judged(run), geometric_mean_rows(run)
    if not means:
        return frame
    whole = pd.concat([frame, pd.DataFrame(means)], ignore_index=True)
    ranks = dict.fromkeys(("place", "rank_first", "rank_last"), "Int64")
    return whole.astype(ranks)


def long_form(run: Run) -> pd.DataFrame:
    """judged(run), geometric means over its cells and what phases counted, with the run and the
    cell's parameters in columns of their own, for CSV. Raw precision."""
    frame = _with_means(run)
    counted = counter_rows(run, frame)
    frame = pd.concat([frame, counted], ignore_index=True) if len(counted) else frame
    by_cell = {cell["id"]: axes_of(cell) for cell in run.plan["cells"]}
    names = list(
        dict.fromkeys(
            name
            for axes in by_cell.values()
            for name, value in axes.items()
            if not isinstance(value, str)
        )
    )
    head = pd.DataFrame(
        {"experiment": run.plan["experiment"], "run": run.path.resolve().name}, index=frame.index
    )
    for name in names:
        values = [by_cell.get(cell, {}).get(name) for cell in frame["cell"]]
        head[f"parameter_{name}"] = pd.array(values, dtype="Int64")
    renamed = {
        name: f"{name}_in_metric_unit"
        for name in (
            "value",
            "value_min",
            "value_max",
            "value_low",
            "value_high",
            "value_published_low",
            "value_published_high",
            "spread_of_repeats",
            "difference",
            "difference_low",
            "difference_high",
        )
    }
    rest = frame.drop(columns=["label", "decides"]).rename(columns=renamed)
    return pd.concat([head, rest], axis=1)
