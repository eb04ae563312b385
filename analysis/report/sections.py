"""sections.py -- a report's sections: timed samples, or a profile and a ledger.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Protocol

from ..comparison import tables
from ..comparison.numbers import numbers
from ..comparison.run_formats import FORMATS
from ..complaint import Complaint
from ..document.document import Document
from ..document.formats import csv_text, markdown
from ..document.latex import latex
from ..document.web_page import Headline
from ..drawing.colours import style_of_all
from ..drawing.drawing import check_font
from ..figures import figures_for
from ..profile import tables as profile_tables
from ..profile.figures import profile_figures_for
from ..profile.numbers import profile_numbers
from ..records.instruments import FILE
from ..records.joined import Joined, in_style, join
from ..records.metrics import metrics_of
from ..records.records import Recorded, Run, load
from ..records.style import PLAIN, Style, nearest
from .headlines import explained_headline, timed_headline

NAME = re.compile(r"[A-Za-z0-9_.+-]+")
STORED = ("markdown", "csv", "latex")
# Experiments that ask whether the instruments work, which come after those that ask of allocators.
OF_INSTRUMENTS = ("planted", "null", "smoke")


class Section(Protocol):
    """tables: file name to text. numbers: key, which begins with the prefix, to LaTeX."""

    @property
    def subject(self) -> Recorded: ...

    def document(self) -> Document: ...

    def tables(self) -> Mapping[str, str]: ...

    def figures(self) -> Mapping[str, ModuleType]: ...

    def numbers(self, prefix: str) -> Mapping[str, str]: ...

    def headline(self) -> Headline: ...


@dataclass(frozen=True)
class Timed:
    """A run of slablab run."""

    subject: Run

    def document(self) -> Document:
        return tables.document(self.subject)

    def tables(self) -> dict[str, str]:
        name = self.subject.name
        return {f"{name}.{FORMATS[f][0]}": FORMATS[f][1](self.subject) for f in STORED}

    def figures(self) -> dict[str, ModuleType]:
        return figures_for(self.subject)

    def numbers(self, prefix: str) -> dict[str, str]:
        return numbers(self.subject, prefix)

    def headline(self) -> Headline:
        return timed_headline(self.subject)


@dataclass(frozen=True)
class Explained:
    """Runs of slablab profile and slablab faults with the same plan."""

    subject: Joined

    def document(self) -> Document:
        return profile_tables.document(self.subject)

    def tables(self) -> dict[str, str]:
        name, found = self.subject.name, self.document()
        files = {f"{name}.md": markdown(found), f"{name}.tex": latex(found)}
        for table, frame in profile_tables.long_forms(self.subject).items():
            files[f"{name}-{table}.csv"] = csv_text(frame)
        return files

    def figures(self) -> dict[str, ModuleType]:
        return profile_figures_for(self.subject)

    def numbers(self, prefix: str) -> dict[str, str]:
        return profile_numbers(self.subject, prefix)

    def headline(self) -> Headline:
        return explained_headline(self.subject)


def _order(one: Section) -> int:
    experiment = one.subject.plan["experiment"]
    return 1 + OF_INSTRUMENTS.index(experiment) if experiment in OF_INSTRUMENTS else 0


def _check_cells(style: Style, subjects: list[Recorded]) -> None:
    cells = list(dict.fromkeys(cell for one in subjects for cell in one.cells))
    for words, label in style.cells.items():
        held = [sum(style.entry_of(cell) == words for cell in one.cells) for one in subjects]
        if not any(held):
            raise Complaint(f"style: cells: no cell holds '{words}'", nearest(words, cells))
        if label is not None and max(held) > 1:
            raise Complaint(
                f"style: cells: '{words}' is {max(held)} cells of a run, and one label",
                "more words, until they are one cell's",
            )


def check_style(style: Style, subjects: list[Recorded]) -> None:
    """Raises Complaint where it names what no subject has, or two arms of one alike."""
    arms = list(dict.fromkeys(arm for one in subjects for arm in one.arms))
    for arm in style.arms:
        if arm not in arms:
            raise Complaint(f"style: arms: no run has an arm '{arm}'", nearest(arm, arms))
    _check_cells(style, subjects)
    columns = {metric.column for one in subjects for metric in metrics_of(one.plan)}
    if style.metric is not None and style.metric not in columns:
        raise Complaint(
            f"style: metric: no run has '{style.metric}'", nearest(style.metric, sorted(columns))
        )
    check_font(style)
    for one in subjects:
        labels = [
            style.arm(arm).label or one.label(arm) for arm in one.arms
        ]
        for label in labels:
            if labels.count(label) > 1:
                raise Complaint(
                    f"style: two arms of {one.name} are labelled '{label}'", "a label for each"
                )


def read_sections(
    folders: list[Path], style: Style = PLAIN, strict: bool = True
) -> list[Section]:
    """Every folder, timed ones before others and OF_INSTRUMENTS last; a profile and a ledger of one
    plan are one section. All are shown in the style, in which an arm has one colour and one marker.
    Raises Complaint if two of them have the same name, and so the same files, or a name that is
    unsuitable for files and keys, and, if strict, where the style names what none of them has: that
    of a report of more runs does."""
    instrumented = [folder for folder in folders if (folder / FILE).exists()]
    timed = [folder for folder in folders if folder not in instrumented]
    runs, joined = [load(folder) for folder in timed], join(instrumented)
    subjects: list[Recorded] = [*runs, *joined]
    if strict:
        check_style(style, subjects)
    whole = style_of_all(style, subjects)
    found: list[Section] = [Timed(replace(run, style=whole)) for run in runs]
    found += [Explained(in_style(one, whole)) for one in joined]
    names = [one.subject.name for one in found]
    for one in found:
        if not NAME.fullmatch(one.subject.name):
            raise Complaint(
                f"{one.subject.path}: '{one.subject.name}' would be a part of files' names and of "
                "keys for LaTeX, and has other letters than A-Z a-z 0-9 _ . + -",
                "a folder by another name",
            )
    if len(set(names)) < len(names):
        raise Complaint(
            f"two runs are called '{max(names, key=names.count)}'", "name each run once"
        )
    return sorted(found, key=_order)
