"""headlines.py -- what a report's opening says of each run: the answer to its question.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import pandas as pd

from ..comparison.answers import VOID, Extreme, answer
from ..comparison.wording import count
from ..document.web_page import Headline
from ..profile import estimates
from ..profile.statements import void_reasons
from ..profile.wording import interval, share_text
from ..records.joined import Joined
from ..records.records import Run
from .forest import forest

RANKS = ("worst", "best")
SHARE_RANKS = ("least", "most")
UNKNOWN = "the share of page faults is not known"


def _facts(ranks: tuple[str, str], *extremes: Extreme | None) -> list[tuple[str, str, str, str]]:
    """(rank, effect, what was compared, cell) of each extreme; of one that is both, once."""
    known = dict(zip(ranks, extremes))
    if extremes[0] == extremes[1]:
        known = {"": extremes[0]}
    return [
        (rank, found.effect, found.label, found.cell)
        for rank, found in known.items()
        if found is not None
    ]


def timed_headline(run: Run) -> Headline:
    """Verdicts over all comparisons, the worst and the best of them, and a picture of all."""
    found = answer(run)
    decided = found.worst is not None
    return Headline(
        run.name,
        found.question,
        found.verdict,
        _facts(RANKS, found.worst, found.best),
        forest(run) if decided else "",
    )


def _span(texts: list[str]) -> str:
    """From the first to the last of them."""
    return texts[0] if texts[0] == texts[-1] else f"{texts[0]} to {texts[-1]}"


def _shares(joined: Joined) -> pd.DataFrame:
    """The shares of page faults in the region that are known, the smallest first."""
    if joined.profile is None:
        return pd.DataFrame()
    frame = estimates.page_faults(joined.profile)
    known = (frame["stage"] == "region") & frame["share_ratio"].notna()
    return frame[known & (frame["arm"] != joined.control)].sort_values("share_ratio", kind="stable")


def _share(row: pd.Series) -> str:
    """ "28 % [25, 31]"."""
    value, _, bounds = share_text(interval(row, "share", "ratio")).partition(" ")
    return f"{value} % {bounds}".rstrip()


def _counts(joined: Joined) -> list[float]:
    """Page faults of the region by cell and arm, the fewest first."""
    if joined.ledger is None:
        return []
    frame = estimates.fault_totals(joined.ledger)
    of_region = frame[(frame["count"] == "region") & (frame["arm"] != joined.control)]
    return sorted(of_region["faults"])


def explained_headline(joined: Joined) -> Headline:
    """Which share of the region's CPU time page faults take, and how many there are."""
    name, question = joined.name, joined.plan["question"]
    if void_reasons(joined):
        return Headline(name, question, VOID, [], "")
    shares, counts, said, facts = _shares(joined), _counts(joined), [], []
    if len(shares):
        ends = [row for _, row in shares.iloc[[0, -1]].iterrows()]
        texts = [_share(row) for row in ends]
        said.append(
            f"page faults take {_span([text.partition(' ')[0] for text in texts])} % of the "
            "region's CPU time"
        )
        extremes = [Extreme(row["cell"], row["arm"], text) for row, text in zip(ends, texts)]
        facts = _facts(SHARE_RANKS, *extremes)
    if counts:
        said.append(f"{_span([count(n) for n in counts])} page faults in a process's region")
    return Headline(name, question, "; ".join(said) or UNKNOWN, facts, "")
