"""Figures, found by their presence: a file here with QUESTION and draw(samples, axes) is one.

  QUESTION                what the figure answers, in a sentence
  caption(samples)        what was compared, on what, and how the picture shows that it is uncertain
  draw(samples, axes)     samples: a records.Run; axes: one Axes, or the array that layout asked for
  layout(samples, width)  (rows, columns, height) of panels in a figure so many inches wide; inches
  items(samples)          optional: what its rows or panels show, which may be divided into several
                          figures; layout and draw are then given those of one, as a last argument
  applies(samples)        optional: False where the run cannot answer the question
  ORDER                   optional: smaller comes first on the page; without it 1

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from types import ModuleType

from ..records.records import Recorded, Run


def figures_for(run: Run) -> dict[str, ModuleType]:
    """File name without its ending to module, of the figures that apply to the run, in the order of
    the page."""
    found = {} if run.samples.empty else applying(__path__, __name__, run)
    return dict(sorted(found.items(), key=lambda item: (getattr(item[1], "ORDER", 1), item[0])))


def applying(path: Iterable[str], package: str, subject: Recorded) -> dict[str, ModuleType]:
    """The figures of one package that apply to what they would be drawn from."""
    names = sorted(module.name for module in pkgutil.iter_modules(path))
    modules = {name: importlib.import_module(f"{package}.{name}") for name in names}
    return {
        name: module
        for name, module in modules.items()
        if getattr(module, "applies", lambda subject: True)(subject)
    }
