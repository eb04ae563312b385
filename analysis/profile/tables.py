"""tables.py -- what a profile and a ledger say, as texts in cells.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pandas as pd

from ..comparison.judgement import facts_of
from ..comparison.wording import ABSENT, count, number
from ..document.document import Document, Row, Table
from ..records.joined import Joined
from ..records.layers import LAYERS, memory_order, words
from ..records.ledgers import Ledger
from ..records.profiles import Profile
from ..records.records import Recorded
from . import estimates
from .function_names import TABLE_LETTERS, short_name
from .frames import PAGE_FAULT, main_stage, page_faults_unseen
from .statements import cautions, legend, outcome, void_reasons
from .waits import waits_table
from .wording import (
    STAGE_WORDS,
    count_text,
    interval,
    note,
    points_text,
    share_text,
    time_text,
)

FUNCTIONS_SHOWN = 20
SMALL_FUNCTION = 0.005  # of the samples: self time that is worth a row
LARGE_CALLER = 0.05  # of the samples: inclusive time that is worth one without any
FAULT_FUNCTIONS_SHOWN = 8
DIFFERENCES_SHOWN = 10  # functions of a cell
SMALL_ROW = 0.01  # of its stage's faults; such rows are shown as one


def _without_control(run: Recorded) -> list[str]:
    return [arm for arm in run.arms if arm != run.control]


Entry = tuple[str, str]  # a cell's text, and what a page shows of it on hover or focus
NONE: Entry = (ABSENT, "")


def _row(names: list[str], entries: list[Entry]) -> Row:
    texts, notes = [[entry[i] for entry in entries] for i in range(2)]
    return Row("value", [*names, *texts], [*([""] * len(names)), *notes])


def _words_row(first: str, names: list[str], entries: list[Entry]) -> Row:
    return _row([words(name) for name in (first, *names)], entries)


def _function_row(function: str, names: list[str], entries: list[Entry]) -> Row:
    """As _row; a long name is shortened, and its note has all of it."""
    shown = short_name(function, TABLE_LETTERS)
    row = _row([shown, *names], entries)
    return Row(row.kind, row.cells, [function if shown != function else "", *row.notes[1:]])


def _cells(
    frame: pd.DataFrame, arms: list[str], shown: Callable[[pd.Series], str]
) -> list[Entry]:
    """One entry per arm, of the one row that the frame has for it; a dash where it has none."""
    found = {row["arm"]: (shown(row), note(row)) for _, row in frame.iterrows()}
    return [found.get(arm, NONE) for arm in arms]


def _of(frame: pd.DataFrame, **wanted: str) -> pd.DataFrame:
    for name, value in wanted.items():
        frame = frame[frame[name] == value]
    return frame


def _layer_rows(frame: pd.DataFrame, arms: list[str], shown: Callable[[pd.Series], str]):
    """A row for each layer that some arm has samples of."""
    kept = frame[frame["arm"].isin(arms)]
    seen = set(kept[kept["samples"] > 0]["layer"])
    return [
        _row([words(layer)], _cells(_of(kept, layer=layer), arms, shown))
        for layer in LAYERS
        if layer in seen
    ]


def _layers_table(profile: Profile, cell: str) -> list[Table]:
    """Shares of the samples by stage, and the region's CPU time per operation."""
    frame = _of(estimates.layers(profile), cell=cell)
    arms = profile.arms
    rows = []
    for stage in estimates.SHOWN_STAGES:
        here = _of(frame, stage=stage)
        if not here["samples"].sum():
            continue
        rows.append(Row("group", [f"{STAGE_WORDS[stage]}: share of its samples, %"]))
        rows += _layer_rows(here, arms, _share(here))
        sizes = _of(here, layer="other")
        rows.append(_row(["samples"], _cells(sizes, arms, _size)))
        if stage == "region" and here["cpu_per_operation_ns"].notna().any():
            rows.append(Row("group", ["region: CPU time per operation, ns"]))
            rows += _layer_rows(
                here, arms, lambda row: time_text(interval(row, "cpu_per_operation", "ns"))
            )
    if not rows:
        return []
    return [Table(f"Where CPU time goes: {cell}", ["layer", *arms], rows)]


def _share(here: pd.DataFrame) -> Callable[[pd.Series], str]:
    """How shares of a stage are shown; those that are so by definition without a dash for what they
    cannot have."""
    if set(here[here["samples"] > 0]["layer"]) == {"other"}:
        return lambda row: "100" if row["samples_all"] else ABSENT
    return lambda row: share_text(interval(row, "share", "ratio"))


def _size(row: pd.Series) -> str:
    return count(row["samples_all"])


Pair = tuple[str, str]  # arm, against


def _difference(row: pd.Series, unit_ns: float) -> Entry:
    return time_text(interval(row, "time_difference", "ns"), unit_ns, "+"), note(row)


def _difference_rows(
    frame: pd.DataFrame, key: str, compared: list[Pair], unit_ns: float
) -> list[Row]:
    """A row for each layer or function of a cell, in the frame's order, that differs at all."""
    rows = []
    for name in dict.fromkeys(frame[key]):
        here = _of(frame, **{key: name})
        if not here["time_difference_ns"].abs().sum():
            continue
        values = dict(zip(zip(here["arm"], here["against"]), here.to_dict("records")))
        entries = [
            _difference(pd.Series(values[pair]), unit_ns) if pair in values else NONE
            for pair in compared
        ]
        rows.append(
            _row([words(name)], entries) if key == "layer" else _function_row(name, [], entries)
        )
    return rows


def _largest(frame: pd.DataFrame) -> pd.DataFrame:
    """The functions that differ most in any comparison, with all of their rows."""
    size = frame["time_difference_ns"].abs().groupby(frame["function"]).max()
    most = size.sort_values(ascending=False, kind="stable").index[:DIFFERENCES_SHOWN]
    return pd.concat([frame.iloc[:0], *(_of(frame, function=name) for name in most)])


def _differences_tables(profile: Profile) -> list[Table]:
    """How much longer each layer and function takes than in another arm; the control is told in
    the outcome."""
    layers, functions = (
        estimates.layer_differences(profile),
        estimates.function_differences(profile),
    )
    compared = [pair for pair in estimates.pairs(profile) if pair[0] != profile.control]
    heads = [f"{arm} vs {against}" for arm, against in compared]
    rows = []
    for cell in profile.cells if compared else []:
        of_layers, of_functions = (
            here[[pair in compared for pair in zip(here["arm"], here["against"])]]
            for here in (_of(layers, cell=cell), _of(functions, cell=cell))
        )
        if not of_layers["time_difference_ns"].abs().sum():
            continue
        per_operation = estimates.is_per_operation(profile, cell)
        unit_ns, unit = (1, "ns per operation") if per_operation else (1e6, "ms per process")
        stage = STAGE_WORDS[main_stage(profile, cell)]
        rows.append(Row("group", [f"{cell}, {stage}, {unit}: by layer"]))
        rows += _difference_rows(of_layers, "layer", compared, unit_ns)
        rows.append(Row("group", [f"{cell}, {stage}, {unit}: by function, its own"]))
        rows += _difference_rows(_largest(of_functions), "function", compared, unit_ns)
    return [Table("CPU time less the other arm's", ["", *heads], rows)] if rows else []


def _worth_a_row(frame: pd.DataFrame, shown: int) -> pd.DataFrame:
    """The functions with the most self time, then others with the most inclusive time; at most
    `shown` of each."""
    own = frame[frame["self_ratio"] >= SMALL_FUNCTION].head(shown)
    others = frame[(frame["inclusive_ratio"] >= LARGE_CALLER) & ~frame.index.isin(own.index)]
    others = others.sort_values("inclusive_ratio", ascending=False, kind="stable").head(shown)
    return pd.concat([own, others])


def _functions_table(profile: Profile, cell: str, shown: int) -> list[Table]:
    """Each arm's functions with the most self time in the region, after its page faults where
    these can be told; nothing without samples."""
    stage = main_stage(profile, cell)
    faults = _of(estimates.page_faults(profile), cell=cell, stage=stage)
    frame = _of(estimates.functions(profile), cell=cell, stage=stage)
    rows = []
    for arm in _without_control(profile):
        here = _of(frame, arm=arm)
        if here.empty:
            continue
        below = _of(faults, arm=arm).iloc[0]
        rows.append(Row("group", [arm]))
        if page_faults_unseen(profile) is None:
            share = share_text(interval(below, "share", "ratio"))
            rows.append(_row([f"below {PAGE_FAULT}"], [("", ""), (share, note(below)), ("", "")]))
        for _, row in _worth_a_row(here, shown).iterrows():
            time = interval(row, "self_cpu_per_operation", "ns") if stage == "region" else None
            texts = [share_text(interval(row, name, "ratio")) for name in ("self", "inclusive")]
            texts.append(time_text(time) if time else ABSENT)
            rows.append(_function_row(row["label"], [], [(text, note(row)) for text in texts]))
    if not rows:
        return []
    columns = ["function", "self, %", "inclusive, %", "self, ns/op"]
    return [Table(f"Functions of the {STAGE_WORDS[stage]}: {cell}", columns, rows)]


def _overhead_table(profile: Profile) -> Table:
    rows = []
    for cell in profile.cells:
        rows.append(Row("group", [cell]))
        for _, row in _of(estimates.overhead(profile), cell=cell).iterrows():
            times = [number(row[f"{name}_cpu_ns"] / 1e6) for name in ("plain", "sampled")]
            added = points_text(interval(row, "overhead", "ratio"))
            said = note(row, "sampled against its twin of the block")
            rows.append(_row([row["arm"]], [(text, said) for text in (*times, added)]))
    columns = ["arm", "plain, ms", "sampled, ms", "added, %"]
    return Table("What sampling costs: CPU time of the region", columns, rows)


def _folded_small(frame: pd.DataFrame, keys: list[str]) -> tuple[list[tuple], list[tuple]]:
    """Combinations of keys with a share worth a row in some arm, and the others."""
    totals = frame.groupby("arm")["faults"].transform("sum")
    large = frame[(frame["faults"] >= SMALL_ROW * totals) & (frame["faults"] > 0)]
    kept = set(large[keys].itertuples(index=False, name=None))
    every = dict.fromkeys(frame[keys].itertuples(index=False, name=None))
    return [key for key in every if key in kept], [key for key in every if key not in kept]


def _rest(ledger: Ledger, frame: pd.DataFrame, keys: list[str], small: list[tuple]) -> Row:
    """The sum of the small rows. Their medians are added: small rows are too small for the
    difference to matter, and the totals below are exact."""
    marked = frame[[key in small for key in frame[keys].itertuples(index=False, name=None)]]
    entries = []
    for arm in _without_control(ledger):
        here = marked[marked["arm"] == arm]["faults"]
        entries.append((count(here.sum()), f"sum of {len(here)} medians; no MDE"))
    return _row([f"{len(small)} more", *[""] * (len(keys) - 1)], entries)


def _fault_group(
    ledger: Ledger, frame: pd.DataFrame, keys: list[str], order: Callable, most: int | None
) -> list[Row]:
    """Rows of one stage; what is small, or beyond `most`, is one row."""
    arms = _without_control(ledger)
    row_of = _function_row if "function" in keys else _words_row
    frame = frame[frame["arm"].isin(arms)]
    shown, small = _folded_small(frame, keys)
    shown = sorted(shown, key=lambda key: order(key, frame))
    shown, small = shown[:most], small + (shown[most:] if most is not None else [])
    rows = []
    for key in shown:
        here = _of(frame, **dict(zip(keys, key)))
        by_arm = {row["arm"]: (count_text(row), note(row)) for _, row in here.iterrows()}
        rows.append(row_of(key[0], list(key[1:]), [by_arm.get(arm, ("0", "")) for arm in arms]))
    if small:
        rows.append(_rest(ledger, frame, keys, small))
    return rows


def _most_first(key: tuple, frame: pd.DataFrame) -> tuple:
    names = list(frame.columns[3 : 3 + len(key)])
    here = frame[(frame[names] == list(key)).all(axis=1)]
    return (-here["faults"].max(), key)


def _totals_group(ledger: Ledger, cell: str, blanks: int) -> list[Row]:
    """Total and what it is made of, beside what getrusage counted of the same processes."""
    arms = _without_control(ledger)
    frame = _of(estimates.fault_totals(ledger), cell=cell)
    named = {
        "start_up": "start-up",
        "getrusage_start_up": "  getrusage",
        "region": "region",
        "getrusage_region": "  getrusage",
        "after": "after",
        "unplaced": "unplaced",
        "total": "whole process",
        "getrusage_process": "  getrusage",
    }
    return [Row("group", ["added up"])] + [
        _row([title, *[""] * blanks], _cells(_of(frame, count=name), arms, count_text))
        for name, title in named.items()
    ]


def _ledger_tables(ledger: Ledger, cell: str) -> list[Table]:
    """Faults per process by memory, layer and touch; then by function."""
    arms = _without_control(ledger)
    keys = ["memory", "layer", "touch"]
    by_memory = _of(estimates.grouped(ledger, ["stage", *keys]), cell=cell).drop(columns="stage")
    stages = _of(estimates.grouped(ledger, ["stage", *keys]), cell=cell)["stage"]
    functions = _of(estimates.grouped(ledger, ["stage", "function", "by"]), cell=cell)
    rows, by_function = [], []
    for stage in ("region", "start_up"):
        here = by_memory[stages == stage]
        if here.empty:
            continue
        rows.append(Row("group", [STAGE_WORDS[stage]]))
        rows += _fault_group(ledger, here, keys, lambda key, _: (memory_order(key[0]), key), None)
        by_function.append(Row("group", [STAGE_WORDS[stage]]))
        by_function += _fault_group(
            ledger,
            _of(functions, stage=stage).drop(columns="stage"),
            ["function", "by"],
            _most_first,
            FAULT_FUNCTIONS_SHOWN,
        )
    rows += _totals_group(ledger, cell, len(keys) - 1)
    columns = ["function", "by", *arms]
    return [
        Table(f"Page faults of a process: {cell}", [*keys, *arms], rows, texts=3),
        Table(f"Page faults by function: {cell}", columns, by_function, texts=2),
    ]


def _costs_table(joined: Joined) -> list[Table]:
    """ns per page fault; empty without both a profile and a ledger. One unit for all times: us
    where ms would leave some of them a single digit."""
    frame = estimates.costs(joined)
    if frame.empty:
        return []
    unit, unit_ns = ("us", 1e3) if frame["page_fault_time_ns"].min() < 1e6 else ("ms", 1e6)
    rows = []
    for cell in joined.cells:
        for stage in ("region", "start_up"):
            here = _of(frame, cell=cell, stage=stage)
            if here.empty:
                continue
            rows.append(Row("group", [f"{cell}, {STAGE_WORDS[stage]}"]))
            for _, row in here.iterrows():
                time = time_text(interval(row, "page_fault_time", "ns"), unit_ns)
                each = time_text(interval(row, "time_per_fault", "ns"))
                texts = (time, count(row["faults"]), each)
                rows.append(_row([row["arm"]], [(text, note(row)) for text in texts]))
    columns = ["arm", f"page-fault time, {unit}", "faults", "ns per fault"]
    return [Table("What a page fault costs", columns, rows, overview=True)]


def _tables(joined: Joined, functions_shown: int) -> list[Table]:
    found: list[Table] = []
    for cell in joined.cells:
        if joined.profile is not None and joined.profile.measured(cell):
            found += _layers_table(joined.profile, cell)
            found += _functions_table(joined.profile, cell, functions_shown)
        if joined.ledger is not None and joined.ledger.measured(cell):
            found += _ledger_tables(joined.ledger, cell)
            found += waits_table(joined.ledger, cell)
    if joined.profile is not None:
        found += [*_differences_tables(joined.profile), _overhead_table(joined.profile)]
    return [*found, *_costs_table(joined)]


@lru_cache(maxsize=4)
def document(joined: Joined, functions_shown: int = FUNCTIONS_SHOWN) -> Document:
    """All that a profile and a ledger say. Nothing in it depends on when or where it is made."""
    folders = " and ".join(run.path.resolve().name for run in joined.runs)
    return Document(
        title=f"{joined.plan['experiment']} ({folders})",
        question=joined.plan["question"],
        expects=joined.plan["expects"],
        void=void_reasons(joined),
        outcome=outcome(joined),
        cautions=cautions(joined),
        tables=_tables(joined, functions_shown),
        legend=legend(joined),
        machine=facts_of(joined.machine),
    )


def long_forms(joined: Joined) -> dict[str, pd.DataFrame]:
    """Name to table for CSV; a unit is in each column's name."""
    found: dict[str, pd.DataFrame] = {}
    if joined.profile is not None:
        for name in (
            *("layers", "layer_differences", "function_differences"),
            *("page_faults", "overhead"),
        ):
            found[name] = getattr(estimates, name)(joined.profile)
    if joined.ledger is not None:
        found["faults"] = estimates.fault_rows(joined.ledger)
        found["fault_totals"] = estimates.fault_totals(joined.ledger)
    found["cost_per_fault"] = estimates.costs(joined)
    return {name: frame for name, frame in found.items() if not frame.empty}


def long_form_of_functions(profile: Profile) -> pd.DataFrame:
    """Every function of every stage; where few are worth a row of a table, thousands are here."""
    return estimates.functions(profile).drop(columns="label")
