"""swept_constant.py -- the effect of a phase's constant against its values.

Arms are a sweep where they are one phase with one environment and differ in the value of one
constant: ss-reuse+drain=64,256,4096. The phase itself, where it is an arm, is a point of it.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from ..comparison.judgement import judged
from ..comparison.wording import clock
from ..drawing import panels
from ..drawing.colours import MARKERS, PALETTE
from ..drawing.value_axis import effect_axis
from ..records.records import Run

QUESTION = "How does the effect depend on a phase's constant?"
PANEL_INCHES = 1.95
COLUMNS_MOST = 4
VALUES_MIN = 2
LETTER_INCHES = 0.055  # of a tick's label, and between two of them
BESIDE = 0.06  # of the axis's length, beyond the outermost values
Place = tuple[str, str]  # the constant, and the cell


@dataclass(frozen=True)
class Sweep:
    """points: value and arm, by value. standards: the values that the phase has of its own: several
    where the constant sets several things. name: the phase, and what else its arms share."""

    constant: str
    unit: str
    name: str
    standards: tuple[int, ...]
    points: tuple[tuple[int, str], ...]


def _members(samples: Run) -> Iterator[tuple[tuple[Any, ...], dict[str, Any], int, str]]:
    """Each arm with other constants, once for each of them: what its sweep shares, the constant,
    its value, the arm."""
    for arm in samples.plan["arms"]:
        if arm["id"] not in samples.shown_arms:
            continue
        for constant in arm.get("constants", []):
            others = tuple(
                f"+{one['name']}={one['value']}"
                for one in arm["constants"]
                if one["name"] != constant["name"]
            )
            shared = (constant["name"], arm["phase"], tuple(arm.get("environment", [])), others)
            yield shared, constant, int(constant["value"]), arm["id"]


def _phase_itself(samples: Run, phase: str, environment: tuple[str, ...]) -> str | None:
    for arm in samples.plan["arms"]:
        is_it = arm.get("allocator") == phase and tuple(arm.get("environment", [])) == environment
        if is_it and arm["id"] in samples.shown_arms:
            return arm["id"]
    return None


def sweeps(samples: Run) -> list[Sweep]:
    """In the order of the plan's arms."""
    values: dict[tuple[Any, ...], dict[int, str]] = {}
    constants: dict[tuple[Any, ...], dict[str, Any]] = {}
    for shared, constant, value, arm in _members(samples):
        values.setdefault(shared, {})[value] = arm
        constants[shared] = constant
    found = []
    for shared, points in values.items():
        if len(points) < VALUES_MIN:
            continue
        name, phase, environment, others = shared
        standards = tuple(int(word) for word in constants[shared]["standard"].split(", "))
        itself = _phase_itself(samples, phase, environment)
        if itself is not None and not others and len(standards) == 1:
            points = {standards[0]: itself, **points}
        words = " ".join(["".join([phase, *others]), *environment])
        found.append(
            Sweep(name, constants[shared]["unit"], words, standards, tuple(sorted(points.items())))
        )
    return found


def items(samples: Run) -> list[Place]:
    """Each cell in which something was measured, for each constant."""
    constants = dict.fromkeys(sweep.constant for sweep in sweeps(samples))
    cells = panels.measured_cells(samples) if constants else []
    return [(constant, cell) for constant in constants for cell in cells]


def applies(samples: Run) -> bool:
    return bool(items(samples))


def _names(samples: Run) -> list[str]:
    return list(dict.fromkeys(sweep.name for sweep in sweeps(samples)))


def layout(samples: Run, width_inches: float, places: Sequence[Place]) -> tuple[int, int, float]:
    rows, columns = panels.grid(len(places), width_inches, COLUMNS_MOST)
    key = panels.key_inches(_names(samples), width_inches) if len(_names(samples)) > 1 else 0.0
    return rows, columns, 0.55 + key + rows * PANEL_INCHES


def _deciding(samples: Run) -> pd.DataFrame:
    frame = judged(samples)
    return frame[frame["decides"] & (frame["kind"] == "arm")].set_index(["cell", "arm"])


def _effects(samples: Run, sweep: Sweep, cell: str) -> np.ndarray:
    """A row for each point with an effect: value, effect, low, high. The baseline's is 0."""
    frame, found = _deciding(samples), []
    for value, arm in sweep.points:
        if arm == samples.baseline:
            found.append((value, 0.0, 0.0, 0.0))
        elif (cell, arm) in frame.index:
            row = frame.loc[(cell, arm)]
            ends = row["effect_ratio"], row["effect_low_ratio"], row["effect_high_ratio"]
            found += [(value, *ends)] if np.isfinite(ends[0]) else []
    return np.array(found, dtype=float).reshape(-1, 4)


def _draw_sweep(axes: Axes, points: np.ndarray, look: tuple[str, str], place: Any) -> None:
    """An interval that is not known is not drawn."""
    colour, marker = look
    across, up = points[:, 0], [place(effect) for effect in points[:, 1]]
    axes.plot(across, up, color=colour, marker=marker, markersize=4, linewidth=1.3)
    for value, _, low, high in points:
        if np.isfinite([low, high]).all():
            ends = [place(low), place(high)]
            axes.plot([value, value], ends, color=colour, linewidth=2.5, alpha=0.6)


def _mark_own_values(axes: Axes, found: list[Sweep]) -> None:
    ink = axes.xaxis.label.get_color()
    for value in sorted({value for sweep in found for value in sweep.standards}):
        axes.axvline(value, color=ink, linestyle=":", linewidth=1, zorder=0)


def _with_room(values: list[int], middles: np.ndarray) -> list[int]:
    """Those whose labels do not touch the one before that is shown; middles: where each is, in
    inches."""
    shown, end = [], -np.inf
    for value, middle in zip(values, middles):
        half = LETTER_INCHES * len(panels.whole(value)) / 2
        if middle - half > end + LETTER_INCHES:
            shown.append(value)
            end = middle + half
    return shown


def _scale_across(axes: Axes, values: list[int], inches: float) -> None:
    """Logarithmic, with a place for 0; as many of the values as have room are ticks."""
    if min(values) > 0:
        axes.set_xscale("log", base=2)
    else:
        axes.set_xscale("symlog", base=2, linthresh=min([v for v in values if v > 0] or [1]))
    scale = axes.xaxis.get_transform()
    places = scale.transform(np.array(values, dtype=float))
    beside = BESIDE * (places[-1] - places[0])
    first, last = places[0] - beside, places[-1] + beside
    axes.set_xlim(*scale.inverted().transform(np.array([first, last])))
    shown = _with_room(values, inches * (places - first) / (last - first))
    axes.set_xticks(shown, [panels.whole(value) for value in shown])
    axes.xaxis.set_minor_locator(NullLocator())


def _draw_place(samples: Run, axes: Axes, place: Place, inches: float) -> None:
    constant, cell = place
    found = [sweep for sweep in sweeps(samples) if sweep.constant == constant]
    points = [_effects(samples, sweep, cell) for sweep in found]
    every = np.concatenate([one[:, 1:].ravel() for one in points])
    up, names = effect_axis(every, logarithmic=True), _names(samples)
    for sweep, one in zip(found, points):
        index = names.index(sweep.name)
        look = PALETTE[index % len(PALETTE)], MARKERS[index % len(MARKERS)]
        _draw_sweep(axes, one, look, up.coordinate)
    _mark_own_values(axes, found)
    values = {value for sweep in found for value, _ in sweep.points}
    _scale_across(axes, sorted(values), inches)
    ticks = up.ticks(PANEL_INCHES)
    axes.set_yticks([up.coordinate(tick) for tick in ticks], [up.text(tick) for tick in ticks])
    axes.set_ylim(up.coordinate(up.low), up.coordinate(up.high))
    axes.axhline(up.coordinate(0.0), color=axes.xaxis.label.get_color(), linewidth=0.7, zorder=0)
    panels.cell_title(axes, cell, inches)
    axes.tick_params(labelsize=panels.TINY, length=2.5, pad=2)
    axes.grid(True, axis="y", alpha=0.2, linewidth=0.5)


def draw(samples: Run, axes: Any, places: Sequence[Place]) -> None:
    found, names = panels.flat(axes), _names(samples)
    figure = found[0].figure
    _, columns, _ = layout(samples, figure.get_figwidth(), places)
    for panel, place in zip(found, places):
        _draw_place(samples, panel, place, 0.8 * figure.get_figwidth() / columns)
    panels.hide_spare(found, len(places))
    if len(names) > 1:
        handles = [
            found[0].plot([], [], color=PALETTE[i % len(PALETTE)], marker=MARKERS[i % len(MARKERS)])
            for i in range(len(names))
        ]
        panels.series_key(figure, [handle for (handle,) in handles], names)
    shown = {constant for constant, _ in places}
    across = dict.fromkeys(
        f"{sweep.constant} ({sweep.unit})" for sweep in sweeps(samples) if sweep.constant in shown
    )
    panels.footer(figure, f"across: {', '.join(across)}", "up: effect, %, against the baseline")


def caption(samples: Run) -> str:
    found = sweeps(samples)
    swept = dict.fromkeys(f"{sweep.constant} ({sweep.unit}) of {sweep.name}" for sweep in found)
    interval = f"{100 * (1 - samples.plan['alpha']):g} %"
    return (
        f"Effect on operations per second of {clock(samples)} of {panels.listed(list(swept))}, "
        f"against {samples.label(samples.baseline)}, a panel per cell: exp(median log-ratio within "
        f"blocks) - 1, bars: {interval} sign-test intervals. Both axes are logarithmic. Dotted: "
        f"the value that the phase has of its own. {panels.measured_on(samples)}"
    )
