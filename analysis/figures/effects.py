"""effects.py -- forest plot: every comparison's effect on what decides, with its interval.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from ..comparison.deciding import OPERATIONS, WALL_RATE, WALL_TIME, deciding
from ..comparison.judgement import judged
from ..drawing import cell_rows, panels
from ..drawing.cell_rows import Chart, Point, Series
from ..drawing.colours import colours, markers
from ..drawing.value_axis import effect_axis
from ..records.metrics import metrics_of
from ..records.records import Run

ORDER = 0
QUESTION = "By how much does each arm differ, and how sure is that?"
BOUNDS = ["effect_low_ratio", "effect_high_ratio"]
PUBLISHED = ["effect_published_low_ratio", "effect_published_high_ratio"]


def _rows(samples: Run) -> pd.DataFrame:
    """The comparisons that are shown: of what decides, or of the metric that the style chooses."""
    frame = judged(samples)
    chosen = samples.style.metric
    of_metric = frame["decides"] if chosen is None else frame["metric"] == chosen
    hidden = set(samples.arms) - set(samples.shown_arms) - {samples.control}
    return frame[
        of_metric
        & ~frame["kind"].isin(["baseline", "average"])
        & ~frame["arm"].isin(hidden)
        & ~frame["against"].isin(hidden)
        & frame["effect_ratio"].notna()
        & frame["cell"].isin(samples.shown_cells)
    ]


RATES = {
    OPERATIONS.column: "operations per second",
    WALL_RATE.column: "operations per second of wall time",
}


def _what(samples: Run) -> tuple[str, str]:
    """What the effects are on, and what lies right of 0."""
    if samples.style.metric is not None:
        metric = next(m for m in metrics_of(samples.plan) if m.column == samples.style.metric)
        return metric.title[0].lower() + metric.title[1:], "right of 0 is more"
    columns = {deciding(cell).column for cell in samples.plan["cells"]}
    rates = [name for column, name in RATES.items() if column in columns]
    times = ["wall time"] if WALL_TIME.column in columns else []
    times += ["the CPU time of programs"] if columns - {*RATES, WALL_TIME.column} else []
    right = "more" if rates and times else "faster" if rates else "slower"
    return ", and on ".join([*rates, *times]), f"right of 0 is {right}"


def _keys(samples: Run, rows: pd.DataFrame) -> list[tuple[str, str, str]]:
    """(kind, arm, against) of each comparison: those with the baseline in the order of their arms,
    then the others, and the control last."""
    order = {arm: index for index, arm in enumerate(samples.shown_arms)}
    keys = list(dict.fromkeys(zip(rows["kind"], rows["arm"], rows["against"])))
    ranks = {"arm": 0, "comparison": 1, "interaction": 2, "control": 3}
    return sorted(keys, key=lambda key: (ranks[key[0]], order.get(key[1], 0)))


def _series(samples: Run, keys: Sequence[tuple[str, str, str]]) -> list[Series]:
    colour, marker, names = colours(samples), markers(samples), panels.shown_names(samples)
    found = []
    for kind, arm, against in keys:
        name, edged = names[arm], kind in ("comparison", "interaction")
        if kind == "control":
            name = "control"
        elif kind == "interaction":
            name = f"interaction in {names[arm]}"
        elif kind == "comparison":
            name = f"{names[arm]} vs {names[against]}"
        found.append(Series(name, colour[arm], marker[arm], edged))
    return found


def _point(row: pd.Series, series: int) -> Point:
    value, (low, high) = float(row["effect_ratio"]), (float(row[name]) for name in BOUNDS)
    bar = (low, high) if np.isfinite([low, high]).all() else (value, value)
    published = float(row[PUBLISHED[0]]), float(row[PUBLISHED[1]])
    known = published if np.isfinite(published).all() else None
    return Point(row["cell"], series, value, bar, row["verdict"] in ("better", "worse"), known)


@lru_cache(maxsize=8)
def _chart(samples: Run) -> Chart:
    rows = _rows(samples)
    keys = _keys(samples, rows)
    indices = {key: index for index, key in enumerate(keys)}
    points = [
        _point(row, indices[row["kind"], row["arm"], row["against"]]) for _, row in rows.iterrows()
    ]
    every = [x for point in points for x in (point.value, *point.band, *(point.published or ()))]
    scale, margin = samples.style.scale, samples.plan["margin"]
    published = " · ◇ published" if any(point.published for point in points) else ""
    return Chart(
        _series(samples, keys),
        points,
        effect_axis(every, scale == "logarithmic"),
        f"effect on {_what(samples)[0]}, % ({scale})",
        f"bar: {100 * (1 - samples.plan['alpha']):g} % interval · filled: decided{published}",
        (-margin, margin),
        0.0,
    )


def applies(samples: Run) -> bool:
    return not _rows(samples).empty


def items(samples: Run) -> list[str]:
    return cell_rows.items(samples, _chart(samples))


def layout(samples: Run, width_inches: float, cells: Sequence[str]) -> tuple[int, int, float]:
    return cell_rows.layout(samples, _chart(samples), width_inches, cells)


def draw(samples: Run, axes: Any, cells: Sequence[str]) -> None:
    cell_rows.draw(samples, _chart(samples), axes, cells)


def caption(samples: Run) -> str:
    what, right = _what(samples)
    speed = re.sub(r"(operations per second)(?! of)", r"\1 of CPU time", what)
    copy = " The control is identical code." if samples.control is not None else ""
    interval = f"{100 * (1 - samples.plan['alpha']):g} %"
    names = panels.listed([one.name for one in _chart(samples).series])
    scale = samples.style.scale
    edged = any(one.edged for one in _chart(samples).series)
    edges = " A marker with a dark edge compares two arms." if edged else ""
    return (
        f"Effect on {speed} ({names}), a row per cell, on a {scale} axis: exp(median log-ratio "
        f"within blocks) - 1, against the baseline unless the key says otherwise, with its "
        f"{interval} sign-test interval (no bar: narrower than the marker); {right}. Filled where "
        "Holm's adjustment over the whole run leaves better or worse; grey: "
        f"±{100 * samples.plan['margin']:g} %, within which arms are the same.{edges}{copy} "
        f"{panels.measured_on(samples)}"
    )
