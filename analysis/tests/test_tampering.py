"""test_tampering.py -- verify finds every change of a report, and of the run that it is of.

SPDX-License-Identifier: MIT"""

import io
import json
import lzma
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from analysis import commands
from analysis.figures import effects, page_faults
from analysis.records.seal import sealed

from .synthetic import hashed, write_run

pytestmark = pytest.mark.slow

CELLS = ["fixed_random size=256 slots=400 operations=100000 cold", "sawtooth size=256 cold"]
RUN, OUT = "run", "out"
NAME = "synthetic-run"
ARM = 2  # phase17-2, after the baseline and its control

Bytes = Callable[[bytes], bytes | None]  # None: the file goes
Tampering = tuple[str, str, Bytes]  # what is done, to which file, how


def other(before: str, after: str) -> Bytes:
    def change(content: bytes) -> bytes:
        assert before.encode() in content
        return content.replace(before.encode(), after.encode(), 1)

    return change


def bit(at: float) -> Bytes:
    """One bit of the byte at that share of the file."""

    def change(content: bytes) -> bytes:
        place = int(at * len(content))
        return content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :]

    return change


def of_json(change: Callable[[dict[str, Any]], object]) -> Bytes:
    def edit(content: bytes) -> bytes:
        value = json.loads(content)
        change(value)
        return json.dumps(value).encode()

    return edit


def rehashed(change: Callable[[dict[str, Any]], object]) -> Bytes:
    """As who knows how a plan's hash is made would do it."""

    def edit(content: bytes) -> bytes:
        plan = json.loads(content)
        change(plan)
        return json.dumps(hashed(plan)).encode()

    return edit


def resealed(change: Callable[[list[dict[str, Any]]], object]) -> Bytes:
    """As who knows how a line is sealed would do it."""

    def edit(content: bytes) -> bytes:
        blocks = [json.loads(line) for line in content.splitlines()]
        for block in blocks:
            del block["crc32"]
        change(blocks)
        return b"".join(sealed(json.dumps(block).encode()) for block in blocks)

    return edit


def of_lines(change: Callable[[list[bytes]], list[bytes]]) -> Bytes:
    return lambda content: b"".join(change(content.splitlines(keepends=True)))


def white(content: bytes) -> bytes:
    """A PNG of the same size and with the same words in it."""
    picture = Image.open(io.BytesIO(content))
    words = PngImagePlugin.PngInfo()
    for key, value in picture.info.items():
        if isinstance(value, str):
            words.add_text(key, value)
    painted = io.BytesIO()
    Image.new(picture.mode, picture.size, "white").save(painted, "png", pnginfo=words)
    return painted.getvalue()


def gone(content: bytes) -> None:
    return None


def emptied(content: bytes) -> bytes:
    return b""


def longer(content: bytes) -> bytes:
    return content + b"\n"


def sample_of(blocks: list[dict[str, Any]], arm: str = "phase17-2") -> dict[str, Any]:
    return next(sample for sample in blocks[0]["samples"] if sample["arm"] == arm)


def attested(cell: int, arm: int, **change: Any) -> Bytes:
    return of_json(lambda value: value["cells"][cell]["arms"][arm].update(change))


PAGE, SVG = "out/report.html", f"out/figures/{NAME}-effects.svg"
PNG, PDF = f"out/figures/{NAME}-effects.png", f"out/figures/{NAME}-effects.pdf"
MD, CSV, TEX = (f"out/tables/{NAME}.{kind}" for kind in ("md", "csv", "tex"))
KEPT, VERSIONS, NUMBERS = "out/report.manifest", "out/versions.txt", "out/numbers.tex"
PLAN, SAMPLES = "run/plan.json", "run/samples.jsonl"
ATTESTED, MACHINE, OUTCOME = "run/attestation.json", "run/machine.json", "run/outcome.json"

OF_THE_REPORT: list[Tampering] = [
    ("a verdict on the page", PAGE, other(">worse<", ">better<")),
    ("a heading added", PAGE, other("<h1>", "<h1>Twice as fast</h1><h1>")),
    ("a script added", PAGE, other("</body>", "<script>alert(1)</script></body>")),
    ("a style added", PAGE, other("</style>", ".worse { display: none }</style>")),
    ("a comment added", PAGE, other("</body>", "<!-- --></body>")),
    ("the title", PAGE, other("<title>", "<title>Best ")),
    ("a stroke moved on the page", PAGE, other("<path d=\"M ", "<path d=\"M 9")),
    ("a bit of the page", PAGE, bit(0.5)),
    ("the page longer by a line", PAGE, longer),
    ("the page emptied", PAGE, emptied),
    ("the page gone", PAGE, gone),
    ("a verdict in Markdown", MD, other("worse", "better")),
    ("a blank in Markdown", MD, other("| ", "|  ")),
    ("a verdict in CSV", CSV, other(",worse", ",better")),
    ("a last digit in CSV", CSV, bit(0.9)),
    ("CSV with other line ends", CSV, lambda content: content.replace(b"\n", b"\r\n")),
    ("CSV emptied", CSV, emptied),
    ("a verdict in LaTeX", TEX, other("worse", "better")),
    ("a comment in LaTeX", TEX, lambda content: content + b"% checked\n"),
    ("a table gone", TEX, gone),
    ("a key of numbers.tex", NUMBERS, bit(0.7)),
    ("a comment in numbers.tex", NUMBERS, lambda content: b"% checked\n" + content),
    ("numbers.tex gone", NUMBERS, gone),
    ("a PNG painted white", PNG, white),
    ("a bit of a PNG", PNG, bit(0.6)),
    ("a PNG emptied", PNG, emptied),
    ("a PNG gone", PNG, gone),
    ("bytes behind a PNG", PNG, longer),
    ("an SVG's path moved", SVG, other('d="M ', 'd="M 9')),
    ("an SVG's colour", SVG, other("fill: #", "fill: #f")),
    ("an SVG that is only its words", SVG, lambda content: content[:2000] + b"</svg>"),
    ("an SVG gone", SVG, gone),
    ("a PDF emptied", PDF, emptied),
    ("a bit of a PDF", PDF, bit(0.4)),
    ("a column's PDF gone", f"out/figures/{NAME}-effects-column.pdf", gone),
    ("another run's picture", f"out/figures/{NAME}-page_faults.png", white),
    ("a version", VERSIONS, other("numpy ", "numpy 9")),
    ("a blank behind a version", VERSIONS, other("\n", " \n")),
    ("versions gone", VERSIONS, gone),
    ("a file added", "out/README.md", lambda content: b"Checked by an expert.\n"),
    ("a table added", f"out/tables/{NAME}-more.md", lambda content: b"| better |\n"),
    ("a picture added", "out/figures/best.png", lambda content: b"\x89PNG"),
    ("a hidden file added", "out/.note", lambda content: b"x"),
    ("a folder added", "out/more/note.txt", emptied),
    ("a digest of the manifest", KEPT, other("  page  ", "0  page  ")),
    ("a line of the manifest gone", KEPT, of_lines(lambda lines: lines[1:])),
    ("a line of the manifest twice", KEPT, of_lines(lambda lines: [*lines, lines[0]])),
    ("a line of the manifest in words", KEPT, of_lines(lambda lines: [b"all is well\n", *lines])),
    ("the manifest emptied", KEPT, emptied),
    ("the manifest gone", KEPT, gone),
]
OF_THE_RUN: list[Tampering] = [
    ("an environment", PLAN, of_json(lambda p: p["arms"][ARM]["environment"].append("A=1"))),
    ("an environment, hashed", PLAN, rehashed(lambda p: p["arms"][2]["environment"].append("A"))),
    ("a build-id", PLAN, of_json(lambda p: p["arms"][ARM].update(object_build_id="cd"))),
    ("an object", PLAN, of_json(lambda p: p["arms"][ARM].update(object="build/liba.so"))),
    ("a margin", PLAN, of_json(lambda p: p.update(margin=0.2))),
    ("a margin, hashed", PLAN, rehashed(lambda p: p.update(margin=0.2))),
    ("a parameter", PLAN, of_json(lambda p: p["cells"][0]["parameters"].update(size=8))),
    ("a question", PLAN, of_json(lambda p: p.update(question="Is it the best?"))),
    ("an expectation", PLAN, of_json(lambda p: p.update(expects="It is."))),
    ("the experiment's text", PLAN, of_json(lambda p: p.update(experiment_text="# none"))),
    ("a seed", PLAN, of_json(lambda p: p.update(seed=2))),
    ("a hash", PLAN, of_json(lambda p: p.update(hash="0123456789abcdef"))),
    ("a workload's build-id", PLAN, of_json(lambda p: p["workloads"].update(sawtooth="ef"))),
    ("a blank in the plan", PLAN, longer),
    ("the plan gone", PLAN, gone),
    ("a digit of a time", SAMPLES, other('"cpu_ns": 1', '"cpu_ns": 2')),
    ("a bit of the samples", SAMPLES, bit(0.3)),
    ("a sealed time", SAMPLES, resealed(lambda b: sample_of(b).update(cpu_ns=9_000_000))),
    ("a sealed nonsense", SAMPLES, resealed(lambda b: sample_of(b).update(cpu_ns=-5))),
    ("a sealed build-id", SAMPLES, resealed(lambda b: sample_of(b).update(build_id="cd34"))),
    ("a sealed object", SAMPLES, resealed(lambda b: sample_of(b).update(object="build/a.so"))),
    ("a sealed checksum", SAMPLES, resealed(lambda b: sample_of(b).update(checksum="ff"))),
    ("sealed operations", SAMPLES, resealed(lambda b: sample_of(b).update(operations=1))),
    ("a sealed host", SAMPLES, resealed(lambda b: b[0].update(host="another"))),
    ("a sealed loss", SAMPLES, resealed(lambda b: b[0].update(valid=False))),
    ("a block gone", SAMPLES, of_lines(lambda lines: lines[:-1])),
    ("a block twice", SAMPLES, of_lines(lambda lines: [*lines, lines[-1]])),
    ("blocks in another order", SAMPLES, of_lines(lambda lines: lines[::-1])),
    ("half of the last block", SAMPLES, lambda content: content[:-700]),
    ("samples gone", SAMPLES, gone),
    ("an empty shard added", "run/samples.more.jsonl", emptied),
    ("an attested checksum", ATTESTED, attested(0, 0, checksum="f")),
    ("attested operations", ATTESTED, attested(1, 2, operations=9)),
    ("an attested build-id", ATTESTED, attested(0, 1, build_id="0")),
    ("an attested share", ATTESTED, attested(0, 2, shares={})),
    ("a cell of the attestation gone", ATTESTED, of_json(lambda a: a["cells"].pop())),
    ("the attestation gone", ATTESTED, gone),
    ("a processor", MACHINE, of_json(lambda m: m.update(cpu_model="Best CPU"))),
    ("a commit", MACHINE, of_json(lambda m: m.update(git_commit="fffffff"))),
    ("a fact that no page shows", MACHINE, of_json(lambda m: m.update(memory_bytes=1))),
    ("the machine gone", MACHINE, gone),
    ("a verdict of the run", OUTCOME, of_json(lambda o: o.update(verdict="void"))),
    ("a count of blocks", OUTCOME, of_json(lambda o: o["cells"][0].update(blocks=11))),
    ("why a cell stopped", OUTCOME, of_json(lambda o: o["cells"][0].update(stopped_by="control"))),
    ("the outcome emptied", OUTCOME, emptied),
    ("the outcome gone", OUTCOME, gone),
]


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A run and its report, with two of the figures: verify draws each again."""
    folder = tmp_path_factory.mktemp("tampering")
    shown = {"effects": effects, "page_faults": page_faults}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("analysis.report.sections.figures_for", lambda run: shown)
        write_run(folder / RUN, {"phase17-2": -0.04}, CELLS, 12)
        assert commands.run(["report", str(folder / RUN), "--out", str(folder / OUT)]) == 0
        yield folder


def verify(folder: Path) -> int:
    return commands.run(["verify", str(folder / RUN), "--against", str(folder / OUT)])


def test_nothing_is_found_where_nothing_was_changed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify(folder) == 0
    assert "report.manifest: no file has changed; its sha256: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "change"),
    [tampering[1:] for tampering in OF_THE_REPORT + OF_THE_RUN],
    ids=[tampering[0] for tampering in OF_THE_REPORT + OF_THE_RUN],
)
def test_every_tampering_is_found(
    folder: Path, name: str, change: Bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / name
    before = path.read_bytes() if path.exists() else None
    after = change(before or b"")
    path.parent.mkdir(exist_ok=True)
    if after is None:
        path.unlink()
    else:
        assert after != before
        path.write_bytes(after)
    try:
        assert verify(folder) in (1, 2)
        said = capsys.readouterr().err
        assert "analysis: " in said and "Traceback" not in said
    finally:
        if before is not None:
            path.write_bytes(before)
        else:
            path.unlink()
            if path.parent.name == "more":
                path.parent.rmdir()


def test_a_run_that_was_compressed_is_the_same(folder: Path) -> None:
    path = folder / SAMPLES
    content = path.read_bytes()
    packed = path.with_suffix(".jsonl.xz")
    path.unlink()
    packed.write_bytes(lzma.compress(content))
    try:
        assert verify(folder) == 0
    finally:
        packed.unlink()
        path.write_bytes(content)


def test_a_report_from_before_manifests_is_made_again(folder: Path) -> None:
    (folder / KEPT).unlink()
    assert verify(folder) == 1
    assert commands.run(["report", str(folder / RUN), "--out", str(folder / OUT)]) == 0
    assert verify(folder) == 0
