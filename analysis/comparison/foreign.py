"""foreign.py -- cautions about a run that another tool measured.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from ..records.kinds import IMPORTED, is_imported
from ..records.records import Run


def about_the_import(run: Run) -> list[str]:
    """What slablab sees to in its own runs and no tool did here; nothing of its own."""
    if not is_imported(run.plan):
        return []
    told = run.plan[IMPORTED]
    tools = ", ".join(sorted({file["format"] for file in told["files"]}))
    found = [
        f"Imported from {tools}: the order of the arms was not drawn at random, so a drift of the "
        f"machine looks like a difference between them. A block is {told['blocks']}. Intervals "
        "hold if samples are as if drawn independently.",
        "Imported: no arm was attested and no checksum compared; that all of them did the same "
        "work, on one machine, is the word of who measured.",
    ]
    if told["dropped"]:
        names = ", ".join(
            f"{one['samples']} of {one['arm']} in '{one['cell']}'" for one in told["dropped"]
        )
        found.append(f"Samples without a partner in the other arms are left out: {names}.")
    return found
