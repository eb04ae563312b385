"""anonymous.py -- the files of an artifact without what tells who made it.

Texts, packed or not, lose what secrets.py found. A record's host is numbered, its paths are cut to
their last part, its lines are sealed and its plan is hashed anew, so that it can be read as before.
A picture loses the words that it carries beside its strokes. What holds a secret nevertheless is
told: an artifact with one is not made.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import gzip
import io
import json
import lzma
import re
import struct
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from ..records.plan_hash import plan_hash
from ..records.seal import SEAL, seal_fault, sealed
from .secrets import HOST, INSTEAD_OF_AUTHOR, INSTEAD_OF_HOST, PRIVATE, RECORD, Secrets

PNG = b"\x89PNG\r\n\x1a\n"
PNG_WORDS = (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME")
PDF_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
COMMIT = re.compile(rb"(?<![\w.])(?=[0-9]*[a-f])[0-9a-f]{7,40}(?![\w.])")
PRESET = 9 | lzma.PRESET_EXTREME
Edit = Callable[[bytes], bytes]


class Cleaner:
    """Hides the same secret by the same word everywhere."""

    def __init__(self, secrets: Secrets) -> None:
        self.secrets = secrets
        self.pattern = secrets.pattern
        self.words = [one.lower().encode() for one in (*secrets.names, *secrets.texts)]
        self.numbers = {one: number for number, one in enumerate(sorted(secrets.hosts), 1)}
        self.prefixes = {one[:7] for one in secrets.commits}

    def instead_of(self, secret: bytes) -> bytes:
        """A host has its number, a path its last part, and every name of a person is Anonymous."""
        word = secret.decode("utf-8", "replace")
        if word in self.numbers:
            return f"{INSTEAD_OF_HOST}-{self.numbers[word]}".encode()
        if word.startswith("/"):
            return b"/" + INSTEAD_OF_AUTHOR.lower().encode()
        return INSTEAD_OF_AUTHOR.encode()

    def _commit(self, found: re.Match[bytes]) -> bytes:
        word = found[0].decode()
        if word[:7] in self.prefixes and any(one.startswith(word) for one in self.secrets.commits):
            return b"0" * len(word)
        return found[0]

    def may_tell(self, content: bytes) -> bool:
        """False: no secret is in it, found without the pattern, which is slow."""
        lowered = content.lower()
        return any(word in lowered for word in self.words)

    def text(self, content: bytes) -> bytes:
        """Of any text."""
        if self.pattern is not None and self.may_tell(content):
            content = self.pattern.sub(lambda found: self.instead_of(found[0]), content)
        return COMMIT.sub(self._commit, content) if self.prefixes else content

    def _host(self, found: re.Match[bytes]) -> bytes:
        word = json.loads(b'"' + found[1] + b'"')
        if word not in self.numbers:
            return found[0]
        key = found[0][: found.start(1) - found.start()]
        return key + f'{INSTEAD_OF_HOST}-{self.numbers[word]}"'.encode()

    def record(self, content: bytes) -> bytes:
        """Of a record or a line of one, without its seal."""
        cut = PRIVATE.sub(lambda found: b"/path/" + found[0].rpartition(b"/")[2], content)
        return self.text(HOST.sub(self._host, cut))


def _lines(content: bytes, edit: Edit) -> bytes:
    """A record of lines, each sealed again if it was."""
    found = []
    for line in content.splitlines(keepends=True):
        if seal_fault(line):
            found.append(edit(line))
            continue
        inner = line[:-SEAL] + b"}"
        changed = edit(inner)
        found.append(line if changed == inner else sealed(changed))
    return b"".join(found)


def _packed(name: str, content: bytes, edit: Edit) -> bytes:
    """The edit of what is packed, packed again where it changed anything."""
    if name.endswith(".xz"):
        plain = lzma.decompress(content)
        changed = edit(plain)
        return content if changed == plain else lzma.compress(changed, preset=PRESET)
    if name.endswith(".gz"):
        plain = gzip.decompress(content)
        changed = edit(plain)
        return content if changed == plain else gzip.compress(changed, mtime=0)
    return edit(content)


def _archive(content: bytes, cleaner: Cleaner) -> bytes:
    """A tar of texts, whose members have no owner."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(content)) as old, tarfile.open(
        fileobj=stream, mode="w", format=tarfile.GNU_FORMAT
    ) as new:
        for member in old:
            file = old.extractfile(member)
            inner = cleaned(member.name, file.read() if file else b"", cleaner)
            member.name = cleaner.text(member.name.encode()).decode()
            member.size, member.mtime, member.pax_headers = len(inner), 0, {}
            member.uid = member.gid = 0
            member.uname = member.gname = ""
            new.addfile(member, io.BytesIO(inner))
    return stream.getvalue()


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and whole of each chunk."""
    at = len(PNG)
    while at + 8 <= len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at : at + 12 + size]
        at += 12 + size


def _words_of_chunk(kind: bytes, chunk: bytes) -> bytes:
    body = chunk[8:-4]
    if kind != b"zTXt":
        return body
    keyword, _, packed = body.partition(b"\0")
    return keyword + b" " + zlib.decompress(packed[1:])


def _picture(png: bytes, cleaner: Cleaner) -> bytes:
    """Without the chunks of words that hold a secret."""
    kept = [
        chunk
        for kind, chunk in _chunks(png)
        if kind not in PNG_WORDS or not tells(_words_of_chunk(kind, chunk), cleaner)
    ]
    return PNG + b"".join(kept)


def _pdf(pdf: bytes, cleaner: Cleaner) -> bytes:
    """With as many letters for every secret, for a PDF says where its parts begin."""
    if cleaner.pattern is None:
        return pdf
    return cleaner.pattern.sub(lambda found: b"x" * len(found[0]), pdf)


def tells(content: bytes, cleaner: Cleaner) -> str:
    """The first secret in a text; empty: none."""
    if cleaner.pattern is None or not cleaner.may_tell(content):
        return ""
    found = cleaner.pattern.search(content)
    return found[0].decode("utf-8", "replace") if found else ""


def cleaned(name: str, content: bytes, cleaner: Cleaner) -> bytes:
    """A file's bytes without secrets, by what its name says of them."""
    plain = name.removesuffix(".xz").removesuffix(".gz")
    if plain.endswith(".tar"):
        return _packed(name, content, lambda text: _archive(text, cleaner))
    if content.startswith(PNG):
        return _picture(content, cleaner)
    if content.startswith(b"%PDF"):
        return _pdf(content, cleaner)
    if plain.endswith(".jsonl"):
        return _packed(name, content, lambda text: _lines(text, cleaner.record))
    return _packed(name, content, cleaner.record if RECORD.search(plain) else cleaner.text)


def unpacked(name: str, content: bytes) -> Iterator[bytes]:
    """All that a reader may find in a file: its bytes, and whatever is packed in them."""
    yield name.encode()
    yield content
    if name.endswith((".xz", ".gz")):
        inner = lzma.decompress(content) if name.endswith(".xz") else gzip.decompress(content)
        yield from unpacked(name[:-3], inner)
    elif name.endswith(".tar"):
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for member in archive:
                yield f"{member.uname} {member.gname}".encode()
                file = archive.extractfile(member)
                yield from unpacked(member.name, file.read() if file else b"")
    elif content.startswith(PNG):
        words = (one for one in _chunks(content) if one[0] in PNG_WORDS)
        yield from (_words_of_chunk(*one) for one in words)
    elif content.startswith(b"%PDF"):
        for stream in PDF_STREAM.findall(content):
            try:
                yield zlib.decompress(stream)
            except zlib.error:
                continue


def _rehash(run: Path, cleaner: Cleaner) -> None:
    """Gives a run whose plan was edited the hash that its plan has now."""
    plan = json.loads((run / "plan.json").read_text(encoding="utf-8"))
    old, new = plan.get("hash", ""), plan_hash(plan)
    if not str(plan.get("schema", "")).endswith("/2") or old in ("", new):
        return
    edit: Edit = lambda text: text.replace(old.encode(), new.encode())  # noqa: E731
    for path in sorted(run.iterdir()):
        if RECORD.search(path.name):
            name = path.name
            inside = (lambda text: _lines(text, edit)) if ".jsonl" in name else edit
            path.write_bytes(_packed(name, path.read_bytes(), inside))


def clean(tree: Path, secrets: Secrets) -> None:
    """Every file of the tree, and its name."""
    cleaner = Cleaner(secrets)
    for path in sorted(tree.rglob("*"), reverse=True):  # a folder's files before the folder
        if path.is_file():
            content = path.read_bytes()
            changed = cleaned(path.name, content, cleaner)
            if changed != content:
                path.write_bytes(changed)
        name = cleaner.text(path.name.encode()).decode()
        if name != path.name:
            path.rename(path.with_name(name.replace("/", "-")))
    for plan in sorted(tree.rglob("plan.json")):
        _rehash(plan.parent, cleaner)


def tellers(tree: Path, secrets: Secrets) -> list[str]:
    """`file: secret` of each file that still has one, unpacked."""
    cleaner, found = Cleaner(secrets), []
    for path in sorted(tree.rglob("*")):
        if path.is_file():
            name = str(path.relative_to(tree))
            texts = unpacked(name, path.read_bytes())
            said = next(filter(None, (tells(text, cleaner) for text in texts)), "")
            found += [f"{name}: {said}"] if said else []
    return found
