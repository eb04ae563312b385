"""short_names.py -- names shortened to what tells them apart.

A name has words, a word may be a path or a setting, and settings are joined by colons:

  /home/me/old/libmine.so                 old/libmine.so   beside /home/me/new/libmine.so
  glibc GLIBC_TUNABLES=glibc.a=1:glibc.b=2   glibc a=1     beside the same with glibc.a=3

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

LETTERS_MOST = 28
ELISION = "…"
HEAD_LETTERS = 5  # of a name whose middle is left out
BETWEEN_SETTINGS = re.compile(r"\s+|:(?=[^\s:]*=)")


def _paths(name: str) -> list[str]:
    """The parts of a name that are paths: words, or values of settings."""
    return [part for part in re.split(r"[\s=:]", name) if "/" in part.strip("/")]


def _tail(path: str, others: set[str]) -> str:
    """As many of the path's last folders as tell it from every other path."""
    folders = path.rstrip("/").split("/")
    for count in range(1, len(folders)):
        tail = "/".join(folders[-count:])
        if not any(f"/{other}".endswith(f"/{tail}") for other in others - {path}):
            return tail
    return path


def _without_folders(names: Sequence[str]) -> list[str]:
    every = {path for name in names for path in _paths(name)}
    found = []
    for name in names:
        for path in sorted(_paths(name), key=len, reverse=True):
            name = name.replace(path, _tail(path, every))
        found.append(name)
    return found


def _settings(name: str) -> list[str]:
    """All but the first word, of several settings in one each: of
    "glibc GLIBC_TUNABLES=glibc.a=1:glibc.b=2", glibc.a=1 and glibc.b=2."""
    found = []
    for part in BETWEEN_SETTINGS.split(name)[1:]:
        variable, _, value = part.partition("=")
        found.append(value if variable.isupper() and re.search("[=:]", value) else part)
    return found


def _bare(setting: str) -> str:
    """A setting without the groups that its name is in: a=1 of glibc.a=1."""
    name, equals, value = setting.partition("=")
    return name.rpartition(".")[2] + equals + value if equals else setting


def _without_shared_settings(name: str, names: Sequence[str]) -> str:
    """The first word, and the settings that not every name with that first word has."""
    first = name.split()[0]
    alike = [set(_settings(other)) for other in names if other.split()[:1] == [first]]
    shared = set.intersection(*alike) if len(alike) > 1 else set()
    own = [_bare(setting) for setting in _settings(name) if setting not in shared]
    return " ".join([first, *own])


def _keys(name: str) -> list[str]:
    return [setting.partition("=")[0] for setting in _settings(name)]


def _values_alone(name: str, names: Sequence[str]) -> str:
    """Without the names of settings, where every name with that first word has the same ones."""
    first = name.split()[0]
    alike = [other for other in names if other.split()[:1] == [first]]
    if len(alike) == 1 or any(_keys(other) != _keys(name) for other in alike):
        return name
    return " ".join([first, *(one.partition("=")[2] or one for one in _settings(name))])


def _first_difference(name: str, other: str) -> int:
    pairs = zip(name, other)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(name), len(other)))


def _middle_left_out(name: str, names: Sequence[str], most: int) -> str:
    """Its beginning, and its end or else where it differs from the name most like it."""
    tail = most - HEAD_LETTERS - 1
    ends = Counter((other[:HEAD_LETTERS], other[-tail:]) for other in names)
    if ends[name[:HEAD_LETTERS], name[-tail:]] == 1:
        return name[:HEAD_LETTERS] + ELISION + name[-tail:]
    at = max(_first_difference(name, other) for other in names if other != name)
    begin = max(HEAD_LETTERS + 1, at - (tail - 1) // 2)
    window = name[begin : begin + tail - 1]
    rest = ELISION if begin + tail - 1 < len(name) else ""
    return name[:HEAD_LETTERS] + ELISION + window + rest


def _apart(shorter: list[str], longer: Sequence[str]) -> list[str]:
    """The shorter names; of those that came out alike, the longer ones."""
    alike = Counter(shorter)
    return [one if alike[one] == 1 else other for one, other in zip(shorter, longer)]


def short_names(names: Sequence[str], most: int = LETTERS_MOST) -> list[str]:
    """A name for each, different where the names are: without the folders that no other name makes
    necessary, and of at most so many letters where that leaves them apart. names: each once."""
    found = _apart(_without_folders(names), names)
    for shorten in (
        lambda name: _without_shared_settings(name, found),
        lambda name: _values_alone(name, found),
        lambda name: _middle_left_out(name, found, most),
    ):
        shorter = [shorten(name) if len(name) > most else name for name in found]
        found = _apart(shorter, found)
    return found
