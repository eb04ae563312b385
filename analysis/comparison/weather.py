"""weather.py -- what else the machine did during a run: in words, and over time.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from datetime import datetime, timezone

import numpy as np
import pandas as pd

from ..records.kinds import is_imported
from ..records.records import Run
from ..document.rounding import fixed
from .wording import count

STRETCHES = 200  # of a run's blocks, in the order of time
NS_PER_MINUTE = 60e9
NS_PER_MILLISECOND = 1e6
PRESSURE_SHOWN_PER_CENT = 1  # memory and IO are on the figure where they once reached it


def along_time(run: Run) -> pd.DataFrame:
    """A row per stretch of blocks: `minutes` since the first block, and what is known of steal, PSI
    and load, under the words that a figure shows."""
    blocks = run.blocks.sort_values("started_unix_ns", kind="stable").reset_index(drop=True)
    stretch = np.arange(len(blocks)) * min(STRETCHES, len(blocks)) // max(1, len(blocks))
    minutes = (blocks["started_unix_ns"] - blocks["started_unix_ns"].min()) / NS_PER_MINUTE
    sums = blocks.groupby(stretch).sum(numeric_only=True)
    found = pd.DataFrame({"minutes": minutes.groupby(stretch).mean()})
    found["steal, % of time, summed over CPUs"] = 100 * sums["steal_ns"] / sums["duration_ns"]
    for name in ("cpu", "memory", "io"):
        waited = 100 * sums[f"psi_{name}_some_us"] * 1e3 / sums["duration_ns"]
        if name == "cpu" or waited.max() > PRESSURE_SHOWN_PER_CENT:
            found[f"PSI {name}: something waited, % of time"] = waited
    found["load, 1 min"] = blocks["load_1min"].groupby(stretch).mean()
    return found


def _share(part: float, whole: float) -> str:
    return f"{fixed(100 * part / whole, 1)} %" if np.isfinite(part) and whole > 0 else "not known"


def weather_facts(run: Run) -> list[tuple[str, str]]:
    """(what, how much) over all of a run's blocks, the invalid ones too; empty: no blocks, or those
    of another tool."""
    blocks = run.blocks
    if blocks.empty or is_imported(run.plan):
        return []
    first = int(blocks["started_unix_ns"].min())
    last = int((blocks["started_unix_ns"] + blocks["duration_ns"]).max())
    begun = datetime.fromtimestamp(first / 1e9, timezone.utc)
    busy = float(blocks["duration_ns"].sum())
    load = blocks["load_1min"].dropna()
    lost = int((~blocks["valid"]).sum())
    switches = run.samples["involuntary_switches"]
    minutes = (last - first) / NS_PER_MINUTE
    found = [
        ("begun", f"{begun:%Y-%m-%d %H:%M} UTC, over {fixed(minutes, 1)} minutes"),
        ("blocks", f"{count(len(blocks))}, of them {count(lost)} lost"),
        ("steal", f"{_share(blocks['steal_ns'].sum(), busy)} of the blocks' time, over all CPUs"),
    ]
    found += [
        (
            f"PSI {name}, some",
            f"{_share(1e3 * blocks[f'psi_{name}_some_us'].sum(), busy)} of the blocks' time",
        )
        for name in ("cpu", "memory", "io")
    ]
    if len(load):
        found.append(
            (
                "load, 1 min",
                "median {}, from {} to {}".format(
                    *(fixed(x, 2) for x in (load.median(), load.min(), load.max()))
                ),
            )
        )
    throttled = blocks["throttled_periods"].dropna()
    if (throttled > 0).any():
        found.append(
            (
                "throttled by a CPU quota",
                f"{count((throttled > 0).sum())} blocks, "
                f"{fixed(blocks['throttled_ns'].sum() / NS_PER_MILLISECOND, 0, commas=True)} ms",
            )
        )
    if len(switches):
        found.append(
            (
                "involuntary switches",
                f"median {count(switches.median())} a sample, at most {count(switches.max())}",
            )
        )
    return found
