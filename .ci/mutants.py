"""mutants.py -- small faults put into the code of verdicts; a test must die of each.

  python3 .ci/mutants.py [WORD]      those alone whose file or reason holds the word

Each mutant is one text of one file, replaced, in a copy of the tree. Exit status: 1 where one
survives, 2 where a text is not found in its file exactly once.

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
PYTHON_TESTS = ["sequential", "gates", "statistics", "coverage", "gate_replay"]
C_TESTS = ["sequential", "gate_judge", "gate_report", "statistics", "stop"]


class Mutant(NamedTuple):
    file: str
    text: str
    instead: str
    why: str


SEQUENTIAL_PY, GATES_PY = "analysis/sequential.py", "analysis/gates.py"
STATISTICS_PY = "analysis/statistics.py"
SEQUENTIAL_C, JUDGE_C = "harness/sequential.c", "harness/gate_judge.c"
DESCRIBE_C, STOP_C, STATISTICS_C = (
    f"harness/{name}.c" for name in ("gate_describe", "stop", "statistics")
)

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
    Mutant(GATES_PY, 'gate.decisions / plan["alpha_control"]', "math.inf", "the control never voids"),
    Mutant(GATES_PY, "BASE, CONTROL, HEAD = 0, 1, 2", "BASE, CONTROL, HEAD = 2, 1, 0", "swapped"),
    Mutant(GATES_PY, 'if "fail" in verdicts', 'if verdicts == {"fail"}', "all must fail"),
    Mutant(GATES_PY, "if is_count and found", "if found", "ratios have an MDE of 100 %"),
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
    Mutant(JUDGE_C, ">= BLOCKS_MIN;", ">= 0;", "a decision without blocks"),
    Mutant(DESCRIBE_C, 'if (any_row(judge, GATE_FAIL))\n        return "fail";', "", "no FAIL"),
    Mutant(DESCRIBE_C, "[GATE_FAIL] = 0", "[GATE_FAIL] = 4", "the worst last"),
    Mutant(STOP_C, "p[i] <= tally->plan->alpha_control", "p[i] <= 0", "the control never voids"),
    Mutant(STATISTICS_C, "(double)(m - rank) * p", "p", "Holm left out"),
)


def run(words: list[str], tree: Path) -> bool:
    done = subprocess.run(words, cwd=tree, capture_output=True, timeout=600, check=False)
    return done.returncode == 0


def survives(mutant: Mutant, tree: Path) -> bool:
    """Do all tests that know the file pass? One that does not compile is dead, too."""
    if mutant.file.endswith(".py"):
        tests = [f"analysis/tests/test_{name}.py" for name in PYTHON_TESTS]
        return run([*PYTEST, *tests], tree)
    programs = [f"build/harness/tests/test_{name}" for name in C_TESTS]
    return run(["make", "-s", *programs], tree) and all(run([f"./{p}"], tree) for p in programs)


def copied(parent: Path) -> Path:
    """A tree of its own, built, so that a mutant compiles one file."""
    tree = parent / "tree"
    ignored = shutil.ignore_patterns(".git", "results", "build*", "__pycache__")
    shutil.copytree(ROOT, tree, ignore=ignored)
    (tree / "results").mkdir()
    (tree / "results" / "reference").symlink_to(ROOT / "results" / "reference")
    shutil.copytree(ROOT / "build", tree / "build", symlinks=True)
    return tree


def tried(mutant: Mutant, tree: Path) -> bool:
    file = tree / mutant.file
    original = file.read_text(encoding="utf-8")
    file.write_text(original.replace(mutant.text, mutant.instead), encoding="utf-8")
    try:
        return survives(mutant, tree)
    finally:
        file.write_text(original, encoding="utf-8")


def lost(mutants: list[Mutant]) -> list[Mutant]:
    return [m for m in mutants if (ROOT / m.file).read_text(encoding="utf-8").count(m.text) != 1]


def main() -> int:
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    mutants = [mutant for mutant in MUTANTS if word in mutant.file or word in mutant.why]
    for mutant in lost(mutants):
        print(f"mutants: {mutant.file} has not one '{mutant.text}'", file=sys.stderr)
    if lost(mutants):
        print("  try: the text as it stands there now, in .ci/mutants.py", file=sys.stderr)
        return 2
    alive = 0
    with tempfile.TemporaryDirectory() as parent:
        tree = copied(Path(parent))
        for mutant in mutants:
            lives = tried(mutant, tree)
            alive += lives
            print(f"{'ALIVE' if lives else 'dead':<6} {mutant.file:<26} {mutant.why}", flush=True)
    print(f"{len(mutants)} mutants, {alive} alive")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
