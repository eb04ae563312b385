"""manifest.py -- what a report's files are, in a text small enough to be stored: a digest of each.

A line is `digest  kind  name`, sorted by kind and name. SHA-256 digests, but of figure-data, where
it is the one that the figure's file carries (drawing/figure_data.py), and of version, where it is
a library's version. The same runs give the same words, tables, numbers and figure-data anywhere;
the bytes of pages and pictures depend on the libraries.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..comparison.numbers import FILE as NUMBERS
from ..complaint import Complaint, analysis_command, regular
from ..document.web_page import words_of_page
from .report import PAGE, VERSIONS

CARRIED = re.compile(rb"data ([0-9a-f]{16})")
NOT_CARRIED = "-"
BY_LIBRARY = ("page", "picture")  # compared where all versions are equal


class Entry(NamedTuple):
    kind: str
    name: str
    digest: str


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _entries(folder: Path) -> Iterator[Entry]:
    page = (folder / PAGE).read_bytes()
    yield Entry("page", PAGE, _sha256(page))
    yield Entry("words", PAGE, _sha256(words_of_page(page.decode("utf-8")).encode("utf-8")))
    yield Entry("numbers", NUMBERS, _sha256((folder / NUMBERS).read_bytes()))
    for line in (folder / VERSIONS).read_text(encoding="utf-8").splitlines():
        library, _, version = line.partition(" ")
        yield Entry("version", library, version)
    for path in folder.glob("tables/*"):
        yield Entry("table", f"tables/{path.name}", _sha256(path.read_bytes()))
    for path in folder.glob("figures/*"):
        name, content = f"figures/{path.name}", path.read_bytes()
        carried = CARRIED.search(content)
        yield Entry("picture", name, _sha256(content))
        yield Entry("figure-data", name, carried[1].decode() if carried else NOT_CARRIED)


def manifest(folder: Path) -> list[Entry]:
    """The entries of a report's folder, sorted. Raises OSError where it holds no report."""
    return sorted(_entries(folder))


def manifest_text(entries: list[Entry]) -> str:
    return "".join(f"{digest}  {kind}  {name}\n" for kind, name, digest in entries)


def read_manifest(file: Path) -> list[Entry]:
    found = []
    for number, line in enumerate(regular(file).read_text(encoding="utf-8").splitlines(), start=1):
        fields = line.split("  ", len(Entry._fields) - 1)
        if len(fields) != len(Entry._fields):
            raise Complaint(
                f"{file}:{number}: is not 'digest  kind  name': {line:.60}",
                analysis_command("manifest", "DIR", "--out", file),
            )
        digest, kind, name = fields
        found.append(Entry(kind, name, digest))
    return found


def _digests(entries: list[Entry], kinds: set[str]) -> dict[tuple[str, str], str]:
    return {(kind, name): digest for kind, name, digest in entries if kind in kinds}


def other_versions(made: list[Entry], stored: list[Entry]) -> list[str]:
    """The libraries whose versions differ, with both versions; empty: pictures are comparable."""
    here, there = (_digests(entries, {"version"}) for entries in (made, stored))
    return [
        f"{name} {here.get((kind, name), 'absent')}, not {there.get((kind, name), 'absent')}"
        for kind, name in sorted(here.keys() | there.keys())
        if here.get((kind, name)) != there.get((kind, name))
    ]


def manifest_differences(made: list[Entry], stored: list[Entry]) -> list[str]:
    """A line for each entry that one lacks or that differs; pages and pictures count where the
    libraries are the same."""
    kinds = {entry.kind for entry in (*made, *stored)} - {"version"}
    if other_versions(made, stored):
        kinds -= set(BY_LIBRARY)
    here, there = (_digests(entries, kinds) for entries in (made, stored))
    found = []
    for key in sorted(here.keys() | there.keys()):
        kind, name = key
        if key not in here:
            found.append(f"{name}: missing ({kind})")
        elif key not in there:
            found.append(f"{name}: not in the stored report ({kind})")
        elif here[key] != there[key]:
            found.append(f"{name}: another {kind} than the stored one")
    return found
