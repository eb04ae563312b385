"""operating_curve.py -- the gate's verdicts, and their time, against the true change in time.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from .certificate import VERDICTS, is_of_time, nominal

QUESTION = (
    "How often does the gate say FAIL, PASS, INCONCLUSIVE and VOID, and after how long, when the "
    "time has truly changed by so much?"
)
COLOURS = {"fail": "#c2410c", "pass": "#159a76", "inconclusive": "#7d858d", "void": "#7457c9"}
MARKERS = {"fail": "o", "pass": "s", "inconclusive": "D", "void": "v"}
REACH = 0.002  # of a promise's line to both sides
SPREAD = 0.0006  # between the verdicts of one change, so that their bands stand side by side


def layout(certificate: Any, width_inches: float) -> tuple[int, int, float]:
    return 2, 1, 6.0


def largest(row: dict[str, Any]) -> dict[str, Any] | None:
    """The cell in which a variant's true change of time is largest."""
    return max(row["true_changes"], key=lambda change: abs(change["effect"]), default=None)


def points(certificate: dict[str, Any]) -> list[tuple[float, dict[str, Any]]]:
    """(true change, variant) of the changes of time, from the smallest on; if the change was not
    measured, the one in the variant's name."""
    found = []
    for row in certificate["variants"]:
        change = largest(row)
        if is_of_time(row["variant"]):
            found.append((change["effect"] if change else nominal(row["variant"]), row))
    return sorted(found, key=lambda point: point[0])


def _mark_promises(axes: Axes, found: list[tuple[float, dict[str, Any]]]) -> None:
    """The limit of no change and of the smallest one that is promised, as lines with an arrow to
    where the gates should be."""
    ink = axes.xaxis.label.get_color()
    marked = set()
    for change, row in found:
        promise = row["promise"]
        if promise is None or promise["at_most"] in marked:
            continue
        marked.add(promise["at_most"])
        side = -1 if promise["at_most"] else 1
        axes.plot([change - REACH, change + REACH], [promise["limit"]] * 2, color=ink, linewidth=1)
        axes.annotate(
            f"promised: {promise['promise']}",
            (change, promise["limit"]),
            xytext=(14 * side, -32 * side),
            ha="left" if side > 0 else "right",
            textcoords="offset points",
            fontsize=7.5,
            arrowprops={"arrowstyle": "->", "color": ink, "linewidth": 0.7},
        )


def _draw_verdicts(axes: Axes, found: list[tuple[float, dict[str, Any]]]) -> None:
    for index, verdict in enumerate(VERDICTS):
        bands = [row["verdicts"][verdict] for _, row in found]
        if verdict == "void" and not any(band["count"] for band in bands):
            continue
        changes = np.array([change for change, _ in found]) + (index - 1) * SPREAD
        shares = np.array([band["share"] for band in bands])
        reach = np.array([[band["share"] - band["low"], band["high"] - band["share"]]
                          for band in bands]).T
        axes.errorbar(
            changes,
            shares,
            yerr=np.maximum(reach, 0),
            color=COLOURS[verdict],
            marker=MARKERS[verdict],
            markersize=4.5,
            linewidth=1,
            elinewidth=2.5,
            label=verdict.upper(),
        )
    _mark_promises(axes, found)
    axes.set_ylim(-0.03, 1.03)
    axes.yaxis.set_major_formatter(lambda y, _: f"{100 * y:g} %")
    axes.set_ylabel("verdicts")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncol=4, fontsize=7.5, frameon=False)


def _draw_seconds(axes: Axes, found: list[tuple[float, dict[str, Any]]]) -> None:
    changes = [change for change, _ in found]
    quarter, middle, three = (
        np.array([row["seconds"][key] for _, row in found])
        for key in ("lower_quartile", "median", "upper_quartile")
    )
    ink = axes.xaxis.label.get_color()
    axes.vlines(changes, quarter, three, color=ink, linewidth=4, alpha=0.35)
    axes.plot(changes, middle, color=ink, marker="o", markersize=4.5, linewidth=1)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("seconds to a verdict")
    axes.set_xlabel(
        "true change in time, in the cell where it is largest\n"
        "above: of all gates, with 95 % bands · below: median and middle half of the gates"
    )


def draw(certificate: Any, axes: NDArray[Any]) -> None:
    """certificate: what derived() gives, as its attribute `stated`."""
    found = points(certificate.stated)
    upper, lower = axes
    _draw_verdicts(upper, found)
    _draw_seconds(lower, found)
    for panel in axes:
        panel.xaxis.set_major_formatter(lambda x, _: f"{100 * x:+g} %" if round(x, 9) else "0")
        panel.grid(True, axis="y", alpha=0.25, linewidth=0.6)
    lower.sharex(upper)
