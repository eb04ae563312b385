"""test_two_machines.py -- the picture of docs/method/elsewhere.md.

SPDX-License-Identifier: MIT"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from analysis.records.records import load
from analysis.report.two_machines import draw, main

from .synthetic import write_run

LOG_OF_TEN = np.log(10)
CELLS = ["fixed_random size=256 slots=400 cold", "fixed_random size=512 slots=400 cold"]


def test_it_shows_both_machines_beside_what_a_third_would_give(tmp_path: Path) -> None:
    """Effects of 10 % and 20 % (logarithms), in both cells."""
    write_run(tmp_path / "machines/other/synthetic/run", {"phase17-1": 0.2}, CELLS, 20, seed=2)
    run = write_run(tmp_path / "synthetic" / "run", {"phase17-1": 0.1}, CELLS, 20)
    figure, axes = plt.subplots()
    draw(load(run), axes)
    first, second = (one.get_xydata() for one in axes.lines if len(one.get_xydata()) == 2
                     and one.get_marker() in "oD")  # fmt: skip
    assert LOG_OF_TEN * first[:, 0] == pytest.approx(0.1, abs=0.01)
    assert LOG_OF_TEN * second[:, 0] == pytest.approx(0.2, abs=0.01)
    assert len(axes.patches) == 2
    low, width = axes.patches[0].get_x(), axes.patches[0].get_width()
    assert low < first[0, 0] < second[0, 0] < low + width
    assert "% (logarithmic)" in axes.get_xlabel()
    assert axes.get_xscale() == axes.get_yscale() == "linear"  # of logarithms: no stretch about 0
    ticks = dict(zip([t.get_text() for t in axes.get_xticklabels()], axes.get_xticks()))
    assert ticks["0"] == 0 and ticks["+20"] == pytest.approx(np.log10(1.2))
    plt.close(figure)


def test_the_command_writes_a_picture_or_says_why_not(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    write_run(tmp_path / "machines/other/synthetic/run", {"phase17-1": 0.2}, CELLS, 20, seed=2)
    run = write_run(tmp_path / "synthetic" / "run", {"phase17-1": 0.1}, CELLS, 20)
    out = tmp_path / "picture.png"
    assert main([str(run), "--out", str(out)]) == 0
    assert out.read_bytes().startswith(b"\x89PNG")
    assert main([str(tmp_path), "--out", str(out)]) == 2
    assert "so this is no run" in capsys.readouterr().err
