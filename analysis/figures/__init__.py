"""Figures, found by their presence: a file here with QUESTION and draw(samples, axes) is one.

  QUESTION              what the figure answers, in a sentence; its caption
  draw(samples, axes)   samples: a records.Run; axes: one Axes, or the array that layout asked for
  layout(samples)       optional: (rows, columns, width, height), inches; without it 1, 1, 7, 4
  applies(samples)      optional: False where the run has nothing to show

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

from ..records import Run


def figures_for(run: Run) -> dict[str, ModuleType]:
    """File name without its ending to module, of the figures that apply to the run, in alphabetical
    order."""
    if run.samples.empty:
        return {}
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = {name: importlib.import_module(f"{__name__}.{name}") for name in names}
    return {
        name: module
        for name, module in modules.items()
        if getattr(module, "applies", lambda samples: True)(run)
    }
