"""profile_report.py -- the folder of a profile and a ledger: tables, figures, flame graphs, folds.

  tables/<run>.md, <run>-layers.csv ...     figures/<run>-where_time_goes.svg ...
  figures/<run>-flame-<cell>.<arm>.svg      figures/<run>-flame-<cell>.<arm>-against-<arm>.svg
  folded/<run>/region/<cell>.<arm>.folded   folded/<run>/whole/<cell>.<arm>.folded

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .drawing import drawn, on_paper
from .flame import flame
from .flame_difference import flame_difference
from .folded import folded, slugs
from .formats import markdown
from .instruments import WHOLE
from .joined import Joined
from .profile_estimates import pairs
from .profile_figures import profile_figures_for
from .profile_tables import FUNCTIONS_SHOWN, document, long_forms
from .profiles import Profile

File = tuple[str, bytes]  # path in the folder, and what it holds


def _tables(joined: Joined, functions_shown: int) -> Iterator[File]:
    yield f"tables/{joined.name}.md", markdown(document(joined, functions_shown)).encode()
    for name, frame in long_forms(joined).items():
        text = frame.to_csv(index=False, lineterminator="\n")
        yield f"tables/{joined.name}-{name}.csv", text.encode()


def _figures(joined: Joined) -> Iterator[File]:
    for name, module in profile_figures_for(joined).items():
        for ending, content in drawn(module, joined).items():
            shown = on_paper(content) if ending == "svg" else content
            yield f"figures/{joined.name}-{name}.{ending}", shown


def _flames(profile: Profile, name: str) -> Iterator[File]:
    """A flame graph for each arm but the control, then the differential ones, the control's against
    the baseline among them: all of that one should be grey."""
    cells, arms = slugs(profile.cells), slugs(profile.arms)
    for cell in profile.cells:
        for arm in profile.arms:
            svg = flame(profile, cell, arm) if arm != profile.control else None
            if svg is not None:
                yield f"figures/{name}-flame-{cells[cell]}.{arms[arm]}.svg", svg.encode()
        for arm, against in pairs(profile):
            svg = flame_difference(profile, cell, arm, against)
            if svg is not None:
                file = f"{cells[cell]}.{arms[arm]}-against-{arms[against]}.svg"
                yield f"figures/{name}-flame-{file}", svg.encode()


def _folds(profile: Profile, name: str) -> Iterator[File]:
    cells, arms = slugs(profile.cells), slugs(profile.arms)
    for stage in ("region", WHOLE):
        for cell in profile.cells:
            for arm in profile.arms:
                text = folded(profile, cell, arm, stage)
                file = f"{cells[cell]}.{arms[arm]}.folded"
                if text:
                    yield f"folded/{name}/{stage}/{file}", text.encode()


def profile_files(joined: Joined, functions_shown: int = FUNCTIONS_SHOWN) -> Iterator[File]:
    """All files of the report. The same runs give the same bytes."""
    yield from _tables(joined, functions_shown)
    yield from _figures(joined)
    if joined.profile is not None:
        yield from _flames(joined.profile, joined.name)
        yield from _folds(joined.profile, joined.name)


def write_profile_report(joined: Joined, out: Path, functions_shown: int) -> None:
    for name, content in profile_files(joined, functions_shown):
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
