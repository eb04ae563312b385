"""ci_commands.py -- the shell text of a CI file that calls `slablab gate`, for a test to run.

Usage: ci_commands.py FILE.yml  Prints it; exits 1 unless the file has exactly one such step.

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
    if len(found) != 1:
        print(f"{name}: {len(found)} steps call slablab gate, and one should", file=sys.stderr)
        return 1
    print(found[0])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
