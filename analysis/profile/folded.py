"""folded.py -- stacks and their counts in the line format that flame graph viewers read.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from ..records.profiles import Profile


def folded(profile: Profile, cell: str, arm: str, stage: str) -> str:
    """ "outermost;...;innermost 123" for every stack with samples, over all processes, sorted."""
    counts: Counter = Counter()
    totals = profile.matrix(cell, arm, stage).sum(axis=1)
    for (stack, _), total in zip(profile.stacks, totals):
        counts[stack] += int(total)
    return "".join(f"{stack} {count}\n" for stack, count in sorted(counts.items()) if count)


def slugs(names: Iterable[str]) -> dict[str, str]:
    """Each name as a part of a file's name; two that would be the same get a number."""
    found: dict[str, str] = {}
    for name in names:
        slug = re.sub(r"[^A-Za-z0-9=+_-]+", "-", name).strip("-") or "unnamed"
        number, unique = 1, slug
        while unique in found.values():
            number += 1
            unique = f"{slug}-{number}"
        found[name] = unique
    return found
