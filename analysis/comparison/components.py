"""components.py -- how much links, processes, occasions and machines vary a comparison.

Of a block the logarithm of a ratio is

  y = mean + link of the arm + link of the other + process + occasion + machine

where links are drawn for every block, an occasion is a run, and a machine one that is stored
(comparison/elsewhere.py). All components are standard deviations of that logarithm.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..complaint import Complaint
from ..records.machines import prior
from ..records.records import Run
from ..statistics import statistics
from ..statistics.components import (
    Component,
    OneLink,
    between,
    link_spread,
    of_variance,
    one_link,
    over_links,
    residual,
)
from .deciding import deciding
from .elsewhere import by_machine, estimate
from .estimates import Pair, pairs

OVER_LINKS = ("over_links_low_ratio", "over_links_high_ratio")  # columns


@dataclass(frozen=True)
class Factor:
    """what: "link of phase17-2", "process"; of_what: "links", "blocks": what the levels are.
    component: None where the runs do not tell it; borrowed: stored comparisons say it more than
    this one's machines."""

    what: str
    of_what: str
    component: Component | None
    borrowed: bool = False


@dataclass(frozen=True)
class Decomposition:
    """Of one comparison in one cell: its effect (a ratio less 1), the interval of its mean over all
    links and what one link alone may show (None without links), and its factors, from the
    innermost."""

    cell: str
    pair: Pair
    effect: float
    over_links: tuple[float, float] | None
    one_link: OneLink | None
    factors: list[Factor]


def compared(run: Run) -> list[Pair]:
    """The comparisons that have components: of two arms, the control's not among them."""
    return [pair for pair in pairs(run) if pair.kind in ("arm", "comparison")]


def check_occasions(runs: Sequence[Run]) -> None:
    """Raises Complaint unless all are runs of one plan on one machine."""
    first = runs[0]
    for run in runs[1:]:
        if run.plan["hash"] != first.plan["hash"]:
            raise Complaint(
                f"{run.path}: another plan than {first.path}'s, so their difference is no occasion",
                "runs of one experiment in one form, with the same builds",
            )
        if run.machine.get("identity") != first.machine.get("identity"):
            raise Complaint(
                f"{run.path}: another machine than {first.path}'s, which is no occasion",
                "runs of one machine; what machines differ in comes from those that are stored",
            )


@dataclass(frozen=True)
class _Blocks:
    """Of one comparison in one cell, over all runs: shape (blocks,) each."""

    logs: NDArray[np.float64]
    run: NDArray[np.int_]
    links: tuple[NDArray[np.int_], NDArray[np.int_]]  # of the arm, of the other


def _blocks(runs: Sequence[Run], cell: dict[str, Any], pair: Pair) -> _Blocks:
    logs, numbers, of_arm, of_other = [], [], [], []
    for number, run in enumerate(runs):
        arm, other = run.arms.index(pair.arm), run.arms.index(pair.against)
        values = run.matrix(cell["id"], deciding(cell).values)
        drawn = run.matrix(cell["id"], lambda rows: rows["link"]).astype(int)
        ratios = statistics.ratio(values[:, arm], values[:, other])
        known = np.isfinite(ratios) & (ratios > 0)
        logs.append(np.log(ratios[known]))
        numbers.append(np.full(int(known.sum()), number))
        of_arm.append(drawn[known, arm])
        of_other.append(drawn[known, other])
    return _Blocks(
        np.concatenate(logs),
        np.concatenate(numbers),
        (np.concatenate(of_arm), np.concatenate(of_other)),
    )


def _within_runs(blocks: _Blocks) -> NDArray[np.float64]:
    """Without what the occasions differ in."""
    means = np.bincount(blocks.run, weights=blocks.logs) / np.bincount(blocks.run)
    return blocks.logs - means[blocks.run]


def _links(run: Run, pair: Pair, blocks: _Blocks) -> list[Factor]:
    """Of each of the two arms that has links."""
    linked = {arm["id"] for arm in run.plan["arms"] if "links" in arm}
    within, alpha = _within_runs(blocks), run.plan["alpha"]
    return [
        Factor(f"link of {run.label(name)}", "links", between(within, drawn, alpha))
        for name, drawn in zip((pair.arm, pair.against), blocks.links)
        if name in linked
    ]


def _process(run: Run, blocks: _Blocks) -> Factor:
    """What is left within a pair of links and an occasion."""
    known = [levels for levels in (*blocks.links, blocks.run) if np.ptp(levels) > 0]
    return Factor("process", "blocks", residual(blocks.logs, known, run.plan["alpha"]))


def _machine(run: Run, cell: str, pair: Pair) -> Factor:
    """tau of comparison/elsewhere.py, with the degrees of freedom that it has."""
    effects = by_machine(run).get((cell, pair.arm, pair.against))
    if effects is None:
        return Factor("machine", "machines", None)
    alpha, before = run.plan["alpha"], prior()
    found = estimate(effects, alpha)
    degrees = found.machines - 1 + before.degrees
    component = of_variance(found.tau**2, degrees, alpha, found.machines)
    return Factor("machine", "machines", component, found.borrowed)


def decomposed(runs: Sequence[Run], cell: dict[str, Any], pair: Pair) -> Decomposition | None:
    """Of one comparison; None without a block. runs: as check_occasions wants them."""
    run = runs[0]
    blocks = _blocks(runs, cell, pair)
    if blocks.logs.size == 0:
        return None
    links = _links(run, pair, blocks)
    found = [factor.component for factor in links]
    here = statistics.effect(np.exp(blocks.logs), run.plan["alpha"])
    occasion = between(blocks.logs, blocks.run, run.plan["alpha"])
    return Decomposition(
        cell["id"],
        pair,
        here.point,
        over_links(here.point, (here.low, here.high), found, run.plan["alpha"]),
        one_link(here.point, link_spread(*found)),
        [
            *links,
            _process(run, blocks),
            Factor("occasion", "runs", occasion),
            _machine(run, cell["id"], pair),
        ],
    )


def decompositions(runs: Sequence[Run]) -> list[Decomposition]:
    """Of every comparison in every cell."""
    check_occasions(runs)
    found = [
        decomposed(runs, cell, pair) for cell in runs[0].plan["cells"] for pair in compared(runs[0])
    ]
    return [one for one in found if one is not None]


def one_link_columns(run: Run) -> pd.DataFrame:
    """A row per comparison by what decides in its cell: cell, metric, arm, against, the interval of
    its mean over all links, and what one link alone may show of it, as ratios less 1."""
    metrics = {cell["id"]: deciding(cell).column for cell in run.plan["cells"]}
    return pd.DataFrame(
        [
            {
                "cell": found.cell,
                "metric": metrics[found.cell],
                "arm": found.pair.arm,
                "against": found.pair.against,
                **dict(zip(OVER_LINKS, found.over_links or (np.nan, np.nan))),
                "one_link_low_ratio": found.one_link.low,
                "one_link_high_ratio": found.one_link.high,
                "layout_bound": found.one_link.bound,
            }
            for found in decompositions([run])
            if found.one_link is not None
        ]
    )
