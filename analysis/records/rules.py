"""rules.py -- the constants of the statistics by which a run was measured, as its plan has them.

They are written by harness/experiment/rules.c. A plan from before plans had them was measured under
those in rules.json, which the harness's tests hold against its table.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Rules:
    """What the analysis judges by. The plan has others, which decide when to stop."""

    lost_ratio_max: float  # of a run's blocks; with more lost ones it is VOID
    alpha_dependence: float  # of the test that a gate's blocks are dependent; over all cells
    alpha_failures: float  # of a gate's row of failures, beside its other rows
    blocks_min: int  # fewer give no interval
    blocks_for_dependence: int  # fewer are not tested for dependence


@cache
def _defaults() -> dict[str, Any]:
    return json.loads(Path(__file__).with_name("rules.json").read_text(encoding="utf-8"))


def rules_of(plan: dict[str, Any]) -> Rules:
    written = {**_defaults(), **plan.get("rules", {})}
    return Rules(**{field.name: written[field.name] for field in fields(Rules)})
