"""wording.py -- figures as text: values, effects, intervals.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..document.rounding import exponent, fixed, significant
from ..records.metrics import Metric
from ..records.records import Run
from ..statistics.over_machines import DEPENDS
from ..statistics.statistics import WITHIN

ABSENT = "–"
MARKS = {
    "better": "▲",
    "better within the margin": "△",
    "worse": "▼",
    "worse within the margin": "▽",
    "same": "=",
    "unclear": "?",
    DEPENDS: "≷",
    "unfinished": "…",
    "void": "void",
}
LAYOUT_BOUND = "LAYOUT-BOUND"  # an effect smaller than what one link alone may make of it
LINKS_LEGEND = (
    "Arms that are built here have several links of the same code, and each block draws one for "
    "each arm, so that effects are about all of them. One link alone: the effects that 95 % of the "
    f"pairs of links have. {LAYOUT_BOUND}: the effect is smaller than that spread."
)
OVER_LINKS_LEGEND = (
    "Over all links: the interval of the mean over those that might have been drawn as well. "
    "Better, worse and same are said where it allows, too."
)
NO_SPREAD = "no spread found"
FINE_HALF_WIDTH = 0.005  # an interval narrower than this is shown with two decimals of a per cent,
FINE_EFFECT = 0.10  # unless the effect is so large that they do not matter


def verdict_text(verdict: str) -> str:
    """As a table's column has it: "better △" for better within the margin, which the legend says
    in full."""
    word, found, _ = verdict.partition(WITHIN)
    if verdict == DEPENDS:
        return f"depends {MARKS[verdict]}"
    return f"{word} {MARKS[verdict]}" if found else verdict


def clock(*runs: Run) -> str:
    """The time of which operations per second decide, in these runs' cells."""
    threaded = sum(len(run.threaded_cells) for run in runs)
    if not threaded:
        return "CPU time"
    if threaded == sum(len(run.cells) for run in runs):
        return "wall time"
    return "wall time (of CPU time in cells of one thread)"


def number(value: float, digits: int = 4) -> str:
    """A value to so many significant digits, without an exponent: 5.710, 57.31, 1,234,567."""
    if not np.isfinite(value):
        return ABSENT
    if value == int(value) and abs(value) >= 1000 or value == 0:
        return fixed(value, 0, commas=True)
    return fixed(value, max(0, digits - 1 - exponent(value)), commas=True)


def count(value: float) -> str:
    """A count: whole where it is whole."""
    whole = np.isfinite(value) and value == int(value)
    return fixed(value, 0, commas=True) if whole else number(value)


def per_cent(ratio: float, decimals: int = 1, unit: str = " %") -> str:
    """-0.036 as "-3.6 %"; nothing is ever "-0.0"."""
    if not np.isfinite(ratio):
        return ABSENT
    return fixed(100 * ratio, decimals, "+") + unit


def _decimals(low: float, high: float) -> int:
    return 2 if (high - low) / 2 < FINE_HALF_WIDTH and abs(low) < FINE_EFFECT else 1


def _decimals_of(row: pd.Series | Mapping[str, float]) -> int:
    return _decimals(row["effect_low_ratio"], row["effect_high_ratio"])


def relative(row: pd.Series | Mapping[str, float]) -> tuple[str, str]:
    """A row's effect and interval, with the decimals that the interval's width deserves."""
    low, high = row["effect_low_ratio"], row["effect_high_ratio"]
    decimals = _decimals_of(row)
    return per_cent(row["effect_ratio"], decimals), percent_interval(low, high)


def percent_interval(low: float, high: float) -> str:
    """[-3.6, +1.2], in per cent, with the decimals that its width deserves."""
    if not np.isfinite(low):
        return ABSENT
    decimals = _decimals(low, high)
    return f"[{per_cent(low, decimals, '')}, {per_cent(high, decimals, '')}]"


def mde_text(row: pd.Series) -> str:
    """With as many decimals as the effect has."""
    return per_cent(row["mde_ratio"], _decimals_of(row)).lstrip("+")


def note(row: pd.Series, alpha: float) -> str:
    """The details of a row's figures, shown on hovering: n, interval, MDE."""
    parts = [f"{row['label']} in {row['cell']}", f"n = {int(row['blocks'])} blocks"]
    if row["kind"] == "baseline":
        return "; ".join([*parts, "median; what the others are compared with"])
    confidence = f"{100 * (1 - alpha):g} % interval"
    if np.isfinite(row["effect_low_ratio"]):
        effect, interval = relative(row)
        parts.append(f"effect against {row['against']} {effect}, {confidence} {interval} %")
    elif np.isfinite(row["effect_ratio"]):
        parts.append(f"effect against {row['against']} {relative(row)[0]}, no interval")
    else:
        parts.append("no effect: a count that may be 0, or no block")
    if np.isfinite(row["mde_ratio"]):
        parts.append(f"MDE {mde_text(row)}")
    else:
        parts.append("does not vary, so no MDE" if row["varies"] is False else "no MDE")
    if np.isfinite(row["holm_p"]):
        parts.append(f"Holm-adjusted p = {significant(row['holm_p'], 2)}")
    return "; ".join(parts)


def share_note(row: pd.Series, alpha: float) -> str:
    """The same for a share of totals, which has no MDE."""
    low, high = 100 * row["value_low"], 100 * row["value_high"]
    known = np.isfinite(low) and np.isfinite(high)
    interval = f"[{fixed(low, 1)}, {fixed(high, 1)}] %" if known else "not known"
    return (
        f"{row['label']} in {row['cell']}; n = {int(row['blocks'])} blocks; "
        f"{100 * (1 - alpha):g} % interval {interval}; no comparison, so no MDE"
    )


def signed(value: float, metric: Metric) -> str:
    if not np.isfinite(value):
        return ABSENT
    text = value_text(abs(value), metric)
    return text if value == 0 else ("+" if value > 0 else "-") + text


def value_text(value: float, metric: Metric) -> str:
    return count(value) if metric.shown_divisor == 1 else number(value / metric.shown_divisor)


def band(bounds: list[str]) -> str:
    if ABSENT in bounds:
        return ""
    return bounds[0] if bounds[0] == bounds[1] else f"{bounds[0].removesuffix(' %')} to {bounds[1]}"
