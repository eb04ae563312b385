"""residuals.py -- the logarithms of the blocks' ratios without their cell's median.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from ..records.records import Run
from ..statistics.statistics import ratio
from .deciding import deciding
from .weather import NS_PER_MINUTE

NORMAL_MIDDLE_HALF = 1.349  # width of a standard normal's middle half


def _started(run: Run) -> pd.Series:
    """Minutes from the run's first block to each block; by cell, host and number."""
    blocks = run.blocks
    minutes = (blocks["started_unix_ns"] - blocks["started_unix_ns"].min()) / NS_PER_MINUTE
    index = pd.MultiIndex.from_arrays(
        [blocks["cell"].astype(str), blocks["host"].astype(str), blocks["block"]]
    )
    return pd.Series(minutes.to_numpy(), index=index)


@lru_cache(maxsize=32)
def residuals(run: Run) -> pd.DataFrame:
    """A row per valid block and arm but the baseline, in a cell's order of time. Columns: cell,
    arm, minutes, residual (a difference of logarithms), in_spreads (NaN where a cell has none). Do
    not write to it."""
    started, parts = _started(run), []
    for planned in run.plan["cells"]:
        cell = planned["id"]
        values = run.matrix(cell, deciding(planned).values)
        if not len(values):
            continue
        hosts = run.block_facts(cell, "host")
        numbers = run.block_facts(cell, "block")
        minutes = started.loc[[(cell, str(h), n) for h, n in zip(hosts, numbers)]].to_numpy()
        for index, arm in enumerate(run.arms[1:], start=1):
            logs = np.log(ratio(values[:, index], values[:, 0]))
            left = logs - np.nanmedian(logs)
            spread = np.subtract(*np.nanpercentile(left, [75, 25])) / NORMAL_MIDDLE_HALF
            scaled = left / spread if spread > 0 else np.full(len(left), np.nan)
            parts.append(
                pd.DataFrame(
                    {
                        "cell": cell,
                        "arm": arm,
                        "minutes": minutes,
                        "residual": left,
                        "in_spreads": scaled,
                    }
                )
            )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def residual_arms(run: Run) -> list[str]:
    """Whose residuals are shown: the control first, since identical code shows what noise looks
    like."""
    compared = [arm for arm in run.shown_arms if arm != run.baseline]
    return [*([run.control] if run.control else []), *compared]


def has_residuals(run: Run) -> bool:
    return bool(residual_arms(run)) and len(residuals(run)) > 0


def residual_name(run: Run, arm: str) -> str:
    return f"{arm} (identical code)" if arm == run.control else run.label(arm)
