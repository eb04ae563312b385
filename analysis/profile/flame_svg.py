"""flame_svg.py -- boxes on top of each other as an SVG that needs no script.

  ^    | c |
  |  | b     | d |     a box is as wide as its share, and its callers are below it
  0  | a           |

Hovering over a box shows its <title>; a box's own <svg> clips its text.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from html import escape

from ..drawing.drawing import INK, PAPER
from ..records.layers import ink_on
from .function_names import short_name

WIDTH, MARGIN, ROW = 1200, 10, 17
LETTER = 6.7  # pixels of a letter at 11 px in the widest of the usual monospace fonts
NAME_MIN = 3  # letters; a narrower box has no text
HEAD, LINE = 58, 16


@dataclass(frozen=True)
class Box:
    """left and width are shares of the whole; depth 0 stands at the bottom."""

    depth: int
    left: float
    width: float
    name: str
    colour: str
    hover: str


def shortened(name: str, pixels: float) -> str:
    """As much of the name as fits; "" where hardly any does."""
    letters = int((pixels - 6) / LETTER)
    return short_name(name, letters) if letters >= NAME_MIN else ""


def _box(box: Box, bottom: float) -> str:
    pixels = box.width * (WIDTH - 2 * MARGIN)
    x, y = MARGIN + box.left * (WIDTH - 2 * MARGIN), bottom - (box.depth + 1) * ROW
    text = escape(shortened(box.name, pixels))
    shown = f'<text x="3" y="12" fill="{ink_on(box.colour)}">{text}</text>' if text else ""
    return (
        f'<svg x="{x:.2f}" y="{y:g}" width="{max(pixels - 0.4, 0.2):.2f}" height="{ROW - 1}">'
        f"<title>{escape(box.hover)}</title>"
        f'<rect width="100%" height="100%" fill="{box.colour}"/>{shown}</svg>'
    )


def _legend(legend: list[tuple[str, str]], y: float) -> list[str]:
    """Swatches in a row: (words, colour)."""
    found, x = [], float(MARGIN)
    for text, colour in legend:
        found.append(f'<rect x="{x:.1f}" y="{y - 10:g}" width="11" height="11" fill="{colour}"/>')
        found.append(f'<text x="{x + 15:.1f}" y="{y:g}">{escape(text)}</text>')
        x += 15 + 18 + LETTER * len(text)
    return found


def flame_svg(
    title: str, subtitle: str, boxes: list[Box], legend: list[tuple[str, str]], notes: list[str]
) -> str:
    """The whole document: title, boxes, legend, notes."""
    depth = 1 + max((box.depth for box in boxes), default=0)
    bottom = HEAD + depth * ROW
    letters = int((WIDTH - 2 * MARGIN) / LETTER)
    lines = [line for note in notes for line in textwrap.wrap(note, letters)]
    legend_y = bottom + 24
    height = legend_y + LINE * (len(lines) + 1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" '
        'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="11" '
        f'fill="{INK}" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height:g}" fill="{PAPER}"/>',
        f'<text x="{MARGIN}" y="24" font-size="15" font-weight="bold">{escape(title)}</text>',
        f'<text x="{MARGIN}" y="42">{escape(subtitle)}</text>',
        *(_box(box, bottom) for box in boxes),
        *_legend(legend, legend_y),
        *(
            f'<text x="{MARGIN}" y="{legend_y + LINE * (i + 1):g}">{escape(line)}</text>'
            for i, line in enumerate(lines)
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"
