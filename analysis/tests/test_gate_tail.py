"""test_gate_tail.py -- lotteries are caught, equal code is not, and what that costs in blocks.

Gates of one cell, simulated: in each block base, control and head take 1 with noise of its own, and
a share of the head's processes, which the lottery draws, takes more.

  python3 -m analysis.tests.test_gate_tail        prints the figures

SPDX-License-Identifier: MIT"""

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.statistics.sequential import OF_TIMES, Decision, Rule, decide, decide_tail

from .test_gate_replay import cells, within

Array = NDArray[np.float64]
Noise = Callable[[np.random.Generator, tuple[int, int]], Array]
CAP = 1200  # blocks, as in experiments/gate.yaml
ALPHA_FAIL, ALPHA_PASS, ROWS = 0.005, 0.05, 54  # of gate.yaml: nine in each of six cells
MARGIN, BEYOND = 0.05, 0.10


def rule(rows: int = ROWS) -> Rule:
    fail_at = math.log(rows / ALPHA_FAIL)
    return Rule(MARGIN, False, fail_at, -math.log(ALPHA_PASS), OF_TIMES, BEYOND)


def normal(sd: float) -> Noise:
    return lambda random, shape: random.normal(0, sd, shape)


def spiky(random: np.random.Generator, shape: tuple[int, int]) -> Array:
    """2 %, and in one process of twelve something else runs: up to 60 % more."""
    spikes = random.random(shape) < 1 / 12
    return random.normal(0, 0.02, shape) + spikes * random.uniform(0.05, 0.5, shape)


def heavy(random: np.random.Generator, shape: tuple[int, int]) -> Array:
    return np.clip(0.02 * random.standard_t(1.5, shape), -3, 3)


def drifting(random: np.random.Generator, shape: tuple[int, int]) -> Array:
    """Spikes that come in bursts of blocks: exchangeable arms, but no independent blocks."""
    burst = np.cumsum(random.normal(0, 1, shape[1])) > 0
    return random.normal(0, 0.02, shape) + burst * random.exponential(0.06, shape)


def real(random: np.random.Generator, shape: tuple[int, int]) -> Array:
    """Blocks of a cell of the stored null run, drawn anew, its arms in random places."""
    times = np.log(cells()[random.integers(len(cells()))])
    return random.permuted(times[random.integers(len(times), size=shape[1])].T, axis=0)


NOISES: dict[str, Noise] = {
    "1 %": normal(0.01),
    "3 %": normal(0.03),
    "5 %": normal(0.05),
    "10 %": normal(0.10),
    "spikes": spiky,
    "heavy": heavy,
    "bursts": drifting,
    "real": real,
}


def gates(
    noise: Noise, number: int, share: float = 0.0, slower: float = 0.0, seed: int = 1
) -> Iterator[tuple[Array, Array, Array]]:
    """Times of base, control and head, of which `share` takes `slower` more."""
    random = np.random.default_rng([seed, round(1000 * share), round(1000 * slower)])
    for _ in range(number):
        base, control, head = np.exp(noise(random, (3, CAP)))
        yield base, control, head * np.where(random.random(CAP) < share, 1 + slower, 1)


def verdicts(
    noise: Noise, number: int, share: float = 0.0, slower: float = 0.0, rows: int = ROWS
) -> dict[str, int]:
    """How many gates say so by their row of the tail."""
    said = [
        decide_tail(head, control, base, rule(rows))[0].verdict
        for base, control, head in gates(noise, number, share, slower)
    ]
    return {verdict: said.count(verdict) for verdict in ("fail", "pass", "undecided")}


LOTTERIES = {"27 % slower in 15 %": (0.15, 0.27), "50 % slower in 20 %": (0.20, 0.50)}
QUIET = ("1 %", "3 %", "5 %", "spikes", "real")  # noise of machines that are left alone


@pytest.mark.parametrize("noise", QUIET)
@pytest.mark.parametrize("lottery", LOTTERIES)
def test_a_lottery_is_caught(noise: str, lottery: str) -> None:
    assert verdicts(NOISES[noise], 200, *LOTTERIES[lottery])["fail"] >= 190


@pytest.mark.parametrize("lottery", LOTTERIES)
def test_the_median_does_not_see_it(lottery: str) -> None:
    """V5, beside its mend: the same times, by the row of time."""
    time = Rule(0.02, False, rule().fail_at, rule().pass_at)
    said = [
        decide(head, base, time).verdict
        for base, _, head in gates(NOISES["1 %"], 50, *LOTTERIES[lottery])
    ]
    assert said.count("pass") > 40


@pytest.mark.parametrize("noise", NOISES)
def test_equal_code_fails_in_alpha_at_most(noise: str) -> None:
    """One row alone, so that all of alpha_fail is its own."""
    assert within(verdicts(NOISES[noise], 400, rows=1)["fail"], 400, ALPHA_FAIL)


@pytest.mark.parametrize("noise", ["1 %", "3 %", "spikes"])
def test_five_points_more_pass_in_alpha_at_most(noise: str) -> None:
    """Of noise that reaches 10 % by itself a little less than the lottery's share is more."""
    share = 0.05 if noise != "spikes" else 0.06
    assert within(verdicts(NOISES[noise], 400, share, 0.6)["pass"], 400, ALPHA_PASS)


def test_real_blocks_of_equal_builds_pass() -> None:
    """Every pair and triple of the stored null run's arms, its cells in the order of time."""
    said = []
    for times in cells():
        for order in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
            base, control, head = times[:, order].T
            said.append(decide_tail(head, control, base, rule())[0].verdict)
    assert len(said) >= 12 and set(said) == {"pass"}


def test_a_lottery_in_real_blocks_is_caught() -> None:
    random = np.random.default_rng(3)
    for share, slower in LOTTERIES.values():
        for times in cells():
            lot = np.where(random.random(len(times)) < share, 1 + slower, 1)
            decision = decide_tail(times[:, 2] * lot, times[:, 1], times[:, 0], rule())[0]
            assert decision.verdict == "fail"


def costs(decisions: list[Decision]) -> list[float]:
    """Median and 95 % quantile of the blocks until it is decided; the cap where it is not."""
    blocks = [decision.decided_at or CAP for decision in decisions]
    return [float(np.quantile(blocks, share, method="higher")) for share in (0.5, 0.95)]


def tail_costs(noise: Noise, number: int) -> list[float]:
    return costs([decide_tail(h, c, b, rule())[0] for b, c, h in gates(noise, number)])


def time_costs(noise: Noise, number: int) -> list[float]:
    time = Rule(0.02, False, rule().fail_at, rule().pass_at)
    return costs([decide(h, b, time) for b, _, h in gates(noise, number)])


def test_a_quiet_machine_pays_75_blocks() -> None:
    assert tail_costs(NOISES["1 %"], 50) == [75, 75]
    assert tail_costs(NOISES["3 %"], 50)[0] < 100


def _print_figures(number: int) -> None:
    for name, noise in NOISES.items():
        lines = [f"{share:.0%} of {slower:.0%}: {verdicts(noise, number, share, slower)}"
                 for share, slower in ((0, 0), (0.05, 0.6), *LOTTERIES.values())]  # fmt: skip
        print(name, f"blocks: tail {tail_costs(noise, number)}, time {time_costs(noise, number)}")
        print(*(f"    {line}" for line in lines), sep="\n")


if __name__ == "__main__":
    _print_figures(400)
