"""statements.py -- a profile and a ledger in sentences: outcome, cautions, legend.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..comparison.estimates import FRONT_SHARE, PAGE_FAULT_SHARE
from ..comparison.judgement import about_the_machine, about_the_record, named_cells
from ..comparison.wording import ABSENT, band, count, per_cent
from ..records.instruments import WHOLE, Instrumented
from ..records.joined import Joined
from ..records.layers import words
from ..records.ledgers import Ledger
from ..records.profiles import Profile
from ..records.reasons import reasons_of
from ..document.rounding import fixed, significant
from ..statistics.statistics import BLOCKS_FOR_SHARE
from . import estimates
from .frames import page_faults_unseen
from .wording import interval, points_text, share_text

CLAIMED = {PAGE_FAULT_SHARE: "below page faults", FRONT_SHARE: "in the front"}
NO_PAGE_FAULTS = "no share stands below asm_exc_page_fault, and a fault has no cost"
UNNAMED_MAX = 0.05  # of the samples; then a reader must know
OVERHEAD_MAX = 0.50  # of the region's CPU time, added by sampling; then a reader must know


def void_reasons(joined: Joined) -> list[str]:
    """Why nothing may be concluded: the harness's reasons of either run."""
    return [
        f"{run.path.resolve().name}: {line}"
        for run in joined.runs
        if run.outcome and run.outcome["verdict"] == "void"
        for line in [one.line for one in reasons_of(run.outcome)] or ["(no reason)"]
    ]


def _claims(profile: Profile) -> list[str]:
    """The published shares of an arm, and those measured here."""
    found = []
    for _, row in estimates.claims(profile).iterrows():
        bounds = [f"{fixed(100 * row[f'published_{end}_ratio'], 0)} %" for end in ("low", "high")]
        found.append(
            f"{row['arm']} {CLAIMED[row['metric']]}: published {band(bounds)}; here "
            f"{_found_share(profile, row)}, in '{row['cell']}'."
        )
    return found


def _found_share(profile: Profile, claim: pd.Series) -> str:
    """The share that a claim is about, or a dash and the reason."""
    unseen = page_faults_unseen(profile)
    if unseen and claim["metric"] == PAGE_FAULT_SHARE:
        return f"{ABSENT} ({unseen})"
    if not np.isfinite(claim[f"{WHOLE}_ratio"]):
        return f"{ABSENT} (no samples)"
    whole = share_text(interval(claim, WHOLE, "ratio")).replace(" [", " % [", 1)
    region = share_text(interval(claim, "region", "ratio")).replace(" [", " % [", 1)
    of_region = f", {region} of the region" if np.isfinite(claim["region_ratio"]) else ""
    return f"{whole} of the whole process{of_region}"


def _noise_floor(profile: Profile) -> list[str]:
    """The result of comparing identical code with itself."""
    frame = estimates.layer_differences(profile)
    if profile.control is None or frame.empty:
        return []
    control = frame[(frame["arm"] == profile.control) & frame["difference_low_ratio"].notna()]
    if control.empty:
        return []
    outside = (control["difference_low_ratio"] > 0) | (control["difference_high_ratio"] < 0)
    widest = control.loc[control["difference_ratio"].abs().idxmax()]
    level = 100 * (1 - profile.plan["alpha"])
    return [
        f"Noise floor (identical code): of {len(control)} differences of a layer's share, "
        f"{int(outside.sum())} exclude 0 at {level:g} %, each for itself; the largest is "
        f"{points_text(interval(widest, 'difference', 'ratio'))} points ({words(widest['layer'])})."
    ]


def _samples(profile: Profile) -> str:
    processes = profile.processes
    total = sum(processes[f"{stage}_samples"].sum() for stage in ("start_up", "region", "after"))
    unnamed = processes["unnamed_samples"].sum() / max(total, 1)
    every = f"about {significant(processes['period_ns'].median() / 1e6, 2)} ms"
    return (
        f"Profile: {count(total)} samples of {len(processes)} processes, one in {every} of CPU "
        f"time; {count(processes['lost'].sum())} lost, {fixed(100 * unnamed, 1)} % without a name."
    )


def _faults(ledger: Ledger) -> str:
    processes = ledger.processes
    counted = processes["process_minor_faults"] + processes["process_major_faults"]
    equal = int((counted == processes["total"]).sum())
    unplaced = int((processes["unplaced"] != 0).sum())
    return (
        f"Ledger: {count(processes['total'].sum())} page faults of {len(processes)} processes; the "
        f"total is getrusage's in {equal} of them, and {unplaced} have unexplained "
        "faults."
    )


def outcome(joined: Joined) -> list[str]:
    found = []
    if joined.profile is not None:
        found += [*_claims(joined.profile), *_noise_floor(joined.profile), _samples(joined.profile)]
    if joined.ledger is not None:
        found.append(_faults(joined.ledger))
    return found


def _unsampled(profile: Profile) -> list[str]:
    """Cells in which some arm has no sample at all."""
    cells = [
        cell
        for cell in profile.cells
        if profile.measured(cell)
        and any(not profile.samples_of(cell, arm).sum() for arm in profile.arms)
    ]
    if not cells:
        return []
    return [
        f"An arm has no samples in {named_cells(cells)}: a higher --rate, more blocks or more "
        "operations."
    ]


def _dear(profile: Profile) -> list[str]:
    """Cells in which sampling changed a process too much."""
    frame = estimates.overhead(profile)
    dear = frame[frame["overhead_ratio"] > OVERHEAD_MAX]
    if dear.empty:
        return []
    most = dear.loc[dear["overhead_ratio"].idxmax()]
    return [
        f"Sampling added more than {100 * OVERHEAD_MAX:g} % of CPU time in {len(dear)} of "
        f"{len(frame)} pairs of an arm and a cell, the most {per_cent(most['overhead_ratio'], 0)} "
        f"({most['arm']} in '{most['cell']}'): shares may be the profiler's own. A lower --rate "
        "adds less."
    ]


def _about_the_samples(profile: Profile) -> list[str]:
    found = [*_unsampled(profile), *_dear(profile)]
    sizes = {cell: profile.column(cell, profile.baseline, "block").size for cell in profile.cells}
    few = [cell for cell, size in sizes.items() if size < BLOCKS_FOR_SHARE]
    if few:
        found.append(
            f"Fewer than {BLOCKS_FOR_SHARE} processes of an arm, so shares without an interval, in "
            f"{named_cells(few)}."
        )
    for name, what in (("lost", "records were lost"), ("throttled", "times it was throttled")):
        total = profile.processes[name].sum()
        if total:
            found.append(f"Profile: {count(total)} {what}; rare functions may be over-represented.")
    total = sum(
        profile.processes[f"{stage}_samples"] for stage in ("start_up", "region", "after")
    ).sum()
    unnamed = profile.processes["unnamed_samples"].sum() / max(total, 1)
    if unnamed > UNNAMED_MAX:
        found.append(f"{fixed(100 * unnamed, 0)} % of the samples have no name innermost.")
    found += [f"{path}: {why}." for path, why in profile.object_problems]
    counted = profile.instrument.get("kernel_counted", True)
    if counted and profile.instrument.get("kernel_symbols") == "hidden":
        found.append(
            "The kernel's names are hidden from this user (kptr_restrict, perf_event_paranoid): "
            f"its time is in the layer 'kernel'; {NO_PAGE_FAULTS}."
        )
    return found + _unsampled_kernel(profile)


def _unsampled_kernel(profile: Profile) -> list[str]:
    """The kernel's time where this user may not sample it: CPU time less that of all samples."""
    if profile.instrument.get("kernel_counted", True):
        return []
    parts = []
    for arm in profile.arms:
        of_arm = profile.processes["group"] % len(profile.arms) == profile.arms.index(arm)
        rows = profile.processes[of_arm]
        seen = (rows["region_samples"] * rows["period_ns"]).sum()
        share = max(0.0, 1 - seen / rows["cpu_ns"].sum())
        parts.append(f"{arm} {fixed(100 * share, 0)} %")
    return [
        "This user may not sample the kernel: every share is of the program's own time; "
        f"{NO_PAGE_FAULTS}. The kernel's part of the region's CPU time, by difference: "
        f"{', '.join(parts)}."
    ]


def _about_the_ledger(ledger: Ledger) -> list[str]:
    processes, found = ledger.processes, []
    counted = processes["process_minor_faults"] + processes["process_major_faults"]
    differing = int((counted != processes["total"]).sum())
    if differing:
        found.append(
            f"The ledger's total is not the process's own count in {differing} of "
            f"{len(processes)} processes."
        )
    for name, what in (("lost", "records were lost"), ("throttled", "times it was throttled")):
        if processes[name].sum():
            found.append(f"Ledger: {count(processes[name].sum())} {what}.")
    if not ledger.instrument.get("kernel_counted", True):
        found.append(
            "Ledger: this user may not record the kernel, so faults inside system calls are not "
            "seen: they are unplaced."
        )
    if not ledger.instrument.get("system_calls_recorded", True):
        found.append(
            "Ledger: system calls were not recorded, so it is unknown who mapped memory: it "
            "is anonymous."
        )
    return found


def cautions(joined: Joined) -> list[str]:
    """What a reader must know before believing a row."""
    found: list[str] = []
    for run in joined.runs:
        found += [f"{_kind(run)}: {line}" for line in about_the_record(run)]
    if joined.profile is not None:
        found += _about_the_samples(joined.profile)
    if joined.ledger is not None:
        found += _about_the_ledger(joined.ledger)
    found += about_the_machine(joined.runs[0])
    if len(joined.runs) == 1:
        other = "faults" if joined.ledger is None else "profile"
        found.append(
            f"Without the '{other}' run of the same plan there is no cost per fault: name both."
        )
    return found


def _kind(run: Instrumented) -> str:
    return "Profile" if isinstance(run, Profile) else "Ledger"


def legend(joined: Joined) -> list[str]:
    level = f"{100 * (1 - joined.plan['alpha']):g} %"
    found = []
    if joined.profile is not None:
        found += [
            f"Shares are samples over samples, summed over processes; [ ] holds the {level} "
            "interval over processes, never narrower than that of independent draws, for its own "
            "row, not adjusted. Bounds are rounded outwards. A stack has one layer, so layers add "
            "up to all samples.",
            "Self: the function was innermost. Inclusive: it was anywhere in the stack, counted "
            "once; [k] is the kernel's, [i] inlined. First those of 0.5 % self, then others of 5 % "
            "inclusive; `slablab where --out` writes all of them. ns/op: a process's share "
            "times the CPU time, per operation, of its twin that was left alone; the mean over "
            "processes.",
            "Differences pair the two arms of a block (jackknife over blocks). What sampling adds: "
            "median over blocks of sampled over plain CPU time, exact interval.",
        ]
    if joined.ledger is not None:
        found.append(
            "Faults are counts per process and get no interval: the median, and in brackets the "
            "largest less the smallest process where they differ."
        )
    if estimates.costs(joined)["time_per_fault_ns"].notna().any():
        found.append(
            "Cost: time below asm_exc_page_fault over the faults that raise it (populated ones do "
            "not) while samples are taken (the harness's own, before exec, come too early), per "
            "fault."
        )
    return found

