"""test_swept_constant.py -- arms that differ in one constant of a phase, as a figure of its values.

SPDX-License-Identifier: MIT"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.drawing.drawing import TWO_COLUMNS, drawn, provenance
from analysis.drawing.value_axis import effect_axis
from analysis.figures import figures_for, swept_constant
from analysis.figures.swept_constant import Sweep, sweeps
from analysis.records.records import Run, load

from .synthetic import arm_record, change_plan, write_run

CELLS = ["fixed_random size=256 slots=400 operations=100000 cold", "sawtooth size=256 warm"]
STANDARD = {"drain": "1024", "batch": "16, 12, 8", "cache": "256"}
UNIT = {"drain": "frees", "batch": "blocks", "cache": "SuperSlabs"}


def _arm(name: str, *environment: str) -> dict[str, Any]:
    """The arm ss-reuse+drain=64, or of another phase and several constants."""
    phase, *assignments = name.split("+")
    pairs = [assignment.split("=") for assignment in assignments]
    constants = [
        {"name": key, "value": int(value), "standard": STANDARD[key], "unit": UNIT[key]}
        for key, value in pairs
    ]
    arm = {**arm_record(name, "arm"), "environment": list(environment)}
    return {**arm, "phase": phase, "constants": constants} if constants else arm


def _run(folder: Path, factors: dict[str, float], *environment: str) -> Run:
    """Arms by name, each so many times as fast as the baseline, which is one of `baseline`."""
    logs = {name: float(np.log(factor)) for name, factor in factors.items()}
    write_run(folder, logs, CELLS, 30, noise=0.001)
    ends = [arm_record("baseline", "baseline"), arm_record("control", "control")]
    change_plan(folder, arms=[*ends, *(_arm(name, *environment) for name in factors)])
    return load(folder)


def test_arms_of_one_phase_and_one_constant_are_a_sweep(tmp_path: Path) -> None:
    run = _run(tmp_path / "run", {"ss-reuse+drain=256": 1.1, "ss-reuse+drain=64": 1.2})
    points = (64, "ss-reuse+drain=64"), (256, "ss-reuse+drain=256")
    assert sweeps(run) == [Sweep("drain", "frees", "ss-reuse", (1024,), points)]
    assert swept_constant.items(run) == [("drain", cell) for cell in CELLS]
    assert "swept_constant" in figures_for(run)


def test_the_phase_itself_is_a_point_of_it(tmp_path: Path) -> None:
    run = _run(tmp_path / "run", {"baseline+drain=64": 1.1, "baseline+drain=4096": 0.9})
    (sweep,) = sweeps(run)
    assert [value for value, _ in sweep.points] == [64, 1024, 4096]
    assert sweep.points[1] == (1024, "baseline")


def test_a_constant_of_several_values_has_no_point_of_its_own(tmp_path: Path) -> None:
    run = _run(tmp_path / "run", {"baseline+batch=4": 1.1, "baseline+batch=8": 1.2})
    (sweep,) = sweeps(run)
    assert sweep.standards == (16, 12, 8)
    assert [value for value, _ in sweep.points] == [4, 8]


def test_what_else_differs_is_another_sweep(tmp_path: Path) -> None:
    grid = {f"one+batch={b}+drain={d}": 1.0 + b / 100 for b in (4, 8) for d in (64, 256)}
    found = sweeps(_run(tmp_path / "run", {**grid, "two+drain=64": 1, "two+drain=256": 1}))
    assert [(sweep.constant, sweep.name, len(sweep.points)) for sweep in found] == [
        ("batch", "one+drain=64", 2),
        ("drain", "one+batch=4", 2),
        ("batch", "one+drain=256", 2),
        ("drain", "one+batch=8", 2),
        ("drain", "two", 2),
    ]


def test_an_environment_is_part_of_its_name(tmp_path: Path) -> None:
    factors = {"baseline+drain=64": 1.1, "baseline+drain=256": 1.2}
    (sweep,) = sweeps(_run(tmp_path / "run", factors, "SLABLAB_SMALLMID=1"))
    assert sweep.name == "baseline SLABLAB_SMALLMID=1"
    assert "baseline" not in [arm for _, arm in sweep.points]  # which has another environment


@pytest.mark.parametrize(
    "factors", [{"a": 1.1, "b": 1.2}, {"a+drain=64": 1.1}, {"a+drain=64": 1.1, "b+drain=256": 1.2}]
)
def test_one_value_is_none(tmp_path: Path, factors: dict[str, float]) -> None:
    run = _run(tmp_path / "run", factors)
    assert sweeps(run) == [] and not swept_constant.applies(run)


def _panels(run: Run) -> list[Axes]:
    """Those of a run's only page."""
    places = swept_constant.items(run)
    rows, columns, _ = swept_constant.layout(run, 7.2, places)
    axes = Figure(figsize=(7.2, 4), layout="constrained").subplots(rows, columns, squeeze=False)
    swept_constant.draw(run, axes, places)
    return list(axes.flat)


def test_a_line_is_the_effects_at_their_values(tmp_path: Path) -> None:
    run = _run(tmp_path / "run", {"baseline+drain=64": 1.25, "baseline+drain=4096": 0.8})
    first = _panels(run)[0]
    line = next(line for line in first.lines if len(line.get_xdata()) == 3)
    assert list(line.get_xdata()) == [64, 1024, 4096]
    place = effect_axis([0.25, -0.2], logarithmic=True).coordinate
    wanted = [place(0.25), place(0.0), place(-0.2)]
    assert line.get_ydata() == pytest.approx(wanted, abs=0.002)
    assert first.get_xscale() == "log"
    own = [line for line in first.lines if line.get_linestyle() == ":"]
    assert [list(line.get_xdata()) for line in own] == [[1024, 1024]]


def test_0_has_a_place_on_the_axis(tmp_path: Path) -> None:
    values = [0, 16, 64, 1024, 16384]
    run = _run(tmp_path / "run", {f"baseline+cache={value}": 1.1 for value in values})
    panel = _panels(run)[0]
    own = 256  # the baseline's
    assert panel.get_xscale() == "symlog"
    assert list(panel.get_xticks()) == sorted([*values, own])
    assert panel.get_xlim()[0] < 0 and panel.get_xlim()[1] > 16384


def test_a_tick_without_room_is_left_out() -> None:
    """A label of four letters is .22 inches wide, and a fourth of that is between two."""
    middles = np.array([0.0, 0.2, 0.3, 0.55])
    assert swept_constant._with_room([1, 1024, 2048, 4096], middles) == [1, 2048]
    assert swept_constant._with_room([1, 2, 3, 4], middles) == [1, 2, 4]


@pytest.mark.slow
def test_its_files_say_of_which_data(tmp_path: Path) -> None:
    run = _run(tmp_path / "run", {"one+drain=64": 1.1, "one+drain=256": 1.2, "two+drain=64": 1,
                                  "two+drain=256": 1})  # fmt: skip
    said = provenance(swept_constant, run, TWO_COLUMNS)
    drawing = drawn(swept_constant, run, TWO_COLUMNS)
    assert all(said.encode() in content for content in drawing.files.values())
    assert "drain (frees) of one and drain (frees) of two" in swept_constant.caption(run)
