"""__main__.py -- checks the interpreter, then hands over to commands.py.

  slablab table ...       or, with a Python of one's own: python3 -m analysis table ...

SPDX-License-Identifier: MIT"""

import importlib.util
import sys

NEEDED = ("numpy", "scipy", "pandas", "matplotlib", "fontTools", "jinja2", "PIL", "yaml")


def missing() -> list[str]:
    """What tables are made with and this interpreter does not have."""
    return [name for name in NEEDED if importlib.util.find_spec(name) is None]


def main() -> int:
    if lacking := missing():
        print(
            f"analysis: {sys.executable} has no {', '.join(lacking)}, which tables are made with\n"
            f"  try: /usr/bin/python3 -m analysis {' '.join(sys.argv[1:])}".rstrip(),
            file=sys.stderr,
        )
        return 2
    from .commands import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
