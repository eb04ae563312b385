"""history_commits.py -- what the commits of a history are about, from the repository that has them.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import subprocess
from pathlib import Path

from ..complaint import Complaint
from .history_lines import Gate


def subjects_of(gates: list[Gate], repository: Path) -> dict[str, str]:
    """Revision to its commit's first line, of the heads that the repository has. Raises Complaint
    where there is no repository."""
    heads = [gate["head"].get("revision") for gate in gates]
    revisions = list(dict.fromkeys(revision for revision in heads if revision))
    if not revisions:
        return {}
    command = ["git", "-c", "safe.directory=*", "-C", str(repository), "log", "--no-walk=unsorted"]
    command += ["--ignore-missing", "--stdin", "--format=%H %s"]
    try:
        told = subprocess.run(
            command, input="\n".join(revisions), capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", "") or str(error)).strip().splitlines()
        what = said[0] if said else error
        raise Complaint(f"{repository}: {what}", "--repository DIR") from error
    lines = [line.partition(" ") for line in told.splitlines()]
    return {revision: subject for revision, _, subject in lines if revision in revisions}
