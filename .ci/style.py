"""style.py -- the part of the house style that a machine can see, printed as file:line: rule.

Usage: style.py FILE...  Exits 1 if any file breaks a rule, 2 if no file is named.

SPDX-License-Identifier: MIT
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

COLUMNS_MAX = 100
C_FILE_LINES_MAX = 400
PYTHON_FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 60
GUARD = re.compile(r"#\s*ifndef \w+_H$")
CONDITIONAL = re.compile(r"\s*#\s*(if|ifdef|ifndef|elif)\b")

Finding = tuple[int, str]


def long_lines(lines: list[str]) -> Iterator[Finding]:
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS_MAX:
            yield number, f"{len(line)} columns, at most {COLUMNS_MAX}"
        if line != line.rstrip():
            yield number, "white space at the end"
        if line.startswith("\t") or " \t" in line:
            yield number, "a tab; indent with 4 spaces"


def purpose(path: Path, lines: list[str]) -> Iterator[Finding]:
    """The first line (after a #!) says what the file is for: 'name -- purpose'."""
    first = next((line for line in lines if not line.startswith("#!")), "")
    if path.name not in first or " -- " not in first:
        yield 1, f"the first line must be '{path.name} -- what it is for'"
    if not any("SPDX-License-Identifier: MIT" in line for line in lines):
        yield 1, "no SPDX line"


def conditionals(path: Path, lines: list[str]) -> Iterator[Finding]:
    if path.as_posix().endswith("core/base.h"):
        return
    for number, line in enumerate(lines, 1):
        if CONDITIONAL.match(line) and not GUARD.match(line):
            yield number, "#if outside core/base.h"


def long_functions(lines: list[str]) -> Iterator[Finding]:
    """A C function opens and closes with a brace in the first column."""
    start = 0
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start:
            if number - start - 1 > FUNCTION_LINES_MAX:
                yield start, f"a function of {number - start - 1} lines"
            start = 0


def findings(path: Path) -> Iterator[Finding]:
    lines = path.read_text().splitlines()
    yield from long_lines(lines)
    if path.name != "__init__.py":
        yield from purpose(path, lines)
    limit = PYTHON_FILE_LINES_MAX if path.suffix == ".py" else C_FILE_LINES_MAX
    if len(lines) > limit:
        yield limit, f"{len(lines)} lines, at most {limit}"
    if path.suffix in (".c", ".h"):
        yield from conditionals(path, lines)
        yield from long_functions(lines)


def main(names: list[str]) -> int:
    if not names:
        print("style: no files were named", file=sys.stderr)
        print("  try: make test-style, in a git checkout", file=sys.stderr)
        return 2
    broken = 0
    for name in names:
        for number, rule in findings(Path(name)):
            print(f"{name}:{number}: {rule}")
            broken += 1
    print(f"style: {len(names)} files, {broken} findings")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
