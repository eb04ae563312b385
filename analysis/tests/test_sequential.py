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
    Rule,
    confidence_sequence,
    decide,
    decide_instructions,
    dependence_p,
    log_e_one_sided,
    log_e_two_sided,
    sequential_mde,
    sequential_mde_rank,
)
from analysis.statistics.statistics import median_interval

HARNESS = Path(__file__).parents[2] / "harness"
TIME = Rule(margin=0.02, is_count=False, fail_at=math.log(800), pass_at=math.log(20))
FAULTS = Rule(margin=0.0, is_count=True, fail_at=math.log(800), pass_at=math.log(20))


def test_first_looks_by_hand():
    assert log_e_two_sided(1, 1) == pytest.approx(0)
    assert log_e_two_sided(2, 2) == pytest.approx(math.log(4 * 110 / 420))
    assert log_e_one_sided(0, 0) == pytest.approx(0)


@pytest.mark.parametrize("log_e", [log_e_one_sided, log_e_two_sided])
def test_a_fair_coin_pays_one(log_e):
    for n in (1, 2, 7, 60, 400):
        s = np.arange(n + 1)
        assert np.sum(np.exp(stats.binom.logpmf(s, n, 0.5) + log_e(s, n))) == pytest.approx(1)


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
        assert 0.01 < _ever(lambda s, n, e=log_e: e(s, n) >= math.log(20)) <= 0.05

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


def test_instructions_have_the_spread_of_the_base():
    base = [1_000_000, 1_000_000]
    assert decide_instructions([1_000_100], base, 0.002)[0] == "pass"
    assert decide_instructions([1_001_001], base, 0.002)[0] == "fail"
    assert decide_instructions([1_002_500], [1_000_000, 1_001_800], 0.002)[0] == "undecided"


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
    for name in ("log_e_one_sided", "log_e_two_sided"):
        function = getattr(library, name)
        function.restype, function.argtypes = ctypes.c_double, [ctypes.c_size_t] * 2
    values = [ctypes.POINTER(ctypes.c_double), ctypes.c_size_t]
    library.dependence_p.restype, library.dependence_p.argtypes = ctypes.c_double, values
    library.sequential_mde_rank.restype = ctypes.c_size_t
    library.sequential_mde_rank.argtypes = [ctypes.c_size_t, ctypes.c_double]

    class Ranks(ctypes.Structure):
        _fields_ = [("low", ctypes.c_size_t), ("high", ctypes.c_size_t)]

    library.confidence_sequence.restype = Ranks
    library.confidence_sequence.argtypes = [ctypes.c_size_t, ctypes.c_double]
    return library


def _array(values):
    return (ctypes.c_double * len(values))(*values), len(values)


def _near(one, other):
    assert math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9) or (
        math.isnan(one) and math.isnan(other)
    )


def test_c_and_python_agree_on_e_processes(harness):
    random = np.random.default_rng(11)
    looks = [(0, 0), (0, 1200), (1200, 1200), (3, 4000)]
    looks += [(int(random.integers(0, n + 1)), int(n)) for n in random.integers(1, 3000, 400)]
    for s, n in looks:
        _near(harness.log_e_one_sided(s, n), float(log_e_one_sided(s, n)))
        _near(harness.log_e_two_sided(s, n), float(log_e_two_sided(s, n)))


def test_c_and_python_agree_on_random_blocks(harness):
    random = np.random.default_rng(12)
    for n in (3, 6, 20, 73, 200, 1200):
        values = np.sort(np.round(random.standard_t(2, n), 2))
        ranks = harness.confidence_sequence(n, 0.05)
        assert (ranks.low, ranks.high) == (confidence_sequence(n, 0.05) or (0, 0))
        shuffled = random.permutation(values)
        _near(harness.dependence_p(*_array(shuffled)), dependence_p(shuffled))
        for threshold in (2.0, 6.7, 9.0):
            rank = sequential_mde_rank(n, threshold)
            assert harness.sequential_mde_rank(n, threshold) == (rank or 0)


def test_the_mde_is_how_far_a_value_lies_below_the_median():
    ordered = np.arange(1.0, 102.0)
    rank = sequential_mde_rank(101, 2.0)
    assert 1 <= rank < 51
    assert sequential_mde(ordered, 2.0, is_count=True) == 51 - rank
    assert sequential_mde(ordered, 2.0, is_count=False) == 51 / rank - 1
