"""mutants.py -- small faults put into the code of verdicts; a test must die of each.

  python3 .ci/mutants.py [WORD]      those alone whose file or reason holds the word

Each mutant is one text of one file, replaced, in a copy of the tree whose tests pass as they are. A
mutant dies of a test that fails; one that does not even compile is an error here. Exit status: 1
where one survives, 2 where a text is not found in its file exactly once, or does not compile.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PYTEST = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
PYTHON_TESTS = ["sequential", "statistics", "gates", "gate_agreement", "gate_traps", "coverage"]
PYTHON_TESTS += ["gate_replay", "gate_tail", "metrics"]
C_TESTS = ["sequential", "gate_judge", "gate_report", "statistics", "stop", "gate_instructions"]
C_TESTS += ["gate_tail", "gate_failures", "failure_pairs", "expand_gate", "callgrind"]
PYTHON_TESTS_OF_C = ["sequential", "gate_agreement"]  # the two that hold C and Python together
TEST_FAILED = 1  # pytest's exit status; others are of what could not be loaded


class Mutant(NamedTuple):
    file: str
    text: str
    instead: str
    why: str


SEQUENTIAL_PY, GATES_PY = "analysis/statistics/sequential.py", "analysis/gate/gates.py"
STATISTICS_PY = "analysis/statistics/statistics.py"
SEQUENTIAL_C, JUDGE_C = "harness/judge/sequential.c", "harness/judge/gate_judge.c"
DESCRIBE_C, STOP_C = "harness/gate/gate_describe.c", "harness/judge/stop.c"
STATISTICS_C, ESTIMATE_C = "harness/judge/statistics.c", "harness/judge/gate_estimate.c"
PAIRS_C, COUNTING_C = "harness/gate/gate_failures.c", "harness/gate/instructions.c"
EXPAND_C, METRIC_C = "harness/experiment/expand_gate.c", "harness/experiment/metric.c"
METRICS_PY = "analysis/records/metrics.py"

MUTANTS = (
    Mutant(SEQUENTIAL_PY, "OF_COUNTS = 10, 1", "OF_COUNTS = 1, 1", "another mixture of times"),
    Mutant(SEQUENTIAL_PY, "OF_COUNTS = 10, 1", "OF_COUNTS = 10, 2", "another mixture of counts"),
    Mutant(SEQUENTIAL_PY, "np.cumsum(x > y)", "np.cumsum(x >= y)", "ties count for FAIL"),
    Mutant(SEQUENTIAL_PY, "np.cumsum(x > y)", "np.cumsum(x < y)", "a swapped comparison"),
    Mutant(SEQUENTIAL_PY, "x - y < _margins", "x - y <= _margins", "the margin itself is within"),
    Mutant(SEQUENTIAL_PY, "1.0 if rule.is_count", "0.0 if rule.is_count", "counts without a step"),
    Mutant(SEQUENTIAL_PY, "return effect >= rule.margin / 2", "return True", "no half margin"),
    Mutant(SEQUENTIAL_PY, "rule.margin / 2\n", "rule.margin\n", "a whole margin"),
    Mutant(SEQUENTIAL_PY, "return float(np.median(found))", "return float(np.mean(found))", "mean"),
    Mutant(SEQUENTIAL_PY, "np.log(2) + log_e_two_sided(s", "log_e_two_sided(s", "not doubled"),
    Mutant(SEQUENTIAL_PY, "all_ * np.log(2)", "all_ * 0.7", "z hard-wired"),
    Mutant(SEQUENTIAL_PY, "< -np.log(alpha)", "< -np.log(2 * alpha)", "twice the alpha"),
    Mutant(SEQUENTIAL_PY, "centred[1:] * centred[:-1]", "centred[2:] * centred[:-2]", "lag two"),
    Mutant(SEQUENTIAL_PY, "passes[place] >= rule.pass_at:", "True:", "a look passes too soon"),
    Mutant(GATES_PY, "self.decisions / gate", "1 / gate", "m left out"),
    Mutant(GATES_PY, 'gate.decisions / plan["alpha_control"]', "math.inf", "no control"),
    Mutant(GATES_PY, "BASE, CONTROL, HEAD = 0, 1, 2", "BASE, CONTROL, HEAD = 2, 1, 0", "swapped"),
    Mutant(GATES_PY, 'if "fail" in verdicts', 'if verdicts == {"fail"}', "all must fail"),
    Mutant(GATES_PY, "if is_count and found", "if found", "ratios have an MDE of 100 %"),
    Mutant(SEQUENTIAL_PY, "n + 1 - int(left", "n - int(left", "an interval too short"),
    Mutant(SEQUENTIAL_PY, "not left.size or left[0] == 0", "not left.size", "a rank of 0"),
    Mutant(SEQUENTIAL_PY, "int(enough[0]), POWER)", "int(enough[0]), 0.5)", "power hard-wired"),
    Mutant(SEQUENTIAL_PY, "ordered[rank - 1]", "ordered[-rank]", "the other residual"),
    Mutant(SEQUENTIAL_PY, "- (counts - 1) / 2)", ")", "ties have the highest of their ranks"),
    Mutant(SEQUENTIAL_PY, "* np.sqrt(kept.size) /", "* 9 /", "n hard-wired"),
    Mutant(SEQUENTIAL_PY, "fails[place] >= rule.fail_at and", "True and", "fails unproven"),
    Mutant(SEQUENTIAL_PY, "np.median(base, keepdims", "np.max(base, keepdims", "max for median"),
    Mutant(SEQUENTIAL_PY, "if is_count else x / y", "if is_count else y / x", "a flipped ratio"),
    Mutant(SEQUENTIAL_PY, "all_ + 2 * mixture - 1,", "all_ + 2 * mixture,", "a coin too many"),
    Mutant(
        SEQUENTIAL_PY,
        "> np.asarray(base, dtype=float) *",
        ">= np.asarray(base) *",
        "the limit",
    ),
    Mutant(SEQUENTIAL_PY, "np.cumsum(x & ~c)", "np.cumsum(x)", "both count as the head"),
    Mutant(SEQUENTIAL_PY, "np.cumsum(c & ~x)", "0 * np.cumsum(c)", "a tail without its control"),
    Mutant(SEQUENTIAL_PY, "/ k >= rule.margin / 2", "/ k >= 0", "a tail without half its margin"),
    Mutant(
        SEQUENTIAL_PY,
        "(more, less, n, rule.margin)",
        "(more, 0, n, rule.margin)",
        "T is 0 or 1",
    ),
    Mutant(SEQUENTIAL_PY, "share / (1 - mean)", "share", "bets of another size"),
    Mutant(SEQUENTIAL_PY, "np.log1p(bet * (mean - 1))", "np.log1p(bet * mean)", "slow ones pay"),
    Mutant(SEQUENTIAL_PY, "+ against, OF_COUNTS)", ", OF_COUNTS)", "no failures in the share"),
    Mutant(GATES_PY, 'gate["alpha_fail"])', "0.05)", "alpha hard-wired"),
    Mutant(GATES_PY, '-math.log(gate["alpha_pass"])', "math.log(5)", "alpha_pass hard-wired"),
    Mutant(GATES_PY, "more, more + less, rule", "more, len(values), rule", "ties in the control"),
    Mutant(GATES_PY, "alpha_dependence / len(", "alpha_dependence * len(", "cells multiplied"),
    Mutant(GATES_PY, "d.size >= rules.blocks", "d.size > rules.blocks", "a block more"),
    Mutant(GATES_PY, "> rules.lost_ratio_max", "> 0.30", "lost_ratio_max hard-wired"),
    Mutant(GATES_PY, "TOLERANCE = 1e-9", "TOLERANCE = 1e-7", "a looser tolerance"),
    Mutant(METRICS_PY, "event_column(self.event)", 'event_column("page-faults")', "another call"),
    Mutant(METRICS_PY, "found / _total(rows, self.per)", "found", "nothing is per operation"),
    Mutant(GATES_PY, 'sum(rule["decides"] for', "sum(True for", "m counts what is shown"),
    Mutant(GATES_PY, '"arm"] == name) for name', '"arm"] == "base") for name', "the base's counts"),
    Mutant(GATES_PY, 'not in ("ok", "allocator")', '!= "ok"', "another allocator is a failure"),
    Mutant(GATES_PY, "of_head and not of_base", "of_head", "both count as the head alone"),
    Mutant(GATES_PY, "_failed(samples, base) or", "", "the base never fails elsewhere"),
    Mutant(GATES_PY, " or _failed(samples, control)", "", "the control never fails elsewhere"),
    Mutant(
        GATES_PY,
        "log(gate.run.rules.alpha_failures)",
        "log(0.05)",
        "alpha_failures hard-wired",
    ),
    Mutant(
        GATES_PY,
        'elif more + elsewhere["head',
        'elif more > 99 + elsewhere["head',
        "it passes",
    ),
    Mutant(GATES_PY, 'if failures == "fail":', "if False:", "VOID before failures"),
    Mutant(GATES_PY, "{failures, *(row", "{*(row", "failures are not in the verdict"),
    Mutant(GATES_PY, "tail.less, tail.more, tail.n, alpha / 2", "0, 0, tail.n, alpha", "low bound"),
    Mutant(GATES_PY, "OF_COUNTS if rule", "OF_TIMES if rule", "instructions as times"),
    Mutant(STATISTICS_PY, "np.arange(p.size, 0, -1)", "np.ones(p.size)", "Holm left out"),
    Mutant(STATISTICS_PY, "if p_adjusted <= alpha", "if p_adjusted <= 0.2", "alpha hard-wired"),
    Mutant(STATISTICS_PY, "min(1.0, 2 * float", "min(1.0, float", "a one-sided sign test"),
    Mutant(SEQUENTIAL_C, "double const a = mixture;", "double const a = 10;", "one mixture"),
    Mutant(SEQUENTIAL_C, "return log(2) + log_e", "return log_e", "not doubled"),
    Mutant(SEQUENTIAL_C, "successes + a - 1)", "successes + a)", "a tail too long"),
    Mutant(SEQUENTIAL_C, "< -log(alpha)", "< -log(2 * alpha)", "twice the alpha"),
    Mutant(ESTIMATE_C, "middle - ordered[rank - 1]", "middle - ordered[n - rank]", "the other one"),
    Mutant(JUDGE_C, "row->more += head > base", "row->more += head >= base", "ties for FAIL"),
    Mutant(
        JUDGE_C,
        "head - base < gate_margin",
        "head - base <= gate_margin",
        "the margin is within",
    ),
    Mutant(JUDGE_C, "more += control > base", "more += head > base", "another arm's control"),
    Mutant(JUDGE_C, "judge->decisions / judge->plan->gate", "1 / judge->plan->gate", "no m"),
    Mutant(JUDGE_C, " && reaches_half_margin(judge, row)", "", "no half margin"),
    Mutant(JUDGE_C, "if (row->verdict != GATE_UNDECIDED)\n        return;", "", "decides again"),
    Mutant(JUDGE_C, "rule->metric->by_difference ? 1 : 0", "0", "counts without a step"),
    Mutant(JUDGE_C, "row->tail.more += head && !control", "row->tail.more += head", "both count"),
    Mutant(JUDGE_C, "row->tail.less += control && !head", "row->tail.less += 0", "no control"),
    Mutant(JUDGE_C, "(1 + row->rule->metric->beyond)", "1.2", "how far beyond is hard-wired"),
    Mutant(JUDGE_C, "gate_tail_effect(row) >= row->rule->margin / 2", "true", "half of no tail"),
    Mutant(JUDGE_C, '!text_equal(status, "allocator")', "true", "another allocator is a failure"),
    Mutant(JUDGE_C, "failed[GATE_HEAD] && !failed[GATE_BASE]", "failed[GATE_HEAD]", "both: head"),
    Mutant(JUDGE_C, "failed[GATE_BASE] || failed[GATE_CONTROL]", "failed[GATE_BASE]", "no control"),
    Mutant(JUDGE_C, "-log(judge->plan->rules.alpha_failures)", "log(20)", "alpha_failures"),
    Mutant(JUDGE_C, "failures->head_alone + failures->head_elsewhere >", "99 <", "it passes"),
    Mutant(JUDGE_C, "arm != GATE_HEAD || ", "", "what the base said"),
    Mutant(JUDGE_C, "MIXTURE_OF_TIMES : MIXTURE_OF_COUNTS", "MIXTURE_OF_TIMES : 10", "as times"),
    Mutant(JUDGE_C, "row) < judge->plan->rules.b", "row) < 0 * judge->plan->rules.b", "uncounted"),
    Mutant(PAIRS_C, "    take_attestation(judge, folder);\n", "", "attestation is forgotten"),
    Mutant(PAIRS_C, "pairs->count < pairs->judge", "pairs->count < 5 + 0 * pairs->judge", "few"),
    Mutant(PAIRS_C, "gate_judge_failures(pairs->judge) != GATE_FAIL", "true", "pairs without end"),
    Mutant(PAIRS_C, "number % plan->cell_count", "0", "pairs of one cell"),
    Mutant(PAIRS_C, "text_equal(hash, pairs->judge->plan->hash)", "true", "another plan's pairs"),
    Mutant(COUNTING_C, "failed && !again", "failed", "no process is tried again"),
    Mutant(COUNTING_C, "!= SAMPLE_ALLOCATOR", "!= SAMPLE_OK", "another allocator is tried again"),
    Mutant(EXPAND_C, "decided.decides && !is_there", "!is_there", "what is shown brings others"),
    Mutant(EXPAND_C, "!is_there(gate, implied) &&", "true &&", "rows twice"),
    Mutant(EXPAND_C, " && can_be_counted(expansion, asked.metric)", "", "the uncounted decides"),
    Mutant(METRIC_C, '.with = "page_faults"', '.with = "time"', "faults go with time"),
    Mutant(JUDGE_C, "row->rule->decides && row->log", "row->log", "what is shown voids"),
    Mutant(JUDGE_C, ">= judge->plan->rules.blocks_min;", ">= 0;", "a decision without blocks"),
    Mutant(SEQUENTIAL_C, "{low, n + 1 - low}", "{low, n - low}", "an interval too short"),
    Mutant(SEQUENTIAL_C, "low == 0 ? none : ", "", "a rank of 0"),
    Mutant(SEQUENTIAL_C, "POWER = 0.8;", "POWER = 0.5;", "power hard-wired"),
    Mutant(SEQUENTIAL_C, "+ 1 + (double)end) / 2", "+ (double)end) / 2", "other ranks of ties"),
    Mutant(SEQUENTIAL_C, "rank[i + 1] - mean", "rank[i] - mean", "lag none"),
    Mutant(SEQUENTIAL_C, "(enough - 1, n, mixture)", "(enough, n, mixture)", "a success too few"),
    Mutant(ESTIMATE_C, "value - base : value / base", "value - base : base / value", "flipped"),
    Mutant(JUDGE_C, "-log(judge->plan->gate.alpha_pass)", "log(5)", "alpha_pass hard-wired"),
    Mutant(JUDGE_C, "/ judge->plan->alpha_control", "/ 0.05", "alpha_control hard-wired"),
    Mutant(JUDGE_C, "row->control_more + row->control_less", "n", "ties count in the control"),
    Mutant(JUDGE_C, "alpha_dependence / (double)cells", "alpha_dependence", "no family"),
    Mutant(JUDGE_C, "n < rules->blocks_for_dep", "n <= rules->blocks_for_dep", "a block more"),
    Mutant(JUDGE_C, "effect >= row->rule->margin / 2;", "effect >= row->rule->margin;", "whole"),
    Mutant(ESTIMATE_C, "ordered[rank - 1], 1)", "ordered[rank - 1], 0)", "an MDE of 0 counts"),
    Mutant(ESTIMATE_C, "(judge, row, GATE_CONTROL)", "(judge, row, GATE_HEAD)", "the wrong arm"),
    Mutant(ESTIMATE_C, "-mean_upper_bound(&turned, alpha)", "-1", "a low bound of nothing"),
    Mutant(
        ESTIMATE_C,
        "judge->plan->alpha / 2",
        "judge->plan->alpha",
        "two bounds at all of alpha",
    ),
    Mutant(SEQUENTIAL_C, "bets[i].share / (1 - mean)", "bets[i].share", "bets of another size"),
    Mutant(SEQUENTIAL_C, "{0.5, 0.25}", "{0.5, 0.5}", "weights of more than one"),
    Mutant(SEQUENTIAL_C, "needed, needed + against, mixture", "needed, needed, mixture", "against"),
    Mutant(JUDGE_C, "decisions += row->rule->decides", "decisions += 1", "m counts what is shown"),
    Mutant(DESCRIBE_C, 'if (failures == GATE_FAIL)\n        return "fail";', "", "VOID first"),
    Mutant(DESCRIBE_C, "failures == GATE_UNDECIDED || any_row", "any_row", "a crash passes"),
    Mutant(DESCRIBE_C, "values[end] <= values[first]", "true", "one mode"),
    Mutant(DESCRIBE_C, 'GATE_UNDECIDED) ? "inconc', 'GATE_PASS) ? "inconc', "open rows pass"),
    Mutant(DESCRIBE_C, "json_array_size(reasons) > 0", "json_array_size(reasons) > 1", "no VOID"),
    Mutant(DESCRIBE_C, 'if (any_row(judge, GATE_FAIL))\n        return "fail";', "", "no FAIL"),
    Mutant(DESCRIBE_C, "[GATE_FAIL] = 0", "[GATE_FAIL] = 4", "the worst last"),
    Mutant(STOP_C, "p[i] <= tally->plan->alpha_control", "p[i] <= 0", "the control never voids"),
    Mutant(STATISTICS_C, "(double)(m - rank) * p", "p", "Holm left out"),
)


def status(words: list[str], tree: Path) -> int:
    return subprocess.run(words, cwd=tree, capture_output=True, timeout=600, check=False).returncode


def pytest_status(names: list[str], tree: Path) -> int:
    return status([*PYTEST, *(f"analysis/tests/test_{name}.py" for name in names)], tree)


def python_fate(tree: Path) -> str:
    found = pytest_status(PYTHON_TESTS, tree)
    return {0: "ALIVE", TEST_FAILED: "dead"}.get(found, "BROKEN")


def c_fate(tree: Path) -> str:
    programs = [f"build/harness/tests/test_{name}" for name in C_TESTS]
    if status(["make", "-s", *programs], tree) != 0:
        return "BROKEN"
    if any(status([f"./{program}"], tree) != 0 for program in programs):
        return "dead"
    return {0: "ALIVE", TEST_FAILED: "dead"}.get(pytest_status(PYTHON_TESTS_OF_C, tree), "BROKEN")


def fate(file: str, tree: Path) -> str:
    return python_fate(tree) if file.endswith(".py") else c_fate(tree)


def not_copied(folder: str, names: list[str]) -> set[str]:
    """At the top, what is no source."""
    if Path(folder) != ROOT:
        return {"__pycache__"}
    return {name for name in names if name in (".git", "results") or name.startswith("build")}


def copied(parent: Path) -> Path:
    """A tree of its own, built, so that a mutant compiles one file."""
    tree = parent / "tree"
    shutil.copytree(ROOT, tree, ignore=not_copied)
    (tree / "results").mkdir()
    (tree / "results" / "reference").symlink_to(ROOT / "results" / "reference")
    shutil.copytree(ROOT / "build", tree / "build", symlinks=True)
    return tree


def tried(mutant: Mutant, tree: Path) -> str:
    """ALIVE, dead or BROKEN."""
    file = tree / mutant.file
    original = file.read_text(encoding="utf-8")
    file.write_text(original.replace(mutant.text, mutant.instead), encoding="utf-8")
    try:
        return fate(mutant.file, tree)
    finally:
        file.write_text(original, encoding="utf-8")


def lost(mutants: list[Mutant]) -> list[Mutant]:
    return [m for m in mutants if (ROOT / m.file).read_text(encoding="utf-8").count(m.text) != 1]


def complain(what: str, hint: str) -> int:
    print(f"mutants: {what}\n  try: {hint}", file=sys.stderr)
    return 2


def main() -> int:
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    mutants = [mutant for mutant in MUTANTS if word in mutant.file or word in mutant.why]
    for mutant in lost(mutants):
        complain(f"{mutant.file} has not one '{mutant.text}'", "the text as it stands there now")
    if lost(mutants):
        return 2
    fates: list[str] = []
    with tempfile.TemporaryDirectory() as parent:
        tree = copied(Path(parent))
        for file in {Path(mutant.file).suffix: mutant.file for mutant in mutants}.values():
            if fate(file, tree) != "ALIVE":
                return complain(f"the tests of {file} fail without any mutant", "make test")
        for mutant in mutants:
            fates.append(tried(mutant, tree))
            print(f"{fates[-1]:<6} {mutant.file:<33} {mutant.why}", flush=True)
    alive, broken = fates.count("ALIVE"), fates.count("BROKEN")
    print(f"{len(mutants)} mutants, {alive} alive, {broken} broken")
    return 2 if broken else int(alive > 0)


if __name__ == "__main__":
    sys.exit(main())
