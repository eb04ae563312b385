"""reasons.py -- why a run is void, as outcome.json and gate.json say it.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reason:
    """Programs go by the code (harness/base/reason.h); cell and arm are "" where it is about no one
    of them. A run from before reasons had codes has the code ""."""

    code: str
    cell: str
    arm: str
    text: str

    @property
    def line(self) -> str:
        return ": ".join(part for part in (self.cell, self.arm, self.text) if part)


def reasons_of(said: dict[str, Any]) -> list[Reason]:
    """Those of an outcome.json or a gate.json, in its order."""
    found: Sequence[Any] = said.get("reasons") or ()
    return [
        Reason("", "", "", one)
        if isinstance(one, str)
        else Reason(*(str(one.get(key) or "") for key in ("code", "cell", "arm", "text")))
        for one in found
    ]
