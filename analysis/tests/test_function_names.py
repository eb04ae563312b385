"""test_function_names.py -- functions of C++ in files, tables, pages and pictures of a profile.

SPDX-License-Identifier: MIT"""

import csv
import io
import re
import xml.etree.ElementTree as ElementTree
from html import unescape
from pathlib import Path

import pytest

from analysis import commands
from analysis.document.formats import markdown, terminal
from analysis.document.latex import latex
from analysis.profile.flame_svg import shortened
from analysis.profile.function_names import TABLE_LETTERS, short_name
from analysis.profile.stacks import stack_files
from analysis.profile.tables import document
from analysis.records.joined import join

from .synthetic_profiles import Rows, Stacks, write_ledger, write_profile

CELL = "fixed_random size=256 slots=400 operations=1000 cold"
LONG = f"pool::Long<{', '.join(['pool::Span'] * 400)}>::name"  # 4.8 KB
NAMES = [
    "operator<<",
    "pool::Span::operator<",
    "pool::Span::operator--",
    "pool::Span::operator&&",
    "operator||",
    "pool::Span::operator()",
    "pool::Span::operator int*",
    "pool::(anonymous namespace)::Map::~Map",
    "pool::Bin<void (*)(int, char**), (pool::Kind)1>::take<malloc::{lambda(unsigned long)#2}>",
    "std::map<$_0, char[4]>::at_100%^~\\",
    "<[u8: 4] as core::fmt::Debug>::fmt",
    'say "hello", & go',
    LONG,
]


@pytest.mark.parametrize(
    "name, letters, found",
    [
        ("malloc", 6, "malloc"),
        ("a_function_of_c", 8, "a_funct…"),
        ("pool::Bin<int, char>::take<long>", 32, "pool::Bin<int, char>::take<long>"),
        ("pool::Bin<int, char>::take<long>", 31, "pool::Bin<…>::take<long>"),
        ("pool::Bin<int, char>::take<long>", 22, "pool::Bin<…>::take<…>"),
        ("pool::Bin<int, char>::take<long>", 17, "pool::…::take<…>"),
        ("pool::Bin<int, char>::take<long>", 12, "…::take<…>"),
        ("pool::Bin<int, char>::take<long>", 8, "take<…>"),
        ("pool::Bin<int, char>::take<long>", 4, "tak…"),
        ("A<std::map<int, int> >::operator<< <char>", 26, "A<…>::operator<< <char>"),
        ("A<B<C> >::operator->", 17, "A<…>::operator->"),
        ("f(std::pair<int, int>)::{lambda(std::set<A>)#1}::operator()", 20, "…::operator()"),
        ("pool::Bin<int, char>::take [i]", 20, "pool::…::take [i]"),
    ],
)
def test_a_short_name_keeps_what_is_its_own(name: str, letters: int, found: str) -> None:
    assert short_name(name, letters) == found


@pytest.mark.parametrize("name", NAMES)
def test_a_short_name_is_never_too_long(name: str) -> None:
    for letters in range(3, 120):
        assert len(short_name(name, letters)) <= letters
    assert shortened(name, 1e5) == name


def _stacks(arm: str, cell: str, block: int) -> Stacks:
    inlined = [(f"main;{name}_[i]", "front", 0, 5, 0) for name in NAMES]
    return [(f"main;{name}", "front", 0, 100, 0) for name in NAMES] + inlined


def _rows(arm: str, cell: str, block: int) -> Rows:
    few = [("region", "front", name, "allocator", "first", "program", 90) for name in NAMES[:-1]]
    return [*few, ("region", "front", LONG, "allocator", "first", "program", 900)]


@pytest.fixture(name="folders", scope="module")
def _folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("names")
    profile = write_profile(folder / "20261130T000000Z-profile", [CELL], 20, _stacks)
    return [profile, write_ledger(folder / "20261130T000100Z-faults", [CELL], 2, _rows)]


def test_files_have_whole_names(folders: list[Path]) -> None:
    (joined,) = join(folders)
    files = dict(stack_files(joined.profile))
    table = next(text for name, text in files.items() if name.endswith(".csv"))
    rows = list(csv.DictReader(io.StringIO(table)))
    ours = [row["function"] for row in rows if row["arm"] == "phase17-1"]
    stages = len({row["stage"] for row in rows})
    assert {name: ours.count(name) for name in NAMES} == dict.fromkeys(NAMES, stages)
    lines = next(text for name, text in files.items() if name.endswith("phase17-1.folded"))
    counts = dict(line.rsplit(" ", 1) for line in lines.splitlines())
    assert all(counts[f"main;{name}"] == "2000" for name in NAMES)


def test_a_picture_has_whole_names_on_hover(folders: list[Path]) -> None:
    (joined,) = join(folders)
    for name, svg in stack_files(joined.profile):
        if not name.endswith("phase17-1.svg"):
            continue
        root = ElementTree.fromstring(svg)
        boxes = {
            box.find("{*}title").text.rsplit(": ", 1)[0]: box.findtext("{*}text")
            for box in root.iter("{http://www.w3.org/2000/svg}svg")
            if box.find("{*}rect") is not None and box.get("x")
        }
        assert set(NAMES) <= set(boxes), sorted(boxes)
        assert boxes[LONG] in ("pool::…::name", "…::name")


def _cells(page: str) -> list[tuple[str, str]]:
    """(what is shown, the whole of it) of each name of a row."""
    found = re.findall(r'<th scope="row"(?: title="([^"]*)")?[^>]*>([^<]*)</th>', page)
    return [(unescape(shown), unescape(whole) or unescape(shown)) for whole, shown in found]


@pytest.mark.slow
def test_a_page_shows_short_names_and_whole_ones_on_hover(
    folders: list[Path], tmp_path: Path
) -> None:
    assert commands.run(["report", *map(str, folders), "--out", str(tmp_path / "out")]) == 0
    cells = _cells((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))
    wholes = [whole.removesuffix(" [i]") for _, whole in cells]
    for name in NAMES:
        assert name in wholes, name
    assert wholes.count(LONG) >= 2  # of the profile and of the ledger
    assert max(len(shown) for shown, _ in cells) <= TABLE_LETTERS
    assert ("pool::Long<…>::name", LONG) in cells


def test_terminal_markdown_and_latex_hold_such_names(folders: list[Path]) -> None:
    found = document(join(folders)[0])
    assert max(len(line) for line in terminal(found).splitlines()) <= 80
    text = latex(found)
    assert r"pool::Span::operator-{}-" in text
    assert r"pool::Span::operator\&\&" in text
    assert r"std::map$<$\$\_0, char[4]$>$::at\_100\%\textasciicircum{}" in text
    assert r"\{lambda" in text or r"take$<$\ldots{}$>$" in text
    rows = [line for line in markdown(found).splitlines() if line.startswith(r"| operator")]
    assert any(row.startswith(r"| operator\|\| [i] |") for row in rows)
    # function, self, inclusive, time; function, by, three arms
    assert {len(re.split(r"(?<!\\)\|", row)) for row in rows} == {6, 7}
