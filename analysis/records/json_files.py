"""json_files.py -- a run's JSON files, each of the schema that its name promises.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..complaint import Complaint, regular
from .lines import check_schema

OUTCOME = "outcome.json"
SCHEMAS = {
    "plan.json": ("slablab-plan/2", "slablab-plan/1"),
    "machine.json": ("slablab-machine/1",),
    "attestation.json": ("slablab-attestation/1",),
    "outcome.json": ("slablab-outcome/1",),
    "instrument.json": ("slablab-instrument/1",),
}


def read_object(path: Path) -> dict[str, Any] | None:
    """A JSON object of the schema that its name promises; None where there is no file, or where an
    outcome has no bytes: a power cut may leave as much of it."""
    if not path.exists() or (
        path.name == OUTCOME and path.is_file() and path.stat().st_size == 0
    ):
        return None
    try:
        value = json.loads(regular(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise Complaint(
            f"{path}: cannot be read: {error}", "restore the file; it is written once"
        ) from error
    check_schema(value, SCHEMAS[path.name], str(path))
    return value
