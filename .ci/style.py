"""style.py -- the part of the house style that a machine can see, printed as file:line: rule.

Usage: style.py FILE...  Exits 1 if any file breaks a rule, 2 if no file is named. Names begin at
the repository's root, where this is run; harness/README.md and analysis/README.md list the wings.

SPDX-License-Identifier: MIT
"""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import layout

COLUMNS_MAX = 100
C_FILE_LINES_MAX = 400
PYTHON_FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 60
GUARD = re.compile(r"#\s*ifndef \w+_H$")
WING = re.compile(r"(?:\d+\.|[-*]) \*\*(\w+)\*\*: ")  # one of the list in a README
INCLUDE = re.compile(r'\s*#\s*include\s+"([^"]+)"')
NO_WINGS = ("tests", "bench")  # they may use any wing
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


@cache
def wings(folder: str) -> list[str]:
    """From the top to the bottom, as the folder's README lists them."""
    readme = Path(folder) / "README.md"
    lines = readme.read_text().splitlines() if readme.exists() else []
    return [found[1] for found in map(WING.match, lines) if found]


def upwards(folder: str, own: str, used: str, verb: str) -> Iterator[str]:
    """Why a file of wing `own` may not use wing `used`; nothing where it may."""
    order = wings(folder)
    if used not in order:
        yield f"{verb} {used}, which is no wing of {folder}/README.md"
    elif order.index(used) < order.index(own):
        yield f"{verb} {used}, which is above {own} in {folder}/README.md"


def includes(path: Path, lines: list[str]) -> Iterator[Finding]:
    """A header of the harness is included by its wing, and only from that wing down."""
    own = path.parts[1]
    for number, line in enumerate(lines, 1):
        found = INCLUDE.match(line)
        if not found:
            continue
        used, slash, _ = found[1].partition("/")
        if own in NO_WINGS and not slash and (path.parent / found[1]).exists():
            continue
        if not slash or used == "harness":
            yield number, f'"{found[1]}" is included without its wing, like "base/text.h"'
        elif own not in NO_WINGS and not Path(found[1]).exists():  # workloads/region.h does
            yield from ((number, why) for why in upwards("harness", own, used, "includes"))


def imported(path: Path, node: ast.stmt) -> Iterator[str]:
    """The wings of the analysis that an import takes in; "" where it does not say so relatively."""
    if isinstance(node, ast.Import):
        yield from ("" for name in node.names if name.name.partition(".")[0] == "analysis")
    elif isinstance(node, ast.ImportFrom) and not node.level:
        yield from [""] if str(node.module).partition(".")[0] == "analysis" else []
    elif isinstance(node, ast.ImportFrom):
        package = path.parts[: len(path.parts) - node.level]
        whole = [*package, *(node.module.split(".") if node.module else [])]
        yield from [whole[1]] if len(whole) > 1 else [name.name for name in node.names]


def imports(path: Path, lines: list[str]) -> Iterator[Finding]:
    """A module of the analysis is imported relative to the package, and only from its wing down."""
    own = Path(path.parts[1]).stem
    for node in ast.walk(ast.parse("\n".join(lines))):
        for used in imported(path, node):
            if used:
                yield from ((node.lineno, why) for why in upwards("analysis", own, used, "imports"))
            else:
                yield node.lineno, "an import that is not relative to the package"


def between_wings(path: Path, lines: list[str]) -> Iterator[Finding]:
    """A wing uses itself and what is below it."""
    folder, own = path.parts[0], Path(path.parts[1]).stem
    if path.suffix not in (".c", ".h", ".py") or own == "__init__":
        return
    if own not in (*wings(folder), *NO_WINGS):
        yield 1, f"'{own}' is no wing of {folder}/README.md"
    elif folder == "harness" and path.suffix != ".py":
        yield from includes(path, lines)
    elif folder == "analysis" and own not in NO_WINGS:
        yield from imports(path, lines)


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
    if path.parts[0] in ("harness", "analysis") and len(path.parts) > 1:
        yield from between_wings(path, lines)


def c_layout(paths: list[Path]) -> dict[Path, list[Finding]]:
    """What layout.py finds; nothing where there is no clang-format, which is said."""
    if layout.installed():
        return layout.findings({path: path.read_text() for path in paths})
    print("style: clang-format is not installed (or no .clang-format): layout is not checked")
    return {}


def main(names: list[str]) -> int:
    if not names:
        print("style: no files were named", file=sys.stderr)
        print("  try: make test-style, in a git checkout", file=sys.stderr)
        return 2
    broken = 0
    paths = list(map(Path, names))
    laid_out = c_layout([path for path in paths if path.suffix in (".c", ".h")])
    for path in paths:
        for number, rule in (*findings(path), *laid_out.get(path, ())):
            print(f"{path}:{number}: {rule}")
            broken += 1
    print(f"style: {len(names)} files, {broken} findings")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
