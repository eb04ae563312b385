"""arms_words.py -- cautions about what arms wrote to stderr in samples that succeeded.

An allocator that does not know a setting says so there, and its arm is then not what its name says.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from typing import Any

SHOWN = 120  # characters of the first line


def said_on_stderr(run: Any) -> list[str]:
    """A caution for each arm that said something: of a Run or an Instrumented."""
    found = []
    for arm in run.arms:
        texts = [text for (one, _), text in run.said.items() if one == arm]
        if not texts:
            continue
        lines = texts[0].strip().splitlines() or [""]
        first = lines[0] if len(lines[0]) <= SHOWN else lines[0][:SHOWN] + "…"
        rest = len(lines) - 1
        more = f" (and {rest} more line{'s' if rest > 1 else ''})" if rest else ""
        cells = f"{len(texts)} of {len(run.cells)} cell{'s' if len(run.cells) > 1 else ''}"
        found.append(
            f"{arm} wrote to stderr in {cells}, though its samples succeeded: {first}{more}"
        )
    return found
