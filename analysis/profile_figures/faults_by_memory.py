"""faults_by_memory.py -- page faults of a process by the memory that they touched.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from ..joined import Joined
from ..layers import memory_colour, memory_order, words
from ..ledgers import Ledger
from ..profile_estimates import fault_totals, grouped
from ..stacked_bars import BAR_INCHES, draw_bars, legend_of, title_of
from ..wording import count

QUESTION = "Which memory do page faults touch, in the region and before it?"
STAGES = ("region", "start_up")


def _measured(joined: Joined) -> list[str]:
    ledger = joined.ledger
    return [cell for cell in joined.cells if ledger is not None and ledger.measured(cell)]


def _arms(joined: Joined) -> list[str]:
    return [arm for arm in joined.arms if arm != joined.control]


def applies(joined: Joined) -> bool:
    return bool(_measured(joined)) and not joined.ledger.entries.empty


def layout(joined: Joined) -> tuple[int, int, float, float]:
    cells = _measured(joined)
    return len(cells), 2, 8.6, 0.9 + len(cells) * (0.62 + BAR_INCHES * len(_arms(joined)))


def _faults(ledger: Ledger, cell: str, stage: str, arms: list[str], memories: list[str]):
    """Median faults by memory and arm. Shape (memories, arms)."""
    frame = grouped(ledger, ["stage", "memory"])
    frame = frame[(frame["cell"] == cell) & (frame["stage"] == stage)]
    table = frame.pivot(index="memory", columns="arm", values="faults")
    return table.reindex(index=memories, columns=arms).fillna(0).to_numpy()


def totals_of(ledger: Ledger, cell: str, stage: str, arms: list[str]) -> NDArray:
    """Median faults of a stage by arm, as in the table: not the sum of the memories' medians."""
    frame = fault_totals(ledger)
    frame = frame[(frame["cell"] == cell) & (frame["count"] == stage)]
    return frame.set_index("arm")["faults"].reindex(arms).fillna(0).to_numpy()


def _draw_panel(
    ledger: Ledger, axes: Axes, cell: str, stage: str, arms: list[str], memories: list[str]
) -> None:
    faults = _faults(ledger, cell, stage, arms, memories)
    labels = [[count(value) for value in row] for row in faults]
    totals = [count(total) for total in totals_of(ledger, cell, stage, arms)]
    draw_bars(axes, arms, faults, [memory_colour(name) for name in memories], labels, totals)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:,.0f}")


def draw(joined: Joined, axes: NDArray) -> None:
    ledger, cells, arms = joined.ledger, _measured(joined), _arms(joined)
    entries = ledger.entries[ledger.entries["stage"].isin(STAGES)]
    memories = sorted(set(entries["memory"]), key=memory_order)
    panels = np.asarray(axes).reshape(len(cells), 2)
    for (left, right), cell in zip(panels, cells):
        _draw_panel(ledger, left, cell, "region", arms, memories)
        title_of(left, cell, "region, page faults per process")
        _draw_panel(ledger, right, cell, "start_up", arms, memories)
        right.set_yticks([])
        right.set_xlabel("start-up, page faults per process", fontsize=7.5)
    legend_of(panels[0, 0], {words(name): memory_colour(name) for name in memories})
