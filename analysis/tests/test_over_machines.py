"""test_over_machines.py -- effects over machines, by hand and beside statsmodels.

SPDX-License-Identifier: MIT"""

import numpy as np
import pytest
from scipy import stats

from analysis.statistics.over_machines import (
    Prior,
    over_machines,
    own_variance,
    standard_error,
)

NONE = Prior(0.0, 0.0, 0.0)
T_4 = 2.7764451051977987  # t of .975 with 4 degrees of freedom, from any table


def test_own_variance_is_what_the_errors_do_not_explain() -> None:
    # Effects 0, 2, 4: variance 4. Errors of 1 explain 1 of it.
    assert own_variance([0, 2, 4], [1, 1, 1]) == 3
    assert own_variance([0, 2, 4], [3, 3, 3]) == 0
    assert np.isnan(own_variance([1], [1]))


def test_one_machine_borrows_everything() -> None:
    # tau^2 = .03^2 + (.2 x .2)^2 = .0025; the one effect is the mean, its error tau.
    found = over_machines([0.2], [0.0], Prior(0.03, 0.2, 4), 0.05)
    assert found.borrowed and found.machines == 1 and np.isnan(found.q)
    assert found.tau == pytest.approx(0.05)
    assert found.mean.point == pytest.approx(0.2)
    assert found.mean.high - 0.2 == pytest.approx(T_4 * 0.05)
    assert found.one_more.high - 0.2 == pytest.approx(T_4 * 0.05 * np.sqrt(2))


def test_variances_are_pooled_by_their_degrees_of_freedom() -> None:
    # Three machines, own tau^2 = 4 with 2 degrees; prior 1 with 2: (2 x 4 + 2 x 1) / 4 = 2.5.
    # Equal weights 1 / 2.5; q = 8 / 2.5 / 2 = 1.6; error^2 = 1.6 x 2.5 / 3 = 4 / 3.
    found = over_machines([0, 2, 4], [0, 0, 0], Prior(1.0, 0.0, 2), 0.05)
    assert not found.borrowed
    assert found.tau == pytest.approx(np.sqrt(2.5))
    assert found.tau_own == 2
    assert found.q == pytest.approx(1.6)
    assert found.mean.high - 2 == pytest.approx(T_4 * np.sqrt(4 / 3))
    assert found.one_more.high - 2 == pytest.approx(T_4 * np.sqrt(2.5 + 4 / 3))


def test_agreement_does_not_make_the_error_smaller_than_tau_allows() -> None:
    # All equal: q = 0, and max(1, q) = 1 holds the error at sqrt(tau^2 / k).
    found = over_machines([1, 1, 1], [0, 0, 0], Prior(1.0, 0.0, 2), 0.05)
    assert found.q == 0
    tau = np.sqrt(0.5)
    assert found.tau == pytest.approx(tau)
    assert found.mean.high - 1 == pytest.approx(T_4 * tau / np.sqrt(3))


def test_a_third_machine_does_not_make_the_interval_jump() -> None:
    """Of three machines alone t would be 4.3, of two 12.7; with the prior each step narrows it."""
    prior = Prior(0.02, 0.15, 3.4)
    widths = [
        np.ptp([getattr(over_machines([0.1] * k, [0.001] * k, prior, 0.05).one_more, end)
                for end in ("low", "high")])
        for k in range(1, 8)
    ]  # fmt: skip
    assert (np.diff(widths) < 0).all()
    assert widths[1] > widths[0] / 2


def test_the_predicted_machine_is_measured_with_an_error_of_its_own() -> None:
    exact = over_machines([0.2], [0.0], Prior(0.03, 0.2, 4), 0.05).one_more
    measured = over_machines([0.2], [0.0], Prior(0.03, 0.2, 4), 0.05, error_more=0.05).one_more
    assert measured.high - 0.2 == pytest.approx((exact.high - 0.2) * np.sqrt(3 / 2))


def test_tau_of_equal_errors_is_dersimonian_and_lairds_in_statsmodels() -> None:
    meta = pytest.importorskip("statsmodels.stats.meta_analysis")
    effects, s = np.array([0.1, 0.3, 0.2, 0.5]), np.full(4, 0.02)
    theirs = meta.combine_effects(effects, s**2, method_re="dl")
    ours = over_machines(effects, s, NONE, 0.05)
    assert ours.tau**2 == pytest.approx(theirs.tau2)
    assert ours.tau_own == ours.tau


@pytest.mark.parametrize("effects", ([0.1, 0.3, 0.2, 0.5], [0.1, 0.3, 0.2, 0.3]))
def test_mean_and_error_are_hartung_and_knapps_in_statsmodels(effects: list[float]) -> None:
    """With their tau^2 as a prior of endless weight; q is above 1 in one case, below in another."""
    meta = pytest.importorskip("statsmodels.stats.meta_analysis")
    y, s = np.array(effects), np.array([0.01, 0.1, 0.03, 0.2])
    theirs = meta.combine_effects(y, s**2, method_re="dl")
    ours = over_machines(y, s, Prior(np.sqrt(theirs.tau2), 0.0, 1e12), 0.05)
    assert ours.mean.point == pytest.approx(theirs.mean_effect_re)
    assert ours.q == pytest.approx(theirs.scale_hksj_re)
    error = (ours.mean.high - ours.mean.point) / stats.norm.ppf(0.975)
    unmodified = theirs.sd_eff_w_re_hksj
    assert error == pytest.approx(unmodified / np.sqrt(min(1.0, theirs.scale_hksj_re)))


def test_a_standard_error_is_an_interval_over_its_quantiles() -> None:
    assert standard_error(-1.959963984540054, 1.959963984540054, 0.05) == pytest.approx(1)
