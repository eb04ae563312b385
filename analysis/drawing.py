"""drawing.py -- one figure as PNG, PDF, and an SVG whose ink follows the page.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import io
from types import ModuleType

import matplotlib
from matplotlib.figure import Figure

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
}
PAPER = "#fbfaf7"  # behind an SVG that stands alone, so that it is legible on any page
# Nothing in a file tells when it was made: the same samples give the same bytes.
METADATA = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Producer": None, "Creator": None},
    "png": {"Software": None},
}


def drawn(module: ModuleType, run: Recorded) -> dict[str, bytes]:
    """{"svg": ..., "pdf": ..., "png": ...} of one figure of one run."""
    layout = getattr(module, "layout", lambda samples: (1, 1, 7.0, 4.0))
    rows, columns, width_inches, height_inches = layout(run)
    salt = f"{module.__name__}-{run.name}"
    with matplotlib.rc_context({**STYLE, "svg.hashsalt": salt}):
        figure = Figure(figsize=(width_inches, height_inches), layout="constrained")
        module.draw(run, figure.subplots(rows, columns))
        found = {}
        for kind, metadata in METADATA.items():
            stream = io.BytesIO()
            figure.savefig(
                stream,
                format=kind,
                metadata=metadata,
                dpi=160,
                transparent=kind == "svg",
                facecolor="none" if kind == "svg" else "white",
            )
            found[kind] = stream.getvalue()
    return found


def on_paper(svg: bytes) -> bytes:
    """The same SVG with a background of its own."""
    start = svg.index(b"<svg")
    end = svg.index(b">", start) + 1
    paper = f'<rect width="100%" height="100%" fill="{PAPER}"/>'.encode()
    return svg[:end] + b"\n " + paper + svg[end:]


def embeddable(svg: bytes) -> str:
    """The <svg> element alone, without a fixed size, in the ink of the page around it."""
    text = svg.decode("utf-8")
    text = text[text.index("<svg") :].replace(INK, "currentColor")
    head, rest = text.split(">", 1)
    kept = " ".join(part for part in head.split() if not part.startswith(("width=", "height=")))
    return f'{kept} role="img">{rest}'
