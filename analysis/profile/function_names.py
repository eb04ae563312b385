"""function_names.py -- names of functions as they are drawn: long ones lose what is not their own.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import re
from typing import NamedTuple

ELLIPSIS = "…"
TABLE_LETTERS = 60  # of a name in a table; files and hovers have it whole
# Signs of operators that hold < or >, none of which opens a list of arguments.
OPERATOR = re.compile(r"(?:^|(?<=:))operator(?:<=>|<<=|>>=|->\*|<<|>>|<=|>=|->|<|>)")


class Parts(NamedTuple):
    """Where a name's outermost lists of template arguments are, each without its < and >, and where
    its scopes end: positions of "::" outside of any bracket."""

    lists: list[tuple[int, int]]
    scopes: list[int]


def _parts(name: str) -> Parts:
    lists, scopes = [], []
    angles = others = begin = at = 0
    while at < len(name):
        sign = OPERATOR.match(name, at) if not angles else None
        if sign:
            at = sign.end()
            continue
        letter = name[at]
        if letter == "<":
            begin = begin if angles else at + 1
            angles += 1
        elif letter == ">" and angles:
            angles -= 1
            lists += [(begin, at)] if not angles and not others else []
        others += (letter in "({") - (letter in ")}")
        if letter == ":" and name[at + 1 : at + 2] == ":" and not angles and not others:
            scopes.append(at)
            at += 1
        at += 1
    return Parts(lists, scopes)


def _with_fewer_arguments(name: str, letters: int) -> str:
    """The longest lists go first, until it fits or has none left."""
    while len(name) > letters:
        lists = [(end - begin, begin, end) for begin, end in _parts(name).lists]
        lists = [one for one in lists if one[0] > len(ELLIPSIS)]
        if not lists:
            break
        _, begin, end = max(lists)
        name = name[:begin] + ELLIPSIS + name[end:]
    return name


def short_name(name: str, letters: int) -> str:
    """The name in so many letters. Its lists of template arguments give way first, then the scopes
    in its middle, then all of them, and last the end of the function's own name:

      pool::Bin<…>::take<int>   pool::…::take<…>   …::take<…>   tak…"""
    found = _with_fewer_arguments(name, letters)
    if len(found) <= letters:
        return found
    scopes = _parts(found).scopes
    if not scopes:
        return found[: letters - 1] + ELLIPSIS
    own = found[scopes[-1] + 2 :]
    forms = [f"{found[: scopes[0]]}::{ELLIPSIS}::{own}", f"{ELLIPSIS}::{own}", own]
    fitting = [form for form in forms if len(form) <= letters]
    return fitting[0] if fitting else own[: letters - 1] + ELLIPSIS
