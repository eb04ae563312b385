"""Figures of profiles and ledgers, found by their presence, as those of timed samples are.

  QUESTION              what the figure answers, in a sentence
  caption(joined)       what was compared, on what, and how the picture shows that it is uncertain
  draw(joined, axes)    joined: a joined.Joined; axes: one Axes, or the array that layout asked for
  layout(joined, width) (rows, columns, height) of panels in a figure so many inches wide; inches
  items(joined)         optional: its rows or panels, those of a figure the last argument of both
  applies(joined)       optional: False where there is nothing to show

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from types import ModuleType

from ...figures import applying
from ...records.joined import Joined


def profile_figures_for(joined: Joined) -> dict[str, ModuleType]:
    """File name without its ending to module, of the figures that apply, in alphabetical order."""
    return applying(__path__, __name__, joined)
