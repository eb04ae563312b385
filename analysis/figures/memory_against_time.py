"""memory_against_time.py -- resident memory against the time since a cold start.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..drawing import against_operations as lines
from ..records.metrics import default
from ..records.records import Run

QUESTION = "Does an arm's resident memory level off as time goes on?"
RESIDENT, TIME = default("rss_bytes"), default("wall_ns")
SINCE_START = ("ms of wall time that the operations took since the cold start", TIME)

items, layout = lines.items, lines.layout


def applies(samples: Run) -> bool:
    return lines.applies(samples) and all(
        lines.extent(samples, metric)[1] > 0 for metric in (RESIDENT, TIME)
    )


def draw(samples: Run, axes: Any, groups: Sequence[lines.Group]) -> None:
    lines.draw(samples, axes, groups, RESIDENT, "MiB resident then (RSS)", SINCE_START)


def caption(samples: Run) -> str:
    what = "Resident memory (RSS, smaps_rollup) at the end of the region"
    return lines.caption(samples, what, SINCE_START)
