"""gallery.py -- every kind of figure once, drawn from a stored run, with how to read it.

A figure is found by its file in figures/ or profile/figures/. It is shown by the last stored run of
the first experiment that has it: those of FIRST, then the others by name.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType

from .. import figures
from ..complaint import Complaint
from ..drawing.drawing import TWO_COLUMNS, drawn, page_count, provenance
from ..figures import figures_for
from ..profile import figures as profile_figures
from ..profile.figures import profile_figures_for
from ..records.joined import Joined
from ..records.records import Recorded, Run
from .sentences import subjects

FIRST = ("phase17", "where_17-2", "regime", "phase18", "fastest", "threads")
FOLDER = "gallery"  # of the pictures, beside the text
KINDS = ("samples", "profile", "faults")


@dataclass(frozen=True)
class Shown:
    """A figure and what shows it; no run where nothing stored has it."""

    name: str
    module: ModuleType
    subject: Recorded | None

    @property
    def origin(self) -> str:
        """What its picture says that it was drawn from."""
        assert self.subject is not None
        return provenance(self.module, self.subject, TWO_COLUMNS)


def modules() -> dict[str, ModuleType]:
    """Every figure of a run, by name: those of timed runs first."""
    found = {}
    for package in (figures, profile_figures):
        for one in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
            found[one] = importlib.import_module(f"{package.__name__}.{one}")
    return found


def _last_of(experiment: Path) -> list[Path]:
    """The last stored timed run, profile and ledger."""
    found = []
    for kind in KINDS:
        records = sorted(experiment.glob(f"*/{kind}.jsonl*"))
        found += [path.parent for path in records if not (path.parent / "gate.json").exists()][-1:]
    return found


def _order(experiment: Path) -> tuple[int, str]:
    index = FIRST.index(experiment.name) if experiment.name in FIRST else len(FIRST)
    return index, experiment.name


@lru_cache(maxsize=4)
def gallery(store: Path) -> tuple[Shown, ...]:
    """Every figure with the run in the folder (results/reference) that shows it."""
    wanted, shown = modules(), {}
    experiments = [one for one in store.iterdir() if one.is_dir()]
    for experiment in sorted(experiments, key=_order):
        if set(wanted) == set(shown):
            break
        folders = _last_of(experiment)
        for subject in subjects(folders) if folders else []:
            has = profile_figures_for if isinstance(subject, Joined) else figures_for
            for name in has(subject):  # type: ignore[arg-type, operator]
                shown.setdefault(name, subject)
    return tuple(Shown(name, module, shown.get(name)) for name, module in wanted.items())


def _command(one: Shown, root: Path) -> str:
    """What makes the figure again, from the root of the checkout."""
    subject = one.subject
    runs = subject.runs if isinstance(subject, Joined) else [subject]
    paths = [run.path.resolve().relative_to(root.resolve()).as_posix() for run in runs]
    return f"build/slablab report {' '.join(paths)} --out page"


def _lines(one: Shown, store: Path) -> Iterator[str]:
    yield f"### {one.name}: {one.module.QUESTION}"
    subject = one.subject
    if subject is None:
        said = (one.module.__doc__ or "").splitlines()[0].partition(" -- ")[2]
        yield f"{said[:1].upper()}{said[1:]} No stored run has it."
        return
    yield f"![{one.module.QUESTION}]({FOLDER}/{one.name}.png)"
    pages = page_count(one.module, subject, TWO_COLUMNS)
    first = f"The first of {pages} pages. " if pages > 1 else ""
    yield f"{first}How to read it: {one.module.caption(subject)}"
    yield f"Again: `{_command(one, store.parents[1])}`"


def gallery_text(store: Path) -> str:
    """Markdown of all figures; it draws nothing."""
    if not store.is_dir():
        raise Complaint(f"{store}: is no folder of runs", "<!-- gallery ../results/reference -->")
    return "\n\n".join(line for one in gallery(store) for line in _lines(one, store))


def write_pictures(store: Path, root: Path) -> None:
    """Draws each figure's first page as root/gallery/NAME.png."""
    (root / FOLDER).mkdir(exist_ok=True)
    for one in gallery(store):
        if one.subject is not None:
            picture = drawn(one.module, one.subject, TWO_COLUMNS)
            (root / FOLDER / f"{one.name}.png").write_bytes(picture.files["png"])
