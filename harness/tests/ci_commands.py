"""ci_commands.py -- the shell texts of a CI file that call `slablab gate`, for a test to run.

Usage: ci_commands.py FILE.yml  Prints them; exits 1 unless there are two: against the commit before
and against a pinned reference.

SPDX-License-Identifier: MIT
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import yaml


def texts(value: object) -> Iterator[str]:
    """Every text below a value of YAML."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def main(name: str) -> int:
    document = yaml.safe_load(Path(name).read_text())
    found = [text for text in texts(document) if "slablab gate" in text]
    pinned = ['--base "$REFERENCE"' in text for text in found]
    if pinned != [False, True]:
        print(
            f"{name}: one step should call slablab gate against the commit before, and then one "
            f"against $REFERENCE; there are {len(found)}",
            file=sys.stderr,
        )
        return 1
    print("\n".join(text.rstrip() for text in found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
