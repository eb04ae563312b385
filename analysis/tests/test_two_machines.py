"""test_two_machines.py -- the picture of docs/method/elsewhere.md.

SPDX-License-Identifier: MIT"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from analysis.records.records import load
from analysis.report.two_machines import draw, main

from .synthetic import write_run

CELLS = ["fixed_random size=256 slots=400 cold", "fixed_random size=512 slots=400 cold"]


def test_it_shows_both_machines_beside_what_a_third_would_give(tmp_path: Path) -> None:
    """Effects of 10 % and 20 % (logarithms), in both cells."""
    write_run(tmp_path / "machines/other/synthetic/run", {"phase17-1": 0.2}, CELLS, 20, seed=2)
    run = write_run(tmp_path / "synthetic" / "run", {"phase17-1": 0.1}, CELLS, 20)
    figure, axes = plt.subplots()
    draw(load(run), axes)
    first, second = (one.get_xydata() for one in axes.lines if len(one.get_xydata()) == 2
                     and one.get_marker() in "oD")  # fmt: skip
    assert np.log1p(first[:, 1]) == pytest.approx(0.1, abs=0.01)
    assert np.log1p(second[:, 1]) == pytest.approx(0.2, abs=0.01)
    assert len(axes.patches) == 2
    low, height = axes.patches[0].get_y(), axes.patches[0].get_height()
    assert low < first[0, 1] < second[0, 1] < low + height
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
