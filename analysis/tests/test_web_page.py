"""test_web_page.py -- the report's page: its structure, and what a browser makes of it.

SPDX-License-Identifier: MIT"""

import json
import os
import re
import shutil
import subprocess
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from analysis import commands

from .synthetic import write_run

pytestmark = pytest.mark.slow

CELLS = ["fixed_random size=256 slots=400 operations=100000 cold", "sawtooth size=256 cold"]
SIZES = [f"fixed_random size={size} slots=400 operations=100000 cold" for size in (1024, 256, 512)]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
VOID_TAGS = {"meta", "use", "path", "rect", "image", "line", "br"}
PHONE_PIXELS = 390


@pytest.fixture(name="text", scope="module")
def _text(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a run."""
    folder = tmp_path_factory.mktemp("page")
    published = [
        {
            "where": "size=256",
            "arm": "phase17-2",
            "against": None,
            "metric": "operations_per_second",
            "value": 5.84e6,
        }
    ]
    write_run(
        folder / "run",
        {"phase17-1": 0.0, "phase17-2": -0.04},
        [*SIZES, CELLS[1]],
        12,
        speed=lambda cell: 2.0 if "1024" in cell else 1.0 if "256" in cell else 1.5,
        question="Is 1 < 2 & true?",
        published=published,
    )
    assert commands.run(["report", str(folder / "run"), "--out", str(folder / "out")]) == 0
    return (folder / "out" / "report.html").read_text(encoding="utf-8")


class _Page(HTMLParser):
    """Tags that are open, and what the test asks about."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID_TAGS:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID_TAGS:
            assert self.open.pop() == tag

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(name="page", scope="module")
def _page(text: str) -> _Page:
    page = _Page()
    page.feed(text)
    return page


def test_the_page_is_whole(page: _Page, text: str) -> None:
    assert page.open == []
    assert "Is 1 &lt; 2 &amp; true?" in text
    names = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    assert len(names) == len(set(names))


def test_the_page_is_on_its_own(page: _Page, text: str) -> None:
    for tag, attributes in page.tags:
        assert tag not in ("link", "iframe", "object")
        for name in ("src", "srcset", "href", "xlink:href"):
            value = attributes.get(name) or "#"
            assert value.startswith(("#", "data:")), (tag, value)
    assert not re.search(r"url\((?!#|data:font/woff;base64,)", text) and "@import" not in text


def test_pictures_share_styles_and_letters(text: str) -> None:
    pictures = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert pictures and not any("style=" in picture for picture in pictures)
    classes = set(re.findall(r'class="(p\d+)"', "".join(pictures)))
    assert classes == set(re.findall(r"^\.(p\d+) \{ .+ \}$", text, re.MULTILINE))
    assert text.count("@font-face") == 2


def test_light_dark_phone_and_paper_have_rules(text: str) -> None:
    for rule in ("prefers-color-scheme: dark", "@media print", "max-width: 40rem", "viewport"):
        assert rule in text


def test_every_figure_has_words_and_two_widths(page: _Page) -> None:
    figures = page.of("figure")
    pictures = [attributes for attributes in page.of("svg") if "data-of" in attributes]
    assert len(pictures) == 2 * len(figures) > 0
    for attributes in pictures:
        assert attributes["role"] == "img" and "blocks a cell" in (attributes["aria-label"] or "")
    assert len(page.of("figcaption")) == len(figures)


def test_tables_say_what_heads_and_rows_are_and_sort(page: _Page) -> None:
    heads = [head for head in page.of("th") if head.get("scope") == "col"]
    assert {head.get("aria-sort") for head in heads} <= {"none", None}
    assert len(page.of("button")) == sum(head.get("aria-sort") == "none" for head in heads) > 0
    assert any(head.get("scope") == "row" for head in page.of("th"))


def test_every_measured_number_has_n_interval_and_mde(text: str) -> None:
    tables = re.findall(r"<tbody>\n<tr class=.*?</tbody>", text, re.DOTALL)
    assert tables
    for shared, row in re.findall(r'<tr class="value"([^>]*)>(.*?)</tr>', "".join(tables)):
        for attributes, shown in re.findall(r"<td([^>]*)>([^<]+)</td>", row):
            if re.search(r"\d", shown) and 'class="text"' not in attributes:
                assert re.search(r'data-note="[^"]*n = \d+', shared + attributes), (row, shown)
    notes = re.findall(r'data-note="([^"]+)"', text)
    assert all("MDE" in note or "median; what" in note or "average" in note for note in notes)
    assert any(re.search(r"95 % interval \[[-+.\d]+, [-+.\d]+\] %; MDE \d", n) for n in notes)


def test_weather_and_machine_are_there(text: str) -> None:
    assert "<summary>Weather</summary>" in text and "<summary>Machine</summary>" in text
    for name in ("steal", "PSI cpu", "load, 1 min", "involuntary switches", "cpu_model"):
        assert name in text


SCRIPT = """
onload = () => {
const said = {};
const table = document.querySelectorAll('section table')[1]; // behind the ranking
const rows = () => [...table.tBodies[0].rows].map((row) => row.cells[0].textContent);
const heads = table.tHead.rows[0].cells;
said.before = rows();
heads[1].querySelector('button').click();
said.ascending = rows();
said.state = heads[1].getAttribute('aria-sort');
heads[1].querySelector('button').click();
said.descending = rows();
said.states = [...heads].map((head) => head.getAttribute('aria-sort'));
const cell = table.querySelector('td[tabindex="0"]');
cell.focus();
const note = document.getElementById('note');
said.note = note.hidden ? null : note.textContent;
said.described = cell.getAttribute('aria-describedby');
cell.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}));
said.moved = document.activeElement.cellIndex - cell.cellIndex;
document.activeElement.blur();
said.gone = note.hidden;
said.overflow = document.documentElement.scrollWidth - innerWidth;
const shown = (name) => [...document.querySelectorAll(`figure ${name} svg`)].filter(
  (svg) => svg.getBoundingClientRect().width > 0).length;
said.wide = shown('.wide');
said.narrow = shown('.narrow');
const letters = document.querySelector(`figure ${said.narrow ? '.narrow' : '.wide'} svg text`);
said.letter_pixels = letters.getBoundingClientRect().height;
said.stops = document.querySelectorAll('section table [tabindex="0"]').length;
parent.postMessage(JSON.stringify(said), '*');
};
"""
FRAME = """<!DOCTYPE html><body><iframe width="{width}" height="900" srcdoc="{page}"></iframe>
<pre></pre><script>addEventListener('message', (event) => {{
document.querySelector('pre').textContent = event.data; document.querySelector('iframe').remove();
}});</script>"""


def _chromium(*words: str, cwd: Path) -> str:
    done = subprocess.run(
        [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", *words],
        cwd=cwd,
        env={**os.environ, "HOME": str(cwd)},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return done.stdout


def _said(text: str, width: int, folder: Path, script: str = SCRIPT) -> dict:
    """What the script finds out in a window of so many pixels."""
    inner = text.replace("</body>", f"<script>{script}</script></body>")
    file = folder / "frame.html"
    file.write_text(FRAME.format(width=width, page=escape(inner)), encoding="utf-8")
    dom = _chromium("--virtual-time-budget=20000", "--dump-dom", file.as_uri(), cwd=folder)
    return json.loads(unescape(dom.partition("<pre>")[2].partition("</pre>")[0]))


CONTENTS_SCRIPT = """
onload = () => {
const nav = document.querySelector('nav'), said = {};
const inSight = () => {
  const place = nav.getBoundingClientRect();
  return place.top >= 0 && place.top < innerHeight / 2 && place.height > 0;
};
said.before = inSight();
const section = document.querySelector(nav.querySelectorAll('a')[2].hash);
section.scrollIntoView();
said.after = inSight() && scrollY > 0;
const under = innerWidth < 1000 ? nav.getBoundingClientRect().bottom : 0;
said.hidden = section.getBoundingClientRect().top - under;
said.overflow = document.documentElement.scrollWidth - innerWidth;
parent.postMessage(JSON.stringify(said), '*');
};
"""


needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


@needs_chromium
@pytest.mark.parametrize("width", [PHONE_PIXELS, 1100])
def test_a_browser_sorts_explains_and_fits(text: str, width: int, tmp_path: Path) -> None:
    said = _said(text, width, tmp_path)
    assert said["before"] == ["1024", "256", "pub.", "512", "avg."]
    # By the baseline's speed, 2 : 1 : 1.5; what was published stays under the row that it is about,
    # and what has no speed of the baseline's comes last.
    assert said["ascending"] == ["256", "pub.", "512", "1024", "avg."]
    assert said["descending"] == ["1024", "512", "256", "pub.", "avg."]
    assert said["state"] == "ascending"
    assert said["states"].count("descending") == 1 and said["states"].count("none") >= 3
    assert "n = 12 blocks" in said["note"] and said["described"] == "note"
    assert said["moved"] == 1 and said["gone"]
    assert said["overflow"] <= 0, "the page is wider than the window"
    assert (said["narrow"] > 0) == (width == PHONE_PIXELS) != (said["wide"] > 0)
    assert said["letter_pixels"] >= 8
    assert said["stops"] <= 20


@needs_chromium
@pytest.mark.parametrize("width", [PHONE_PIXELS, 1100])
def test_contents_stay_in_sight_and_cover_no_heading(
    width: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.report.sections.figures_for", lambda run: {})
    runs = [write_run(tmp_path / name, {"a": 0.0}, CELLS, 6) for name in ("one", "two")]
    assert commands.run(["report", *map(str, runs), "--out", str(tmp_path)]) == 0
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    said = _said(page, width, tmp_path, CONTENTS_SCRIPT)
    assert said["before"] and said["after"]
    assert said["hidden"] >= -1 and said["overflow"] <= 0


@needs_chromium
def test_a_browser_prints_and_paints_it(text: str, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(text, encoding="utf-8")
    _chromium("--print-to-pdf=page.pdf", file.as_uri(), cwd=tmp_path)
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    _chromium("--screenshot=page.png", "--window-size=900,1200", file.as_uri(), cwd=tmp_path)
    assert (tmp_path / "page.png").stat().st_size > 20_000
