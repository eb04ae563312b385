"""test_manifest.py -- digests of a report's files find what changed, and only that.

SPDX-License-Identifier: MIT"""

import hashlib
from pathlib import Path

import pytest

from analysis.commands import run

DATA, OTHER_DATA = "0123456789abcdef", "0123456789abcde0"
PAGE = '<style>p0 {{}}</style><h1>{words}</h1><svg data-of="plan 1, data {data}">{ink}</svg>'
NAMES = ("report.html", "numbers.tex", "versions.txt", "tables/a.md", "figures/a.svg")


def _page(words: str = "Two runs", data: str = DATA, ink: str = "M 0 0") -> str:
    return PAGE.format(words=words, data=data, ink=ink)


def _report(folder: Path) -> Path:
    """A digest may be followed by any byte: in a PNG, by a checksum."""
    (folder / "tables").mkdir(parents=True)
    (folder / "figures").mkdir()
    texts = (_page(), "% keys\n", "numpy 1.24\npillow 9.4\n", "| a |\n", f"<svg>data {DATA}Z</svg>")
    for name, text in zip(NAMES, texts):
        (folder / name).write_text(text)
    return folder


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """A report, and its manifest beside it."""
    folder = _report(tmp_path / "report")
    assert run(["manifest", str(folder), "--out", str(tmp_path / "stored")]) == 0
    return folder


def _compared(folder: Path) -> int:
    return run(["manifest", str(folder), "--against", str(folder.parent / "stored")])


def test_a_line_for_each_digest_sorted_by_kind_and_name(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["manifest", str(folder)]) == 0
    said = capsys.readouterr().out
    assert said == (folder.parent / "stored").read_text()
    lines = [line.split("  ") for line in said.splitlines()]
    assert [(kind, name) for _, kind, name in lines] == [
        ("figure-data", "figures/a.svg"),
        ("numbers", "numbers.tex"),
        ("page", "report.html"),
        ("picture", "figures/a.svg"),
        ("table", "tables/a.md"),
        ("version", "numpy"),
        ("version", "pillow"),
        ("words", "report.html"),
    ]
    assert lines[0][0] == DATA and lines[5][0] == "1.24"
    assert lines[4][0] == hashlib.sha256(b"| a |\n").hexdigest()


CHANGES = [
    ("tables/a.md", "| b |\n", "tables/a.md: another table"),
    ("numbers.tex", "% other keys\n", "numbers.tex: another numbers"),
    ("figures/a.svg", f"<svg>data {OTHER_DATA}</svg>", "figures/a.svg: another figure-data"),
    ("report.html", _page(words="Three runs"), "report.html: another words"),
    ("report.html", _page(data=OTHER_DATA), "report.html: another words"),
]
DRAWN_OTHERWISE = [
    ("figures/a.svg", f"<svg><g/>data {DATA}</svg>", "figures/a.svg: another picture"),
    ("report.html", _page(ink="M 0 1"), "report.html: another page"),
]


@pytest.mark.parametrize("name, text, said", CHANGES + DRAWN_OTHERWISE)
def test_what_changed_is_named(
    folder: Path, name: str, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _compared(folder) == 0
    (folder / name).write_text(text)
    assert _compared(folder) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("change", [*CHANGES, *DRAWN_OTHERWISE])
def test_with_another_library_only_what_it_draws_may_differ(
    folder: Path, change: tuple[str, str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    name, text, _ = change
    (folder / "versions.txt").write_text("numpy 1.24\npillow 9.5\n")
    assert _compared(folder) == 0
    assert "pillow 9.5, not 9.4" in capsys.readouterr().out
    (folder / name).write_text(text)
    assert _compared(folder) == (change in CHANGES)


def test_files_that_are_gone_or_new_are_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "tables/a.md").rename(folder / "tables/b.md")
    assert _compared(folder) == 1
    said = capsys.readouterr().err
    assert "tables/a.md: missing" in said and "tables/b.md: not in the stored report" in said


def test_what_is_no_manifest_or_no_report_is_a_complaint(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder.parent / "stored").write_text("tables/a.md\n")
    assert _compared(folder) == 2
    assert "stored:1: is not 'digest  kind  name'" in capsys.readouterr().err
    assert run(["manifest", str(folder.parent)]) == 2
