"""kept.py -- the manifest in a report's folder: a digest of each of its files, and of its runs'.

It is written last, and holds whatever is in the folder by then. `verify` finds every change of any
of these files, and every file that came or went. Against someone who computes the digests anew, the
digest of the manifest itself is to be quoted elsewhere: in a paper, in a commit.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..complaint import Complaint
from ..records.joined import Joined
from ..records.packed import DAMAGED, opened, unpacked_name
from ..records.records import Recorded
from .manifest import Entry, manifest, manifest_text, read_manifest
from .report import VERSIONS
from .sections import Section

FILE = "report.manifest"
RECORDS = (".json", ".jsonl")  # of a run's folder
DRAWN = ("picture", "table")  # the kinds of entries that are files in folders of a report's own
CHUNK_BYTES = 1 << 20


def _sha256_of(path: Path) -> str:
    """Of the file as it was before it was compressed."""
    digest = hashlib.sha256()
    try:
        with opened(path) as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
    except DAMAGED as error:
        raise Complaint(f"{path}: cannot be read: {error}", "restore the file") from error
    return digest.hexdigest()


def _runs_of(sections: Iterable[Section]) -> list[Recorded]:
    found: list[Recorded] = []
    for one in sections:
        subject = one.subject
        found += subject.runs if isinstance(subject, Joined) else [subject]
    return found


def _of_runs(sections: Iterable[Section]) -> Iterator[Entry]:
    """Of every record of the runs, compressed or not."""
    for run in _runs_of(sections):
        for path in run.path.iterdir():
            name = unpacked_name(path)
            if path.is_file() and name.endswith(RECORDS):
                yield Entry("run", f"{run.name}/{name}", _sha256_of(path))


def _of_folder(folder: Path) -> Iterator[Entry]:
    known = manifest(folder)
    yield from known
    yield Entry("file", VERSIONS, _sha256_of(folder / VERSIONS))
    made = {entry.name for entry in known} | {VERSIONS, FILE}
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder)).replace("\n", "\\n")
        if path.is_file() and name not in made:
            yield Entry("other", name, hashlib.sha256(path.read_bytes()).hexdigest())


def remove_drawn(folder: Path) -> None:
    """Removes the tables and figures that the manifest of an earlier report in this folder names,
    so that none of a run that is not in the next one stays. Any other file is left, and all where
    that manifest cannot be read."""
    try:
        entries = read_manifest(folder / FILE)
    except (Complaint, FileNotFoundError, UnicodeDecodeError):
        return
    for entry in entries:
        path = folder / entry.name
        own = re.fullmatch(r"(tables|figures)/[^/]+", entry.name)
        if entry.kind in DRAWN and own and path.is_file():
            path.unlink()


def write_kept(sections: list[Section], folder: Path) -> Path:
    """Writes the manifest of a report that is complete."""
    entries = sorted({*_of_folder(folder), *_of_runs(sections)})
    path = folder / FILE
    path.write_text(manifest_text(entries), encoding="utf-8")
    return path


def digest_of(folder: Path) -> str:
    """What to quote elsewhere: the manifest's own."""
    return hashlib.sha256((folder / FILE).read_bytes()).hexdigest()


def _told(key: tuple[str, str], made: dict, stored: dict, folder: Path) -> str:
    kind, name = key
    where = name if kind == "run" else folder / name
    if key not in made:
        return f"{where}: missing ({kind})"
    if key not in stored:
        return f"{where}: not there when the report was made ({kind})"
    return f"{where}: changed since the report was made ({kind})"


def kept_differences(sections: list[Section], folder: Path) -> list[str]:
    """A line for each file of the report, and of these sections' runs, that is not as it was when
    the report was made."""
    path = folder / FILE
    try:
        entries = read_manifest(path)
        made = {entry[:2]: entry.digest for entry in (*_of_folder(folder), *_of_runs(sections))}
    except FileNotFoundError as error:
        return [f"{error.filename}: missing"]
    except UnicodeDecodeError as error:
        return [f"{folder}: a text of it is no UTF-8: {error}"]
    if path.read_bytes() != manifest_text(sorted(set(entries))).encode("utf-8"):
        return [f"{path}: not as it is written: sorted, and each line once"]
    runs = {run.name for run in _runs_of(sections)}
    stored = {
        entry[:2]: entry.digest
        for entry in entries
        if entry.kind != "run" or entry.name.partition("/")[0] in runs
    }
    return [
        _told(key, made, stored, folder)
        for key in sorted(made.keys() | stored.keys())
        if made.get(key) != stored.get(key)
    ]
