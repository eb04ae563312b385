"""test_artifact.py -- an artifact's tar: its crate, its bytes, and what it tells of who made it.

SPDX-License-Identifier: MIT"""

import copy
import io
import json
import lzma
import struct
import subprocess
import sys
import tarfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from analysis.artifact import crate
from analysis.artifact.anonymous import PNG, Cleaner, cleaned, unpacked
from analysis.artifact.appendix import appendix_latex, appendix_markdown
from analysis.artifact.package import write_artifact
from analysis.artifact.secrets import Secrets, secrets_of
from analysis.complaint import Complaint
from analysis.records.records import load

from .synthetic import change_plan, write_run
from .test_claims import CELLS, CLAIM, ROOT, written

HOST, USER, AUTHOR = "planthost7", "adaplanted", "Ada Plantedname"
EMAIL, OWNER = "ada@planted.example", "plantedowner"
REMOTE = f"git@planted.example:{OWNER}/slablab.git"
FOLDER = f"/home/{USER}/plantedfolder"
PLANTED = (HOST, USER, "Plantedname", "planted.example", OWNER, "plantedfolder")
RUN = Path("results/reference/synthetic/one")


def git(root: Path, *words: str) -> str:
    identity = ["-c", f"user.name={AUTHOR}", "-c", f"user.email={EMAIL}"]
    done = subprocess.run(
        ["git", *identity, *words], cwd=root, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(words: bytes) -> bytes:
    """One grey pixel, and words beside it."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    packed = b"Author\0\0" + zlib.compress(words)
    text = chunk(b"tEXt", b"Author\0" + words) + chunk(b"zTXt", packed)
    pixel = chunk(b"IDAT", zlib.compress(b"\0\x80"))
    return PNG + head + text + pixel + chunk(b"IEND", b"")


def archive(text: str) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as made:
        member = tarfile.TarInfo("samples/a.csv")
        member.size, member.uname, member.gname = len(text), USER, USER
        made.addfile(member, io.BytesIO(text.encode()))
    return stream.getvalue()


def plant_run(folder: Path) -> None:
    """A run that names its host, its user and a folder in every record."""

    def edit(block: dict[str, Any]) -> None:
        block["host"] = HOST
        for one in block["samples"]:
            one["stderr"] = f"cannot open '{FOLDER}/in.txt'"
            if one["arm"] == "phase17-1":
                one["object"] = f"{FOLDER}/libphase17-1.so"

    write_run(folder, {"phase17-1": 0.1, "phase17-2": 0.0}, CELLS, 60, form="full", edit=edit)
    plan = json.loads((folder / "plan.json").read_text())
    plan["arms"][2]["object"] = f"{FOLDER}/libphase17-1.so"
    change_plan(folder, arms=plan["arms"])
    machine = json.loads((folder / "machine.json").read_text())
    machine |= {"host": HOST, "compiler_flags": f"-I{FOLDER}/include", "owner": AUTHOR}
    (folder / "machine.json").write_text(json.dumps(machine))
    samples = folder / "samples.jsonl"
    (folder / "samples.jsonl.xz").write_bytes(lzma.compress(samples.read_bytes()))
    samples.unlink()


def plant(root: Path) -> None:
    """A repository in which everything that can tells who made it."""
    written(root / "experiments", {**CLAIM, "main": True})
    plant_run(root / RUN)
    (root / "CITATION.cff").write_text(
        f"title: Slablab\nversion: '1.0'\ndate-released: '2026-01-02'\nauthors:\n"
        f"  - given-names: {AUTHOR.split()[0]}\n    family-names: {AUTHOR.split()[1]}\n"
        f"    email: {EMAIL}\nrepository-code: https://planted.example/{OWNER}/slablab\n"
    )
    (root / "LICENSE").write_text(f"MIT License\n\nCopyright (c) 2026 {AUTHOR}\n")
    (root / "pyproject.toml").write_text(f'authors = [{{name = "{AUTHOR}"}}]\n')
    address = f"https://planted.example/{OWNER}/slablab"
    (root / "README.md").write_text(f"[issues]({address}), by {AUTHOR} on {HOST} in {FOLDER}\n")
    (root / "a.png").write_bytes(png(f"{AUTHOR} on {HOST}".encode()))
    (root / "a.pdf").write_bytes(f"%PDF-1.4\n1 0 obj\n<< /Author ({AUTHOR}) >>\nendobj\n".encode())
    (root / "a.svg").write_text(f"<svg><metadata>{FOLDER}</metadata></svg>\n")
    (root / "samples.tar.xz").write_bytes(lzma.compress(archive(f"{HOST},{FOLDER}\n")))
    (root / f"of-{HOST}").mkdir()
    (root / f"of-{HOST}/notes.txt").write_text(f"{EMAIL}\n")
    git(root, "init", "--quiet")
    git(root, "remote", "add", "origin", REMOTE)
    git(root, "config", "user.name", AUTHOR)
    git(root, "config", "user.email", EMAIL)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "all")


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp(USER) / "plantedfolder"
    root.mkdir()
    plant(root)
    return root


def told(file: Path, words: tuple[str, ...]) -> list[str]:
    """Which of the words stand in any file of a tar, unpacked, or in what the tar says of it."""
    found = []
    for content in unpacked("artifact.tar", file.read_bytes()):
        found += [word for word in words if word.lower().encode() in content.lower()]
    return sorted(set(found))


@pytest.fixture(scope="module")
def anonymous(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "artifact.tar"
    return write_artifact(planted, [RUN], out, anonymous=True, dirty=False)


def test_an_anonymous_artifact_tells_nothing(planted: Path, anonymous: Path) -> None:
    commit = git(planted, "rev-parse", "HEAD")
    words = (*PLANTED, commit, str(planted), str(planted.parent))
    assert told(anonymous, words) == []


def test_what_is_planted_is_found(planted: Path, tmp_path: Path) -> None:
    """The test above would see each of the words."""
    out = write_artifact(planted, [], tmp_path / "named.tar", anonymous=False, dirty=False)
    assert told(out, PLANTED) == sorted(PLANTED)


def test_an_anonymous_run_is_read_as_before(planted: Path, anonymous: Path, tmp_path: Path) -> None:
    with tarfile.open(anonymous) as archive:
        archive.extractall(tmp_path)
    run, before = load(tmp_path / "artifact" / RUN), load(planted / RUN)
    assert set(run.blocks["host"]) == {"host-1"}
    assert run.samples["cpu_ns"].tolist() == before.samples["cpu_ns"].tolist()
    assert run.plan["hash"] != before.plan["hash"]
    assert run.plan["arms"][2]["object"] == "/path/libphase17-1.so"


def test_a_run_that_is_stored_keeps_no_folder(tmp_path: Path) -> None:
    run = tmp_path / "one"
    plant_run(run)
    before = load(run)
    cut = [sys.executable, "-m", "analysis.artifact.cut_paths", str(run)]
    subprocess.run(cut, cwd=ROOT, check=True)
    files = {path.name: path.read_bytes() for path in run.iterdir()}
    plain = [text for name, content in files.items() for text in unpacked(name, content)]
    assert not any(b"plantedfolder" in text for text in plain)
    assert any(b"cannot open '/path/in.txt'" in text for text in plain)
    assert load(run).samples["cpu_ns"].tolist() == before.samples["cpu_ns"].tolist()
    subprocess.run(cut, cwd=ROOT, check=True)
    assert {path.name: path.read_bytes() for path in run.iterdir()} == files


def test_what_cannot_be_hidden_is_refused(planted: Path, tmp_path: Path) -> None:
    """A page of a PDF that says a name is packed where it cannot be replaced."""
    page = zlib.compress(f"({AUTHOR}) Tj".encode())
    (planted / "page.pdf").write_bytes(b"%PDF-1.4\nstream\n" + page + b"\nendstream\n")
    git(planted, "add", "page.pdf")
    git(planted, "commit", "--quiet", "--message", "page")
    try:
        with pytest.raises(Complaint, match="1 files still tell who made this: page.pdf"):
            write_artifact(planted, [], tmp_path / "a.tar", anonymous=True, dirty=False)
    finally:
        git(planted, "reset", "--quiet", "--hard", "HEAD~1")


def test_words_of_the_sources_are_no_names(tmp_path: Path) -> None:
    """A user called mark is hidden as a word, not in benchmark; one called root is a common word
    here."""
    cleaner = Cleaner(Secrets(names=frozenset({"mark"}), hosts=frozenset({"vm"})))
    assert cleaner.text(b"mark's benchmark") == b"Anonymous's benchmark"
    record = b'{"host": "vm","vm_hwm_bytes":1}'
    assert cleaned("machine.json", record, cleaner) == b'{"host": "host-1","vm_hwm_bytes":1}'
    for number in range(4):
        (tmp_path / f"{number}.md").write_text("as root\n")
    (tmp_path / "LICENSE").write_text("Copyright (c) 2026 root\n")
    found = secrets_of(tmp_path, tmp_path)
    assert "root" in found.common and "root" not in found.names


def test_the_bytes_depend_on_the_commit_alone(planted: Path, tmp_path: Path) -> None:
    made = [
        write_artifact(planted, [], tmp_path / f"{n}/a.tar", anonymous=True, dirty=False)
        for n in (1, 2)
    ]
    assert made[0].read_bytes() == made[1].read_bytes()
    with tarfile.open(made[0]) as archive:
        members = archive.getmembers()
    names = [tuple(member.name.split("/")) for member in members]
    assert names == sorted(names)
    facts = {(one.mtime, one.uid, one.gid, one.uname, one.gname) for one in members}
    assert facts == {(0, 0, 0, "", "")}


def test_changed_files_are_said(planted: Path, tmp_path: Path) -> None:
    stray = planted / "stray.txt"
    stray.write_text("not committed\n")
    try:
        with pytest.raises(Complaint, match="1 files differ from HEAD: stray.txt"):
            write_artifact(planted, [], tmp_path / "a.tar", anonymous=False, dirty=False)
        out = write_artifact(planted, [], tmp_path / "a.tar", anonymous=False, dirty=True)
    finally:
        stray.unlink()
    with tarfile.open(out) as archive:
        names = archive.getnames()
        page = archive.extractfile("a/ARTIFACT.md")
        assert page is not None
        text = page.read().decode()
    assert "a/stray.txt" not in names and "1 files differed" in text


@pytest.mark.parametrize("name", ["a.zip", "a"])
def test_a_tar_is_written_and_nothing_else(planted: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(Complaint, match="neither .tar nor .tar.xz"):
        write_artifact(planted, [], tmp_path / name, anonymous=False, dirty=False)


@pytest.fixture(scope="module")
def tree(anonymous: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(anonymous) as archive:
        archive.extractall(folder)
    return folder / "artifact"


def metadata(tree: Path) -> dict[str, Any]:
    return json.loads((tree / crate.FILE).read_text())


def test_the_crate_describes_every_file(tree: Path) -> None:
    found = metadata(tree)
    assert crate.crate_faults(found, tree) == []
    entities = {one["@id"]: one for one in found["@graph"]}
    (run,) = [one for name, one in entities.items() if name.startswith("#run-")]
    assert run["@type"] == "CreateAction" and run["instrument"] == {"@id": "#slablab"}
    assert run["object"] == [{"@id": "experiments/synthetic.yaml"}]
    assert run["startTime"] == "2023-11-14T22:13:20Z"  # 1,700,000,000 s
    assert {"@id": f"{RUN}/samples.jsonl.xz"} in run["result"]
    report = entities["#report"]
    assert {"@id": "report/report.html"} in report["result"]
    assert entities["report/report.html"]["encodingFormat"] == "text/html"


def without(name: str, key: str) -> Any:
    def change(found: dict[str, Any]) -> None:
        next(one for one in found["@graph"] if one["@id"] == name).pop(key)

    return change


def dropped(name: str) -> Any:
    def change(found: dict[str, Any]) -> None:
        found["@graph"] = [one for one in found["@graph"] if one["@id"] != name]

    return change


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (without("./", "conformsTo"), "does not conform"),
        (without("./", "license"), "./: has no license"),
        (without("./", "mentions"), "is not mentioned by ./"),
        (without("#report", "instrument"), "#report: has no instrument"),
        (without("#report", "result"), "#report: has no result"),
        (without("#slablab", "softwareVersion"), "#slablab: has no softwareVersion"),
        (without("README.md", "sha256"), "README.md: has another sha256"),
        (without(crate.FILE, "about"), "does not describe ./"),
        (dropped("README.md"), "README.md: is not described"),
        (dropped("#analysis"), "instrument names #analysis, which is not described"),
        (lambda found: found.pop("@context"), "@context"),
    ],
)
def test_a_faulty_crate_is_found(tree: Path, change: Any, fault: str) -> None:
    found = copy.deepcopy(metadata(tree))
    change(found)
    assert any(fault in one for one in crate.crate_faults(found, tree))


def test_a_file_that_is_not_there_is_found(tree: Path) -> None:
    found = metadata(tree)
    found["@graph"].append({"@id": "no", "@type": "File", "name": "no", "encodingFormat": "x"})
    assert "no: is no file of the crate" in crate.crate_faults(found, tree)


def test_the_appendix_has_every_claim_with_its_command() -> None:
    path = ROOT / "experiments/claims.yaml"
    text = appendix_markdown(path, "")
    assert "reproduce --claim ss-reuse-2x-cold |" in text
    assert text.count("reproduce --claim") == path.read_text().count("    holds: ")
    main = appendix_latex(path)
    assert main.count(r"\item[]") == 3 and r"\texttt{phase17-1-faster}" in main
