"""judgement.py -- what may be concluded from the estimates: VOID or not, verdicts, cautions.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from ..records.reasons import reasons_of
from ..records.records import Run
from ..statistics import statistics
from ..document.rounding import fixed, significant
from .arms_words import said_on_stderr
from .conditions import (
    drift,
    huge_pages,
    no_pmu,
    oversubscribed,
    position_matters,
    shared_cpus,
)
from .components import OVER_LINKS, one_link_columns
from .deciding import TIMES
from .elsewhere import elsewhere
from .estimates import PROFILE_SHARES, estimates
from .foreign import about_the_import
from .inherited import inherited

BLOCKS_FEW = 20  # below it an interval spans more than half of the values
STEAL_HIGH = 0.01  # of the time that blocks took, summed over CPUs
PRESSURE_HIGH = 0.10  # of the time that blocks took, PSI "some"
EXAMPLES_MAX = 3  # cells that one caution names


def void_reasons(run: Run) -> list[str]:
    """Why nothing may be concluded from the run; empty: it may."""
    reasons, told = [], set()  # told: (code, cell) of what is said in words of ours
    frame = estimates(run)
    control = frame[(frame["kind"] == "control") & frame["decides"]]
    for row in control[control["holm_p"] <= run.plan["alpha_control"]].itertuples():
        reasons.append(
            "the control, identical code, differs from the baseline by "
            f"{fixed(100 * row.effect_ratio, 2, '+')} % in '{row.cell}' "
            f"(Holm-adjusted p = {significant(row.holm_p, 2)})"
        )
        told.add(("control", row.cell))
    lost, total = int((~run.blocks["valid"]).sum()), len(run.blocks)
    most = run.rules.lost_ratio_max
    if total and lost > most * total:
        reasons.append(f"{lost} of {total} blocks were lost, more than {100 * most:g} %")
        told.add(("lost", ""))
    if run.outcome and run.outcome["verdict"] == "void":
        said = reasons_of(run.outcome)
        lines = [one.line for one in said if (one.code, one.cell) not in told]
        reasons += [f"the harness said so: {line}" for line in lines]
        reasons += [] if said else ["the harness said so: (no reason)"]
    return reasons


def _verdict(row: dict[str, Any], run: Run, void: bool) -> str:
    if not row["decides"] or row["kind"] not in ("arm", "comparison", "control"):
        return ""
    if void:
        return "void"
    if run.outcome is None:
        return "unfinished"
    if row["kind"] == "control":
        return "valid" if row["blocks_compared"] >= run.rules.blocks_min else "unclear"
    found = statistics.Interval(
        row["effect_ratio"], row["effect_low_ratio"], row["effect_high_ratio"]
    )
    p_adjusted = row["holm_p"]
    low, high = (row.get(name, np.nan) for name in OVER_LINKS)
    if np.isfinite([low, high]).all():
        found = statistics.Interval(row["effect_ratio"], low, high)
        p_adjusted = 1.0 if low <= 0 <= high else p_adjusted
    if row["metric"] in TIMES:  # of which less is better
        found = statistics.Interval(-found.point, -found.high, -found.low)
    return statistics.verdict(found, p_adjusted, run.plan["alpha"], run.plan["margin"])


@lru_cache(maxsize=32)
def judged(run: Run) -> pd.DataFrame:
    """estimates(run) with the columns of elsewhere(run), of one_link_columns(run) where arms have
    links, and with a column `verdict`; in a VOID run every verdict is "void", in one that has not
    ended "unfinished": its stopping rule has not applied yet. Do not write to it."""
    key = ["cell", "metric", "arm", "against"]
    frame = estimates(run).merge(elsewhere(run), how="left", on=key, validate="many_to_one")
    links = one_link_columns(run) if "layouts" in run.plan else pd.DataFrame()
    if len(links):
        frame = frame.merge(links, how="left", on=key, validate="many_to_one")
    void = bool(void_reasons(run))
    frame["verdict"] = [_verdict(row, run, void) for row in frame.to_dict("records")]
    return frame


def named_cells(cells: list[str]) -> str:
    more = f" and {len(cells) - EXAMPLES_MAX} more" if len(cells) > EXAMPLES_MAX else ""
    return ", ".join(f"'{cell}'" for cell in cells[:EXAMPLES_MAX]) + more


def about_the_record(run: Run) -> list[str]:
    found = []
    if run.outcome is None:
        found.append(
            "The run is unfinished (no outcome.json); the same slablab command resumes it."
        )
    if run.torn_lines:
        lines = "1 torn line" if run.torn_lines == 1 else f"{run.torn_lines} torn lines"
        found.append(f"Left out of the samples: {lines} (a block that was killed).")
    lost = int((~run.blocks["valid"]).sum())
    if lost:
        statuses = ", ".join(
            f"{arm} {status} {count}x" for (arm, status), count in sorted(run.losses.items())
        )
        found.append(
            f"{lost} of {len(run.blocks)} blocks are invalid and in no estimate: {statuses}."
        )
    losing = run.blocks.groupby("cell", observed=False)["valid"].mean()
    most = run.rules.lost_ratio_max
    bad = [cell for cell in run.cells if losing[cell] < 1 - most]
    if bad:
        found.append(
            f"More than {100 * most:g} % of the blocks were lost in {named_cells(bad)}: "
            "what is left there was selected by what failed."
        )
    found += [
        f"Left out: '{entry['cell']}', for {entry['why']}."
        for entry in run.plan.get("left_out", [])
    ]
    found += said_on_stderr(run)
    left = (run.outcome or {}).get("left_behind", {})
    if left:
        counts = ", ".join(f"{arm} {count}" for arm, count in sorted(left.items()))
        found.append(
            f"Samples left processes of their own behind, which were killed: {counts}. Until then "
            "they may have disturbed what was measured."
        )
    hosts = sorted(set(run.blocks["host"]))
    if len(hosts) > 1:
        found.append(f"Blocks of {len(hosts)} machines are pooled: {', '.join(hosts)}.")
    return found


def _about_few_blocks(run: Run) -> list[str]:
    found, least = [], run.rules.blocks_min
    counts = run.blocks[run.blocks["valid"]]["cell"].value_counts()
    none = [cell for cell in run.cells if counts[cell] < least]
    if none:
        found.append(f"Fewer than {least} blocks, so no interval, in {named_cells(none)}.")
    few = [cell for cell in run.cells if least <= counts[cell] < BLOCKS_FEW]
    if few:
        found.append(f"Fewer than {BLOCKS_FEW} blocks in {named_cells(few)}: intervals are wide.")
    return found


def _hopeless(tested: pd.DataFrame, run: Run) -> str | None:
    """Cells where even unanimous blocks would not be significant in their family."""
    if tested.empty:
        return None
    best = 2 * 0.5 ** tested["blocks_compared"].astype(float)
    cells = tested["cell"][statistics.holm(best) > run.plan["alpha"]]
    if cells.empty:
        return None
    wanted = int(np.ceil(np.log2(2 * len(tested) / run.plan["alpha"]) - 1e-9))
    fewest = int(tested["blocks_compared"][tested["cell"].isin(cells)].min())
    more = f"{wanted - fewest} more block{'s' if wanted - fewest > 1 else ''} would do"
    return (
        f"Too few blocks for any verdict of better or worse among {len(tested)} comparisons in "
        f"{named_cells(list(dict.fromkeys(cells)))}: it takes {wanted}, so {more}."
    )


def _dependent(tested: pd.DataFrame) -> str | None:
    bounds = tested["blocks_compared"].map(statistics.lag_one_bound)
    dependent = tested[tested["lag_one_autocorrelation"].abs() > bounds]
    if dependent.empty:
        return None
    worst = dependent.loc[dependent["lag_one_autocorrelation"].abs().idxmax()]
    return (
        f"Blocks are correlated (lag 1 beyond 2/sqrt(n)) in {len(dependent)} of {len(tested)} "
        f"comparisons, where chance gives about {0.05 * len(tested):.1f}; worst "
        f"{fixed(worst['lag_one_autocorrelation'], 2, '+')}: {worst['label']} in '{worst['cell']}'."
    )


def _too_wide(time: pd.DataFrame, run: Run) -> str | None:
    """Cells that ended before their intervals were as narrow as the plan asks."""
    wanted = run.plan["stop"].get("half_width") or 0
    stopped = {
        cell["cell"]: cell.get("stopped_by") for cell in (run.outcome or {}).get("cells", [])
    }
    half = (time["effect_high_ratio"] - time["effect_low_ratio"]) / 2
    wide = [
        cell
        for cell in run.cells
        if wanted
        and stopped.get(cell) not in (None, "half_width")
        and (half[(time["cell"] == cell) & (time["kind"] != "comparison")] > wanted).any()
    ]
    if not wide:
        return None
    return (
        f"The cap came before the interval was as narrow as asked (±{100 * wanted:g} %) in "
        f"{len(wide)} of {len(run.cells)} cells: {named_cells(wide)}."
    )


def _about_the_statistics(run: Run) -> list[str]:
    frame = estimates(run)
    time = frame[
        frame["decides"]
        & frame["kind"].isin(["arm", "comparison", "control"])
    ]
    tested = time[time["blocks_compared"] >= run.rules.blocks_min]
    found = [
        _hopeless(tested[tested["kind"] != "control"], run),
        _dependent(tested),
        drift(run),
        position_matters(run),
        _too_wide(time, run),
    ]
    unmatched = [
        entry
        for entry in run.plan.get("published", [])
        if entry["metric"] not in PROFILE_SHARES and not _is_shown(entry, frame)
    ]
    if unmatched:
        found.append(
            "Published figures that match no row: "
            + "; ".join(f"{entry['arm']} in '{entry['where']}'" for entry in unmatched)
            + "."
        )
    return [line for line in found if line]


def _is_shown(entry: dict, frame: pd.DataFrame) -> bool:
    rows = frame[
        (frame["metric"] == entry["metric"])
        & (frame["arm"] == entry["arm"])
        & (frame["kind"] != "average")
    ]
    if entry.get("against"):
        rows = rows[rows["against"] == entry["against"]]
    wanted = set(entry["where"].split())
    return any(wanted.issubset(cell.split()) for cell in rows["cell"].unique())


def facts_of(value: object, prefix: str = "") -> list[tuple[str, str]]:
    """machine.json flattened to (dotted key, text), whatever it holds; {"absent": why} becomes
    "absent: why"."""
    if isinstance(value, dict):
        if set(value) == {"absent"}:
            return [(prefix, f"absent: {value['absent']}")]
        return [
            fact
            for key, inner in value.items()
            for fact in facts_of(inner, f"{prefix}.{key}" if prefix else str(key))
        ]
    if isinstance(value, list):
        if any(isinstance(inner, (dict, list)) for inner in value):
            return [
                fact
                for index, inner in enumerate(value)
                for fact in facts_of(inner, f"{prefix}[{index}]")
            ]
        return [(prefix, " ".join(str(inner) for inner in value))]
    return [(prefix, "none" if value is None else str(value))]


def about_the_machine(run: Run) -> list[str]:
    found = []
    if run.absent_events:
        reasons = Counter(run.absent_events.values())
        names = ", ".join(sorted(run.absent_events))
        found.append(
            f"Events that this machine does not have: {names} ({'; '.join(sorted(reasons))})."
        )
    if run.shared_events:
        found.append(
            "Events that had a counter for a part of the time only, their values scaled up: "
            f"{', '.join(sorted(run.shared_events))}."
        )
    facts = facts_of(run.machine)
    hypervisor = [text for key, text in facts if key.split(".")[-1] == "hypervisor"]
    if (
        hypervisor
        and hypervisor[0].lower() not in ("none", "false", "")
        and "absent" not in hypervisor[0]
    ):
        found.append(
            f"Measured in a virtual machine ({hypervisor[0]}): "
            "the host's load is not seen from here."
        )
    if any(key.split(".")[-1] in ("dirty", "git_dirty") and text == "True" for key, text in facts):
        found.append("The checkout had uncommitted changes when the run was made.")
    found += inherited(run)
    seconds = run.blocks["duration_ns"].sum() / 1e9
    if seconds > 0:
        steal = run.blocks["steal_ns"].sum() / 1e9 / seconds
        if steal > STEAL_HIGH:
            found.append(
                f"The host took {fixed(100 * steal, 1)} % of the run's time away "
                "(steal, summed over CPUs)."
            )
        for name in ("cpu", "memory", "io"):
            share = run.blocks[f"psi_{name}_some_us"].sum() / 1e6 / seconds
            if share > PRESSURE_HIGH:
                found.append(
                    f"Something waited for {name} in {fixed(100 * share, 0)} % of the run's time "
                    "(PSI)."
                )
    return found


def cautions(run: Run) -> list[str]:
    """What a reader must know before believing a row; empty: nothing."""
    return (
        about_the_import(run)
        + about_the_record(run)
        + _about_few_blocks(run)
        + _about_the_statistics(run)
        + about_the_machine(run)
        + [
            line
            for line in (oversubscribed(run), shared_cpus(run), huge_pages(run), no_pmu(run))
            if line
        ]
    )
