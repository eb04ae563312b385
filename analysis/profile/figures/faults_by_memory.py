"""faults_by_memory.py -- page faults of a process by the memory that they touched.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...comparison.wording import count
from ...drawing import panels, stacked_bars
from ...drawing.stacked_bars import Bars, Part, draw_cell, legend_of
from ...records.joined import Joined
from ...records.layers import memory_colour, memory_hatch, memory_order, words
from ...records.ledgers import Ledger
from ..estimates import fault_totals, grouped
from ..wording import STAGE_WORDS

QUESTION = "Which memory do page faults touch, in the region and before it?"
STAGES = ("region", "start_up")


def items(joined: Joined) -> list[str]:
    ledger = joined.ledger
    return [cell for cell in joined.shown_cells if ledger is not None and ledger.measured(cell)]


def _arms(joined: Joined) -> list[str]:
    return joined.shown_arms


def applies(joined: Joined) -> bool:
    return bool(items(joined)) and not joined.ledger.entries.empty


def layout(joined: Joined, width_inches: float, cells: Sequence[str]) -> tuple[int, int, float]:
    names = [words(name) for name in _memories(joined.ledger)]
    return stacked_bars.layout(len(cells), _labels(joined), names, width_inches)


def _labels(joined: Joined) -> list[str]:
    names = panels.shown_names(joined)
    return [names[arm] for arm in _arms(joined)]


def _memories(ledger: Ledger) -> list[str]:
    """Those that have faults in a stage that is shown."""
    entries = ledger.entries[ledger.entries["stage"].isin(STAGES)]
    return sorted(set(entries["memory"]), key=memory_order)


def _faults(ledger: Ledger, cell: str, stage: str, arms: list[str], memories: list[str]):
    """Median faults by memory and arm. Shape (memories, arms)."""
    frame = grouped(ledger, ["stage", "memory"])
    frame = frame[(frame["cell"] == cell) & (frame["stage"] == stage)]
    table = frame.pivot(index="memory", columns="arm", values="faults")
    return table.reindex(index=memories, columns=arms).fillna(0).to_numpy()


def _totals_of(ledger: Ledger, cell: str, stage: str, arms: list[str]) -> NDArray:
    """Median faults of a stage by arm, as in the table: not the sum of the memories' medians."""
    frame = fault_totals(ledger)
    frame = frame[(frame["cell"] == cell) & (frame["count"] == stage)]
    return frame.set_index("arm")["faults"].reindex(arms).fillna(0).to_numpy()


def _bars(ledger: Ledger, cell: str, stage: str, arms: list[str], memories: list[str]) -> Bars:
    faults = _faults(ledger, cell, stage, arms, memories)
    labels = [[count(value) for value in row] for row in faults]
    totals = [count(total) for total in _totals_of(ledger, cell, stage, arms)]
    return Bars(faults, labels, totals, f"{STAGE_WORDS[stage]}, page faults per process")


def draw(joined: Joined, axes: NDArray, cells: Sequence[str]) -> None:
    ledger, arms = joined.ledger, _arms(joined)
    memories = _memories(ledger)
    parts = [Part(words(name), memory_colour(name), memory_hatch(name)) for name in memories]
    found = np.asarray(axes).reshape(len(cells), 2)
    for (left, right), cell in zip(found, cells):
        region, start_up = (_bars(ledger, cell, stage, arms, memories) for stage in STAGES)
        draw_cell(left, right, joined.cell_label(cell), _labels(joined), parts, (region, start_up))
    for panel in found.flat:
        panel.xaxis.set_major_formatter(lambda x, _: panels.value_text(x))
    figure = found[0, 0].figure
    legend_of(figure, parts)
    panels.footer(
        figure,
        "length and figures: the median process, the sum at the bar's end",
    )


def _spread(joined: Joined) -> str:
    frame = fault_totals(joined.ledger)
    frame = frame[frame["count"].isin(STAGES) & frame["arm"].isin(_arms(joined))]
    frame = frame[frame["cell"].isin(items(joined))]
    most = (frame["faults_max"] - frame["faults_min"]).max()
    return f"at most {count(most)}" if most else "nothing"


def caption(joined: Joined) -> str:
    return (
        f"Page faults of a process by the memory that they touch, of {panels.arms_in_words(joined)}"
        ": in the region on the left and, to its own scale, in the start-up on the right, a row of "
        "panels per cell; every fault was recorded, and the sum is getrusage's. Medians over "
        f"processes, whose sums vary by {_spread(joined)}. "
        f"{panels.processes_on(joined, joined.ledger.sizes(items(joined)))}"
    )
