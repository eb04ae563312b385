"""Other tools' formats, found by their presence: a file here with PURPOSE is one.

  PURPOSE            who reads the format, in a line
  written(benches)   optional: every sample, or medians and intervals where there is no place for
                     samples, as the text of one file; benches: series.Bench of one run
  read(document)     optional: the benchmarks in a file of the format (imported.Benchmark), from its
                     JSON; raises Complaint where it has none
  recognises(document)   beside read: whether a JSON value is of the format

The name of a format is that of its file, with hyphens.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


def formats(function: str) -> dict[str, ModuleType]:
    """Name to module, of the formats that have the function, sorted."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = {name: importlib.import_module(f"{__name__}.{name}") for name in names}
    return {
        name.replace("_", "-"): module
        for name, module in modules.items()
        if hasattr(module, "PURPOSE") and hasattr(module, function)
    }
