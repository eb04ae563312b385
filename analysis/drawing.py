"""drawing.py -- one figure as PNG, PDF, and SVG whose ink follows the page.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from types import ModuleType
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from .records import Recorded

INK = "#1b1f24"  # replaced by currentColor in an SVG, so that it can be read on a dark page
STYLE = {
    "font.size": 8.5,
    "font.family": "DejaVu Sans",
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "legend.labelcolor": INK,
    "svg.fonttype": "path",
    "pdf.fonttype": 42,  # TrueType, embedded: publishers refuse type 3
}
# Of a page in a paper: file ending, and inches.
TWO_COLUMNS, ONE_COLUMN = ("", 7.2), ("-column", 3.5)
NAMES = re.compile(r' id="[\w.]+_\d+"')  # matplotlib's, that nothing refers to
BETWEEN_TAGS = re.compile(r">\s+<")
PALETTE_COLOURS = 255
PAPER = "#fbfaf7"  # behind an SVG that stands alone, so that it is legible on any page
DOTS_PER_INCH = {"png": 160, "pdf": 220, "svg": 160}  # of vector files: of clouds of points


@dataclass(frozen=True)
class Drawing:
    """files: "svg", "pdf" and "png" to what they hold. inline: an SVG for a page, whose letters are
    text, to be found and read aloud; its font is the reader's where DejaVu Sans is missing."""

    files: dict[str, bytes]
    inline: str


@contextmanager
def _styled(salt: str) -> Iterator[None]:
    """matplotlib's own defaults and STYLE, whatever a matplotlibrc of the reader's says."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({**STYLE, "svg.hashsalt": salt})
        yield


def _metadata(kind: str, title: str, description: str) -> dict[str, Any]:
    """Nothing in a file tells when it was made: the same samples give the same bytes."""
    if kind == "svg":
        return {"Title": title, "Description": description, "Date": None, "Creator": None}
    if kind == "pdf":
        nothing = {"CreationDate": None, "Producer": None, "Creator": None}
        return {"Title": title, "Subject": description, **nothing}
    return {"Title": title, "Description": description, "Software": None}


def _saved(figure: Figure, kind: str, metadata: dict[str, Any]) -> bytes:
    stream = io.BytesIO()
    figure.savefig(
        stream,
        format=kind,
        metadata=metadata,
        dpi=DOTS_PER_INCH[kind],
        transparent=kind == "svg",
        facecolor="none" if kind == "svg" else "white",
    )
    return _with_palette(stream.getvalue(), metadata) if kind == "png" else stream.getvalue()


def _with_palette(png: bytes, metadata: dict[str, Any]) -> bytes:
    """A third of the size: a figure has few colours, and the shades between them."""
    words, stream = PngInfo(), io.BytesIO()
    for name, text in metadata.items():
        if text is not None:
            words.add_text(name, text)
    image = Image.open(io.BytesIO(png)).convert("RGB").quantize(PALETTE_COLOURS)
    dots = (DOTS_PER_INCH["png"], DOTS_PER_INCH["png"])
    image.save(stream, "png", optimize=True, pnginfo=words, dpi=dots)
    return stream.getvalue()


def _figure(module: ModuleType, subject: Any, size: tuple[int, int, float, float]) -> Figure:
    """Drawn and laid out once, for all formats alike."""
    rows, columns, width_inches, height_inches = size
    figure = Figure(figsize=(width_inches, height_inches), layout="constrained")
    module.draw(subject, figure.subplots(rows, columns))
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    return figure


def drawn(module: ModuleType, run: Recorded) -> dict[str, bytes]:
    """{"svg": ..., "pdf": ..., "png": ...} of one figure of one run, in the module's own size."""
    layout = getattr(module, "layout", lambda samples: (1, 1, 7.0, 4.0))
    salt = f"{module.__name__}-{run.name}"
    with _styled(salt):
        figure = _figure(module, run, layout(run))
        title, description = module.QUESTION, described(module, run)
        return {
            kind: _saved(figure, kind, _metadata(kind, title, description))
            for kind in ("svg", "pdf", "png")
        }


def described(module: ModuleType, run: Recorded) -> str:
    """What the picture's metadata say: its caption, and which plan's samples it is drawn from."""
    caption = module.caption(run) if hasattr(module, "caption") else module.QUESTION
    plan = getattr(run, "plan", {}).get("hash")
    return f"{caption} Plan {plan}, run {run.name}." if plan else caption


def drawn_for(module: ModuleType, run: Recorded, width: tuple[str, float]) -> Drawing:
    """A figure at one of a page's widths: module.layout(run, width in inches) is (rows, columns,
    height in inches)."""
    ending, width_inches = width
    rows, columns, height_inches = module.layout(run, width_inches)
    title, description = module.QUESTION, described(module, run)
    with _styled(f"{module.__name__}-{run.name}{ending}"):
        figure = _figure(module, run, (rows, columns, width_inches, height_inches))
        files = {
            kind: _saved(figure, kind, _metadata(kind, title, description))
            for kind in ("svg", "pdf", "png")
        }
        with matplotlib.rc_context({"svg.fonttype": "none"}):
            inline = _saved(figure, "svg", _metadata("svg", title, description))
    return Drawing(files, embeddable(inline, f"{title} {module.caption(run)}"))


def on_paper(svg: bytes) -> bytes:
    """The same SVG with a background of its own."""
    start = svg.index(b"<svg")
    end = svg.index(b">", start) + 1
    paper = f'<rect width="100%" height="100%" fill="{PAPER}"/>'.encode()
    return svg[:end] + b"\n " + paper + svg[end:]


def embeddable(svg: bytes, words: str) -> str:
    """The <svg> element alone, without metadata, names or a fixed size, in the ink of the page
    around it. words: what it shows, for who cannot see it."""
    text = svg.decode("utf-8")
    text = text[text.index("<svg") :].replace(INK, "currentColor")
    head, rest = text.split(">", 1)
    before, _, after = rest.partition("<metadata>")
    rest = before + after.partition("</metadata>")[2] if after else rest
    rest = BETWEEN_TAGS.sub(">\n<", NAMES.sub("", rest))
    kept = " ".join(part for part in head.split() if not part.startswith(("width=", "height=")))
    return f'{kept} role="img" aria-label="{escape(words)}">{rest}'
