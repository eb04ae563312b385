"""__main__.py -- checks the interpreter, then hands over to commands.py.

  /usr/bin/python3 -m analysis table|answer|report|profile|gate|verify|certificate|claims|\
                               reproduce|artifact|appendix|history|fill ...

SPDX-License-Identifier: MIT"""

import importlib.util
import sys

NEEDED = ("numpy", "scipy", "pandas", "matplotlib", "fontTools", "jinja2")


def main() -> int:
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        print(
            f"analysis: {sys.executable} has no {', '.join(missing)}, which tables are made with\n"
            f"  try: /usr/bin/python3 -m analysis {' '.join(sys.argv[1:])}".rstrip(),
            file=sys.stderr,
        )
        return 2
    from .commands import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
