"""secrets.py -- what tells who made an artifact: hosts, users, paths, remotes, authors and commits.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import getpass
import json
import os
import re
import socket
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ..records.packed import opened

SHORTEST = 3  # letters of a word that is worth hiding, and can be told from any other
COMMON_IN = 3  # files of the sources: a word that stands in more of them is no name
FIRST_USER = 1000  # an account below is the system's, like root, and names no person
IDENTITY = re.compile(r"[0-9a-f]{16,}")  # a digest, which names no person
COMMITS = re.compile(rb'"(?:git_commit|commit|revision)": ?"([0-9a-f]{7,40})')
# Of a record: a path below a folder of people or of what they mount.
PRIVATE = re.compile(
    rb"(?<![\w.~])/(?:home|Users|root|tmp|work|mnt|opt|srv|var|data)/[^\"\s\\']*"
)
HOME_OF = re.compile(r"/(?:home|Users)/([^/]+)")
HOST = re.compile(rb'"host": ?"((?:[^"\\]|\\.)*)"')
COPYRIGHT = re.compile(r"Copyright \(c\) [0-9, -]+ (.+)")
PACKAGED = re.compile(r'name = "(.+?)"}')
REMOTE_PATH = re.compile(r"[:/]([^/:]+/[^/:]+?)(?:\.git)?/?$")
CITED = ("authors", "contact", "repository-code", "repository", "url", "doi", "identifiers")
RECORD = re.compile(r"\.(json|jsonl)(\.xz|\.gz)?$")
INSTEAD_OF_AUTHOR, INSTEAD_OF_HOST = "Anonymous", "host"


@dataclass(frozen=True)
class Secrets:
    """`names` are hidden where they stand as words, `texts` (paths, addresses) wherever they stand;
    `hosts` where a record has its host, whatever word that is. Invariant: none of them is a common
    word of the sources."""

    names: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    commits: frozenset[str] = frozenset()
    common: frozenset[str] = frozenset()  # left alone, for they are words of the sources

    @property
    def pattern(self) -> re.Pattern[bytes] | None:
        """Of names and texts, the longest first; None where there are none."""
        words = [(re.escape(one), True) for one in self.names]
        words += [(re.escape(one), False) for one in self.texts]
        if not words:
            return None
        parts = [
            rf"(?<![A-Za-z0-9]){word}(?![A-Za-z0-9])" if whole else word
            for word, whole in sorted(words, key=lambda one: (-len(one[0]), one))
        ]
        return re.compile("|".join(parts).encode(), re.IGNORECASE)


def _git(root: Path, *words: str) -> list[str]:
    done = subprocess.run(
        ["git", "-c", "safe.directory=*", *words], cwd=root, capture_output=True, check=False
    )
    return done.stdout.decode("utf-8", "replace").splitlines() if done.returncode == 0 else []


def _leaves(value: Any) -> Iterator[str]:
    """Every text in a value of YAML."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    elif isinstance(value, str):
        yield value


def _cited(root: Path) -> Iterator[str]:
    """Authors and addresses in CITATION.cff, the holder in LICENSE, authors in pyproject.toml."""
    cited = root / "CITATION.cff"
    if cited.exists():
        found = yaml.safe_load(cited.read_text(encoding="utf-8")) or {}
        for key in CITED:
            yield from _leaves(found.get(key))
        for author in found.get("authors", []):
            names = [author.get(key, "") for key in ("given-names", "family-names")]
            yield " ".join(filter(None, names))
    for name, pattern in (("LICENSE", COPYRIGHT), ("pyproject.toml", PACKAGED)):
        file = root / name
        if file.exists():
            yield from pattern.findall(file.read_text(encoding="utf-8"))


def _people(root: Path) -> Iterator[str]:
    """Of the history, and of who packs this."""
    for line in _git(root, "log", "--all", "--format=%an%n%ae%n%cn%n%ce"):
        yield line
        name, at, _ = line.partition("@")
        if at:
            yield name
    for key in ("user.name", "user.email"):
        yield from _git(root, "config", key)
    if os.getuid() >= FIRST_USER:
        yield getpass.getuser()
        yield Path.home().name


def _folders(root: Path) -> Iterator[str]:
    yield str(root.resolve())
    if Path.home() not in (Path("/"), Path("/root")):
        yield str(Path.home())
    for line in _git(root, "remote", "--verbose"):
        address = line.split()[1]
        yield address
        found = REMOTE_PATH.search(address)
        if found:
            yield found[1]


def records_of(tree: Path) -> list[Path]:
    """The runs' files, packed or not."""
    return sorted(path for path in tree.rglob("*") if path.is_file() and RECORD.search(path.name))


def named_in_records(tree: Path) -> tuple[set[str], set[str], set[str]]:
    """Hosts, commits and folders."""
    hosts, commits, folders = set(), set(), set()
    for path in records_of(tree):
        with opened(path) as file:
            content = file.read()
        hosts |= {json.loads(b'"' + found + b'"') for found in set(HOST.findall(content))}
        commits |= {found.decode() for found in set(COMMITS.findall(content))}
        for path_said in set(PRIVATE.findall(content)):
            folders.add(path_said.decode("utf-8", "replace").rpartition("/")[0])
    return hosts, commits, {one for one in folders if one.count("/") > 1}


def _common(words: Iterable[str], tree: Path) -> frozenset[str]:
    """Those that stand in more than a few of the sources, which an author's name does not."""
    texts = [
        path.read_bytes().lower()
        for path in tree.rglob("*")
        if path.is_file() and path.suffix in (".c", ".h", ".py", ".md", ".sh", ".yaml")
    ]
    found = set()
    for word in words:
        pattern = re.compile(rf"(?<![A-Za-z0-9]){re.escape(word.lower())}(?![A-Za-z0-9])".encode())
        if sum(pattern.search(text) is not None for text in texts) > COMMON_IN:
            found.add(word)
    return frozenset(found)


def secrets_of(root: Path, tree: Path) -> Secrets:
    """root: the repository; tree: what is packed of it."""
    cited = set(_cited(root))
    hosts, commits, folders = named_in_records(tree)
    users = {user for one in folders for user in HOME_OF.findall(one)}
    hosts = {one for one in {*hosts, socket.gethostname()} if not IDENTITY.fullmatch(one)}
    names = {one for one in {*cited, *_people(root), *users, *hosts} if len(one) >= SHORTEST}
    texts = {one for one in names if "/" in one or "@" in one} | folders | set(_folders(root))
    names -= texts
    common = _common(names, tree)
    kept = common - {one for one in cited if " " in one}  # an author of several words is no word
    return Secrets(
        frozenset(names - kept),
        frozenset(one for one in texts if len(one) > SHORTEST),
        frozenset(hosts),
        frozenset({*_git(root, "log", "--all", "--format=%H"), *commits}),
        kept,
    )
