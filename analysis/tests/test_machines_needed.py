"""test_machines_needed.py -- machines and blocks for a half width, by hand and of made runs.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from ..commands import run as command
from ..comparison.planned_machines import latest_run, needs, planned_document
from ..complaint import Complaint
from ..document.formats import terminal
from ..records.records import load
from ..statistics.machines_needed import (
    blocks_that_matter,
    half_width_of_mean,
    half_width_one_more,
    least_one_more,
    machines_needed,
)
from .synthetic import write_run

MANY = 1e9  # degrees of freedom: t is the normal's 1.96
CELL = "fixed_random size=256 slots=400 warm"


def test_half_widths_by_hand() -> None:
    """tau 3, sigma 4 in 16 blocks: 9 + 1 a machine; of ten 1, so the mean is known to 1.96, and one
    machine more to 1.96 times the root of 9 + 1."""
    assert half_width_of_mean(3, 4, 10, 16, MANY, 0.05) == pytest.approx(1.96, rel=1e-4)
    one_more = half_width_one_more(3, 4, 10, 16, MANY, 0.05)
    assert one_more == pytest.approx(1.96 * 10**0.5, rel=1e-4)
    assert least_one_more(3, 0.05) == pytest.approx(1.96 * 3, rel=1e-4)
    assert half_width_one_more(3, 4, 10**7, 10**7, MANY, 0.05) > least_one_more(3, 0.05)


def test_the_fewest_machines() -> None:
    """As counting up finds them."""
    for tau, sigma, target in itertools.product((1.0, 4.0), (0.5, 6.0), (0.5, 2.0)):
        width = (half_width_of_mean(tau, sigma, k, 6, 3.4, 0.05) for k in itertools.count(1))
        counted = next(k for k, found in enumerate(width, 1) if found <= target)
        assert machines_needed(tau, sigma, 6, target, 3.4, 0.05) == counted
    assert machines_needed(1.0, 0.0, 6, 1e-6, 3.4, 0.05) is None


def test_blocks_matter_until_their_noise_is_a_tenth() -> None:
    """sigma 4, tau 2: 16 / 40 = 0.4, a tenth of 4."""
    assert blocks_that_matter(2, 4, 6) == 40
    assert blocks_that_matter(2, 0.1, 6) == 6
    assert blocks_that_matter(0, 4, 6) == 6


def test_a_run_of_many_blocks_needs_machines(tmp_path: Path) -> None:
    run = load(write_run(tmp_path / "synthetic" / "run", {"phase": 0.2}, [CELL], 200, noise=0.01))
    (need,) = needs(run, 0.02)
    assert need.machines_here == 1 and need.blocks_here == 200
    assert need.more_blocks_are_useless
    # Between medians of ratios of two arms: 1 % of each, and pi / 2 for the median.
    assert need.sigma == pytest.approx(0.01 * np.sqrt(2 * np.pi / 2), rel=0.25)
    # The prior alone: tau^2 = .0213^2 + (.151 x .2)^2.
    assert need.tau == pytest.approx(np.hypot(0.0213, 0.151 * 0.2), rel=0.02)
    text = " ".join(terminal(planned_document(run, 0.02)).split())
    assert f"in all 1 comparisons with {need.machines} machines of 6 blocks a cell" in text
    assert "Further blocks here are useless" in text


def test_few_noisy_blocks_are_not_enough(tmp_path: Path) -> None:
    run = load(write_run(tmp_path / "synthetic" / "run", {"phase": 0.0}, [CELL], 12, noise=0.2))
    (need,) = needs(run, 0.02)
    assert not need.more_blocks_are_useless and need.blocks > 100
    assert "useless" not in terminal(planned_document(run, 0.02))


def test_the_latest_complete_run_is_read(tmp_path: Path) -> None:
    for name, finished in (("20260101", True), ("20260102", True), ("20260103", False)):
        write_run(tmp_path / "mine" / name, {"phase": 0.0}, [CELL], 12, finished=finished)
    assert latest_run("mine", tmp_path).path.name == "20260102"
    with pytest.raises(Complaint, match="no complete run of 'other'"):
        latest_run("other", tmp_path)


@pytest.mark.parametrize("wrong", ["2", "0%", "100%", "x%"])
def test_what_is_no_half_width_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        command(["elsewhere", "mine", "--half-width", wrong, "--results", str(tmp_path)])
