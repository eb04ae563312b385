"""test_docs.py -- the documentation's worked examples, its links, its lengths and its picture.

SPDX-License-Identifier: MIT"""

import math
import re
import subprocess
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from analysis.certificate import why
from analysis.claims.claims import MDE_OF_HALF_WIDTH, verdict_of
from analysis.claims.file import Rule
from analysis.document.rounding import fixed
from analysis.drawing.drawing import TWO_COLUMNS, provenance
from analysis.profile.wording import time_text
from analysis.records.records import load
from analysis.records.rules import rules_of
from analysis.statistics import sequential, share_statistics, statistics
from analysis.statistics.chains import amounts
from analysis.statistics.change_points import change_points
from analysis.statistics.statistics import Interval, effect

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
METHOD = DOCS / "method"
PAGE_LINES_MAX, README_LINES_MAX = 100, 110
ALPHA = 0.05
FIVE = [1.02, 0.99, 1.03, 1.01, 1.04]
SIX = [*FIVE, 1.05]
NOT_TEXT = (".gz", ".png", ".pdf", ".svg", ".html")
LINK = re.compile(r"\]\(([^)\s#]+)[^)]*\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
# Texts that are not in the repository.
ELSEWHERE = re.compile(
    r"(?<![/\w])method\.md|reference/" r"phases\.md|\.\./" r"shared|/work/" r"shared"
)


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the checkout that git knows, and those that are about to be."""
    words = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others"]
    listed = subprocess.run(
        [*words, "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip(f"no git checkout: {listed.stderr.strip()}")
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def words_of(page: str) -> str:
    """The page on one line."""
    return " ".join((METHOD / page).read_text(encoding="utf-8").split())


def per_cent(value: float, decimals: int = 2, sign: str = "+") -> str:
    return fixed(100 * value, decimals, sign)


def band(found: Interval, decimals: int = 1) -> str:
    low, high = fixed(100 * found.low, decimals), fixed(100 * found.high, decimals)
    return f"{fixed(100 * found.point, decimals)} [{low}, {high}] %"


def listed(values, decimals: int) -> str:
    """ "0.50, 0.25", a nought before the point or not."""
    return ", ".join(fixed(value, decimals) for value in values)


def bare(value: float, decimals: int) -> str:
    """.5 of 0.5."""
    return fixed(value, decimals).removeprefix("0")


def of_blocks() -> list[str]:
    found = effect(SIX, ALPHA)
    half_width = math.sqrt((1 + found.high) / (1 + found.low)) - 1
    ends = f"[{1 + found.low:.2f}, {1 + found.high:.2f}]"
    settled = fixed(200_000 * 35 / 28, 0, commas=True)
    return [
        f"give {ends}, whose half-width is {per_cent(half_width, sign='')} %",
        f"200,000 x 35 / 28 = {settled}",
    ]


def of_estimates() -> list[str]:
    six, ranks = effect(SIX, ALPHA), statistics.median_interval
    counts = statistics.median_with_interval([100, 102, 98, 101, 99, 103], ALPHA)
    five_counts = statistics.median_with_interval([100, 102, 98, 101, 99], ALPHA)
    adjusted = statistics.holm([0.001, 0.010, 0.020, 0.030, 0.200])
    mde = statistics.minimum_detectable_effect([1.02, 1.00, 1.03, 1.01, 1.04, 1.05], ALPHA)
    total = statistics.ratio_of_totals([10, 11, 12, 13, 14], [10] * 5)
    (product,) = statistics.interaction([4.2], [2], [2], [1])
    assert ranks(5, ALPHA) is None and ranks(6, ALPHA) == (1, 6)
    assert not math.isfinite(five_counts.low)
    return [
        f"Five blocks: {listed(FIVE, 2)}. The median is {np.median(FIVE)}, the effect "
        f"{per_cent(effect(FIVE, ALPHA).point)} %",
        f"sqrt(1.02 x 1.03) - 1 = {per_cent(six.point)} %",
        f"2 / 2^5 = {per_cent(2 / 2**5, sign='')} %. So fewer than",
        f"fewer than {rules_of({}).blocks_min} blocks",
        f"[{per_cent(six.low)} %, {per_cent(six.high)} %], and misses in "
        f"{per_cent(2 / 2**6, 3, '')} % of",
        "Of 20 blocks it is from rank {} to {}, of 100 from {} to {}".format(
            *ranks(20, ALPHA), *ranks(100, ALPHA)
        ),
        f"p = 2 / 2^5 = {statistics.sign_test_p([1.1] * 5, 1)}",
        f"is below 1, give {statistics.sign_test_p(FIVE, 1)}",
        f"become {', '.join(bare(p, 3) for p in adjusted)}",
        f"share of {bare(statistics._share_needed(6, 0, statistics.POWER), 4)} or more",
        f"lowest lies {per_cent(mde, sign='')} % below the median: the MDE is "
        f"{per_cent(mde, sign='')} %",
        f"threads of 30 and 36 ms have a median of {np.median([30, 36]):g} and an imbalance of "
        f"{36 / np.median([30, 36]):.2f}",
        f"differences 100, 102, 98, 101, 99 and 103 give {counts.point:g} "
        f"[{counts.low:g}, {counts.high:g}]; the first five of them give {five_counts.point:g}",
        f"all averages of two, {per_cent(statistics.hodges_lehmann(FIVE) - 1)} %",
        f"smallest fifth, {per_cent(statistics.trimmed_mean(FIVE) - 1)} %",
        f"against 10 ms each is {per_cent(total)} %",
        f"speeds of 4.2, 2, 2 and 1 give {product:g}",
        f"the bound is {fixed(statistics.lag_one_bound(5), 2)}; the rising series 1, 2, 3, 4, 5 "
        f"has {fixed(statistics.lag_one_autocorrelation([1, 2, 3, 4, 5]), 2)}",
        f"print as {fixed(43.75, 1)}, 43.65 as {fixed(43.65, 1)}, 0.25 as {fixed(0.25, 1)}",
    ]


def first_reached(e: float) -> int:
    """Blocks, all of one sign, after which the one-sided e is reached."""
    return next(n for n in range(1, 999) if sequential.log_e_one_sided(n, n) >= math.log(e))


def of_gate() -> list[str]:
    one = [float(np.exp(sequential.log_e_one_sided(s, 5))) for s in (5, 4, 3, 2, 1)]
    two = {fixed(float(np.exp(sequential.log_e_two_sided(s, 5))), 2) for s in (5, 0)}
    fail_at = 54 / 0.005
    assert sequential.confidence_sequence(5, ALPHA) is None
    return [
        f"signs for the bet give e = {listed(one, 2)}",
        f"5 of 5 and 0 of 5 both give {''.join(two)}",
        f"e reaches 20 after {first_reached(20)} blocks",
        f"a row fails at e = {fail_at:g}: after {first_reached(fail_at)} blocks",
        "from rank {} to {}, where a fixed number of blocks has {} to {}".format(
            *sequential.confidence_sequence(20, ALPHA), *statistics.median_interval(20, ALPHA)
        ),
        f"72 blocks see what shifts the {sequential.sequential_mde_rank(72, math.log(fail_at))}th",
        f"1, 2, 3, 4, 5 have p = {bare(sequential.dependence_p([1, 2, 3, 4, 5]), 3)}; 3, 1, 4, 2, "
        f"5 have {bare(sequential.dependence_p([3, 1, 4, 2, 5]), 3)}",
    ]


def of_history() -> list[str]:
    (level,) = change_points([1, 2, 3, 4, 5, 11, 12, 13, 14, 15], ALPHA)
    assert level.first == 5
    amount = 100 * amounts([0.012] * 24, True)[-1]
    return [
        f"changes after its fifth value, p = {bare(level.p, 4)}",
        f"24 gates of +1.2 % each pass a margin of 2 %, and amount to {fixed(amount, 0, '+')} %",
    ]


def first_equal(e: float) -> int:
    """The same of counts."""
    counts = sequential.OF_COUNTS
    return next(n for n in range(1, 999) if sequential.log_e_one_sided(n, n, counts) >= math.log(e))


def of_gate_rows() -> list[str]:
    head, control = [1.02, 1.15, 0.98, 1.3, 1.0], [1.0, 1.12, 1.05, 0.99, 1.2]
    rule = sequential.Rule(0.05, False, math.inf, math.inf, beyond=0.10)
    decision, tail = sequential.decide_tail(head, control, np.ones(5), rule)
    quiet = next(
        n for n in range(1, 999) if sequential.log_e_mean_below(0, 0, n, 0.05) >= math.log(20)
    )
    equal = [
        float(np.exp(sequential.log_e_one_sided(n, n, sequential.OF_COUNTS))) for n in (5, 6, 7)
    ]
    assert (tail.more, tail.less, tail.both) == (1, 1, 1)
    return [
        f"effect is {fixed((tail.more - tail.less) / tail.n, 1)} points; e is "
        f"{fixed(math.exp(decision.log_e_fail), 2)} for FAIL and "
        f"{fixed(math.exp(decision.log_e_pass), 2)} for PASS",
        f"PASS takes {quiet} blocks: that is what this row costs a cell that could stop after "
        f"{first_reached(20)}",
        f"e reaches 200: after {first_equal(200)} failures",
        "equal signs e is {}, {} and {}: equal counts PASS after {} blocks".format(
            *(fixed(e, 1) for e in equal), first_equal(20)
        ),
        f"reaches 3,600 after {first_equal(3600)}",
    ]


def of_instruments() -> list[str]:
    kernel_ms, whole_ms = np.array([4, 8, 0, 4, 4]), np.full(5, 36)
    few = statistics.share_of_totals(kernel_ms, whole_ms, np.zeros(5), ALPHA, 4)
    many = statistics.share_of_totals(
        np.tile(kernel_ms, 4), np.tile(whole_ms, 4), np.zeros(20), ALPHA, 4
    )
    assert not math.isfinite(few.point)
    return [
        f"{kernel_ms.sum()} of {whole_ms.sum()} ms, {per_cent(many.point, 1, '')} %. Five are too "
        f"few. The same five four times over give {band(many)}"
    ]


PARTS, WHOLES = np.array([3, 5, 4, 6, 2]), np.array([10, 20, 10, 20, 10])
TWIN_NS = 30e6


def time_below() -> float:
    return share_statistics.time_of_share(PARTS, WHOLES, [TWIN_NS] * 5, ALPHA).point


def of_profiles() -> list[str]:
    few = share_statistics.share_of_samples(PARTS, WHOLES, ALPHA)
    many = share_statistics.share_of_samples(np.tile(PARTS, 4), np.tile(WHOLES, 4), ALPHA)
    tens = np.full(5, 10.0)
    first, second = np.array([[1, 2, 3, 4, 5.0]]), np.array([[2, 3, 5, 5, 8.0]])
    (deviation,) = share_statistics.jackknife_deviation(first, tens, second, tens)
    (points,) = share_statistics.difference_of_shares(first, tens, second, tens, ALPHA).point
    arms = [
        (np.tile(part, 4), np.tile(tens, 4), np.full(20, TWIN_NS)) for part in (first, second)
    ]
    times = share_statistics.difference_of_times(arms[0], arms[1], ALPHA)
    apart = Interval(*(ends[0] / 1e6 for ends in times[:3]))
    assert math.isfinite(few.point) and not math.isfinite(few.low)
    return [
        f"{PARTS.sum()} of {WHOLES.sum()}, {per_cent(few.point, 1, '')} %. The same five four "
        f"times over give {band(many)}",
        f"the same five give {fixed(time_below() / 1e6, 2)} ms",
        f"differ by {per_cent(points, 0, '')} points with a deviation of "
        f"{per_cent(deviation, 0, '')}",
        f"those five, four times over, differ by {time_text(apart)} ms",
    ]


def of_ledger() -> list[str]:
    each = fixed(time_below() / 8700, 0, commas=True)
    return [
        f"1200 recorded, of which 1100 by the program and {1200 - 1100} by the kernel in a system "
        f"call, and 34 populated make {1200 + 34}",
        f"spend {fixed(time_below() / 1e6, 2)} ms there; with 8,700 faults each, a fault costs "
        f"{each} ns",
    ]


def of_claims() -> list[str]:
    found = Interval(0.003, -0.005, 0.011)
    rules = [Rule("", -0.017, 0.023), Rule("", 0.0, math.inf), Rule("", 0.02, math.inf)]
    said = [verdict_of(found, rule) for rule in rules]
    assert said == ["holds", "cannot tell", "does not hold"]
    return [
        'a rule "within -1.7 % to 2.3 %" hold. Under the rule "above 0 %" the same interval cannot '
        'tell; under "above 2 %" the claim does not hold',
        f"interval is at {100 * (1 - ALPHA / 5):g} %",
        f"is {fixed(MDE_OF_HALF_WIDTH, 2)} half-widths",
    ]


@cache
def run_of_copies():
    """The stored run that the picture is drawn from; the same one as in the Makefile."""
    return load(sorted((ROOT / "results/reference/null").iterdir())[-1])


def of_why() -> list[str]:
    def cell(share: dict) -> str:
        point, low, high = (per_cent(share[key], 1, "") for key in ("share", "low", "high"))
        windows = round(share["count"] / share["share"])
        return f"{point} % [{low}, {high}] of {windows}"

    raw, within = zip(*why.lag_one(run_of_copies()))
    rows = [
        f"| {row.n} | {cell(row.a_then_b)} windows | {cell(row.in_blocks)} |"
        for row in why.alarms(run_of_copies())
    ]
    return [
        *rows,
        f"({fixed(min(raw), 2)} to {fixed(max(raw), 2)}); in the ratios within a block it is not "
        f"({fixed(min(within), 2)} to {fixed(max(within), 2)})",
    ]


@pytest.mark.parametrize(
    ("page", "examples"),
    [
        ("blocks.md", of_blocks),
        ("estimates.md", of_estimates),
        ("gate.md", of_gate),
        ("gate_rows.md", of_gate_rows),
        ("history.md", of_history),
        ("instruments.md", of_instruments),
        ("profiles.md", of_profiles),
        ("ledger.md", of_ledger),
        ("claims.md", of_claims),
        ("why.md", of_why),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_page_has_what_the_functions_give(page: str, examples) -> None:
    said = words_of(page)
    assert [text for text in examples() if text not in said] == []


def test_the_picture_is_drawn_from_the_stored_run() -> None:
    with Image.open(METHOD / "why.png") as picture:
        assert picture.info["Keywords"] == provenance(why, run_of_copies(), TWO_COLUMNS)


def test_every_workload_has_its_line() -> None:
    page = (ROOT / "docs/workloads.md").read_text(encoding="utf-8")
    for source in sorted((ROOT / "workloads").glob("*.c")):
        (models,) = re.findall(r'\.models =\s+"(.*?)"', source.read_text(encoding="utf-8"))
        line = next((x for x in page.splitlines() if x.startswith(f"| `{source.stem}` |")), "")
        if models.startswith("nothing") or source.stem == "planted":
            assert f"`{source.stem}`" in page
        else:
            said = re.sub(r" \(.*?\)", "", line.split(" | ")[1]) if line else ""
            assert said == models, source.stem
            assert len(line.split(" | ")) == 4


def test_no_page_is_long() -> None:
    """But the gallery, which is made, and is as long as there are figures."""
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in DOCS.rglob("*.md")
        if path != DOCS / "gallery.md"
    }
    assert len(lengths) > 10
    assert {name: n for name, n in lengths.items() if n > PAGE_LINES_MAX} == {}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(readme.splitlines()) <= README_LINES_MAX


def test_the_indices_name_every_page() -> None:
    for folder in (DOCS, METHOD):
        index = (folder / "README.md").read_text(encoding="utf-8")
        pages = {path.name for path in folder.glob("*.md")} - {"README.md"}
        assert {page for page in pages if f"({page})" not in index} == set()


def test_every_relative_link_resolves() -> None:
    dead = []
    links = 0
    for path in (path for path in tracked() if path.suffix == ".md"):
        text = CODE.sub("", path.read_text(encoding="utf-8"))
        for target in LINK.findall(text):
            if "://" in target or target.startswith("mailto:"):
                continue
            links += 1
            if not (path.parent / target).exists():
                dead.append(f"{path.relative_to(ROOT)}: {target}")
    assert links > 30 and dead == []


def test_no_file_speaks_of_what_is_not_here() -> None:
    findings = []
    for path in tracked():
        if path.suffix in NOT_TEXT:
            continue
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        name = path.relative_to(ROOT)
        findings += [f"{name}:{i}" for i, line in enumerate(lines, 1) if ELSEWHERE.search(line)]
    assert findings == []
