"""command_line.py -- the words of `slablab export` and `slablab import`.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import argparse
from pathlib import Path

from ..complaint import Complaint, analysis_command
from ..document.encodable import deliver
from ..records.records import load
from . import formats
from .importing import write_import
from .series import BETTER, benches


def export_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN --to FORMAT [--better DIRECTION] [--out FILE]"""
    found = formats("written")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "\n".join(
        ["formats:", *(f"  {name:<24}{module.PURPOSE}" for name, module in found.items())]
    )
    parser.add_argument("run", type=Path, metavar="RUN", help="results/<experiment>/<run>")
    parser.add_argument(
        "--to", required=True, choices=found, metavar="FORMAT", help=f"one of {', '.join(found)}"
    )
    parser.add_argument(
        "--better", choices=BETTER, help="only metrics of which less, or more, is better"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write there instead of printing"
    )


def export(arguments: argparse.Namespace) -> int:
    """Raises Complaint for a run without samples."""
    module = formats("written")[arguments.to]
    found = benches(load(arguments.run), arguments.better or getattr(module, "BETTER", None))
    if not found:
        raise Complaint(f"{arguments.run}: no samples to export", "slablab run")
    text = module.written(found)
    deliver(text, arguments.out)
    return 0


def import_arguments(parser: argparse.ArgumentParser) -> None:
    """[ARM=]FILE... --out RUN [--name NAME]"""
    found = ", ".join(f"{name} ({module.PURPOSE})" for name, module in formats("read").items())
    parser.description = (
        f"Reads the JSON of {found}. Several files of an arm are blocks, one each, in the order "
        "of the words; of one file the repetitions are. The first arm is the baseline."
    )
    parser.add_argument(
        "file", nargs="+", metavar="[ARM=]FILE", help="without ARM the file's commands are the arms"
    )
    parser.add_argument("--out", type=Path, metavar="RUN", required=True, help="a new folder")
    parser.add_argument("--name", metavar="NAME", help="of the experiment; without it the folder's")


def import_files(arguments: argparse.Namespace) -> int:
    """Writes the run's folder, and prints what to do with it."""
    folder = write_import(arguments.file, arguments.out, arguments.name)
    print(f"{folder}\n  next: {analysis_command('table', folder)}")
    return 0
