"""style.py -- how a report shows its arms and cells: a style file, strictly checked.

  arms:                         # by id
    phase17-1: {label: 17-1, colour: "#23698c", marker: square, order: 1}
    eager: {hide: true}
  cells:                        # shown alone; by words of which a cell has every one
    size=512 cold:
    sawtooth warm: {label: sawtooth}
  metric: operations_per_second # of the figure of effects
  scale: logarithmic            # or linear, of that figure
  captions: beside              # or inside the picture
  width: [3.33, 7]              # inches, of a figure in one column and of one across the page
  font: DejaVu Sans
  legend: every                 # or first: in a run's first figure alone

Nothing here changes an estimate or a verdict: what is hidden is still one of the comparisons that
Holm's adjustment counts.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from ..complaint import Complaint, regular

YAML_BYTES_MOST = 1 << 20
STORED = "style.yaml"
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
SHAPES = ("circle", "square", "diamond", "star", "plus", "pentagon", "cross", "four-pointed",
          "hexagon", "point")  # fmt: skip
SCALES, CAPTIONS, LEGENDS = ("logarithmic", "linear"), ("beside", "inside"), ("every", "first")
INCHES_MIN, INCHES_MOST = 2.5, 12.0
ONE_COLUMN_BELOW_INCHES = 5.0


@dataclass(frozen=True)
class ArmStyle:
    """colour: #rrggbb; marker: of SHAPES; both None where the arm's name decides."""

    label: str | None = None
    colour: str | None = None
    marker: str | None = None
    order: int | None = None
    hide: bool = False

    def __or__(self, other: ArmStyle) -> ArmStyle:
        """This one, and above it all that the other one says."""
        said = {key: value for key, value in asdict(other).items() if value not in (None, False)}
        return replace(self, **said)


@dataclass(frozen=True)
class Style:
    """cells: words to the label of the one cell that has them, or to nothing."""

    arms: Mapping[str, ArmStyle] = field(default_factory=dict)
    cells: Mapping[str, str | None] = field(default_factory=dict)
    metric: str | None = None
    scale: str = SCALES[0]
    captions: str = CAPTIONS[0]
    width: tuple[float, ...] = ()
    font: str | None = None
    legend: str = LEGENDS[0]

    def arm(self, arm: str) -> ArmStyle:
        return self.arms.get(arm, ArmStyle())

    def entry_of(self, cell: str) -> str | None:
        """The words of the first entry that the cell has every one of."""
        held = set(cell.split())
        return next((words for words in self.cells if held.issuperset(words.split())), None)


PLAIN = Style()


class _Loader(yaml.SafeLoader):
    """Refuses a key that is there twice, of which YAML would keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.YAMLError(f"'{key}' is there twice{node.start_mark}")
        return super().construct_mapping(node, deep)


def nearest(word: str, known: Iterable[str]) -> str:
    """What to try instead of an unknown word."""
    names = list(known)
    close = difflib.get_close_matches(word, names, 1, 0.4)
    return close[0] if close else "one of " + ", ".join(names)


def _mapping(value: Any, where: str, known: Iterable[str] | None = None) -> dict[str, Any]:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise Complaint(f"{where}: is no mapping of names", f"{where.split(': ')[-1]}: {{...}}")
    for key in value if known is not None else ():
        if key not in known:
            raise Complaint(f"{where}: unknown key '{key}'", nearest(key, known))
    return value


def _one_of(value: Any, known: tuple[str, ...], where: str) -> str:
    if value not in known:
        raise Complaint(f"{where}: {value!r}", "one of " + ", ".join(known))
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value.strip() or "\n" in value:
        key = where.split(": ")[-1]
        raise Complaint(f"{where}: {value!r} is not a line of text", f'{key}: "text"')
    return value


def _whole(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Complaint(f"{where}: {value!r} is no whole number", "order: 1")
    return value


def _truth(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise Complaint(f"{where}: {value!r} is neither true nor false", "hide: true")
    return value


def _colour(value: Any, where: str) -> str:
    if not isinstance(value, str) or not COLOUR.fullmatch(value):
        raise Complaint(f"{where}: {value!r} is no colour", 'colour: "#23698c", in quotes')
    return value.lower()


ARM_KEYS = {
    "label": _text,
    "colour": _colour,
    "marker": lambda value, where: _one_of(value, SHAPES, where),
    "order": _whole,
    "hide": _truth,
}


def arm_style(found: Any, where: str) -> ArmStyle:
    """Raises Complaint for what is no style of an arm."""
    checked = _mapping(found, where, ARM_KEYS)
    return ArmStyle(**{key: ARM_KEYS[key](v, f"{where}: {key}") for key, v in checked.items()})


def _widths(value: Any, where: str) -> tuple[float, ...]:
    found = value if isinstance(value, list) else [value]
    for inches in found:
        number = isinstance(inches, (int, float)) and not isinstance(inches, bool)
        if not number or not INCHES_MIN <= inches <= INCHES_MOST:
            raise Complaint(
                f"{where}: {inches!r} is no width from {INCHES_MIN:g} to {INCHES_MOST:g} inches",
                "width: 3.33",
            )
    kinds = {inches < ONE_COLUMN_BELOW_INCHES for inches in found}
    if not found or len(kinds) < len(found):
        raise Complaint(
            f"{where}: {value!r} is not one width, or one below {ONE_COLUMN_BELOW_INCHES:g} inches "
            "and one of a page",
            "width: [3.33, 7]",
        )
    return tuple(map(float, found))


def _cells(value: Any, where: str) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for words, entry in _mapping(value, where).items():
        inner = f"{where}: {words}"
        known = _mapping({} if entry is None else entry, inner, ("label",))
        found[words] = _text(known["label"], f"{inner}: label") if "label" in known else None
    return found


KEYS = {
    "arms": lambda value, where: {
        arm: arm_style(entry, f"{where}: {arm}") for arm, entry in _mapping(value, where).items()
    },
    "cells": _cells,
    "metric": _text,
    "scale": lambda value, where: _one_of(value, SCALES, where),
    "captions": lambda value, where: _one_of(value, CAPTIONS, where),
    "width": _widths,
    "font": _text,
    "legend": lambda value, where: _one_of(value, LEGENDS, where),
}


def read_style(path: Path | None) -> Style:
    """None: PLAIN. Raises Complaint for anything that is not understood."""
    if path is None:
        return PLAIN
    file = regular(path)
    if file.stat().st_size > YAML_BYTES_MOST:
        raise Complaint(f"{path}: larger than {YAML_BYTES_MOST} bytes", "a style file")
    try:
        found = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise Complaint(f"{path}: {' '.join(str(error).split())}", "YAML, in UTF-8") from error
    checked = _mapping({} if found is None else found, str(path), KEYS)
    return Style(**{key: KEYS[key](value, f"{path}: {key}") for key, value in checked.items()})


def stored_style(run: Path) -> Style:
    """That of the folder in which the run's experiment stands (results/reference/style.yaml): there
    an allocator has one colour in all pictures. PLAIN where it has none."""
    path = run.resolve().parent.parent / STORED
    return read_style(path if path.is_file() else None)


def style_text(style: Style) -> str:
    """The style as a file that read_style reads."""
    said: dict[str, Any] = {
        key: value for key, value in asdict(style).items() if value not in (None, {}, ())
    }
    if style.arms:
        said["arms"] = {
            arm: {key: value for key, value in asdict(one).items() if value not in (None, False)}
            for arm, one in style.arms.items()
        }
    if style.cells:
        said["cells"] = {
            words: None if label is None else {"label": label}
            for words, label in style.cells.items()
        }
    if style.width:
        said["width"] = list(style.width)
    return yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=100)
