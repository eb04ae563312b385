"""sentences.py -- words with the figures of stored runs in them, for the answers of a page.

  In waves 17-2 is {phase17: sawtooth size=512 cold | phase17-2} against the baseline.

{EXPERIMENT: CELL | ARM | WHAT}: CELL is words of which one cell has every one, or "geometric mean"
(over the cells against the baseline: its effect, that on any metric of the run, or the ranks); ARM
an arm, or "a vs b"; WHAT is effect (with its interval, and that for one machine more; it is what
stands there where nothing is said), elsewhere (that one alone), position (how much longer a block's
first process takes), value, any metric of the run, share (of the region's CPU time below page
faults, of a profile), faults (of the region, of a ledger), waits or waited (for other threads, in a
process's region, ms).
{EXPERIMENT: all cells | ARM | verdicts} counts them by what decides, "cells" names those where the
arm is not better, "METRIC above 2 %" and "METRIC below -2 %" those where its effect on a metric is,
"METRIC above 10 % + 2.5" those where that and 2.5 of the unit that tables show are exceeded.
{EXPERIMENT: all cells | FACTOR | components} is the SD of a factor (link, process, occasion,
machine) that the mark's runs of the experiment give: the middle and the largest, of every
comparison and, of links, of both its arms. {EXPERIMENT: machines | MACHINE | covered} is how many
of a machine's comparisons lay where the others' had them, "all" of all machines; {EXPERIMENT:
machines | A vs B | apart} is by how much two machines' effects differ (root of the mean square).
{claim: ID | published} is the figure that a claim of experiments/claims.yaml quotes, {certificate:
LINE | fail} how many gates of a line of the stored certificate said so (or pass, inconclusive,
void).

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from ..claims.claims import CLAIMED_METRICS
from ..claims.file import FILE as CLAIMS
from ..claims.file import cells_with, read_claims
from ..comparison.answer_lines import VERDICTS, short_cell
from ..comparison.components import decompositions
from ..comparison.conditions import first_position
from ..comparison.deciding import deciding
from ..comparison.elsewhere import by_machine, coverage
from ..comparison.elsewhere_table import one_more_text
from ..comparison.judgement import judged
from ..comparison.ranked_arms import MEAN_OVER_CELLS, geometric_mean_rows, mean_effect
from ..comparison.wording import count, number, relative, value_text
from ..complaint import Complaint
from ..profile import estimates
from ..profile.waits import waited
from ..profile.wording import interval, share_text
from ..records.instruments import FILE
from ..records.joined import Joined, in_style, join
from ..records.metrics import metrics_of
from ..records.records import Recorded, Run, load
from ..records.style import stored_style

BLANK = re.compile(r"\{([^{}:]+): ([^{}|]+)\|([^{}|]+)(?:\|([^{}|]+))?\}")
COLUMNS = 118
INSTRUMENTED = ("share", "faults", "waits", "waited")
BEYOND = re.compile(r"(\w+) (above|below) (-?[0-9.]+) %(?: \+ ([0-9.]+))?")
CERTIFICATE = "results/reference/certify/certificate.json"
MACHINES, ALL_CELLS = "machines", "all cells"


def subjects(folders: list[Path]) -> list[Recorded]:
    """Timed runs, and profiles joined with their ledgers; in the style of where they are stored."""
    instrumented = [folder for folder in folders if (folder / FILE).exists()]
    timed = [load(folder) for folder in folders if folder not in instrumented]
    joined = join(instrumented) if instrumented else []
    return [
        *(replace(run, style=stored_style(run.path)) for run in timed),
        *(in_style(one, stored_style(one.path)) for one in joined),
    ]


def _cell(run: Recorded, words: str) -> str:
    found = cells_with(words, run.cells)
    if len(found) != 1:
        raise Complaint(
            f"{run.path}: {len(found)} cells have all of '{words}'", f"one of {run.cells}"
        )
    return found[0]


def _row(frame: pd.DataFrame, where: str, **wanted: str) -> pd.Series:
    for name, value in wanted.items():
        frame = frame[frame[name] == value]
    if len(frame) != 1:
        raise Complaint(f"{where}: {len(frame)} rows of {wanted}", "an arm and a metric of the run")
    return frame.iloc[0]


def _of_joined(joined: Joined, cell: str, arm: str, what: str) -> str:
    if what == "share" and joined.profile is not None:
        frame = estimates.page_faults(joined.profile)
        row = _row(frame, joined.name, cell=cell, arm=arm, stage="region")
        value, _, bounds = share_text(interval(row, "share", "ratio")).partition(" ")
        return f"{value} % {bounds}".rstrip()
    if what == "faults" and joined.ledger is not None:
        frame = estimates.fault_totals(joined.ledger)
        return count(_row(frame, joined.name, cell=cell, arm=arm, count="region")["faults"])
    if what in ("waits", "waited") and joined.ledger is not None:
        waits, wait_ms = waited(joined.ledger, cell, arm)
        return number(waits) if what == "waits" else f"{number(wait_ms)} ms"
    raise Complaint(f"{joined.name}: '{what}' is not in it", " or ".join(INSTRUMENTED))


def _of_run(run: Run, cell: str, arm: str, what: str) -> str:
    if what == "position":
        first = first_position(run, cell, run.plan["alpha"])
        bounds = zip(("", "_low", "_high"), (first.point, first.low, first.high))
        return " ".join(relative({f"effect{name}_ratio": value for name, value in bounds}))
    planned = next(one for one in run.plan["cells"] if one["id"] == cell)
    column = deciding(planned).column if what in ("effect", "elsewhere", "value") else what
    arm, _, against = (part.strip() for part in arm.partition(" vs "))
    frame = judged(run)
    frame = frame[frame["kind"].isin(["baseline", "arm", "comparison"])]
    wanted = {"cell": cell, "arm": arm, "metric": column}
    if against or what in ("effect", "elsewhere"):
        wanted["against"] = against or run.baseline
    else:
        frame = frame[frame["kind"] != "comparison"]
    row = _row(frame, run.name, **wanted)
    if what == "elsewhere":
        return one_more_text(row)
    if what == "effect":
        effect, bounds = relative(row)
        more = f" (elsewhere {one_more_text(row)})" if np.isfinite(row["machines"]) else ""
        return f"{effect} {bounds}{more}"
    metric = next(one for one in metrics_of(run.plan) if one.column == column)
    unit = " M operations/s" if metric.is_rate and metric.shown_divisor == 1e6 else ""
    return value_text(row["value"], metric) + unit


def _of_mean(run: Run, arm: str, what: str) -> str:
    metric = next((one for one in metrics_of(run.plan) if one.column == what), None)
    mean = mean_effect(run, metric, arm) if metric and arm in run.arms else None
    if mean is not None:
        bounds = {"": mean.point, "_low": mean.low, "_high": mean.high}
        return " ".join(relative({f"effect{name}_ratio": one for name, one in bounds.items()}))
    row = next((one for one in geometric_mean_rows(run) if one["arm"] == arm), None)
    if row is None or what not in ("effect", "ranks"):
        raise Complaint(
            f"{run.name}: no {what} of {arm} over the cells", "effect or ranks of an arm of a run"
        )
    if what == "effect":
        return " ".join(relative(row))
    first, last = row["rank_first"], row["rank_last"]
    return f"{first}" if first == last else f"{first} to {last}"


def _named(run: Run, rows: pd.DataFrame) -> str:
    """Their cells, each with its effect."""
    said = [f"{short_cell(run, row['cell'])} ({relative(row)[0]})" for _, row in rows.iterrows()]
    return ", ".join(said) or "none"


def _of_all_cells(run: Run, arm: str, what: str) -> str:
    """ "better in 30, worse in 4 of 36 cells"; or the others than better, by name."""
    deciders = {cell["id"]: deciding(cell).column for cell in run.plan["cells"]}
    arm, _, against = (part.strip() for part in arm.partition(" vs "))
    frame = judged(run)
    frame = frame[(frame["arm"] == arm) & (frame["against"] == (against or run.baseline))]
    beyond = BEYOND.fullmatch(what)
    if beyond:
        frame = frame[(frame["metric"] == beyond[1]) & frame["cell"].isin(deciders)]
        if not len(frame):
            raise Complaint(f"{run.name}: no {beyond[1]} of {arm}", "a metric of the run")
        metric = next(one for one in metrics_of(run.plan) if one.column == beyond[1])
        more = float(beyond[4] or 0) * metric.shown_divisor
        others = frame["value"] / (1 + frame["effect_ratio"])
        bound, effects = float(beyond[3]) / 100 + more / others, frame["effect_ratio"]
        return _named(run, frame[effects > bound if beyond[2] == "above" else effects < bound])
    frame = frame[frame["metric"] == frame["cell"].map(deciders)]
    plain = frame["verdict"].map(lambda verdict: verdict.partition(" ")[0])
    if what == "verdicts" and len(frame):
        counted = [f"{name} in {sum(plain == name)}" for name in VERDICTS if (plain == name).any()]
        return f"{', '.join(counted)} of {len(frame)} cells"
    if what == "cells" and len(frame):
        return _named(run, frame[plain != "better"])
    raise Complaint(
        f"{run.name}: no '{what}' of {arm} over all cells", "verdicts, cells or METRIC above 2 %"
    )


def _of_components(runs: list[Run], factor: str) -> str:
    found = [
        one.component.sd[0]
        for comparison in decompositions(runs)
        for one in comparison.factors
        if one.what.partition(" ")[0] == factor and one.component is not None
    ]
    if not found:
        raise Complaint(
            f"{runs[0].name}: no component '{factor}'", "link, process, occasion or machine"
        )
    middle, most = np.median(found), max(found)
    return f"{100 * middle:.2f} % (the middle of {len(found)}; {100 * most:.2f} % at most)"


def _of_machines(run: Run, machine: str, what: str) -> str:
    if what == "covered":
        found = [one for one in coverage(run) if machine in ("all", one.machine)]
        if found:
            return f"{sum(one.held for one in found)} of {sum(one.of for one in found)}"
    if what == "apart":
        pair = [part.strip() for part in machine.split(" vs ")]
        both = [one for one in by_machine(run).values() if all(name in one for name in pair)]
        if len(pair) == 2 and both:
            apart = [one[pair[0]].log - one[pair[1]].log for one in both]
            return f"{100 * np.sqrt(np.mean(np.square(apart))):.1f} %"
    raise Complaint(
        f"{run.name}: no '{what}' of '{machine}'", f"machines that measured it: {_machines(run)}"
    )


def _machines(run: Run) -> str:
    return ", ".join(dict.fromkeys(name for one in by_machine(run).values() for name in one))


def _published(claim: str) -> str:
    path = Path(__file__).parents[2] / CLAIMS
    for one in read_claims(path, CLAIMED_METRICS):
        if one.id == claim:
            return one.published
    raise Complaint(f"{path}: no claim '{claim}'", "the id of one")


def _certified(line: str, verdict: str) -> str:
    """ "14 of 300 gates", and with 95 % how many per cent."""
    path = Path(__file__).parents[2] / CERTIFICATE
    stated = json.loads(path.read_text(encoding="utf-8"))
    for one in stated["variants"]:
        if one["variant"] == line and verdict in one["verdicts"]:
            found = one["verdicts"][verdict]
            low, high = (100 * found[bound] for bound in ("low", "high"))
            return f"{found['count']} of {one['gates']} gates ([{low:.1f}, {high:.1f}] %)"
    raise Complaint(f"{path}: no gates of '{line}' that say {verdict}", "a line of certify.tsv")


def sentence(folders: list[Path], text: str) -> str:
    """The text with every blank filled, in lines. Raises Complaint for what no run has."""
    known = subjects(folders)

    def figure(found: re.Match[str]) -> str:
        experiment, words, arm, what = (part and part.strip() for part in found.groups())
        if (experiment, arm) == ("claim", "published"):
            return _published(words)
        if experiment == "certificate":
            return _certified(words, arm)
        what = what or "effect"
        kind = Joined if what in INSTRUMENTED else Run
        runs = [one for one in known if one.plan["experiment"] == experiment]
        for run in runs:
            if isinstance(run, Run) and words == MEAN_OVER_CELLS:
                return _of_mean(run, arm, what)
            if isinstance(run, Run) and (words, what) == (ALL_CELLS, "components"):
                return _of_components([one for one in runs if isinstance(one, Run)], arm)
            if isinstance(run, Run) and words == ALL_CELLS:
                return _of_all_cells(run, arm, what)
            if isinstance(run, Run) and words == MACHINES:
                return _of_machines(run, arm, what)
            if isinstance(run, kind):
                of = _of_joined if isinstance(run, Joined) else _of_run
                return of(run, _cell(run, words), arm, what)  # type: ignore[arg-type]
        raise Complaint(f"{found[0]}: no run of {experiment} has it", "name its run in the mark")

    return textwrap.fill(
        BLANK.sub(figure, " ".join(text.split())),
        COLUMNS,
        break_long_words=False,
        break_on_hyphens=False,
    )
