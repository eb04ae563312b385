"""numbers.py -- the numbers of a profile and a ledger under keys, beside comparison/numbers.py's.

  \\slab{where_17-2.random_mixed,slots=400,warm.phase17-2.share.region.page_fault.value}
         run        cell                        row       metric stage layer      field

  share             of the samples of a stage, by layer: value low high
  page_fault_share  inclusive, of everything below the exception: value low high
  cpu_per_operation of the region, by layer, ns: value low high
  faults            of a stage, page faults per process: value, and spread between processes
  cost_per_fault    of a stage, ns: value low high

A row "phase17-2:baseline" has the share less the other arm's, in points of a per cent, without a
unit, and cpu_per_operation less the other's, in ns: value low high. Functions have no keys: their
names are no LaTeX, and the tables have them.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from ..comparison.numbers import key_of, latex_number, run_numbers
from ..comparison.wording import ABSENT, count
from ..records.joined import Joined
from ..statistics.statistics import Interval
from . import estimates
from .statements import void_reasons
from .wording import interval, outward

Numbers = Iterator[tuple[str, str]]


def _fields(found: Interval, unit: str, sign: str) -> Numbers:
    """The point with its bounds, as the tables show them; of a difference all have their sign."""
    for name, text in zip(("value", "low", "high"), outward(found, sign)):
        plus = sign if sign and text[0] not in "+-" and text.strip("0.") else ""
        yield name, latex_number(text if text == ABSENT else f"{plus}{text}{unit}")


def _bounded(
    frame: pd.DataFrame, stem: Callable[[pd.Series], str], name: str, unit: str
) -> Numbers:
    """Keys of one estimate of every row; unit: "ratio" is shown in per cent, and a difference of
    two in points."""
    scale, shown = (100, " %") if unit == "ratio" else (1, "")
    sign, shown = ("+", "") if name.endswith("difference") else ("", shown)
    for _, row in frame.iterrows():
        found = interval(row, name, unit)
        if not np.isfinite(found.point):
            continue
        scaled = Interval(*(scale * value for value in (found.point, found.low, found.high)))
        for field, text in _fields(scaled, shown, sign):
            yield f"{stem(row)}.{field}", text


def _of_profile(joined: Joined, stem_of: Callable[[pd.Series], str]) -> Numbers:
    layers = estimates.layers(joined.profile)
    seen = set(layers[layers["samples"] > 0]["layer"])
    layers = layers[layers["layer"].isin(seen)]
    differences = estimates.layer_differences(joined.profile)
    yield from _bounded(
        layers, lambda row: f"{stem_of(row)}.share.{row['stage']}.{row['layer']}", "share", "ratio"
    )
    yield from _bounded(
        layers[layers["stage"] == "region"],
        lambda row: f"{stem_of(row)}.cpu_per_operation.{row['layer']}",
        "cpu_per_operation",
        "ns",
    )
    yield from _bounded(
        estimates.page_faults(joined.profile),
        lambda row: f"{stem_of(row)}.page_fault_share.{row['stage']}",
        "share",
        "ratio",
    )
    yield from _bounded(
        differences[differences["layer"].isin(seen)],
        lambda row: f"{stem_of(row)}:{key_of(row['against'])}.share.{row['stage']}.{row['layer']}",
        "difference",
        "ratio",
    )
    timed = [estimates.is_per_operation(joined.profile, cell) for cell in differences["cell"]]
    yield from _bounded(
        differences[differences["layer"].isin(seen) & timed],
        lambda row: f"{stem_of(row)}:{key_of(row['against'])}.cpu_per_operation.{row['layer']}",
        "time_difference",
        "ns",
    )


def _of_ledger(joined: Joined, stem_of: Callable[[pd.Series], str]) -> Numbers:
    for _, row in estimates.fault_totals(joined.ledger).iterrows():
        stem = f"{stem_of(row)}.faults.{row['count']}"
        yield f"{stem}.value", latex_number(count(row["faults"]))
        yield f"{stem}.spread", latex_number(count(row["faults_max"] - row["faults_min"]))


def profile_numbers(joined: Joined, prefix: str) -> dict[str, str]:
    """Every key with its LaTeX text, in the order of the tables."""

    def stem_of(row: pd.Series) -> str:
        return f"{prefix}.{key_of(row['cell'])}.{key_of(row['arm'])}"

    said = {
        "confidence": f"{100 * (1 - joined.plan['alpha']):g} %",
        "cells": str(len(joined.cells)),
        "void": "VOID" if void_reasons(joined) else "not void",
    }
    found = run_numbers(joined, prefix, said)
    if joined.profile is not None:
        found |= _of_profile(joined, stem_of)
    if joined.ledger is not None:
        found |= _of_ledger(joined, stem_of)
    costs = estimates.costs(joined)
    found |= _bounded(
        costs, lambda row: f"{stem_of(row)}.cost_per_fault.{row['stage']}", "time_per_fault", "ns"
    )
    return found
