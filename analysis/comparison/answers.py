"""answers.py -- a run's answer in a few words: how many comparisons came out how, worst and best.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from ..records.records import Run
from .deciding import TIMES
from .judgement import judged, void_reasons
from .wording import MARKS, relative

VOID = "VOID"
UNFINISHED = "unfinished: nothing is decided yet"
NOT_MEASURED = "no valid block"
ALIKE = "identical code does not differ"


@dataclass(frozen=True)
class Extreme:
    """One comparison in one cell: label "phase17-2 vs baseline", effect "-3.6 % [-4.1, -3.0] ▼"."""

    cell: str
    label: str
    effect: str


@dataclass(frozen=True)
class Answer:
    """verdict: "better in 3, worse in 2 of 5 comparisons", or why there is none. worst and best are
    the smallest and the largest gain in speed, of whatever verdict; None where
    the run decides nothing. counts: verdict to comparisons; empty where there are none."""

    experiment: str
    question: str
    verdict: str
    worst: Extreme | None
    best: Extreme | None
    counts: dict[str, int] = field(default_factory=dict)


def _extreme(row: pd.Series) -> Extreme:
    label = row["label"] if row["kind"] == "control" else f"{row['arm']} vs {row['against']}"
    effect, interval = relative(row)
    mark = MARKS.get(row["verdict"], "")
    return Extreme(row["cell"], label, f"{effect} {interval} {mark}".rstrip())


def _counts(compared: pd.DataFrame) -> dict[str, int]:
    """In the order of MARKS."""
    found = compared["verdict"].value_counts()
    return {verdict: int(found[verdict]) for verdict in MARKS if verdict in found}


def _verdict(counts: dict[str, int]) -> str:
    """Of a run that has no comparisons, what its control says."""
    if not counts:
        return ALIKE
    said = ", ".join(f"{verdict} in {count}" for verdict, count in counts.items())
    return f"{said} of {sum(counts.values())} comparisons"


def compared_rows(run: Run) -> pd.DataFrame:
    """Of judged(run), what an answer is about: every comparison by the deciding metric; where there
    is none, the control's."""
    frame = judged(run)
    known = frame[frame["decides"] & frame["effect_ratio"].notna()]
    compared = known[known["kind"].isin(["arm", "comparison"])]
    return compared if len(compared) else known[known["kind"] == "control"]


def answer(run: Run) -> Answer:
    """What a run found, by its deciding metric."""
    experiment, question = run.plan["experiment"], run.plan["question"]
    shown = compared_rows(run)
    if void_reasons(run):
        return Answer(experiment, question, VOID, None, None)
    if run.outcome is None:
        return Answer(experiment, question, UNFINISHED, None, None)
    if shown.empty:
        return Answer(experiment, question, NOT_MEASURED, None, None)
    gain = shown["effect_ratio"].where(
        ~shown["metric"].isin(TIMES), 1 / (1 + shown["effect_ratio"]) - 1
    )
    worst, best = (_extreme(shown.loc[index]) for index in (gain.idxmin(), gain.idxmax()))
    counts = _counts(shown[shown["kind"] != "control"])
    return Answer(experiment, question, _verdict(counts), worst, best, counts)
