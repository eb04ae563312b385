"""command.py -- the subcommands of this wing: their arguments, and what they do with them.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..claims.file import own_claims
from ..complaint import Complaint, analysis_command
from ..document.formats import terminal
from .appendix import write_appendix
from .package import write_artifact
from .reproduce import (
    HOME,
    STATUS_INTERRUPTED,
    expected_of,
    judged_again,
    lines_of,
    listing,
    main_claims,
    measured_again,
    status_over,
    time_of,
    time_text,
)


def reproduce_arguments(parser: argparse.ArgumentParser) -> None:
    """Of `reproduce`."""
    parser.epilog = (
        "Exit status: 0 reproduced, 1 not reproduced, 3 undecided (of several claims: 1 if one is "
        "not, else 3 if one is undecided), 2 nothing was measured, 130 interrupted."
    )
    parser.add_argument(
        "--claim",
        metavar="ID",
        action="append",
        default=[],
        help="measure what this claim needs again; may be given several times",
    )
    parser.add_argument("--main", action="store_true", help="the claims that the file calls main")
    parser.add_argument(
        "--list", action="store_true", help="the claims, and how long each takes; measures nothing"
    )
    parser.add_argument(
        "--quick", action="store_true", help="fewer blocks: a minute, and more often undecided"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        default=Path("results/reproduced"),
        help="for each claim's experiment and its run (%(default)s)",
    )
    parser.add_argument(
        "--claims",
        type=Path,
        metavar="FILE",
        default=own_claims(),
        help="what was claimed, beside the experiments and results/reference (%(default)s)",
    )


def _reproduce(arguments: argparse.Namespace) -> int:
    path, names = arguments.claims, list(arguments.claim)
    if arguments.main:
        names += main_claims(path)
    if not names:
        raise Complaint(
            "reproduce: which claim?", analysis_command("reproduce", "--list") + ", or --main"
        )
    expected = expected_of(names, path)
    seconds = [time_of(one, path, arguments.quick) for one in expected]
    for one, each in zip(expected, seconds):
        print(f"{one.claim.id}: about {time_text(each)}. {one.claim.claim}", flush=True)
    print(f"In all about {time_text(sum(seconds))}; leave the machine alone.", flush=True)
    found = [
        judged_again(one, measured_again(one, path, arguments.out, arguments.quick))
        for one in expected
    ]
    print("\n".join(lines_of(found)))
    return status_over(found)


def reproduce(arguments: argparse.Namespace) -> int:
    """Measures claims again; returns the exit status."""
    if arguments.list:
        sys.stdout.write(terminal(listing(arguments.claims)))
        return 0
    try:
        return _reproduce(arguments)
    except KeyboardInterrupt:
        print("analysis: interrupted\n  try: the same command, which goes on", file=sys.stderr)
        return STATUS_INTERRUPTED


def artifact_arguments(parser: argparse.ArgumentParser) -> None:
    """Of `artifact`."""
    parser.add_argument(
        "run", type=Path, metavar="RUN", nargs="*", help="stored runs of HEAD, for the report"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", required=True, help="a .tar or a .tar.xz"
    )
    parser.add_argument(
        "--anonymous",
        action="store_true",
        help="for double-blind review: no host, user, path, remote, author or commit in any file",
    )
    parser.add_argument(
        "--dirty", action="store_true", help="although files differ from HEAD, which is packed"
    )


def artifact(arguments: argparse.Namespace) -> int:
    """Packs an artifact of the checkout that this analysis is in."""
    print(write_artifact(HOME, arguments.run, arguments.out, arguments.anonymous, arguments.dirty))
    return 0


def appendix_arguments(parser: argparse.ArgumentParser) -> None:
    """Of `appendix`."""
    parser.add_argument(
        "--out", type=Path, metavar="DIR", required=True, help="for ARTIFACT.md and appendix.tex"
    )
    parser.add_argument(
        "--claims", type=Path, metavar="FILE", default=own_claims(), help="(%(default)s)"
    )


def appendix(arguments: argparse.Namespace) -> int:
    """Writes an artifact's appendix alone, for a paper."""
    print(write_appendix(arguments.claims, arguments.out))
    return 0


ENTRIES = (  # name, summary, arguments and function of each
    (
        "reproduce",
        "measure a claim again, and say whether it is reproduced",
        reproduce_arguments,
        reproduce,
    ),
    (
        "artifact",
        "pack sources, stored runs, report and the claims' appendix for a reviewer",
        artifact_arguments,
        artifact,
    ),
    (
        "appendix",
        "write the claims with their commands, times and expected figures",
        appendix_arguments,
        appendix,
    ),
)
