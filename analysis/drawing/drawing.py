"""drawing.py -- one figure as PDF, PNG and SVG, and as an SVG whose ink follows the page around it.

A module that draws has QUESTION, layout(subject, width in inches), which is (rows, columns, height
in inches), draw(subject, axes) and, on a page, caption(subject). Where it has items(subject), which
lists what its panels or rows show, these may be divided into several figures, and both layout and
draw are given those of one of them.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from types import ModuleType
from typing import Any

import matplotlib
from matplotlib.font_manager import fontManager
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ..complaint import Complaint
from ..document.fonts import FAMILY, font_faces, letters_kept
from ..records.style import ONE_COLUMN_BELOW_INCHES, PLAIN, Style, nearest
from . import panels
from .figure_data import digest
from .rounded_figure import RoundedFigure

INK = "#1b1f24"  # replaced by currentColor in an SVG, so that it can be read on a dark page
STYLE = {
    "font.size": 8.5,
    "font.family": FAMILY,
    "text.parse_math": False,  # a dollar sign in a name is one
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "legend.labelcolor": INK,
    "hatch.linewidth": 0.35,
    "svg.hashsalt": "slablab",
    "svg.fonttype": "none",  # letters are text: to be found, read aloud and copied
    "pdf.fonttype": 42,  # TrueType, embedded: publishers refuse type 3
}
NAMES = re.compile(r' id="[\w.]+_\d+"')  # matplotlib's, that nothing refers to
NAMED = re.compile(r' id="([^"]+)"')
BETWEEN_TAGS = re.compile(r">\s+<")
PLACES = re.compile(r' (?:d|x|y|transform)="[^"]*"')
LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
PALETTE_COLOURS = 255
PAPER = "#fbfaf7"  # behind an SVG that stands alone, so that it is legible on any page
DOTS_PER_INCH = {"png": 130, "pdf": 200, "svg": 110}  # of vector files: of clouds of points


@dataclass(frozen=True)
class Width:
    """A width of a page in a paper: how its files' names end, how wide it is, which there are."""

    ending: str
    inches: float
    kinds: tuple[str, ...]


TWO_COLUMNS = Width("", 7.2, ("pdf", "png", "svg"))
ONE_COLUMN = Width("-column", 3.5, ("pdf",))
TALLEST_INCHES = 9.0  # of a page of text


def widths(style: Style) -> tuple[Width, Width]:
    """Of a report's figures: across the page, and in one column."""
    wide, narrow = TWO_COLUMNS, ONE_COLUMN
    for inches in style.width:
        if inches < ONE_COLUMN_BELOW_INCHES:
            narrow = replace(narrow, inches=inches)
        else:
            wide = replace(wide, inches=inches)
    return wide, narrow


@dataclass(frozen=True)
class Drawing:
    """files: a kind ("pdf") to what a file holds. inline: an SVG for a page, which brings the
    letters' font (fonts.font_faces)."""

    files: dict[str, bytes]
    inline: str


@contextmanager
def _styled(style: Style) -> Iterator[None]:
    """matplotlib's own defaults, STYLE and the chosen font, whatever a matplotlibrc of the reader's
    says."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        if style.font is not None:
            matplotlib.rcParams["font.family"] = [style.font, FAMILY]
        yield


def check_font(style: Style) -> None:
    """Raises Complaint where the style's font is not installed."""
    known = sorted({font.name for font in fontManager.ttflist})
    if style.font is not None and style.font not in known:
        raise Complaint(f"font: no '{style.font}' is installed", nearest(style.font, known))


def _metadata(kind: str, title: str, description: str, keywords: str) -> dict[str, Any]:
    """A file does not state when it was made: the same samples give the same bytes."""
    if kind == "svg":
        said = {"Title": title, "Description": description, "Keywords": [keywords]}
        return {**said, "Date": None, "Creator": None}
    if kind == "pdf":
        nothing = {"CreationDate": None, "Producer": None, "Creator": None}
        return {"Title": title, "Subject": description, "Keywords": keywords, **nothing}
    said = {"Title": title, "Description": description, "Keywords": keywords}
    return {**said, "Software": None}


def _saved(figure: RoundedFigure, kind: str, metadata: dict[str, Any]) -> bytes:
    if kind == "png":
        return _with_palette(_image(figure), metadata)
    stream = io.BytesIO()
    figure.savefig(
        stream,
        format=kind,
        metadata=metadata,
        dpi=DOTS_PER_INCH[kind],
        transparent=kind == "svg",
        facecolor="none" if kind == "svg" else "white",
    )
    return stream.getvalue()


def _image(figure: RoundedFigure) -> Image.Image:
    """Its dots, at the density of a PNG."""
    stream, dots = io.BytesIO(), DOTS_PER_INCH["png"]
    figure.savefig(stream, format="rgba", dpi=dots, facecolor="white")
    width = int(figure.get_figwidth() * dots)
    height = len(stream.getbuffer()) // (4 * width)
    return Image.frombytes("RGBA", (width, height), stream.getvalue())


def _with_palette(drawn_image: Image.Image, metadata: dict[str, Any]) -> bytes:
    """A third of the size: a figure has few colours, and the shades between them."""
    words, stream = PngInfo(), io.BytesIO()
    for name, text in metadata.items():
        if text is not None:
            words.add_text(name, text)
    image = drawn_image.convert("RGB").quantize(PALETTE_COLOURS)
    dots = (DOTS_PER_INCH["png"], DOTS_PER_INCH["png"])
    image.save(stream, "png", optimize=True, pnginfo=words, dpi=dots)
    return stream.getvalue()


def page_count(module: ModuleType, subject: Any, width: Width) -> int:
    """How many figures it takes, none of them higher than TALLEST_INCHES."""
    return len(_pages(module, subject, width))


def _pages(module: ModuleType, subject: Any, width: Width) -> list[tuple[Any, ...]]:
    """What layout and draw are given besides, page by page: the items that stand on it, where the
    module has any; as even as they fit."""
    if not hasattr(module, "items"):
        return [()]
    return _pages_of_items(module, subject, width)


@lru_cache(maxsize=64)
def _pages_of_items(module: ModuleType, subject: Any, width: Width) -> list[tuple[Any, ...]]:
    items, room = module.items(subject), TALLEST_INCHES - _caption_inches(module, subject, width)
    found: list[tuple[Any, ...]] = []
    whole = module.layout(subject, width.inches, items)[2]
    for count in range(max(1, int(whole / TALLEST_INCHES)), len(items) + 1):
        size = -(-len(items) // count)
        found = [(items[at : at + size],) for at in range(0, len(items), size)]
        if all(module.layout(subject, width.inches, *page)[2] <= room for page in found):
            break
    return found


def _caption_text(module: ModuleType, subject: Any, width: Width) -> str:
    """What of the caption stands inside the picture."""
    if style_of(subject).captions != "inside" or not hasattr(module, "caption"):
        return ""
    return panels.wrapped(module.caption(subject), width.inches - 0.2, panels.SMALL)


def _caption_inches(module: ModuleType, subject: Any, width: Width) -> float:
    text = _caption_text(module, subject, width)
    return panels.footer_inches(width.inches, *text.splitlines()) if text else 0.0


def style_of(subject: Any) -> Style:
    return getattr(subject, "style", PLAIN)


def _figure(module: ModuleType, subject: Any, width: Width, page: int) -> RoundedFigure:
    items = _pages(module, subject, width)[page]
    rows, columns, height_inches = module.layout(subject, width.inches, *items)
    height_inches += _caption_inches(module, subject, width)
    figure = RoundedFigure(figsize=(width.inches, height_inches), layout="constrained")
    module.draw(subject, figure.subplots(rows, columns), *items)
    caption = _caption_text(module, subject, width)
    if caption:
        below = figure._supxlabel.get_text()
        panels.footer(figure, *below.splitlines(), *caption.splitlines())
    return figure


def _provenance(subject: Any, figure: RoundedFigure) -> str:
    """The samples that a figure is drawn from: "plan be0aa3af92419583, data 9b1f32aa54b1a0c7".
    ASCII alone: a PDF writes other letters in ways of its own."""
    plan = getattr(subject, "plan", {}).get("hash")
    of_plan = f"plan {plan}, " if plan else ""
    return f"{of_plan}data {digest(figure)}"


def provenance(module: ModuleType, subject: Any, width: Width, page: int = 0) -> str:
    """The provenance that the figure's files must state; the figure is drawn, but not laid out or
    saved."""
    with _styled(style_of(subject)):
        return _provenance(subject, _figure(module, subject, width, page))


def drawn(module: ModuleType, subject: Any, width: Width, page: int = 0) -> Drawing:
    """A figure at one of a page's widths; laid out once, for all formats alike. page: less than
    page_count."""
    caption = module.caption(subject) if hasattr(module, "caption") else ""
    title, description = module.QUESTION, caption or module.QUESTION
    with _styled(style_of(subject)), letters_kept():
        figure = _figure(module, subject, width, page)
        keywords = _provenance(subject, figure)
        figure.get_layout_engine().execute(figure)
        figure.set_layout_engine(None)  # "none" would have it drawn twice for each format
        files = {
            kind: _saved(figure, kind, _metadata(kind, title, description, keywords))
            for kind in dict.fromkeys((*width.kinds, "svg"))
        }
    name = f"{module.__name__} {subject.name}{width.ending} {page or ''}".rstrip()
    svg = _named(_rounded(files["svg"].decode("utf-8")), name)
    if "svg" in width.kinds:
        files["svg"] = _on_paper(svg).encode("utf-8")
    words = f"{title} {caption}".rstrip()
    inline = _embeddable(svg, words, keywords)
    return Drawing({kind: files[kind] for kind in width.kinds}, inline)


def _rounded(svg: str) -> str:
    """Coordinates to a hundredth of a point: more digits are a fifth of a file."""

    def short(found: re.Match[str]) -> str:
        text = f"{float(found[0]):.2f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text

    return PLACES.sub(lambda found: LONG_NUMBER.sub(short, found[0]), svg)


def _named(svg: str, figure: str) -> str:
    """With names that are unique on a page, and the same on every processor: matplotlib's are
    hashes of coordinates to their last bits."""
    svg, prefix = NAMES.sub("", svg), f"f{zlib.crc32(figure.encode()):08x}"
    for number, name in enumerate(dict.fromkeys(NAMED.findall(svg))):
        svg = re.sub(rf'(?<=["#]){name}(?=[")])', f"{prefix}-{number}", svg)
    return svg


def _on_paper(svg: str) -> str:
    """The SVG as a file of its own: with a background, and its letters."""
    end = svg.index(">", svg.index("<svg")) + 1
    paper = f'<rect width="100%" height="100%" fill="{PAPER}"/>'
    return f"{svg[:end]}\n <style>{font_faces(svg)}</style>\n {paper}{svg[end:]}"


def _embeddable(svg: str, words: str, origin: str) -> str:
    """The <svg> element alone, without metadata, names or a fixed size, in the ink of the page
    around it. words: a description for readers who cannot see it; origin: its provenance."""
    text = svg[svg.index("<svg") :].rstrip().replace(INK, "currentColor")
    head, rest = text.split(">", 1)
    before, _, after = rest.partition("<metadata>")
    rest = before + after.partition("</metadata>")[2] if after else rest
    rest = BETWEEN_TAGS.sub(">\n<", rest)
    kept = " ".join(part for part in head.split() if not part.startswith(("width=", "height=")))
    return f'{kept} data-of="{origin}" role="img" aria-label="{escape(words)}">{rest}'
