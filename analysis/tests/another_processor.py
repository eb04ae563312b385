"""another_processor.py -- analysis, on a processor whose logarithms differ in the last bit.

SPDX-License-Identifier: MIT"""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

FUNCTIONS = ("log", "log1p", "exp", "expm1")


def _neighbour(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with results that are one bit too large or too small, whichever their own bits
    say; 0 stays."""

    def other(*arguments: Any, **options: Any) -> Any:
        found = function(*arguments, **options)
        array = np.asarray(found)
        if array.dtype != float:
            return found
        aside = np.where(array.view(np.int64) % 3 == 0, np.inf, -np.inf)
        moved = np.where(array == 0, array, np.nextafter(array, aside))
        return moved if isinstance(found, np.ndarray) else float(moved)

    return other


if __name__ == "__main__":
    for name in FUNCTIONS:
        setattr(np, name, _neighbour(getattr(np, name)))
    from analysis import commands

    sys.exit(commands.run(sys.argv[1:]))
