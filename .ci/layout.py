"""layout.py -- where C is spaced or indented otherwise than clang-format would, by .clang-format.

Half of the ways in which a long statement can be broken are readable, and clang-format's own choice
is not always the best of them. Held are therefore the spaces within a statement, wherever its lines
end, the indentation of every line that begins one, and a function's brace on a line of its own.

SPDX-License-Identifier: MIT
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

STYLE = Path(".clang-format")
# A name in C and a keyword in C++, which clang-format 14 takes all C for.
KEYWORD, NAME = "class", "klass"
INSIDE_BRACKETS = re.compile(r"(?<=[({\[]) | (?=[)}\]])")  # what a line's end there leaves
BEGINS = re.compile(r"(^|[;}:]|(?<!= ){|\*/)\s*$")  # the line before one that begins a statement

Finding = tuple[int, str]


def installed() -> bool:
    return shutil.which("clang-format") is not None and STYLE.exists()


def formatted(texts: dict[Path, str]) -> dict[Path, str]:
    """The texts as clang-format lays them out, by one process."""
    with tempfile.TemporaryDirectory() as folder:
        copies = {path: Path(folder) / f"{i}{path.suffix}" for i, path in enumerate(texts)}
        for path, copy in copies.items():
            copy.write_text(texts[path].replace(KEYWORD, NAME))
        style = f"--style=file:{STYLE.resolve()}"
        subprocess.run(["clang-format", "-i", style, *copies.values()], check=True)
        return {path: copy.read_text().replace(NAME, KEYWORD) for path, copy in copies.items()}


def _words(line: str) -> str:
    """A line without its indentation, its alignment and the end of a macro's. A function's brace
    keeps its line."""
    return "\n{" if line == "{" else " ".join(line.rstrip("\\").split())


def _spaced(lines: list[str]) -> str:
    return INSIDE_BRACKETS.sub("", " ".join(line for line in lines if line))


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())


def differences(text: str, wanted: str) -> Iterator[Finding]:
    """Line numbers of a text, and what clang-format's has there instead."""
    ours, theirs = text.splitlines(), wanted.splitlines()
    words, wanted_words = list(map(_words, ours)), list(map(_words, theirs))
    matcher = SequenceMatcher(None, words, wanted_words, autojunk=False)
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag != "equal":
            if _spaced(words[i:i_end]) != _spaced(wanted_words[j:j_end]):
                yield i + 1, f"clang-format writes: {_spaced(wanted_words[j:j_end])[:80]!r}"
            continue
        for at in range(i, i_end):
            indentation = _indentation(theirs[at - i + j])
            begins = at == 0 or BEGINS.search(ours[at - 1])
            if begins and words[at] and _indentation(ours[at]) != indentation:
                yield at + 1, f"indented by {_indentation(ours[at])}, clang-format: {indentation}"


def findings(texts: dict[Path, str]) -> dict[Path, list[Finding]]:
    """Of each file."""
    wanted = formatted(texts) if texts else {}
    return {path: list(differences(text, wanted[path])) for path, text in texts.items()}
