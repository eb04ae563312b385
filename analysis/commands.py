"""commands.py -- the command line: a table of commands that serves help and dispatch.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .artifact.command import ENTRIES as ARTIFACT
from .certificate import why as why_picture
from .certificate.certificate import load_certified
from .certificate.page import write_certificate
from .claims.file import own_claims
from .claims.page import stored_runs
from .claims.report import claims_differences, write_claims
from .comparison.answer_lines import answer_lines, answers_in_full
from .comparison.chosen_table import choice_arguments, choice_of
from .comparison.components_table import components_arguments, print_components
from .comparison.planned_machines import planned_arguments, print_planned
from .comparison.run_formats import FORMATS, shown
from .comparison.watch import keep_off_samples, watch
from .complaint import Complaint, analysis_command, regular
from .document.encodable import deliver, write_what_can_be
from .document.formats import TERMINAL_COLUMNS, terminal
from .drawing.drawing import TWO_COLUMNS, drawn
from .exchange.command_line import export, export_arguments, import_arguments, import_files
from .gate.gates import gate_differences, load_gate
from .gate.history import history_files_in, load_history
from .gate.history_page import warn, write_history
from .gate.tables import gate_document, write_gate_report
from .profile.stacks import write_stacks
from .profile.tables import FUNCTIONS_SHOWN, document
from .records.joined import join
from .records.records import load
from .records.style import read_style, stored_style
from .report.fill import filled
from .report.kept import FILE as KEPT_FILE
from .report.kept import digest_of, kept_differences, remove_drawn, write_kept
from .report.manifest_command import manifest_arguments, write_manifest
from .report.report import STYLE as REPORT_STYLE
from .report.report import differences, write_report
from .report.sections import read_sections

STATUS_DIFFERENT = 1
STATUS_USAGE = 2
NARROWEST = 40
ANSWER_WIDTH = 160  # where no terminal says: a line per run


def _watch(arguments: argparse.Namespace) -> int:
    if len(arguments.run) > 1 or arguments.out is not None or arguments.format != "terminal":
        raise Complaint(
            "--watch follows one run, on the terminal",
            analysis_command("table", "--watch", "RUN"),
        )
    keep_off_samples(arguments.run[0])
    try:
        watch(arguments.run[0], sys.stdout)
    except KeyboardInterrupt:
        print()
    return 0


def _width() -> int:
    """Of the terminal, or what COLUMNS says: no more than tables are made for."""
    return max(NARROWEST, min(shutil.get_terminal_size((TERMINAL_COLUMNS, 24)).columns,
                              TERMINAL_COLUMNS))  # fmt: skip


def table(arguments: argparse.Namespace) -> int:
    if arguments.watch:
        return _watch(arguments)
    if arguments.format == "csv" and len(arguments.run) > 1:
        raise Complaint(
            f"csv of {len(arguments.run)} runs: their parameters are other columns",
            "one RUN at a time",
        )
    width = _width() if arguments.out is None else TERMINAL_COLUMNS
    form = "brief" if arguments.brief else arguments.format
    chosen = choice_of(arguments)
    text = "\n".join(shown(load(folder), form, width, chosen) for folder in arguments.run)
    deliver(text, arguments.out)
    return 0


def answer(arguments: argparse.Namespace) -> int:
    runs = [load(folder) for folder in arguments.run]
    width = shutil.get_terminal_size(fallback=(ANSWER_WIDTH, 24)).columns
    print("\n".join(answers_in_full(runs) if arguments.long else answer_lines(runs, width)))
    return 0


def report(arguments: argparse.Namespace) -> int:
    own = arguments.style is not None
    style = read_style(arguments.style) if own else stored_style(arguments.run[0])
    sections = read_sections(arguments.run, style, strict=own)
    remove_drawn(arguments.out)
    print(write_report(sections, arguments.out))
    write_kept(sections, arguments.out)
    return 0


def where(arguments: argparse.Namespace) -> int:
    found = join(arguments.run)
    shown = arguments.functions
    sys.stdout.write("\n".join(terminal(document(joined, shown), _width()) for joined in found))
    if arguments.out is None:
        return 0
    profiles = [joined.profile for joined in found if joined.profile is not None]
    if not profiles:
        raise Complaint("no profile among them, so there are no stacks", "slablab profile first")
    for one in profiles:
        write_stacks(one, arguments.out)
    print(arguments.out)
    return 0


def judge(arguments: argparse.Namespace) -> int:
    status = 0
    for folder in arguments.run:
        found = load_gate(folder)
        different = gate_differences(found)
        for line in different:
            print(f"analysis: {folder}: {line}", file=sys.stderr)
        if different:
            print("  try: the same slablab and analysis; git log tells", file=sys.stderr)
            status = STATUS_DIFFERENT
        else:
            sys.stdout.write(terminal(gate_document(found), _width()))
            print(f"{folder}: every row is what its samples give")
            if arguments.out is not None:
                print(write_gate_report(found, arguments.out))
    return status


def verify(arguments: argparse.Namespace) -> int:
    drawn_in = arguments.against / REPORT_STYLE
    style = read_style(drawn_in if drawn_in.exists() else None)
    sections = read_sections(arguments.run, style, strict=False)
    changed = kept_differences(sections, arguments.against)
    for line in changed:
        print(f"analysis: {line}", file=sys.stderr)
    status = STATUS_DIFFERENT if changed else 0
    for one in sections:
        found = differences(one, arguments.against)
        for line in found:
            print(f"analysis: {line}", file=sys.stderr)
        if found:
            status = STATUS_DIFFERENT
        else:
            name = one.subject.name
            print(f"{arguments.against}: page, tables, figures and numbers of {name} are its own")
    if status == 0:
        path = arguments.against / KEPT_FILE
        print(f"{path}: no file has changed; its sha256: {digest_of(arguments.against)}")
    else:
        print(
            "  try: " + analysis_command("report", *arguments.run, "--out", arguments.against),
            file=sys.stderr,
        )
    return status


def certificate(arguments: argparse.Namespace) -> int:
    print(write_certificate(load_certified(arguments.folder), arguments.out))
    return 0


def claims(arguments: argparse.Namespace) -> int:
    runs = arguments.run or stored_runs(arguments.claims)
    if arguments.out is not None:
        print(write_claims(runs, arguments.claims, arguments.out))
        return 0
    found = claims_differences(runs, arguments.claims, arguments.against)
    for line in found:
        print(f"analysis: {line}", file=sys.stderr)
    if found:
        print("  try: the runs that it was made from, or --out to make it anew", file=sys.stderr)
        return STATUS_DIFFERENT
    print(f"{arguments.against}: every claim's verdict is what the samples give")
    return 0


def why(arguments: argparse.Namespace) -> int:
    run_of_copies = load(arguments.run)
    arguments.out.write_bytes(drawn(why_picture, run_of_copies, TWO_COLUMNS).files["png"])
    print(arguments.out)
    return 0


def history(arguments: argparse.Namespace) -> int:
    creeps = False
    for file in history_files_in(arguments.file):
        found = load_history(file, arguments.repository)
        print(write_history(found, arguments.out / found.name
                            if arguments.file.is_dir() else arguments.out))  # fmt: skip
        creeps |= warn(found, file)
    return STATUS_DIFFERENT if creeps else 0


def fill(arguments: argparse.Namespace) -> int:
    for file in arguments.file:
        text = regular(file).read_text(encoding="utf-8")
        file.write_text(filled(text, file.parent), encoding="utf-8")
    return 0


def _path(word: str) -> Path:
    if not word:
        raise argparse.ArgumentTypeError("'' names no file and no folder")
    return Path(word)


def _run_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "run", type=_path, metavar="RUN", nargs="+", help="results/<experiment>/<run>"
    )


def _table_arguments(parser: argparse.ArgumentParser) -> None:
    _run_arguments(parser)
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--format", choices=FORMATS, default="terminal")
    shown.add_argument("--brief", action="store_true", help="for a terminal, without the details")
    shown.add_argument(
        "--watch", action="store_true", help="follow a running run; drawn again at each block"
    )
    parser.add_argument("--out", type=_path, metavar="FILE", help="write there instead of printing")
    choice_arguments(parser)


def _answer_arguments(parser: argparse.ArgumentParser) -> None:
    _run_arguments(parser)
    parser.add_argument(
        "--long", action="store_true", help="four lines a run: cells in full, and intervals"
    )


def _report_arguments(parser: argparse.ArgumentParser) -> None:
    _run_arguments(parser)
    parser.add_argument(
        "--out", type=_path, metavar="DIR", required=True, help="the report's folder"
    )
    parser.add_argument(
        "--style", type=_path, metavar="FILE", help="labels, colours, widths: docs/figures.md"
    )


def _where_arguments(parser: argparse.ArgumentParser) -> None:
    _run_arguments(parser)
    parser.add_argument(
        "--functions",
        type=int,
        metavar="N",
        default=FUNCTIONS_SHOWN,
        help="functions shown of each arm (--out has all)",
    )
    parser.add_argument(
        "--out",
        type=_path,
        metavar="DIR",
        help="write flame graphs, folded stacks and all functions there, too",
    )


def _judge_arguments(parser: argparse.ArgumentParser) -> None:
    _run_arguments(parser)
    parser.add_argument(
        "--out", type=_path, metavar="DIR", help="write a page and tables/ there, too"
    )


def _verify_arguments(parser: argparse.ArgumentParser) -> None:
    _run_arguments(parser)
    parser.add_argument(
        "--against", type=_path, metavar="DIR", required=True, help="a report's folder"
    )


def _certificate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", type=_path, metavar="DIR", help="what make certify wrote: results/certify"
    )
    parser.add_argument(
        "--out", type=_path, metavar="DIR", required=True, help="the certificate's folder"
    )


def _claims_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "run",
        type=_path,
        metavar="RUN",
        nargs="*",
        help="results/<experiment>/<run>; without any, those in results/reference",
    )
    parser.add_argument(
        "--claims",
        type=_path,
        metavar="FILE",
        default=own_claims(),
        help="what was claimed, beside the experiments (experiments/claims.yaml)",
    )
    folder = parser.add_mutually_exclusive_group(required=True)
    folder.add_argument("--out", type=_path, metavar="DIR", help="for claims.md, .csv and .tex")
    folder.add_argument(
        "--against", type=_path, metavar="DIR", help="derive them again; fail on any difference"
    )


def _history_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", type=_path, metavar="FILE", help="results/history/NAME.jsonl, or the folder of all"
    )
    parser.add_argument(
        "--repository", type=_path, metavar="DIR", help="tells what the commits are about"
    )
    parser.add_argument(
        "--out", type=_path, metavar="DIR", required=True, help="the report's folder"
    )


def _why_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "run", type=Path, metavar="RUN", help="a run of the baseline against copies of itself"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", required=True, help="a PNG file")


def _fill_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", type=_path, metavar="FILE", nargs="+", help="a Markdown text with marks"
    )


@dataclass(frozen=True)
class Command:
    name: str
    summary: str
    arguments: Callable[[argparse.ArgumentParser], None]
    function: Callable[[argparse.Namespace], int]


COMMANDS = (
    Command(
        "table", "print a run's question, expectation, outcome and tables", _table_arguments, table
    ),
    Command(
        "answer", "print a line per run: verdicts, worst and best cell", _answer_arguments, answer
    ),
    Command(
        "components",
        "print how much links, processes, occasions and machines vary each effect",
        components_arguments,
        print_components,
    ),
    Command(
        "elsewhere",
        "print how many machines and blocks make an experiment's effects hold elsewhere",
        planned_arguments,
        print_planned,
    ),
    Command(
        "report",
        "write report.html, numbers.tex, tables/ and figures/ of runs of any kind",
        _report_arguments,
        report,
    ),
    Command(
        "where",
        "print where time and page faults go, from runs of slablab profile and slablab faults",
        _where_arguments,
        where,
    ),
    Command(
        "judge",
        "derive a gate's rows and verdict again, fail on any difference, and print them",
        _judge_arguments,
        judge,
    ),
    Command(
        "verify",
        "derive a report's tables, figures and numbers again and fail on any difference",
        _verify_arguments,
        verify,
    ),
    Command(
        "manifest",
        "print a digest of each file of a report, or hold it against stored ones",
        manifest_arguments,
        write_manifest,
    ),
    Command(
        "certificate",
        "write how often the gate was right where the truth was planted",
        _certificate_arguments,
        certificate,
    ),
    Command(
        "claims",
        "write which of the source's claims hold, by stored runs of any kind",
        _claims_arguments,
        claims,
    ),
    Command("export", "write a run's samples in another tool's format", export_arguments, export),
    Command(
        "import", "make a run of what another tool measured", import_arguments, import_files
    ),
    *(Command(*entry) for entry in ARTIFACT),
    Command(
        "history",
        "write gates' effects over time and what they amount to; fail where passes creep",
        _history_arguments,
        history,
    ),
    Command(
        "why",
        "draw how often identical code is called different, run A then B and in blocks",
        _why_arguments,
        why,
    ),
    Command("fill", "write stored runs' tables between a text's marks", _fill_arguments, fill),
)


def own_version() -> str:
    """Of the slablab that this lies in."""
    return (Path(__file__).parents[1] / "VERSION").read_text(encoding="utf-8").strip()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="slablab", description="Tables and reports from results/."
    )
    parser.add_argument("--version", action="version", version=f"slablab {own_version()}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.arguments(
            commands.add_parser(command.name, help=command.summary, description=command.summary)
        )
    return parser


def _drop_output() -> None:
    """What is left in the buffer goes nowhere, or Python would complain of it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run(words: list[str]) -> int:
    """The exit status of a command: 0, 1 (different; of history: crept), 2 (usage, a refused run,
    or output that cannot be written); reproduce has more."""
    if sys.stdout is None:  # closed: what would be printed has no place
        print("analysis: standard output is closed\n  try: analysis ... > FILE", file=sys.stderr)
        return STATUS_USAGE
    write_what_can_be()
    try:
        try:
            arguments = _parser().parse_args(words)
            command = next(command for command in COMMANDS if command.name == arguments.command)
            return command.function(arguments)
        finally:
            sys.stdout.flush()
    except Complaint as complaint:
        print(complaint, file=sys.stderr)
    except BrokenPipeError:  # `slablab table RUN | head`: the reader has closed the pipe
        _drop_output()
        return 0
    except OSError as error:
        what = str(error)
        if error.filename is None:  # of standard output, or of a file that was open already
            what = f"cannot write all of it: {error.strerror}"
            _drop_output()
        print(f"analysis: {what}\n  try: check the path and its permissions", file=sys.stderr)
    return STATUS_USAGE
