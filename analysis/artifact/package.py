"""package.py -- one tar for a reviewer: sources of a commit, stored runs, report, crate, appendix.

The same commit and the same libraries give the same bytes: members are sorted, have no owner and
are of the time 0.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import io
import lzma
import subprocess
import tarfile
import tempfile
from pathlib import Path

from ..claims.file import FILE as CLAIMS
from ..complaint import Complaint, analysis_command
from ..report.kept import write_kept
from ..report.manifest import manifest, manifest_text
from ..report.report import write_report
from ..report.sections import read_sections
from . import crate
from .anonymous import clean, tellers
from .appendix import write_appendix
from .secrets import Secrets, secrets_of

REPORT = "report"
STORED_MANIFEST = "results/reference/report.manifest"
SHOWN = 5  # files that a complaint names


def _git(root: Path, *words: str) -> bytes:
    done = subprocess.run(
        ["git", "-c", "safe.directory=*", *words], cwd=root, capture_output=True, check=False
    )
    if done.returncode != 0:
        why = " ".join(done.stderr.decode("utf-8", "replace").split())
        raise Complaint(f"{root}: git {words[0]}: {why}", "a checkout with a commit")
    return done.stdout


def changes_of(root: Path) -> list[str]:
    """Files that differ from HEAD, or that git does not know."""
    lines = _git(root, "status", "--porcelain").decode("utf-8", "replace").splitlines()
    return [line[3:] for line in lines]


def origin_of(root: Path, allowed: bool) -> str:
    """What the appendix says of the sources. Raises Complaint where files differ from HEAD and that
    is not allowed."""
    commit = _git(root, "rev-parse", "HEAD").decode().strip()
    changed = changes_of(root)
    if changed and not allowed:
        raise Complaint(
            f"{root}: {len(changed)} files differ from HEAD: {', '.join(changed[:SHOWN])}",
            "commit them; or --dirty, which packs HEAD without them and says so",
        )
    said = f"The sources are those of commit {commit}."
    more = f" {len(changed)} files differed from it when this was packed, and are not in it."
    return said + (more if changed else "")


def unpack_head(root: Path, tree: Path) -> None:
    """The files of HEAD."""
    with tarfile.open(fileobj=io.BytesIO(_git(root, "archive", "--format=tar", "HEAD"))) as archive:
        archive.extractall(tree)


def _hide(root: Path, tree: Path) -> Secrets:
    secrets = secrets_of(root, tree)
    clean(tree, secrets)
    return secrets


def _check(tree: Path, secrets: Secrets) -> None:
    found = tellers(tree, secrets)
    if found:
        raise Complaint(
            f"{len(found)} files still tell who made this: {'; '.join(found[:SHOWN])}",
            "make these files anew without it, and commit them",
        )


def _add_report(tree: Path, runs: list[Path]) -> None:
    """Tables and figures of runs, named relative to the tree."""
    for run in runs:
        if not (tree / run / "plan.json").exists():
            raise Complaint(f"{run}: no stored run of HEAD", "git add it, and commit")
    sections = read_sections([tree / run for run in runs])
    out = tree / REPORT
    write_report(sections, out)
    write_kept(sections, out)
    if (tree / STORED_MANIFEST).exists():
        text = manifest_text(manifest(out))
        (tree / STORED_MANIFEST).write_text(text, encoding="utf-8")


def _add_crate(tree: Path) -> None:
    found = crate.crate(tree, REPORT)
    faults = crate.crate_faults(found, tree)
    if faults:
        raise Complaint(f"the crate is wrong: {'; '.join(faults[:SHOWN])}", "git log, or an issue")
    (tree / crate.FILE).write_text(crate.crate_text(found), encoding="utf-8")


def build(root: Path, runs: list[Path], tree: Path, anonymous: bool, dirty: bool) -> None:
    """All files of the artifact, in an empty folder."""
    origin = origin_of(root, dirty)
    unpack_head(root, tree)
    secrets = _hide(root, tree) if anonymous else None
    if runs:
        _add_report(tree, runs)
    write_appendix(tree / CLAIMS, tree, "" if anonymous else f" {origin}")
    _add_crate(tree)
    if secrets is not None:
        _check(tree, secrets)


def packed(tree: Path, top: str) -> bytes:
    """The tree as a tar whose bytes depend on its files alone."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for path in sorted(tree.rglob("*"), key=lambda one: one.relative_to(tree).parts):
            if not path.is_file():
                continue
            member = tarfile.TarInfo(f"{top}/{path.relative_to(tree).as_posix()}")
            content = path.read_bytes()
            member.size = len(content)
            member.mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def write_artifact(root: Path, runs: list[Path], out: Path, anonymous: bool, dirty: bool) -> Path:
    """Writes OUT, a .tar or a .tar.xz; its one folder is called after it."""
    name = out.name.removesuffix(".xz")
    if not name.endswith(".tar"):
        raise Complaint(f"{out}: neither .tar nor .tar.xz", analysis_command("artifact", "--help"))
    with tempfile.TemporaryDirectory(prefix="slablab-artifact-") as folder:
        tree = Path(folder) / "artifact"
        tree.mkdir()
        build(root, runs, tree, anonymous, dirty)
        content = packed(tree, name.removesuffix(".tar"))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(lzma.compress(content) if out.name.endswith(".xz") else content)
    return out
