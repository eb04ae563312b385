"""two_machines.py -- a run's effects on two machines, beside what one machine more would give.

  python3 -m analysis.report.two_machines RUN --out FILE      (make docs)

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from ..comparison.elsewhere import by_machine, elsewhere, normal_quantile
from ..complaint import Complaint
from ..drawing.drawing import INK, TWO_COLUMNS, drawn
from ..drawing.value_axis import ValueAxis, effect_axis
from ..records.records import Run, load

QUESTION = "Are the effects of one machine those of another?"
ROW_INCHES, AROUND_INCHES, AXIS_BESIDE_INCHES = 0.085, 0.6, 0.35
HERE, THERE, ELSEWHERE = "#23698c", "#c2410c", "#c9ced6"


def _shown(run: Run) -> tuple[list[str], list[tuple[str, str, str]]]:
    """The first two machines, and the comparisons that both have: (cell, arm, against), by their
    effect on the first."""
    effects = by_machine(run)
    names = list(dict.fromkeys(name for one in effects.values() for name in one))[:2]
    found = elsewhere(run)
    keys = zip(found["cell"], found["arm"], found["against"])
    both = [key for key in keys if all(name in effects[key] for name in names)]
    return names, sorted(both, key=lambda key: effects[key][names[0]].log)


def layout(run: Run, width_inches: float) -> tuple[int, int, float]:
    """Rows, columns and the height of the figure in inches."""
    return 1, 1, AROUND_INCHES + ROW_INCHES * len(_shown(run)[1])


def draw(run: Run, axes: Axes) -> None:
    """A row for each comparison, the largest effect on the first machine above: the interval for
    one machine more, then the effects on both machines with their own intervals. The axis is that
    of the figure of effects: equal factors are equally far apart."""
    names, keys = _shown(run)
    effects = by_machine(run)
    rows = elsewhere(run).set_index(["cell", "arm", "against"]).loc[keys]
    lows, highs = rows["elsewhere_low_ratio"].to_numpy(), rows["elsewhere_high_ratio"].to_numpy()
    z = normal_quantile(run.plan["alpha"])
    ends = {
        name: np.expm1([
            [effects[key][name].log + side * z * effects[key][name].error for side in (-1, 0, 1)]
            for key in keys
        ])
        for name in names
    }  # fmt: skip
    axis = effect_axis([*lows, *highs, *np.ravel(list(ends.values()))], True)
    place, heights = np.vectorize(axis.place), np.arange(len(keys))
    axes.barh(heights, place(highs) - place(lows), 0.8, place(lows), color=ELSEWHERE,
              label="one machine more, 95 %")  # fmt: skip
    for name, colour, marker in zip(names, (HERE, THERE), ("o", "D")):
        low, middle, high = place(ends[name]).T
        axes.errorbar(middle, heights, xerr=[middle - low, high - middle], fmt=marker,
                      color=colour, markersize=3, linewidth=1, label=name)  # fmt: skip
    _finish(run, axes, axis, len(keys))


def _finish(run: Run, axes: Axes, axis: ValueAxis, comparisons: int) -> None:
    for tick in axis.finish(axes, axes.figure.get_figwidth() - AXIS_BESIDE_INCHES):
        line = {"linewidth": 0.3, "alpha": 0.4} if tick else {"linewidth": 0.7}
        axes.axvline(axis.place(tick), color=INK, zorder=0, **line)
    axes.set_ylim(-0.6, comparisons - 0.4)
    axes.set_yticks([])
    axes.set_ylabel(f"{comparisons} comparisons of {run.plan['experiment']}")
    axes.set_xlabel("effect on what decides, % (logarithmic)")
    axes.legend(loc="lower right")


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="analysis.report.two_machines")
    parser.add_argument("run", type=Path, metavar="RUN")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    arguments = parser.parse_args(words)
    try:
        run = load(arguments.run)
        arguments.out.write_bytes(drawn(sys.modules[__name__], run, TWO_COLUMNS).files["png"])
    except Complaint as complaint:
        print(complaint, file=sys.stderr)
        return 2
    print(arguments.out)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
