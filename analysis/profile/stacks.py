"""stacks.py -- a profile's stacks as files: flame graphs, differential ones, folded text.

  flames/<run>/<cell>.<arm>.svg             flames/<run>/<cell>.<arm>-against-<arm>.svg
  folded/<run>/region/<cell>.<arm>.folded   folded/<run>/whole/<cell>.<arm>.folded
  functions/<run>.csv                       every function of every cell, arm and stage

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..document.formats import csv_text
from ..records.instruments import WHOLE
from ..records.profiles import Profile
from .estimates import pairs
from .flame import flame
from .flame_difference import flame_difference
from .folded import folded, slugs
from .tables import long_form_of_functions

File = tuple[str, str]  # path in the folder, and what it holds


def _flames(profile: Profile) -> Iterator[File]:
    """A flame graph for each arm but the control, then the differential ones, the control's against
    the baseline among them: all of that one should be grey."""
    cells, arms = slugs(profile.cells), slugs(profile.arms)
    for cell in profile.cells:
        for arm in profile.arms:
            svg = flame(profile, cell, arm) if arm != profile.control else None
            if svg is not None:
                yield f"flames/{profile.name}/{cells[cell]}.{arms[arm]}.svg", svg
        for arm, against in pairs(profile):
            svg = flame_difference(profile, cell, arm, against)
            if svg is not None:
                file = f"{cells[cell]}.{arms[arm]}-against-{arms[against]}.svg"
                yield f"flames/{profile.name}/{file}", svg


def _folds(profile: Profile) -> Iterator[File]:
    cells, arms = slugs(profile.cells), slugs(profile.arms)
    for stage in ("region", WHOLE):
        for cell in profile.cells:
            for arm in profile.arms:
                text = folded(profile, cell, arm, stage)
                if text:
                    file = f"{cells[cell]}.{arms[arm]}.folded"
                    yield f"folded/{profile.name}/{stage}/{file}", text


def stack_files(profile: Profile) -> Iterator[File]:
    """All files. The same run gives the same bytes."""
    yield from _flames(profile)
    yield from _folds(profile)
    frame = long_form_of_functions(profile)
    yield f"functions/{profile.name}.csv", csv_text(frame)


def write_stacks(profile: Profile, out: Path) -> None:
    for name, text in stack_files(profile):
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
