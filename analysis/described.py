"""described.py -- the command line as commands.json, which slablab reads without Python.

  python3 -m analysis.described > analysis/commands.json      (make commands)

slablab's help, man pages and completion are made of it.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from .commands import COMMANDS, Command

STATUS = (
    "Exit status: 0; 1 where what is stored is not what the samples give, or where passes creep; "
    "2 usage, a run that is refused, or output that cannot be written."
)


def _option(action: argparse.Action) -> tuple[str, str]:
    """Its words as they are typed, and its help."""
    value = action.metavar or "|".join(map(str, action.choices or ()))
    words = [*action.option_strings[-1:], *([str(value)] if value and action.nargs != 0 else [])]
    return " ".join(words), action.help or ""


def _one_line(prog: str) -> argparse.HelpFormatter:
    return argparse.HelpFormatter(prog, width=sys.maxsize)


def described(command: Command) -> dict[str, Any]:
    parser = argparse.ArgumentParser(prog=command.name, add_help=False, formatter_class=_one_line)
    command.arguments(parser)
    return {
        "name": command.name,
        "usage": parser.format_usage().removeprefix(f"usage: {command.name}").strip(),
        "summary": command.summary,
        "details": STATUS,
        "options": [_option(action) for action in parser._actions],
    }


def text() -> str:
    return json.dumps([described(command) for command in COMMANDS], indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
