"""manifest_command.py -- the words of `analysis manifest`.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..document.encodable import deliver
from .manifest import (
    manifest,
    manifest_differences,
    manifest_text,
    other_versions,
    read_manifest,
)

STATUS_DIFFERENT = 1


def _against_manifest(arguments: argparse.Namespace) -> int:
    made, stored = manifest(arguments.folder), read_manifest(arguments.against)
    others = other_versions(made, stored)
    if others:
        print(f"Without page and pictures, for libraries differ: {'; '.join(others)}")
    found = manifest_differences(made, stored)
    for line in found:
        print(f"analysis: {arguments.folder}/{line}", file=sys.stderr)
    if found:
        print(
            "  try: git log, for what changed; if it was meant to, make report manifest",
            file=sys.stderr,
        )
        return STATUS_DIFFERENT
    print(f"{arguments.folder}: is the report of {arguments.against}")
    return 0


def write_manifest(arguments: argparse.Namespace) -> int:
    """Prints, writes or compares it; 1 where it differs."""
    if arguments.against is not None:
        return _against_manifest(arguments)
    deliver(manifest_text(manifest(arguments.folder)), arguments.out)
    return 0


def manifest_arguments(parser: argparse.ArgumentParser) -> None:
    """DIR [--out FILE | --against FILE]"""
    parser.add_argument("folder", type=Path, metavar="DIR", help="a report's folder")
    file = parser.add_mutually_exclusive_group()
    file.add_argument("--out", type=Path, metavar="FILE", help="write there instead of printing")
    file.add_argument(
        "--against", type=Path, metavar="FILE", help="a stored manifest; fail on any difference"
    )
