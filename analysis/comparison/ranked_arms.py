"""ranked_arms.py -- the table of geometric means over a run's cells, and of the arms' places.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..document.document import Row, Table
from ..records.metrics import Metric
from ..records.records import Run
from ..statistics.ranking import Ranked, has_all, ranking
from ..statistics.statistics import Interval
from .deciding import JUDGES, TIMES, deciding
from .estimates import pairs
from .judgement import void_reasons
from .wording import ABSENT, relative

CELLS_MIN = 3


@dataclass(frozen=True)
class RankedArms:
    """Of the cells in which this metric decides: every arm but the control with its place."""

    metric: Metric
    cells: list[str]
    blocks: tuple[int, int]  # the fewest and the most of a cell
    arms: dict[str, Ranked]


def logs_of(run: Run, cell: str, metric: Metric, arms: list[int]) -> NDArray[np.float64]:
    """Logarithms of the metric, so that more is better. Shape (blocks, arms)."""
    values = run.matrix(cell, metric.values)[:, arms]
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(np.where(values > 0, values, np.nan))
    return -logs if metric.column in TIMES else logs


def _over(run: Run, metric: Metric, cells: list[str]) -> RankedArms | None:
    arms = [arm for arm in run.arms if arm != run.control]
    indices = [run.arms.index(arm) for arm in arms]
    logs = {cell: logs_of(run, cell, metric, indices) for cell in cells}
    logs = {cell: values for cell, values in logs.items() if has_all(values)}
    if len(arms) < 2 or len(logs) < CELLS_MIN:
        return None
    places = ranking(list(logs.values()), run.plan["alpha"], run.rules.blocks_min)
    blocks = [len(values) for values in logs.values()]
    return RankedArms(metric, list(logs), (min(blocks), max(blocks)), dict(zip(arms, places)))


@lru_cache(maxsize=32)
def ranked_arms(run: Run) -> list[RankedArms]:
    """One for each metric that decides in at least CELLS_MIN cells; none of a run that is void or
    has not ended, of which nothing may be concluded."""
    if run.outcome is None or void_reasons(run) or len(pairs(run)) < 2:
        return []
    decided = {
        metric: [cell["id"] for cell in run.plan["cells"] if deciding(cell) == metric]
        for metric in JUDGES
    }
    found = (_over(run, metric, cells) for metric, cells in decided.items())
    return [one for one in found if one is not None]


MEANS_KIND = "geometric_mean"
MEAN_OVER_CELLS = "geometric mean"


def _of_the_metric(speed: Interval, metric: Metric) -> Interval:
    """An effect on speed as one on the metric itself: of a time it is the inverse."""
    if metric.column not in TIMES:
        return speed
    return Interval(*(1 / (1 + x) - 1 for x in (speed.point, speed.high, speed.low)))


def mean_effect(run: Run, metric: Metric, arm: str) -> Interval | None:
    """Of the arm against the baseline on a metric, whether it decides or not: the geometric mean
    over the cells that have it in every block, with its interval. None: they are too few."""
    of = _over(run, metric, run.cells)
    return None if of is None else _of_the_metric(of.arms[arm].effect, metric)


def geometric_mean_rows(run: Run) -> list[dict[str, object]]:
    """For CSV, a row for each arm but the control: its effect on the geometric mean over the cells
    against the baseline, with its interval, its place and the ranks between which it may stand.
    blocks: the fewest of a cell."""
    found: list[dict[str, object]] = []
    for of in ranked_arms(run):
        for arm, one in of.arms.items():
            effect = _of_the_metric(one.effect, of.metric)
            row: dict[str, object] = {
                "cell": f"{MEAN_OVER_CELLS} over {len(of.cells)} cells",
                "metric": of.metric.column,
                "kind": MEANS_KIND,
                "arm": arm,
                "against": run.baseline,
                "blocks": of.blocks[0],
                "place": one.place,
                "rank_first": one.first,
                "rank_last": one.last,
            }
            bounds = ("effect_ratio", "effect_low_ratio", "effect_high_ratio")
            if arm != run.baseline:
                row |= zip(bounds, (effect.point, effect.low, effect.high))
            found.append(row)
    return found


def _spans(places: list[int]) -> str:
    """ "1, 3 to 5" of 1, 3, 4, 5."""
    found: list[list[int]] = []
    for place in sorted(places):
        if found and found[-1][-1] == place - 1:
            found[-1].append(place)
        else:
            found.append([place])
    texts = [f"{of[0]} to {of[-1]}" if len(of) > 2 else ", ".join(map(str, of)) for of in found]
    return ", ".join(texts)


def rank_text(one: Ranked) -> str:
    return str(one.first) if one.first == one.last else f"{one.first} to {one.last}"


def _row(run: Run, of: RankedArms, arm: str) -> Row:
    one = of.arms[arm]
    effect, interval = "", ""
    if arm != run.baseline:
        bounds = zip(("", "_low", "_high"), (one.effect.point, one.effect.low, one.effect.high))
        effect, interval = relative({f"effect{name}_ratio": value for name, value in bounds})
    places = [list(of.arms.values())[index].place for index in one.unresolved]
    cells = [run.label(arm), str(one.place), effect, interval, rank_text(one)]
    shown = [*cells, _spans(places) or ABSENT]
    return Row("value", shown, ["", *[_note(run, of, arm, interval)] * (len(shown) - 1)])


def _note(run: Run, of: RankedArms, arm: str, interval: str) -> str:
    few, many = of.blocks
    bounds = f"{100 * (1 - run.plan['alpha']):g} % interval {interval} %, " if interval else ""
    return (
        f"{run.label(arm)} over {len(of.cells)} cells; n = {few}"
        + (f" to {many}" if many > few else "")
        + f" blocks a cell; {bounds}an average, so no MDE; ranks are adjusted for all pairs"
    )


def ranking_tables(run: Run) -> list[Table]:
    """Before all others, where there are enough cells."""
    found = []
    for of in ranked_arms(run):
        shown = [arm for arm in of.arms if arm in run.shown_arms]
        arms = sorted(shown, key=lambda arm: of.arms[arm].place)
        interval = f"{100 * (1 - run.plan['alpha']):g} % interval"
        what = "speed" if of.metric.column in TIMES else "operations per second"
        title = f"Geometric mean over {len(of.cells)} cells, and ranking: {what}"
        columns = ["arm", "place", f"against {run.label(run.baseline)}", interval, "rank",
                   "not told from"]  # fmt: skip
        rows = [_row(run, of, arm) for arm in arms]
        found.append(Table(title, columns, rows, overview=True))
    return found


def ranking_legend(run: Run) -> list[str]:
    if not ranked_arms(run):
        return []
    return [
        "Geometric means are over these cells, each of them once; their intervals are for their "
        "own row. A rank is where an arm's true place may be, and “not told from” names the "
        "places of the arms from which it differs too little to tell: by intervals of every pair's "
        "own geometric mean, Bonferroni-adjusted over all pairs, so that with "
        f"{100 * (1 - run.plan['alpha']):g} % confidence no rank is wrong.",
    ]
