"""test_privacy.py -- what is stored tells neither the machine's folders nor its kernel's words.

SPDX-License-Identifier: MIT"""

import json
import re
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.records.packed import opened

ROOT = Path(__file__).parents[2]
# Of a record: any path but the system's own, and those that were cut. A text around it may be
# anything.
PATH = re.compile(rb'(?<![\w.~/*<>&;=-])/(?!(?:usr|proc|sys|lib|lib64|dev|path)/)[\w.+@-]+/[^"\s]*')
# Of a page or a picture, which hold slashes of many kinds.
PRIVATE = re.compile(rb"/(?:home|root|tmp|work|Users|mnt|opt|srv|var|data)/[^\"\s<]*")
COMMAND_LINE = re.compile(rb'"kernel_command_line": "((?:[^"\\]|\\.)*)"')
HOME = re.compile(rb"~/[^\"\s<]*")
LIST = ROOT / "harness/machine/kernel_words.c"


def stored() -> list[Path]:
    """Every file under results/ that is committed; of an export, the runs that it has."""
    words = ["git", "-c", "safe.directory=*", "ls-files", "-z", "results"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, check=False)
    if done.returncode == 0 and done.stdout:
        return [ROOT / name.decode() for name in done.stdout.rstrip(b"\0").split(b"\0")]
    return [path for path in (ROOT / "results/reference").rglob("*") if path.is_file()]


def contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of the file, unpacked, or of each file in it."""
    if ".tar" in path.suffixes:
        with tarfile.open(path) as archive:
            for member in archive:
                file = archive.extractfile(member)
                yield member.name, file.read() if file else b""
    else:
        with opened(path) as file:
            yield path.name, file.read()


def listed() -> list[str]:
    """The names in kernel_words.c."""
    table = LIST.read_text(encoding="utf-8").split("listed[] = {")[1].split("};")[0]
    return re.findall(r'"([^"]+)"', table)


def is_listed(word: str, names: list[str]) -> bool:
    name = word.partition("=")[0].replace("-", "_")
    return any(name.startswith(one[:-1]) if one.endswith("*") else name == one for one in names)


def faults(name: str, content: bytes, names: list[str]) -> Iterator[str]:
    """What a published file should not say."""
    record = any(kind in name for kind in (".json", ".csv"))
    for pattern in (PATH, HOME) if record else (PRIVATE,):
        found = pattern.search(content)
        if found:
            yield f"{name}: {found[0][:80].decode(errors='replace')}"
    for line in COMMAND_LINE.findall(content):
        words = json.loads(b'"' + line + b'"').split()
        yield from (f"{name}: {word}" for word in words if not is_listed(word, names))


def test_nothing_that_is_stored_tells_of_its_machine() -> None:
    names = listed()
    assert len(names) > 50
    found = [
        f"{path.parent.relative_to(ROOT)}: {fault}"
        for path in stored()
        for name, content in contents(path)
        for fault in faults(name, content, names)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.json", b'"object": "/tmp/measure/main/build/libbaseline.so"'),
        ("samples.jsonl", b'{"object":"/opt/x/y.so","build_id":""}'),
        ("samples.jsonl", b'"stderr": "cannot open \'/data/ada/x\': no"'),
        ("plan.json", b'"spec": "~/own.so"'),
        ("report.html", b"<td>/home/ada/own.so</td>"),
        ("machine.json", b'"kernel_command_line": "nosmt ip=10.0.0.7"'),
        ("machine.json", b'"kernel_command_line": "nosmt -- tsc"'),
    ],
)
def test_what_tells_is_found(name: str, content: bytes) -> None:
    assert len(list(faults(name, content, listed()))) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.json", b'"object": "build/libone.so", "x": "/usr/lib/libc.so.6"'),
        ("machine.json", b'"kernel_command_line": "nosmt intel-idle.max_cstate=1"'),
        ("report.html", b'<a href="https://example.org/tmpl/x">1/2</a></td></tr>'),
    ],
)
def test_what_tells_nothing_is_not(name: str, content: bytes) -> None:
    assert not list(faults(name, content, listed()))
