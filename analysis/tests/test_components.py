"""test_components.py -- variance components by hand, by simulation, and of made runs.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import numpy as np
import pytest

from ..statistics import statistics
from ..statistics.components import (
    Component,
    between,
    link_spread,
    of_variance,
    one_link,
    over_links,
    residual,
)

SEED = 20261130


def test_five_numbers_by_hand() -> None:
    """Link 0 has 1 and 3, link 1 has 5, 7 and 9: means 2 and 7, of variance 12.5; within
    (2 + 8) / 3 = 10/3, times the mean of 1/2 and 1/3, 5/12, is 25/18."""
    found = between([1, 3, 5, 7, 9], [0, 0, 1, 1, 1])
    assert found is not None
    assert found.variance == pytest.approx(12.5 - 25 / 18)
    assert found.levels == 2


def test_the_residual_by_hand() -> None:
    """2 x 2 blocks of 0, 2, 4 and 10: rows of 1 and 7 and columns of 2 and 6 add to -1, 3, 5 and 9,
    each 1 off, with one degree of freedom. Without a factor it is the variance."""
    found = residual([0, 2, 4, 10], [[0, 0, 1, 1], [0, 1, 0, 1]])
    assert found is not None
    assert found.variance == pytest.approx(4)
    plain = residual([1, 3, 5], [])
    assert plain is not None and plain.variance == pytest.approx(4)
    assert residual([1, 2], [[0, 1]]) is None


def test_no_variance_is_below_zero() -> None:
    """Means 2 and 2.2, by noise of 1: less than nothing between."""
    found = between([1, 3, 1.2, 3.2], [0, 0, 1, 1])
    assert found is not None
    assert found.variance == found.low == 0
    assert found.high > 0


@pytest.mark.parametrize(
    ("values", "levels"), [([1, 2, 3], [0, 0, 0]), ([1, 2, 3], [0, 1, 2]), ([], [])]
)
def test_what_cannot_be_told_apart_has_no_component(values: list, levels: list) -> None:
    assert between(values, levels) is None


def test_a_variance_s_interval_by_hand() -> None:
    """chi2 of 10 degrees of freedom: 3.247 and 20.483 at 2.5 and 97.5 %."""
    found = of_variance(1.0, 10, 0.05, 11)
    assert (found.low, found.high) == pytest.approx((10 / 20.483, 10 / 3.247), rel=1e-3)


def crossed(random: np.random.Generator, sds: tuple[float, float, float], blocks: int) -> tuple:
    """Values with links of arm and baseline, 16 of each, drawn anew."""
    arm, base, noise = sds
    links = random.integers(16, size=(2, blocks))
    effects = random.normal(0, arm, 16), random.normal(0, base, 16)
    values = effects[0][links[0]] + effects[1][links[1]] + random.normal(0, noise, blocks)
    return values, links


@pytest.mark.parametrize("sds", [(1.0, 1.0, 2.0), (0.0, 1.0, 1.0), (3.0, 3.0, 0.5)])
def test_planted_components_are_found(sds: tuple[float, float, float]) -> None:
    """400 runs of 120 blocks: the mean of the estimates is the truth (cut at 0, so a factor that is
    not there has a little), and nine in ten intervals hold theirs."""
    random = np.random.default_rng(SEED)
    estimates, held = [], []
    for _ in range(400):
        values, links = crossed(random, sds, 120)
        found = [between(values, one) for one in links]
        found.append(residual(values, list(links)))
        estimates.append([one.variance for one in found])
        held.append([one.low <= sd**2 <= one.high for one, sd in zip(found, sds)])
    truth = np.square(sds)
    assert np.mean(estimates, axis=0) == pytest.approx(truth, rel=0.12, abs=0.06)
    assert (np.mean(held, axis=0) >= 0.9).all()


def test_one_value_does_not_speak_for_its_level() -> None:
    """As harness/tests/test_link_spread.c has it by hand."""
    found = between([1, 2, 2, 3, 11, 12, 100, 11, 13, 60], [0] * 4 + [1] * 5 + [2])
    far = 6 * 1.482602218505602
    of_means = np.var([2, 12 + (far - 1) / 5, 11 + far], ddof=1)
    within = (2 + 3 + far**2 - (far - 1) ** 2 / 5) / 7
    assert found is not None
    assert found.variance == pytest.approx(of_means - within * (1 / 4 + 1 / 5 + 1) / 3)


def test_a_level_that_is_far_from_the_others_stays() -> None:
    """Four of four values: they are the level's own."""
    found = between([1.0, 2, 1, 2] * 5 + [101, 102, 101, 102], np.repeat(range(6), 4))
    assert found is not None and found.sd[0] == pytest.approx(100 / 6**0.5, rel=1e-3)


def test_one_link_alone() -> None:
    """SDs of 3 and 4 make 5 of a pair, and 1.96 of them hold 95 %."""
    three, four = of_variance(9, 10, 0.05, 2), of_variance(16, 10, 0.05, 2)
    assert link_spread(three, four) == pytest.approx(1.96 * 5, rel=1e-4)
    assert link_spread(three, None) == pytest.approx(1.96 * 3, rel=1e-4)
    assert np.isnan(link_spread(None, None))


def test_the_mean_over_all_links_by_hand() -> None:
    """A half-width of 1.96 % is an error of 1; links of variance 16 and 32, sixteen of each, add 1
    and 2: the root of 4, times t of 15 degrees of freedom."""
    here = float(np.expm1(-0.0196)), float(np.expm1(0.0196))
    links = [Component(0.0016, 0, 1, 16), Component(0.0032, 0, 1, 16)]
    half = 2.1314 * 0.02
    assert over_links(0.0, here, links, 0.05) == pytest.approx(
        (np.expm1(-half), np.expm1(half)), rel=1e-3
    )
    alone = over_links(0.0, here, [links[0], None], 0.05)
    assert alone == pytest.approx(np.expm1([-half / 2**0.5, half / 2**0.5]), rel=1e-3)
    assert over_links(0.0, here, [None, None], 0.05) is None
    assert over_links(0.0, (-0.01, np.nan), links, 0.05) is None


def test_intervals_over_all_links_hold_the_mean_of_all() -> None:
    """Of 400 runs of 60 blocks whose links differ as much as processes do, intervals of the blocks
    hold the mean of all links that there might be in fewer than nine in ten."""
    random = np.random.default_rng(SEED)
    held, of_blocks = 0, 0
    for _ in range(400):
        values, links = crossed(random, (0.02, 0.02, 0.02), 60)
        here = statistics.effect(np.exp(values), 0.05)
        found = over_links(
            here.point, (here.low, here.high), [between(values, one) for one in links], 0.05
        )
        assert found is not None
        held += found[0] <= 0 <= found[1]
        of_blocks += here.low <= 0 <= here.high
    assert held / 400 >= 0.93 and of_blocks / 400 < 0.9


def test_an_effect_smaller_than_the_spread_is_layout_bound() -> None:
    small, large = one_link(0.01, np.log(1.02)), one_link(0.05, np.log(1.02))
    assert small is not None and large is not None
    assert small.bound and not large.bound
    assert (small.low, small.high) == pytest.approx((1.01 / 1.02 - 1, 1.01 * 1.02 - 1))
    assert one_link(0.01, np.nan) is None
    assert one_link(0.0, 0.0) is not None and not one_link(0.0, 0.0).bound
