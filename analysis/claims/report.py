"""report.py -- the folder of judged claims: claims.md, claims.csv and claims.tex.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ..document.formats import csv_text, markdown
from ..document.stored import files_differences
from .claims import Judged, columns_of
from .latex import claims_latex
from .page import document, judged_claims


def claims_files(judged: list[Judged]) -> dict[str, str]:
    """File name to its text; the same runs give the same text."""
    rows = [row for one in judged for row in columns_of(one)]
    return {
        "claims.md": markdown(document(judged)),
        "claims.csv": csv_text(pd.DataFrame(rows)),
        "claims.tex": claims_latex(judged),
    }


def write_claims(folders: list[Path], path: Path, out: Path) -> Path:
    """Makes the folder and its files; returns the page's path."""
    files = claims_files(judged_claims(folders, path))
    out.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (out / name).write_text(text, encoding="utf-8")
    return out / "claims.md"


def claims_differences(folders: list[Path], path: Path, stored: Path) -> list[str]:
    """The differences between a stored folder and what the samples give; empty: none."""
    return files_differences(stored, claims_files(judged_claims(folders, path)))
