"""faults_against_operations.py -- page faults against operations done since a cold start.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..comparison.estimates import FAULTS
from ..drawing import against_operations as lines
from ..records.records import Run

QUESTION = "Does an arm go on taking page faults as the work goes on, or does it reuse its memory?"

items, layout = lines.items, lines.layout


def applies(samples: Run) -> bool:
    return lines.applies(samples) and lines.extent(samples, FAULTS)[1] > 0


def draw(samples: Run, axes: Any, groups: Sequence[lines.Group]) -> None:
    lines.draw(samples, axes, groups, FAULTS, "page faults in the measured region")


def caption(samples: Run) -> str:
    said = lines.caption(samples, "Page faults in the measured region")
    return f"{said} A line that flattens reuses memory; one that rises with operations does not."
