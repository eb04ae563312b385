"""test_sequential.py -- e-processes that pay what they may, decisions by hand, and C beside Python.

SPDX-License-Identifier: MIT"""

import ctypes
import math
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from scipy import special, stats

from analysis.statistics.sequential import (
    BETS,
    OF_COUNTS,
    OF_TIMES,
    Rule,
    confidence_sequence,
    decide,
    decide_tail,
    dependence_p,
    log_e_mean_below,
    log_e_one_sided,
    log_e_two_sided,
    mean_upper_bound,
    sequential_mde,
    sequential_mde_rank,
    sequential_mde_share,
)
from analysis.statistics.statistics import median_interval

HARNESS = Path(__file__).parents[2] / "harness"
TIME = Rule(margin=0.02, is_count=False, fail_at=math.log(800), pass_at=math.log(20))
FAULTS = Rule(margin=0.0, is_count=True, fail_at=math.log(800), pass_at=math.log(20))
COUNTS = Rule(0.002, False, math.log(3600), math.log(20), OF_COUNTS)
TAIL = Rule(0.05, False, math.log(1200), math.log(20), beyond=0.1)


def test_first_looks_by_hand():
    assert log_e_two_sided(1, 1) == pytest.approx(0)
    assert log_e_two_sided(2, 2) == pytest.approx(math.log(4 * 110 / 420))
    assert log_e_one_sided(0, 0) == pytest.approx(0)


def test_counts_that_differ_alike_need_few_blocks():
    """With Beta(1, 1) n of n pay (2^(n + 1) - 1) / (n + 1)."""
    n = np.arange(1, 40)
    log_e = log_e_one_sided(n, n, OF_COUNTS)
    assert np.exp(log_e) == pytest.approx((2.0 ** (n + 1) - 1) / (n + 1))
    assert [int(n[log_e >= math.log(wanted)][0]) for wanted in (20, 200, 3600)] == [7, 11, 15]
    assert log_e_two_sided(16, 16, OF_COUNTS) == pytest.approx(math.log(2**16 / 17))


@pytest.mark.parametrize("mixture", [OF_TIMES, OF_COUNTS])
@pytest.mark.parametrize("log_e", [log_e_one_sided, log_e_two_sided])
def test_a_fair_coin_pays_one(log_e, mixture):
    for n in (1, 2, 7, 60, 400):
        s = np.arange(n + 1)
        paid = np.exp(stats.binom.logpmf(s, n, 0.5) + log_e(s, n, mixture))
        assert np.sum(paid) == pytest.approx(1)


def _ever(rejects, looks=400):
    """The probability that a rule which looks after every fair coin ever rejects."""
    alive, rejected = np.array([1.0]), 0.0
    for n in range(1, looks + 1):
        alive = np.convolve(alive, [0.5, 0.5])
        hit = rejects(np.arange(n + 1), n)
        rejected += alive[hit].sum()
        alive[hit] = 0
    return rejected


def test_looking_always_keeps_alpha_and_the_naive_rule_does_not():
    for log_e in (log_e_one_sided, log_e_two_sided):
        for a in (OF_TIMES, OF_COUNTS):
            assert 0.01 < _ever(lambda s, n, e=log_e, a=a: e(s, n, a) >= math.log(20)) <= 0.05
    # T is 1 or 0 by the coin, and its mean is said to be a half.
    assert 0.01 < _ever(lambda s, n: log_e_mean_below(s, 0, n, 0.5) >= math.log(20)) <= 0.05

    def every_ten(s, n):
        fewer = np.minimum(s, n - s)
        return (2 * special.bdtr(fewer, n, 0.5) < 0.05) & (n % 10 == 0)

    assert _ever(every_ten) > 0.2


def test_rare_successes_never_win():
    assert log_e_one_sided(0, 1000) < 0 < log_e_two_sided(0, 1000)
    assert np.isfinite(log_e_one_sided(0, 5000))


def test_sequence_leaves_out_what_is_rejected():
    assert confidence_sequence(5, 0.05) is None
    for n in range(30, 600, 57):
        low, high = confidence_sequence(n, 0.05)
        assert low + high == n + 1
        assert log_e_two_sided(low, n) < math.log(20) <= log_e_two_sided(low - 1, n)
        assert low < median_interval(n, 0.05)[0]


def test_dependence_by_hand():
    assert dependence_p([-1, 0, 9, 5]) == pytest.approx(special.erfc(0.3 / math.sqrt(2)) / 2)
    assert dependence_p([1.0] * 9) == 1 == dependence_p([])
    assert dependence_p(np.exp(np.arange(200) / 5)) < 1e-9
    assert dependence_p([1, -1] * 100) > 0.999


def _times(n, factor, seed=5):
    noise = np.random.default_rng(seed).normal(0, 0.004, (2, n))
    return 1e7 * factor * np.exp(noise[0]), 1e7 * np.exp(noise[1])


@pytest.mark.parametrize(
    ("factor", "verdict"),
    [(1, "pass"), (0.97, "pass"), (1.03, "fail"), (1.008, "pass"), (1.5, "fail")],
)
def test_decisions_on_time(factor, verdict):
    assert decide(*_times(400, factor), TIME).verdict == verdict


@pytest.mark.parametrize(("smaller", "verdict"), [(0.005, "undecided"), (0.015, "fail")])
def test_what_is_established_must_reach_half_the_margin_in_the_median(smaller, verdict):
    """Every block is slower, three of five by `smaller` and two by 10 %: the median is `smaller`,
    and the mean is far above the margin."""
    base = np.full(40, 1e7)
    head = base * (1 + np.where(np.arange(40) % 5 < 3, smaller, 0.1))
    assert decide(head, base, TIME).log_e_fail > TIME.fail_at
    assert decide(head, base, TIME).verdict == verdict


def test_all_of_n_decides_as_soon_as_the_threshold_is_reached():
    enough = next(n for n in range(1, 99) if log_e_one_sided(n, n) >= TIME.fail_at)
    assert decide(*_times(99, 1.5), TIME).decided_at == enough
    assert decide(*_times(enough - 1, 1.5), TIME).verdict == "undecided"


def test_a_decision_stays_and_a_late_change_is_in_the_last_look_alone():
    slow, base = _times(400, 1.1)
    same = _times(60, 1)
    head, base = np.concatenate([same[0], slow]), np.concatenate([same[1], base])
    assert decide(head, base, TIME).verdict == "pass"
    assert decide(head, base, TIME).log_e_fail > TIME.fail_at


def test_counts_have_a_margin_of_one():
    base = np.full(60, 100.0)
    assert decide(base, base, FAULTS).verdict == "pass"
    assert decide(base + 1, base, FAULTS).verdict == "fail"
    assert decide(base - 1, base, FAULTS).verdict == "pass"
    assert decide(base * 0, base * 0, FAULTS).verdict == "pass"


def test_ties_count_against_both():
    decision = decide(np.full(50, 1e7), np.full(50, 1e7), TIME)
    assert decision.log_e_fail == pytest.approx(float(log_e_one_sided(0, 50)))
    exactly = decide(np.full(50, 102.0), np.full(50, 100.0), TIME)
    assert exactly.log_e_pass == pytest.approx(float(log_e_one_sided(0, 50)))


def test_neither_the_unit_nor_the_order_of_blocks_moves_the_last_look():
    head, base = _times(120, 1.01)
    again = decide(head * 1e-9, base * 1e-9, TIME)
    assert again == decide(head, base, TIME)
    turned = decide(head[::-1], base[::-1], TIME)
    assert (turned.log_e_fail, turned.log_e_pass) == (again.log_e_fail, again.log_e_pass)


def test_swapped_arms_turn_the_signs_round():
    head, base = _times(101, 1.02)
    swapped = decide(base, head, TIME)
    assert swapped.log_e_fail == pytest.approx(
        float(log_e_one_sided(int((base > head).sum()), 101))
    )
    assert swapped.verdict == "pass"


def test_no_blocks_decide_nothing():
    assert decide([], [], TIME).verdict == "undecided"
    assert math.isnan(sequential_mde([], 5.0, is_count=False))


def _modes(n, shares, seed, counts=(6_594_968, 6_653_902)):
    """Counts of two modes; shares: of the higher one, in head and base."""
    higher = np.random.default_rng(seed).random((2, n)) < np.array(shares)[:, None]
    return np.where(higher, counts[1], counts[0])


def test_equal_counts_pass_after_seven_blocks_and_15_equal_signs_fail():
    base = np.full(40, 1_000_000)
    assert decide(base, base, COUNTS).decided_at == 7
    assert decide(base * 2, base, COUNTS) == decide(base + 2000, base, COUNTS)
    assert decide(base + 2000, base, COUNTS).decided_at == 15
    assert decide(base + 2000, base, COUNTS).verdict == "fail"
    # Below the margin in every block: PASS has its seven blocks before FAIL has its fifteen.
    assert decide(base + 1999, base, COUNTS).verdict == "pass"


@pytest.mark.parametrize(
    ("shares", "verdict"),
    [((0.2, 0.2), "pass"), ((0.1, 0.5), "pass"), ((0.95, 0.05), "fail"), ((1, 0), "fail")],
)
def test_counts_with_modes_go_on_until_they_are_decided(shares, verdict):
    """V2: none ends after three blocks, and all within the cap of counts.yaml, 200."""
    for seed in range(20):
        decision = decide(*_modes(200, shares, seed), COUNTS)
        assert decision.verdict == verdict and decision.decided_at > 6


def test_equal_code_with_modes_hardly_fails():
    """0 of 200, where .5 % over 18 rows is promised."""
    gates = (_modes(200, (0.5, 0.5), seed) for seed in range(200))
    assert not any(decide(*gate, COUNTS).verdict == "fail" for gate in gates)


def test_bets_on_a_mean_by_hand():
    mean = 0.05

    def wealth(share, weight, more, less, same):
        bet = share / (1 - mean)
        lost, won = (1 - share) ** more, (1 + bet * (mean + 1)) ** less
        return weight * lost * won * (1 + bet * mean) ** same

    for more, less, n in ((0, 0, 75), (2, 3, 45), (0, 9, 9), (7, 0, 7)):
        by_hand = sum(wealth(*bet, more, less, n - more - less) for bet in BETS)
        assert log_e_mean_below(more, less, n, mean) == pytest.approx(math.log(by_hand))
    assert sum(weight for _, weight in BETS) == 1
    n = np.arange(1, 100)
    quiet = log_e_mean_below(0, 0, n, mean)
    assert int(n[quiet >= math.log(20)][0]) == 75


def test_a_bound_is_where_the_bets_reach_alpha():
    assert mean_upper_bound(0, 0, 0, 0.05) == pytest.approx(1)
    for more, less, n in ((0, 0, 100), (9, 2, 80), (2, 9, 80), (30, 1, 31)):
        bound = mean_upper_bound(more, less, n, 0.05)
        assert bound > (more - less) / n
        assert log_e_mean_below(more, less, n, bound) == pytest.approx(math.log(20), abs=1e-9)


def test_the_share_that_could_be_seen_is_seen_in_80_of_100():
    share = sequential_mde_share(100, 0, math.log(200))
    assert stats.binom.sf(10, 100, share) == pytest.approx(0.8)
    assert math.isnan(sequential_mde_share(10, 0, math.log(200)))
    assert sequential_mde_share(100, 5, math.log(200)) > share


def _slow(n, places, factor=1.5):
    times = np.full(n, 1e7)
    times[places] *= factor
    return times


def test_a_tail_fails_where_the_median_passes():
    base, head = np.full(200, 1e7), _slow(200, np.arange(0, 200, 5))
    decision, tail = decide_tail(head, base, base, TAIL)
    assert (decision.verdict, decision.decided_at) == ("fail", 13 * 5 + 1)
    assert (tail.more, tail.less, tail.both, tail.n) == (40, 0, 0, 200)
    assert decide(head, base, TIME).verdict == "pass"
    back, tail = decide_tail(base, head, base, TAIL)
    assert (back.verdict, tail.less) == ("pass", 40)


def test_a_tenth_more_is_not_beyond():
    base = np.full(4, 1e7)
    tail = decide_tail([1.1e7, 1.1001e7, 2e7, 1e7], [1e7, 1e7, 2e7, 1.2e7], base, TAIL)[1]
    assert (tail.more, tail.less, tail.both) == (1, 1, 1)


def test_quiet_blocks_pass_by_the_75th():
    base = np.full(80, 1e7)
    assert decide_tail(base, base, base, TAIL)[0].decided_at == 75
    assert decide_tail(base[:74], base[:74], base[:74], TAIL)[0].verdict == "undecided"
    assert decide_tail([], [], [], TAIL)[0].verdict == "undecided"


def test_a_tail_that_is_established_must_reach_half_the_margin():
    base, head = np.full(2000, 1e7), _slow(2000, np.arange(0, 2000, 50))
    decision, _ = decide_tail(head, base, base, Rule(0.05, False, TAIL.fail_at, 1e9, beyond=0.1))
    assert decision.log_e_fail > TAIL.fail_at and decision.verdict == "undecided"


class Ranks(ctypes.Structure):
    _fields_ = [("low", ctypes.c_size_t), ("high", ctypes.c_size_t)]


class Signs(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in ("more", "less", "n")]


def _declare(library, name, answer, *arguments):
    function = getattr(library, name)
    function.restype, function.argtypes = answer, arguments


@pytest.fixture(scope="module")
def harness(tmp_path_factory):
    """harness/judge/sequential.c as a library."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None or not HARNESS.is_dir():
        pytest.skip("needs a C compiler and the harness's source")
    path = tmp_path_factory.mktemp("library") / "sequential.so"
    names = ("judge/sequential", "judge/statistics", "base/memory", "base/complain")
    sources = [str(HARNESS / f"{name}.c") for name in names]
    subprocess.run(
        [compiler, "-O1", "-shared", "-fPIC", "-I", str(HARNESS), "-o", str(path), *sources]
        + ["-lm"],
        check=True,
    )
    library = ctypes.CDLL(str(path))
    size, real, mixture = ctypes.c_size_t, ctypes.c_double, ctypes.c_int
    for name in ("log_e_one_sided", "log_e_two_sided"):
        _declare(library, name, real, size, size, mixture)
    _declare(library, "dependence_p", real, ctypes.POINTER(real), size)
    _declare(library, "sequential_mde_rank", size, size, real, mixture)
    _declare(library, "sequential_mde_share", real, size, size, real)
    _declare(library, "confidence_sequence", Ranks, size, real, mixture)
    _declare(library, "log_e_mean_below", real, ctypes.POINTER(Signs), real)
    _declare(library, "mean_upper_bound", real, ctypes.POINTER(Signs), real)
    return library


def _array(values):
    return (ctypes.c_double * len(values))(*values), len(values)


def _near(one, other):
    assert math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9) or (
        math.isnan(one) and math.isnan(other)
    )


@pytest.mark.parametrize("mixture", [OF_TIMES, OF_COUNTS])
def test_c_and_python_agree_on_e_processes(harness, mixture):
    random = np.random.default_rng(11)
    looks = [(0, 0), (0, 1200), (1200, 1200), (3, 4000)]
    looks += [(int(random.integers(0, n + 1)), int(n)) for n in random.integers(1, 3000, 400)]
    for s, n in looks:
        _near(harness.log_e_one_sided(s, n, mixture), float(log_e_one_sided(s, n, mixture)))
        _near(harness.log_e_two_sided(s, n, mixture), float(log_e_two_sided(s, n, mixture)))


def test_c_and_python_agree_on_means(harness):
    random = np.random.default_rng(13)
    looks = [(0, 0, 0), (0, 0, 1200), (1200, 0, 1200), (0, 1200, 1200)]
    for n in random.integers(1, 2000, 200):
        more = int(random.integers(0, n + 1))
        looks.append((more, int(random.integers(0, n + 1 - more)), int(n)))
    for look in looks:
        for mean in (0.05, 0.5, -0.2):
            found = harness.log_e_mean_below(Signs(*look), mean)
            _near(found, float(log_e_mean_below(*look, mean)))
        for alpha in (0.05, 0.0005):
            _near(harness.mean_upper_bound(Signs(*look), alpha), mean_upper_bound(*look, alpha))
        _near(
            harness.sequential_mde_share(look[2], look[1], 9.0),
            sequential_mde_share(look[2], look[1], 9.0),
        )


@pytest.mark.parametrize("mixture", [OF_TIMES, OF_COUNTS])
def test_c_and_python_agree_on_random_blocks(harness, mixture):
    random = np.random.default_rng(12)
    for n in (3, 6, 20, 73, 200, 1200):
        values = np.sort(np.round(random.standard_t(2, n), 2))
        ranks = harness.confidence_sequence(n, 0.05, mixture)
        assert (ranks.low, ranks.high) == (confidence_sequence(n, 0.05, mixture) or (0, 0))
        shuffled = random.permutation(values)
        _near(harness.dependence_p(*_array(shuffled)), dependence_p(shuffled))
        for threshold in (2.0, 6.7, 9.0):
            rank = sequential_mde_rank(n, threshold, mixture)
            assert harness.sequential_mde_rank(n, threshold, mixture) == (rank or 0)


def test_the_mde_is_how_far_a_value_lies_below_the_median():
    ordered = np.arange(1.0, 102.0)
    rank = sequential_mde_rank(101, 2.0)
    assert 1 <= rank < 51
    assert sequential_mde(ordered, 2.0, is_count=True) == 51 - rank
    assert sequential_mde(ordered, 2.0, is_count=False) == 51 / rank - 1
