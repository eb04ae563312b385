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
PYTHON_TESTS += ["gate_replay"]
C_TESTS = ["sequential", "gate_judge", "gate_report", "statistics", "stop"]
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
STATISTICS_C = "harness/judge/statistics.c"

MUTANTS = (
    Mutant(SEQUENTIAL_PY, "A = 10  #", "A = 1  #", "another mixture"),
    Mutant(SEQUENTIAL_PY, "np.cumsum(x > y)", "np.cumsum(x >= y)", "ties count for FAIL"),
    Mutant(SEQUENTIAL_PY, "np.cumsum(x > y)", "np.cumsum(x < y)", "a swapped comparison"),
    Mutant(SEQUENTIAL_PY, "x - y < _margins", "x - y <= _margins", "the margin itself is within"),
    Mutant(SEQUENTIAL_PY, "1.0 if rule.is_count", "0.0 if rule.is_count", "counts without a step"),
    Mutant(SEQUENTIAL_PY, "return effect >= rule.margin / 2", "return True", "no half margin"),
    Mutant(SEQUENTIAL_PY, "rule.margin / 2\n", "rule.margin\n", "a whole margin"),
    Mutant(
        SEQUENTIAL_PY,
        "float(np.median(differences(",
        "float(np.mean(differences(",
        "mean for median",
    ),
    Mutant(SEQUENTIAL_PY, "np.log(2) + log_e_two_sided(s", "log_e_two_sided(s", "not doubled"),
    Mutant(SEQUENTIAL_PY, "all_ * np.log(2)", "all_ * 0.7", "z hard-wired"),
    Mutant(SEQUENTIAL_PY, "< -np.log(alpha)", "< -np.log(2 * alpha)", "twice the alpha"),
    Mutant(SEQUENTIAL_PY, "effect - spread > 0 and", "effect > 0 and", "no tolerance"),
    Mutant(SEQUENTIAL_PY, "centred[1:] @ centred[:-1]", "centred[2:] @ centred[:-2]", "lag two"),
    Mutant(SEQUENTIAL_PY, "passes[place] >= rule.pass_at:", "True:", "a look passes too soon"),
    Mutant(GATES_PY, "self.decisions / gate", "1 / gate", "m left out"),
    Mutant(GATES_PY, 'gate.decisions / plan["alpha_control"]', "math.inf", "no control"),
    Mutant(GATES_PY, "BASE, CONTROL, HEAD = 0, 1, 2", "BASE, CONTROL, HEAD = 2, 1, 0", "swapped"),
    Mutant(GATES_PY, 'if "fail" in verdicts', 'if verdicts == {"fail"}', "all must fail"),
    Mutant(GATES_PY, "if is_count and found", "if found", "ratios have an MDE of 100 %"),
    Mutant(SEQUENTIAL_PY, "n + 1 - int(left", "n - int(left", "an interval too short"),
    Mutant(SEQUENTIAL_PY, "not left.size or left[0] == 0", "not left.size", "a rank of 0"),
    Mutant(SEQUENTIAL_PY, "int(enough[0]), POWER)", "int(enough[0]), 0.5)", "power hard-wired"),
    Mutant(SEQUENTIAL_PY, "kept[kept.size - needed]", "kept[needed - 1]", "the other residual"),
    Mutant(SEQUENTIAL_PY, "- (counts - 1) / 2)", ")", "ties have the highest of their ranks"),
    Mutant(SEQUENTIAL_PY, "* np.sqrt(kept.size) /", "* 9 /", "n hard-wired"),
    Mutant(SEQUENTIAL_PY, "fails[place] >= rule.fail_at and", "True and", "fails unproven"),
    Mutant(SEQUENTIAL_PY, "np.median(base, keepdims", "np.max(base, keepdims", "max for median"),
    Mutant(SEQUENTIAL_PY, "np.log(x) - np.log(y)", "np.log(y) - np.log(x)", "a flipped sign"),
    Mutant(SEQUENTIAL_PY, "np.log(x) - np.log(y)", "x / y - 1", "ratios for logarithms"),
    Mutant(SEQUENTIAL_PY, "effect + spread < margin", "effect < margin", "passes by the point"),
    Mutant(SEQUENTIAL_PY, "effect >= margin / 2:", "effect >= margin:", "a whole margin, counted"),
    Mutant(SEQUENTIAL_PY, "all_ + 2 * A - 1,", "all_ + 2 * A,", "a coin too many"),
    Mutant(GATES_PY, 'gate["alpha_fail"])', "0.05)", "alpha hard-wired"),
    Mutant(GATES_PY, '-math.log(gate["alpha_pass"])', "math.log(5)", "alpha_pass hard-wired"),
    Mutant(GATES_PY, "more, more + less)", "more, len(values))", "ties count in the control"),
    Mutant(GATES_PY, "alpha_dependence / len(", "alpha_dependence * len(", "cells multiplied"),
    Mutant(GATES_PY, "d.size >= rules.blocks", "d.size > rules.blocks", "a block more"),
    Mutant(GATES_PY, "> rules.lost_ratio_max", "> 0.30", "lost_ratio_max hard-wired"),
    Mutant(GATES_PY, "TOLERANCE = 1e-9", "TOLERANCE = 1e-7", "a looser tolerance"),
    Mutant(GATES_PY, '"munmap": _event("munmap")', '"munmap": _event("mmap")', "another call"),
    Mutant(GATES_PY, 'rows["wall_ns"]', 'rows["cpu_ns"]', "another clock"),
    Mutant(GATES_PY, 'sum(rule["decides"] for', "sum(True for", "m counts what is shown"),
    Mutant(GATES_PY, '== "head" else base)', '!= "control" else base)', "another arm's counts"),
    Mutant(STATISTICS_PY, "np.arange(p.size, 0, -1)", "np.ones(p.size)", "Holm left out"),
    Mutant(STATISTICS_PY, "if p_adjusted <= alpha", "if p_adjusted <= 0.2", "alpha hard-wired"),
    Mutant(STATISTICS_PY, "min(1.0, 2 * _tail", "min(1.0, _tail", "a one-sided sign test"),
    Mutant(SEQUENTIAL_C, "PRIOR = 10;", "PRIOR = 1;", "another mixture"),
    Mutant(SEQUENTIAL_C, "return log(2) + log_e", "return log_e", "not doubled"),
    Mutant(SEQUENTIAL_C, "successes + a - 1)", "successes + a)", "a tail too long"),
    Mutant(SEQUENTIAL_C, "< -log(alpha)", "< -log(2 * alpha)", "twice the alpha"),
    Mutant(SEQUENTIAL_C, "fmax(0, -residual)", "fmax(0, residual)", "the other residual"),
    Mutant(JUDGE_C, "row->more += head > base", "row->more += head >= base", "ties for FAIL"),
    Mutant(JUDGE_C, "head - base < margin_at", "head - base <= margin_at", "the margin is within"),
    Mutant(JUDGE_C, "more += control > base", "more += head > base", "another arm's control"),
    Mutant(JUDGE_C, "judge->decisions / judge->plan->gate", "1 / judge->plan->gate", "no m"),
    Mutant(JUDGE_C, " && reaches_half_margin(judge, row)", "", "no half margin"),
    Mutant(JUDGE_C, "if (row->verdict != GATE_UNDECIDED)\n        return;", "", "decides again"),
    Mutant(JUDGE_C, "rule->metric->is_count ? 1 : 0", "0", "counts without a step"),
    Mutant(JUDGE_C, "estimate->low > 0 && ", "", "no tolerance"),
    Mutant(JUDGE_C, "row->rule->decides && row->log", "row->log", "what is shown voids"),
    Mutant(JUDGE_C, ">= judge->plan->rules.blocks_min;", ">= 0;", "a decision without blocks"),
    Mutant(SEQUENTIAL_C, "{low, n + 1 - low}", "{low, n - low}", "an interval too short"),
    Mutant(SEQUENTIAL_C, "low == 0 ? none : ", "", "a rank of 0"),
    Mutant(SEQUENTIAL_C, "POWER = 0.8;", "POWER = 0.5;", "power hard-wired"),
    Mutant(SEQUENTIAL_C, "+ 1 + (double)end) / 2", "+ (double)end) / 2", "other ranks of ties"),
    Mutant(SEQUENTIAL_C, "rank[i + 1] - mean", "rank[i] - mean", "lag none"),
    Mutant(SEQUENTIAL_C, "(enough - 1, n) >= log_t", "(enough, n) >= log_t", "a success too few"),
    Mutant(JUDGE_C, "log(value) - log(base)", "value / base - 1", "ratios for logarithms"),
    Mutant(JUDGE_C, "-log(judge->plan->gate.alpha_pass)", "log(5)", "alpha_pass hard-wired"),
    Mutant(JUDGE_C, "/ judge->plan->alpha_control", "/ 0.05", "alpha_control hard-wired"),
    Mutant(JUDGE_C, "row->control_more + row->control_less", "n", "ties count in the control"),
    Mutant(JUDGE_C, "alpha_dependence / (double)cells", "alpha_dependence", "no family"),
    Mutant(JUDGE_C, "n < rules->blocks_for_dep", "n <= rules->blocks_for_dep", "a block more"),
    Mutant(JUDGE_C, "effect >= row->rule->margin / 2;", "effect >= row->rule->margin;", "whole"),
    Mutant(JUDGE_C, "is_count && mde < 1 ? 1", "is_count && mde < 1 ? 0", "an MDE of 0 counts"),
    Mutant(JUDGE_C, "(judge, row, GATE_CONTROL)", "(judge, row, GATE_HEAD)", "the wrong arm"),
    Mutant(JUDGE_C, "estimate->high < row", "estimate->effect < row", "passes by the point"),
    Mutant(JUDGE_C, "values[n - 1] / values[0]", "values[n - 1] / values[n / 2]", "half a spread"),
    Mutant(JUDGE_C, "decisions += row->rule->decides", "decisions += 1", "m counts what is shown"),
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
