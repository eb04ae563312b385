"""wording.py -- shares, times and counts of a profile as texts that fit beside each other.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import math

import numpy as np

from ..comparison.wording import ABSENT, count
from ..records.instruments import WHOLE
from ..document.rounding import fixed
from ..statistics.statistics import Interval

STAGE_WORDS = {"region": "region", "start_up": "start-up", WHOLE: "whole process"}
NO_INTERVAL = f"[{ABSENT}]"


def interval(row, name: str, unit: str) -> Interval:
    """The columns that profile_estimates.bounds made."""
    return Interval(
        row[f"{name}_{unit}"], row[f"{name}_low_{unit}"], row[f"{name}_high_{unit}"]
    )


def _decimals(found: Interval) -> int:
    """One where all of it is below 10, as far as it is known."""
    values = [found.point, found.low, found.high]
    known = values if np.isfinite(values).all() else values[:1]
    return 1 if max(map(abs, known)) < 9.95 else 0


def outward(found: Interval, sign: str = "") -> tuple[str, str, str]:
    """Point and bounds as texts; bounds are rounded outwards, and an unknown value is a dash."""
    if not np.isfinite(found.point):
        return ABSENT, ABSENT, ABSENT
    decimals = _decimals(found)
    tiny = 1e-9  # 0.07 * 100 is not rounded up to 8
    point = fixed(found.point, decimals, sign)
    if not np.isfinite([found.low, found.high]).all():
        return point, ABSENT, ABSENT
    scale = 10**decimals
    low = math.floor(found.low * scale + tiny) / scale
    high = math.ceil(found.high * scale - tiny) / scale
    return point, fixed(low, decimals), fixed(high, decimals)


def _outward(found: Interval, sign: str = "") -> str:
    """ "47 [44, 50]"."""
    point, low, high = outward(found, sign)
    if point == ABSENT:
        return ABSENT
    return f"{point} {NO_INTERVAL}" if low == ABSENT else f"{point} [{low}, {high}]"


def share_text(found: Interval) -> str:
    """Per cent, the sign left to the heading."""
    return _outward(Interval(*(100 * x for x in (found.point, found.low, found.high))))


def points_text(found: Interval) -> str:
    """A difference of shares in points of a per cent, always with its sign."""
    return _outward(Interval(*(100 * x for x in (found.point, found.low, found.high))), "+")


def time_text(found: Interval, unit_ns: float = 1, sign: str = "") -> str:
    """sign: "+" of a difference, which always has one."""
    return _outward(Interval(*(x / unit_ns for x in (found.point, found.low, found.high))), sign)


def count_text(row) -> str:
    """A count's median, and in brackets its largest less its smallest where it varied."""
    spread = row["faults_max"] - row["faults_min"]
    return count(row["faults"]) + (f" ({count(spread)})" if spread else "")


def note(row, compared: str = "") -> str:
    """The details of a figure, shown on hovering: its number of processes, and of samples, or the
    range of its counts. compared: with what, if the row does not say."""
    parts = [f"{row['arm']} in {row['cell']}"]
    if "processes" in row:
        parts.append(f"n = {row['processes']} processes")
    if "ledger_processes" in row:
        parts.append(f"faults of {row['ledger_processes']} others")
    if "samples_all" in row:
        parts.append(f"{count(row['samples_all'])} samples")
    if "faults_min" in row:
        low, high = count(row["faults_min"]), count(row["faults_max"])
        parts.append(f"median of counts from {low} to {high}")
    other = f"less {row['against']}'s" if "against" in row else compared
    parts.append(f"{other}; no MDE" if other else "no comparison, so no MDE")
    return "; ".join(parts)
