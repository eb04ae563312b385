"""another_processor.py -- analysis, on a processor whose logarithms differ in the last bit.

    python3 -m analysis.tests.another_processor up|down report ...

SPDX-License-Identifier: MIT"""

import math
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
from scipy import special

LOGARITHMS = ("log", "log2", "log10", "log1p", "exp", "expm1")
SPECIAL = ("bdtr", "bdtrc", "betainc", "betaincinv", "betaln", "erfc", "gammaln", "stdtrit")
TOWARDS = {"up": np.inf, "down": -np.inf}


def neighbour(function: Callable[..., Any], towards: float) -> Callable[..., Any]:
    """The function with results that are one bit aside; 0 stays."""

    def other(*arguments: Any, **options: Any) -> Any:
        found = function(*arguments, **options)
        array = np.asarray(found)
        if array.dtype != float:
            return found
        moved = np.where(array == 0, array, np.nextafter(array, towards))
        return moved if isinstance(found, np.ndarray) else float(moved)

    return other


def _move(module: ModuleType, names: tuple[str, ...], towards: float) -> None:
    for name in names:
        setattr(module, name, neighbour(getattr(module, name), towards))


if __name__ == "__main__":
    direction, *words = sys.argv[1:]
    for module, names in ((np, LOGARITHMS), (math, LOGARITHMS), (special, SPECIAL)):
        _move(module, tuple(name for name in names if hasattr(module, name)), TOWARDS[direction])
    from analysis import commands

    sys.exit(commands.run(words))
