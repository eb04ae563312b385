"""test_gallery.py -- docs/gallery.md has every figure, as stored runs draw it now.

SPDX-License-Identifier: MIT"""

from pathlib import Path
from types import ModuleType

import pytest

from analysis.complaint import Complaint
from analysis.report import gallery as pictures
from analysis.report.fill import filled
from analysis.report.gallery import FOLDER, Shown, gallery, gallery_text, modules

from .synthetic import write_run

ROOT = Path(__file__).parents[2]
STORE, PAGE = ROOT / "results/reference", ROOT / "docs/gallery.md"
CELL = "sawtooth size=256 cold"
AGAIN = "make docs draws it again"


@pytest.mark.slow
def test_the_page_has_every_figure() -> None:
    """Its question, how to read it and its command, as the modules and the runs have them now."""
    text = PAGE.read_text(encoding="utf-8")
    between = text.split("-->\n\n", 1)[1].split("\n\n<!-- end -->")[0]
    assert between == gallery_text(STORE), AGAIN
    assert len(modules()) >= 15
    assert all(f"\n### {name}: " in text for name in modules())


@pytest.mark.slow
@pytest.mark.parametrize("name", modules())
def test_a_picture_is_what_its_run_gives(name: str) -> None:
    """Its plan, and the digest of its points, axes and words, which it carries."""
    (one,) = [shown for shown in gallery(STORE) if shown.name == name]
    file = PAGE.parent / FOLDER / f"{name}.png"
    if one.subject is None:
        assert not file.exists()
        pytest.skip("no stored run has it")
    assert one.origin.encode() in file.read_bytes(), AGAIN


@pytest.mark.slow
def test_no_picture_is_left_over() -> None:
    shown = {f"{one.name}.png" for one in gallery(STORE) if one.subject is not None}
    assert {path.name for path in (PAGE.parent / FOLDER).iterdir()} == shown


def made(folder: Path) -> Path:
    """A store with one timed run, which has effects and no profile."""
    write_run(folder / "results/reference/synthetic/one", {"phase17-1": 0.5}, [CELL], 12)
    return folder / "results/reference"


def test_a_figure_is_shown_by_a_run_that_has_it(tmp_path: Path) -> None:
    shown = {one.name: one.subject for one in gallery(made(tmp_path))}
    assert shown["effects"] is not None and shown["where_time_goes"] is None
    text = gallery_text(tmp_path / "results/reference")
    assert "slablab report results/reference/synthetic/one --out page" in text
    assert "No stored run has it." in text
    with pytest.raises(Complaint, match="is no folder of runs"):
        gallery_text(tmp_path / "nowhere")


def test_a_new_figure_appears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing but its module."""
    new = ModuleType("new", "new.py -- what is new.")
    new.QUESTION = "What is new?"  # type: ignore[attr-defined]
    monkeypatch.setattr(pictures, "gallery", lambda store: (Shown("new", new, None),))
    text = gallery_text(made(tmp_path))
    assert text == "### new: What is new?\n\nWhat is new. No stored run has it."


def test_the_page_is_filled_with_pictures(tmp_path: Path) -> None:
    made(tmp_path)
    text = filled("<!-- gallery results/reference -->\nold\n<!-- end -->\n", tmp_path)
    assert "(gallery/effects.png)" in text and "\nold" not in text
    assert (tmp_path / "gallery/effects.png").read_bytes().startswith(b"\x89PNG")
