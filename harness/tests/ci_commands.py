"""ci_commands.py -- the shell texts of a CI file as one script, for a test to run.

  ci_commands.py FILE.yml [INPUT=VALUE...]

Of a composite action each step's text in a shell of its own, with its environment, where its
inputs have these values or their defaults; of any other file the texts that call slablab. Exits 1
unless two of them gate: against the commit before, and then against a pinned reference.

SPDX-License-Identifier: MIT
"""

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

GATES = re.compile(r'slablab"? gate ')
CALLS = re.compile(r'slablab"? (gate|comment) ')
PINNED = re.compile(r'--base "\$REFERENCE"')
INPUT = re.compile(r"\$\{\{ inputs\.(\w+) \}\}")


def texts(value: object) -> Iterator[str]:
    """Every text below a value of YAML, of a script before what comes after it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key in sorted(value, key=lambda key: key == "after_script"):
            yield from texts(value[key])
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def step_text(step: dict[str, Any], inputs: dict[str, str]) -> str:
    """As a runner does it: a bash of its own that ends at the first fault."""
    environment = {
        name: INPUT.sub(lambda found: inputs[found[1]], value)
        for name, value in step.get("env", {}).items()
    }
    words = [f"{name}={shlex.quote(value)}" for name, value in environment.items()]
    return " ".join(["env", *words, "bash", "-euo", "pipefail", "-c", shlex.quote(step["run"])])


def commands(document: dict[str, Any], given: dict[str, str]) -> list[str]:
    """One for each step, or each text."""
    if "runs" not in document:
        by_script = [document] if "script" in document else list(document.values())
        found = [text for job in by_script for text in texts(job) if CALLS.search(text)]
        return sorted(found, key=lambda text: not GATES.search(text))
    inputs = {name: one.get("default", "") for name, one in document["inputs"].items()} | given
    unknown = given.keys() - document["inputs"].keys()
    if unknown:
        raise SystemExit(f"no input {unknown.pop()}")
    return [step_text(step, inputs) for step in document["runs"]["steps"] if "run" in step]


def main(name: str, *words: str) -> int:
    document = yaml.safe_load(Path(name).read_text())
    found = commands(document, dict(word.split("=", 1) for word in words))
    pinned = [bool(PINNED.search(text)) for text in found if GATES.search(text)]
    if pinned != [False, True]:
        print(
            f"{name}: one step should call slablab gate against the commit before, and then one "
            f"against $REFERENCE; there are {len(pinned)}",
            file=sys.stderr,
        )
        return 1
    print("\n".join(text.rstrip() for text in found))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
