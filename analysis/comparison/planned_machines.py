"""planned_machines.py -- how many machines an experiment needs, as a document, and the command.

The components are those of its latest stored run: blocks of that run, machines that measured it
and, where they are few, stored comparisons (comparison/elsewhere.py).

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..complaint import Complaint, analysis_command
from ..document.document import Document, Row, Table
from ..document.formats import TERMINAL_COLUMNS, terminal
from ..document.rounding import fixed
from ..records.machines import prior
from ..records.records import Run, load
from ..statistics.machines_needed import (
    blocks_that_matter,
    half_width_of_mean,
    least_one_more,
    machines_needed,
)
from .elsewhere import by_machine, effect_of, estimate, ratios_here
from .estimates import pairs
from .wording import ABSENT

REFERENCE = Path(__file__).parents[2] / "results" / "reference"


@dataclass(frozen=True)
class Need:
    """Of one comparison in one cell; all but counts are logarithms. machines: in all, of `blocks`
    each; None beyond reason."""

    cell: str
    label: str
    sigma: float
    tau: float
    blocks_here: int
    blocks: int
    machines_here: int
    machines: int | None
    half_width_here: float
    least_one_more: float

    @property
    def more_blocks_are_useless(self) -> bool:
        return self.blocks_here >= self.blocks


def needs(run: Run, half_width: float) -> list[Need]:
    """half_width: a ratio, as 0.02. Of every comparison that has an interval."""
    alpha, least = run.plan["alpha"], run.rules.blocks_min
    target, degrees, found = float(np.log1p(half_width)), prior().degrees, []
    known = by_machine(run)
    for cell in run.plan["cells"]:
        for pair in pairs(run):
            effects = known.get((cell["id"], pair.arm, pair.against))
            if effects is None:
                continue
            ratios = ratios_here(run, cell, pair.arm, pair.against)
            here = effect_of(ratios, alpha, least)
            if here is None:
                continue
            tau, sigma = estimate(effects, alpha).tau, here.error * ratios.size**0.5
            blocks = blocks_that_matter(tau, sigma, least)
            found.append(
                Need(
                    cell["id"],
                    pair.label,
                    sigma,
                    tau,
                    int(ratios.size),
                    blocks,
                    len(effects),
                    machines_needed(tau, sigma, blocks, target, degrees, alpha),
                    half_width_of_mean(tau, sigma, len(effects), ratios.size, degrees, alpha),
                    least_one_more(tau, alpha),
                )
            )
    return found


def _percent(logarithm: float) -> str:
    return f"{fixed(100 * float(np.expm1(logarithm)), 2)} %"


def _row(need: Need) -> Row:
    return Row(
        "value",
        [
            need.label,
            _percent(need.tau),
            _percent(need.sigma),
            f"{need.machines_here} x {need.blocks_here}",
            _percent(need.half_width_here),
            ABSENT if need.machines is None else f"{need.machines} x {need.blocks}",
            _percent(need.least_one_more),
        ],
    )


def _rows(found: list[Need]) -> Iterator[Row]:
    for cell in dict.fromkeys(need.cell for need in found):
        yield Row("group", [cell])
        yield from (_row(need) for need in found if need.cell == cell)


def _outcome(found: list[Need], half_width: float) -> list[str]:
    target = f"±{100 * half_width:g} %"
    counts = [need.machines for need in found]
    machines = None if None in counts else max(counts)
    blocks, here = max(need.blocks for need in found), max(need.machines_here for need in found)
    within = sum(need.least_one_more <= np.log1p(half_width) for need in found)
    useless = sum(need.more_blocks_are_useless for need in found)
    lines = [
        f"No number of machines that anyone has makes all means reach {target}."
        if machines is None
        else f"The mean over machines reaches {target} in all {len(found)} comparisons with "
        f"{machines} machines of {blocks} blocks a cell; {here} have measured it."
    ]
    if useless == len(found):
        lines.append(
            "Further blocks here are useless: in every comparison they are less than a tenth of "
            "what machines differ in. What is missing are machines."
        )
    elif useless:
        lines.append(
            f"Further blocks here are useless in {useless} of {len(found)} comparisons: there they "
            "are less than a tenth of what machines differ in."
        )
    lines.append(
        f"One machine more may be known to {target} in {within} of {len(found)} comparisons, "
        "however many are measured: in the others machines differ by more."
    )
    return lines


def planned_document(run: Run, half_width: float) -> Document:
    """Raises Complaint where the run has no interval."""
    found = needs(run, half_width)
    if not found:
        raise Complaint(
            f"{run.path}: no comparison has an interval, so nothing is known of its blocks",
            f"at least {run.rules.blocks_min} blocks a cell",
        )
    columns = ["", "tau", "blocks' SD", "here", "half width", "needed", "one more, at least"]
    return Document(
        f"{run.plan['experiment']}: machines and blocks for ±{100 * half_width:g} % elsewhere",
        run.plan["question"],
        "",
        [],
        _outcome(found, half_width),
        [],
        [Table("machines x blocks a cell", columns, list(_rows(found)))],
        [
            "tau: the standard deviation between machines, pooled with stored comparisons. Here: "
            "the machines that measured it, the blocks of the run that is read, and the half width "
            "of the mean over machines that they give. Needed: the fewest for that half width, "
            "with blocks whose noise is a tenth of tau² (more blocks hardly help). One more, at "
            "least: the half width for one machine more, were everything else known. Read from "
            f"{run.path.resolve().name}.",
        ],
    )


def _complete(folder: Path) -> Run | None:
    """A finished timed run; None of anything else."""
    if not (folder / "outcome.json").exists() or (folder / "gate.json").exists():
        return None
    if (folder / "instrument.json").exists():
        return None
    run = load(folder)
    return run if run.outcome is not None and run.outcome["verdict"] == "complete" else None


def latest_run(experiment: str, results: Path) -> Run:
    """The latest of the results' complete runs of an experiment, else of the reference's. Raises
    Complaint where there is none."""
    for place in (results, REFERENCE):
        for folder in sorted((place / experiment).glob("*"), reverse=True):
            run = _complete(folder)
            if run is not None:
                return run
    raise Complaint(
        f"no complete run of '{experiment}' is stored, so its components are not known",
        f"slablab run {experiment} --quick; or a RUN's folder: {analysis_command('components')}",
    )


def _ratio(text: str) -> float:
    """'2%' as 0.02."""
    try:
        value = float(text.removesuffix("%")) / 100
    except ValueError:
        value = 0.0
    if not text.endswith("%") or not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no half width like 2%")
    return value


def planned_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("experiment", metavar="NAME", help="of an experiment that was run")
    parser.add_argument(
        "--half-width", type=_ratio, default=0.02, metavar="RATIO", help="wanted, as 2%%"
    )
    parser.add_argument(
        "--results", type=Path, default=Path("results"), metavar="DIR", help="with its runs"
    )


def print_planned(arguments: argparse.Namespace) -> int:
    run = latest_run(arguments.experiment, arguments.results)
    sys.stdout.write(terminal(planned_document(run, arguments.half_width), TERMINAL_COLUMNS))
    return 0
