"""memory_against_operations.py -- resident memory against operations done since a cold start.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from typing import Any

from .. import against_operations as lines
from ..estimates import Metric
from ..records import Run

QUESTION = "Does an arm's resident memory level off as the work goes on?"
RESIDENT = Metric(
    "rss_bytes", "Resident memory", "MiB", 1 << 20, False, lambda rows: rows["rss_bytes"]
)

layout = lines.layout


def applies(samples: Run) -> bool:
    return lines.applies(samples) and lines.extent(samples, RESIDENT)[1] > 0


def draw(samples: Run, axes: Any) -> None:
    lines.draw(samples, axes, RESIDENT, "MiB resident at the end of the region (RSS)")


def caption(samples: Run) -> str:
    return lines.caption(samples, "Resident memory at the end of the region (RSS, smaps_rollup)")
