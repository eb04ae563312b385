"""overviews.py -- the small tables, one for each family of cells: speed, and time in the system.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..document.document import Row, Table
from ..records.records import Run
from ..document.rounding import fixed
from .deciding import deciding
from .estimates import SYSTEM_TIME_SHARE
from .families import Family, averaged, axis_text, families, start_text
from .wording import ABSENT, MARKS, band, note, per_cent, relative, share_note, value_text

AVERAGE, PUBLISHED = "avg.", "pub."  # four letters, or the source's table is too wide
SOURCE_LIKE_ARMS_MAX = 3  # more arms than this are rows of an overview, not columns


def _marked(row: pd.Series) -> str:
    return f"{relative(row)[0]} {MARKS.get(row['verdict'], '')}".rstrip()


def _axes_texts(family: Family, cell: dict[str, Any]) -> list[str]:
    """What distinguishes the cell from the family's others; its start if there are none."""
    return [axis_text(cell, name) for name in family.varying] or [start_text(cell)]


def _source_row(
    family: Family, cell: dict[str, Any], here: pd.DataFrame, alpha: float
) -> list[Row]:
    """A cell's values and effects, and what was published of them beneath. here: the cell's rows,
    by label, in the order of the columns."""
    valued, metric = here["kind"].isin(["baseline", "arm"]), deciding(cell)
    texts = _axes_texts(family, cell)
    values, published, notes = [], [], [""] * len(texts)
    for _, row in here[valued].iterrows():
        notes.append(note(row, alpha))
        values.append(value_text(row["value"], metric))
        bounds = [row["value_published_low"], row["value_published_high"]]
        published.append(band([value_text(x, metric) for x in bounds]))
    for _, row in _effects_first_asked(here).iterrows():
        notes.append(note(row, alpha))
        values.append(_marked(row))
        bounds = [row["effect_published_low_ratio"], row["effect_published_high_ratio"]]
        published.append(band([per_cent(x) for x in bounds]))
    rows = [Row("value", [*texts, *values], notes)]
    if any(published):
        rows.append(Row("published", [PUBLISHED, *[""] * (len(texts) - 1), *published]))
    return rows


def _effects_first_asked(here: pd.DataFrame) -> pd.DataFrame:
    """The rows with effects: first those that the plan asks for, then against the baseline."""
    return pd.concat([here[here["kind"] == "comparison"], here[here["kind"] == "arm"]])


def _source_like(family: Family, frame: pd.DataFrame, alpha: float) -> Table:
    """The source's own form: a row per cell, a column per arm, then one per comparison; beneath,
    the average of the cells."""
    first = frame[frame["cell"] == family.cells[0]["id"]]
    arms = first[first["kind"].isin(["baseline", "arm"])]
    compared = _effects_first_asked(first)
    columns = [
        *(family.varying or ["start"]),
        *arms["label"],
        *(f"{row.arm_label} vs {row.against_label}" for row in compared.itertuples()),
    ]
    rows = [
        row
        for cell in family.cells
        for row in _source_row(family, cell, frame[frame["cell"] == cell["id"]], alpha)
    ]
    texts = max(1, len(family.varying))
    for part in averaged(family):
        here = frame[frame["cell"] == f"average of {part.title}"].set_index(["arm", "against"])
        here = here.loc[list(zip(compared["arm"], compared["against"]))]
        others = [axis_text(part.cells[0], name) for name in family.varying[1:]]
        effects = [relative(row)[0] for _, row in here.iterrows()]
        notes = [note(row, alpha) for _, row in here.reset_index().iterrows()]
        blank = [""] * len(arms)
        rows.append(
            Row(
                "value",
                [AVERAGE, *others, *blank, *effects],
                [*[""] * (1 + len(others)), *blank, *notes],
            )
        )
    unit = deciding(family.cells[0]).shown_unit
    return Table(f"{family.title}: {unit}", columns, rows, overview=True, texts=texts)


def _headings(family: Family) -> list[str]:
    return [
        " ".join(f"{name}={axis_text(cell, name)}" for name in family.varying) or start_text(cell)
        for cell in family.cells
    ]


def _arms_as_rows(family: Family, frame: pd.DataFrame, alpha: float) -> Table:
    """For many arms: a row per arm and comparison, a column per cell."""
    by_cell = [frame[frame["cell"] == cell["id"]].set_index("label") for cell in family.cells]
    metric, rows = deciding(family.cells[0]), []
    for label, row in by_cell[0].iterrows():
        if row["kind"] == "control":
            continue
        texts, named = [], pd.Series({"label": label})
        for here in by_cell:
            value = here.loc[label, "value"] if row["kind"] in ("baseline", "arm") else np.nan
            texts.append(
                " ".join(
                    ([value_text(value, metric)] if np.isfinite(value) else [])
                    + ([_marked(here.loc[label])] if row["kind"] != "baseline" else [])
                )
            )
        notes = [note(pd.concat([here.loc[label], named]), alpha) for here in by_cell]
        rows.append(Row("value", [str(label), *texts], ["", *notes]))
    columns = ["arm", *_headings(family)]
    return Table(f"{family.title}: {metric.shown_unit} and effect", columns, rows, overview=True)


def few_arms(run: Run) -> bool:
    arms = sum(arm["role"] != "control" for arm in run.plan["arms"])
    return arms <= SOURCE_LIKE_ARMS_MAX


def overviews(run: Run, frame: pd.DataFrame) -> list[Table]:
    """One small table for each family of cells; cold and warm never share one."""
    chosen = frame[frame["decides"]]
    form = _source_like if few_arms(run) else _arms_as_rows
    return [form(family, chosen, run.plan["alpha"]) for family in families(run)]


def _share(row: pd.Series) -> str:
    """ "70 % [66, 74]"; a dash where ticks cannot tell."""
    if not np.isfinite(row["value"]):
        return ABSENT
    low, high = int(np.floor(100 * row["value_low"])), int(np.ceil(100 * row["value_high"]))
    return f"{fixed(100 * row['value'], 0)} % [{low}, {high}]"


def _published_share(row: pd.Series) -> str:
    bounds = [row["value_published_low"], row["value_published_high"]]
    return band([f"{fixed(100 * x, 0)} %" if np.isfinite(x) else ABSENT for x in bounds])


def _shares_by_cell(
    family: Family, by_cell: list[pd.DataFrame], alpha: float
) -> tuple[list[str], list[Row]]:
    """A row per cell, a column per arm."""
    rows = []
    for cell, here in zip(family.cells, by_cell):
        texts = _axes_texts(family, cell)
        notes = [share_note(row, alpha) for _, row in here.iterrows()]
        shares = [_share(row) for _, row in here.iterrows()]
        rows.append(Row("value", texts + shares, [""] * len(texts) + notes))
        published = [_published_share(row) for _, row in here.iterrows()]
        if any(published):
            rows.append(Row("published", [PUBLISHED, *[""] * (len(texts) - 1), *published]))
    return [*(family.varying or ["start"]), *by_cell[0]["label"]], rows


def _shares_by_arm(
    family: Family, by_cell: list[pd.DataFrame], alpha: float
) -> tuple[list[str], list[Row]]:
    """A row per arm, a column per cell."""
    rows = []
    for index, label in enumerate(by_cell[0]["label"]):
        here = [frame.iloc[index] for frame in by_cell]
        notes = ["", *(share_note(row, alpha) for row in here)]
        rows.append(Row("value", [label, *map(_share, here)], notes))
        published = [_published_share(row) for row in here]
        if any(published):
            rows.append(Row("published", ["  published", *published]))
    return ["arm", *_headings(family)], rows


def system_time(run: Run, frame: pd.DataFrame) -> list[Table]:
    """System time's share for each family of cells in which ticks can tell it for some arm."""
    chosen = frame[(frame["metric"] == SYSTEM_TIME_SHARE) & (frame["kind"] != "control")]
    found = []
    for family in families(run):
        by_cell = [chosen[chosen["cell"] == cell["id"]] for cell in family.cells]
        if not any(np.isfinite(here["value"]).any() for here in by_cell):
            continue
        few = few_arms(run)
        form = _shares_by_cell if few else _shares_by_arm
        columns, rows = form(family, by_cell, run.plan["alpha"])
        texts = max(1, len(family.varying)) if few else 1
        title = f"{family.title}: system time (page faults and system calls), share of CPU time"
        found.append(Table(title, columns, rows, overview=True, texts=texts))
    return found
