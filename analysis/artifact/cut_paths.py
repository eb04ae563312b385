"""cut_paths.py -- a run that is stored keeps no folder of its machine.

  python3 -m analysis.artifact.cut_paths RUN

Of a path outside the project and the system the last part is left, as /path/NAME, and of such a
folder elsewhere nothing; lines are sealed and the plan is hashed again. A run without such paths is
left as it is, byte for byte.

SPDX-License-Identifier: MIT"""

import sys
from pathlib import Path

from .anonymous import clean
from .secrets import Secrets, named_in_records

if __name__ == "__main__":
    run = Path(sys.argv[1])
    _, _, folders = named_in_records(run)
    clean(run, Secrets(texts=frozenset(folders)))
