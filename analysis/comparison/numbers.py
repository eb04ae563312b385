"""numbers.py -- numbers.tex: every number of a report under a key, so that no paper types a figure.

  \\slab{toggle.random_mixed,slots=400,warm.phase17-2.effect}
         run    cell                        row       field

  run     the experiment; <experiment>-<folder> where a report holds two runs of it
  cell    its id as in the tables, with commas for spaces; "average,of,..." of an average
  row     the arm; phase17-2:phase17-1 of a comparison with another arm than the baseline
  field   effect low high mde n verdict; over machines mean mean-low mean-high tau machines
          elsewhere-low elsewhere-high elsewhere-verdict;
          of a count also difference difference-low difference-high;
          value, and of a share value-low value-high; of the baseline also spread: what repeating
          alone changes

"<run>.ranking.<arm>.effect" is a geometric mean over the run's cells against the baseline, with low
and high; rank is where the arm may stand, place where it does.

Operations per second have no name of their own; any other metric stands before the field, as in
"...phase17-2.page_faults.effect". A value's unit is "<run>.unit.<metric>". What is absent is a
dash; what is no key at all is an error of LaTeX. "<run>.hash" and the like say which run it was.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from ..document.latex import escape_latex
from ..records.metrics import Metric
from ..records.records import Recorded, Run
from ..statistics.ranking import Ranked
from .deciding import OPERATIONS, deciding
from .elsewhere_table import BORROWED, is_borrowed
from .estimates import SYSTEM_TIME_SHARE, timed_metrics
from .judgement import judged, void_reasons
from .ranked_arms import rank_text, ranked_arms
from .wording import ABSENT, mde_text, per_cent, relative, signed, value_text

FILE = "numbers.tex"
Derive = Callable[[str], Mapping[str, str]]  # a prefix to keys and their texts
HEAD = r"""% numbers.tex -- every number of this report, as python3 -m analysis report wrote it.
%
% \slab{toggle.random_mixed,slots=400,warm.phase17-2.effect}: analysis/comparison/numbers.py says
% what keys are made of. \slabtable{toggle} inputs a run's tables, which need array, booktabs,
% siunitx and amssymb; \slabfigure{toggle}{effects} is its figure, which needs graphicx.
\newcommand{\slab}[1]{\ifcsname slab@#1\endcsname\csname slab@#1\endcsname\else
  \PackageError{slablab}{no number is called '#1'}{Its key must stand in numbers.tex.}\fi}
\newcommand{\slabrow}[1]{\gdef\slabrowname{#1}} % what the keys of the fields below begin with
\newcommand{\slabfield}[2]{\expandafter\gdef\csname slab@\slabrowname.#1\endcsname{#2}}
\newcommand{\slabtable}[1]{\input{\slab{#1.tables}}}
\newcommand{\slabfigure}[2]{\includegraphics{\slab{#1.figures}#2}}
"""
SECTION = re.compile(r"% run (\S+), keys (\S+)\n(.*?)% end\n", re.DOTALL)
SIGN = re.compile(r"(?<!\w)([+-])(?=\d)")  # of a number; not the hyphen of phase17-2
DEFINED = re.compile(
    r"^\\slab(?:row\{(?P<row>.*)\}|field\{(?P<field>[^{}]*)\}\{(?P<text>.*)\})$", re.MULTILINE
)
KEY_ODD = re.compile(r"[^A-Za-z0-9_.,:=+/-]")


def key_of(text: str) -> str:
    """A cell's or an arm's id as a part of a key: without what LaTeX takes for more than a
    letter."""
    return KEY_ODD.sub("-", text.replace(" ", ","))


def latex_number(text: str) -> str:
    """Text with its figures set: "-3.6 %" with a minus and a thin space; an absent one is a
    dash."""
    if text in (ABSENT, ""):
        return "--"
    return SIGN.sub(r"$\1$", escape_latex(text).replace(r" \%", r"\,\%"))


def _effect_fields(row: pd.Series) -> dict[str, str]:
    """The effect with its bounds, all to the decimals that the interval's width deserves."""
    point, bounds = relative(row)
    low, high = ABSENT, ABSENT
    if bounds != ABSENT:
        low, high = (f"{text} %" for text in bounds.strip("[]").split(", "))
    count = row["blocks_compared"]
    fields = {"effect": point, "low": low, "high": high}
    fields["mde"] = ABSENT if row["kind"] == "average" else mde_text(row)
    fields["n"] = f"{count:.0f}" if np.isfinite(count) else ABSENT
    return fields


def _elsewhere_fields(row: pd.Series) -> dict[str, str]:
    """Of a comparison over machines; none where there is no such row."""
    if not np.isfinite(row["machines"]):
        return {}
    names = ("mean", "mean-low", "mean-high", "tau", "elsewhere-low", "elsewhere-high")
    columns = ("mean", "low", "high", "tau")
    found = [f"machines_{name}_ratio" for name in columns]
    found += ["elsewhere_low_ratio", "elsewhere_high_ratio"]
    fields = {name: per_cent(row[column]) for name, column in zip(names, found)}
    fields["tau"] = fields["tau"].lstrip("+")
    fields["machines"] = f"{row['machines']:.0f}" + (f", {BORROWED}" if is_borrowed(row) else "")
    return {**fields, "elsewhere-verdict": row["elsewhere_verdict"]}


def _difference_fields(row: pd.Series, metric: Metric) -> dict[str, str]:
    names = ("difference", "difference_low", "difference_high")
    return {name.replace("_", "-"): signed(row[name], metric) for name in names}


def _ranking_fields(one: Ranked) -> dict[str, str]:
    """The geometric mean over the cells with its bounds, and where the arm stands."""
    effect = one.effect
    bounds = zip(("effect", "low", "high"), (effect.point, effect.low, effect.high))
    fields = {name: per_cent(value) for name, value in bounds}
    return {**fields, "place": str(one.place), "rank": rank_text(one)}


def _share_fields(row: pd.Series) -> dict[str, str]:
    names = ("value", "value_low", "value_high")
    shares = {name.replace("_", "-"): per_cent(row[name]).lstrip("+") for name in names}
    return {**shares, "n": f"{row['blocks']:.0f}"}


def _fields_of(row: pd.Series, metric: Metric | None) -> dict[str, str]:
    """Everything that one row of judged() says, as text; metric None is the share of system
    time."""
    if metric is None:
        return _share_fields(row)
    fields: dict[str, str] = {}
    if row["kind"] not in ("comparison", "interaction", "average"):
        fields["value"] = value_text(row["value"], metric)
    if row["kind"] == "baseline":
        fields["spread"] = signed(row["spread_of_repeats"], metric).lstrip("+")
        return {**fields, "n": f"{row['blocks']:.0f}"}
    fields |= _effect_fields(row)
    if not metric.is_rate and row["kind"] != "interaction":
        fields |= _difference_fields(row, metric)
    if row["verdict"]:
        fields["verdict"] = row["verdict"]
    return fields | _elsewhere_fields(row)


def _row_key(row: pd.Series, run: Run) -> str:
    if row["against"] in ("", run.baseline):
        return key_of(row["arm"])
    return f"{key_of(row['arm'])}:{key_of(row['against'])}"


def run_numbers(run: Recorded, prefix: str, more: Mapping[str, str]) -> dict[str, str]:
    """What a run is; file names are raw, for LaTeX opens them."""
    said = {"hash": run.plan["hash"], "name": run.name, **more}
    named = {f"{prefix}.{name}": latex_number(text) for name, text in said.items()}
    named[f"{prefix}.tables"] = f"tables/{run.name}"
    named[f"{prefix}.figures"] = f"figures/{run.name}-"
    return named


def numbers(run: Run, prefix: str) -> dict[str, str]:
    """Every key of a run with its LaTeX text, in the order of the tables. An event that this
    machine does not have has none."""
    deciding_here = {deciding(cell).column: deciding(cell) for cell in run.plan["cells"]}
    metrics = deciding_here | {metric.column: metric for metric in timed_metrics(run)}
    alpha, margin = run.plan["alpha"], run.plan["margin"]
    said = {
        "form": run.plan["form"],
        "confidence": f"{100 * (1 - alpha):g} %",
        "margin": f"{100 * margin:g} %",
        "cells": str(len(run.cells)),
        "blocks": str(int(run.blocks["valid"].sum())),
        "blocks-lost": str(int((~run.blocks["valid"]).sum())),
        "void": "VOID" if void_reasons(run) else "not void",
    }
    found = run_numbers(run, prefix, said)
    for ranked in ranked_arms(run):
        for arm, one in ranked.arms.items():
            for field, text in _ranking_fields(one).items():
                named = "" if ranked.metric == OPERATIONS else f".{key_of(ranked.metric.column)}"
                found[f"{prefix}.ranking.{key_of(arm)}{named}.{field}"] = latex_number(text)
    for _, row in judged(run).iterrows():
        metric = metrics.get(row["metric"])
        if row["absent"] or (metric is None and row["metric"] != SYSTEM_TIME_SHARE):
            continue
        named = "" if row["metric"] == OPERATIONS.column else f".{row['metric']}"
        stem = f"{prefix}.{key_of(row['cell'])}.{_row_key(row, run)}{key_of(named)}"
        for field, text in _fields_of(row, metric).items():
            found[f"{stem}.{field}"] = latex_number(text)
    for metric in (metric for metric in metrics.values() if metric.event is None):
        found[f"{prefix}.unit.{metric.column}"] = latex_number(metric.shown_unit)
    return found


def definitions(found: Mapping[str, str]) -> str:
    """Keys with a common beginning stand under it: of hundreds of thousands of letters it saves
    two in three."""
    lines, row = [], None
    for key, text in found.items():
        beginning, _, field = key.rpartition(".")
        if beginning != row:
            lines.append(f"\\slabrow{{{beginning}}}\n")
            row = beginning
        lines.append(f"\\slabfield{{{field}}}{{{text}}}\n")
    return "".join(lines)


def keys_of(text: str) -> dict[str, str]:
    """What definitions() wrote; a key that stands there twice has its last text, as in LaTeX."""
    found, row = {}, ""
    for line in DEFINED.finditer(text):
        if line["row"] is not None:
            row = line["row"]
        else:
            found[f"{row}.{line['field']}"] = line["text"]
    return found


def section_text(name: str, prefix: str, found: Mapping[str, str]) -> str:
    return f"% run {name}, keys {prefix}\n{definitions(found)}% end\n"


def numbers_differences(run: Recorded, text: str, derive: Derive) -> list[str]:
    """The differences between a stored numbers.tex and what derive(prefix) gives; a line outside
    all sections is one."""
    found = []
    if SECTION.sub("", text) != HEAD:
        found.append("what stands outside of its runs' sections was not made by this analysis")
    stored = {match[1]: (match[2], match[0]) for match in SECTION.finditer(text)}
    names = [match[1] for match in SECTION.finditer(text)]
    if names.count(run.name) != 1:
        return [*found, f"has {names.count(run.name)} sections of {run.name}, and not one"]
    prefix, here = stored[run.name]
    if prefix not in (run.name, run.plan["experiment"]):
        return [*found, f"the keys of {run.name} begin with '{prefix}'"]
    derived = section_text(run.name, prefix, derive(prefix))
    if here == derived:
        return found
    said, given = keys_of(here), keys_of(derived)
    for key in given | said:
        if said.get(key) != given.get(key):
            gives = f"the samples give '{given.get(key, 'no such key')}'"
            return [*found, f"{key} is '{said.get(key, 'missing')}', but {gives}"]
    return [*found, f"the keys of {run.name} stand in another order, or twice"]
