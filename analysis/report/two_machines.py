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
from ..drawing.drawing import TWO_COLUMNS, drawn
from ..records.records import Run, load

QUESTION = "Are the effects of one machine those of another?"
HERE, THERE, ELSEWHERE = "#23698c", "#c2410c", "#c9ced6"


def layout(run: Run, width_inches: float) -> tuple[int, int, float]:
    """Rows, columns and the height of the figure in inches."""
    return 1, 1, 3.2


def draw(run: Run, axes: Axes) -> None:
    """A place on the x axis for each comparison, by its effect on the run's machine: the interval
    for one machine more, then the effects on the first two machines with their own intervals."""
    found = elsewhere(run)
    effects = by_machine(run)
    names = list(dict.fromkeys(name for one in effects.values() for name in one))[:2]
    keys = list(zip(found["cell"], found["arm"], found["against"]))
    shown = [i for i, key in enumerate(keys) if all(name in effects[key] for name in names)]
    order = sorted(shown, key=lambda i: effects[keys[i]][names[0]].log)
    rows = found.iloc[order]
    places = np.arange(len(order))
    low, high = rows["elsewhere_low_ratio"], rows["elsewhere_high_ratio"]
    axes.bar(places, high - low, 0.8, low, color=ELSEWHERE, label="one machine more, 95 %")
    z = normal_quantile(run.plan["alpha"])
    for name, colour, marker in zip(names, (HERE, THERE), ("o", "D")):
        on = [effects[keys[i]][name] for i in order]
        middle = np.expm1([one.log for one in on])
        ends = np.expm1([[one.log - z * one.error for one in on],
                         [one.log + z * one.error for one in on]])  # fmt: skip
        axes.errorbar(places, middle, np.abs(ends - middle), fmt=marker, color=colour,
                      markersize=3, linewidth=1, label=name)  # fmt: skip
    axes.axhline(0, color="#888888", linewidth=0.6)
    axes.set_yscale("symlog", linthresh=0.1)
    ticks = (-0.8, -0.4, -0.2, -0.1, 0, 0.1, 0.2, 0.5, 1, 2)
    axes.set_yticks(ticks, [f"{100 * tick:+.0f} %".replace("+0 ", "0 ") for tick in ticks])
    axes.set_ylim(min(-0.9, low.min() - 0.05), None)
    axes.set_xticks([])
    axes.set_xlabel(f"{len(order)} comparisons of {run.plan['experiment']}")
    axes.set_ylabel("effect")
    axes.legend(loc="upper left")


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
