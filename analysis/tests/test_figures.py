"""test_figures.py -- each figure: where it applies, what its files say, and its colours.

SPDX-License-Identifier: MIT"""

import base64
import io
import itertools
import re
import zlib
from collections.abc import Callable
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from numpy.typing import NDArray

from analysis.comparison.residuals import residuals
from analysis.drawing.colours import BASELINE, CONTROL_MARKER, MARKERS, PALETTE, colours, markers
from analysis.drawing.drawing import INK, ONE_COLUMN, TWO_COLUMNS, Drawing, drawn, provenance
from analysis.drawing.figure_data import digest
from analysis.figures import effects, figures_for, interaction
from analysis.profile.figures import fault_heat_map
from analysis.records.records import Run, load
from analysis.records.style import STORED, read_style

from .synthetic import write_run

pytestmark = pytest.mark.slow

CELLS = ["fixed_random size=256 slots=400 operations=100000 cold", "sawtooth size=256 warm"]
WOFF = re.compile(r"url\(data:font/woff;base64,([^)]+)\)")
FACTORS = {"first": "reuse", "second": "prewarm", "both": "reuse-prewarm"}
# Machado, Oliveira and Fernandes 2009, severity 1.
SEEN_WITH = {
    "none": np.eye(3),
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


@pytest.fixture(name="factorial", scope="module")
def _factorial(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Two factors of +10 % and +20 % that give 8 % less together than their product."""
    logs = {"reuse": np.log(1.1), "prewarm": np.log(1.2)}
    logs["reuse-prewarm"] = sum(logs.values()) + np.log(0.92)
    folder = tmp_path_factory.mktemp("factorial") / "run"
    return load(write_run(folder, logs, CELLS, 30, noise=0.003, interactions=[FACTORS]))


def _linear(colour: str) -> NDArray[np.float64]:
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def _lab(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    scaled = TO_XYZ @ np.clip(linear, 0, 1) / np.array([0.9505, 1, 1.089])
    x, y, z = np.where(scaled > 0.008856, np.cbrt(scaled), 7.787 * scaled + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def _contrast(one: str, other: str) -> float:
    low, high = sorted(float(TO_XYZ[1] @ _linear(colour)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("eyes", SEEN_WITH)
def test_colours_stay_apart_for_every_eye(eyes: str) -> None:
    seen = [_lab(np.array(SEEN_WITH[eyes]) @ _linear(c)) for c in (*PALETTE, BASELINE)]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 20


@pytest.mark.parametrize("eyes", SEEN_WITH)
def test_more_faults_are_darker_for_every_eye(eyes: str) -> None:
    """And so in grey; told from white and from a dark page."""
    steps = [to_hex(fault_heat_map.COLOURS(x)) for x in np.linspace(0, 1, 17)]
    lightness = [_lab(np.array(SEEN_WITH[eyes]) @ _linear(step))[0] for step in steps]
    assert max(np.diff(lightness)) < -0.5 and lightness[0] - lightness[-1] > 20
    assert min(_contrast(step, page) for step in steps for page in ("#ffffff", "#15181b")) > 2.2


def test_the_colours_of_stored_runs_are_of_the_palette() -> None:
    """Which the test above keeps apart."""
    stored = read_style(Path(__file__).parents[2] / "results/reference" / STORED)
    assert {one.colour for one in stored.arms.values()} <= {*PALETTE, BASELINE}


def test_the_lines_of_an_interaction_differ_in_grey(factorial: Run) -> None:
    figure = Figure()
    interaction.draw(factorial, figure.subplots(), [(FACTORS, CELLS[0])])
    lines = [line for line in figure.axes[0].lines if list(line.get_xdata()) == [0, 1]]
    assert [line.get_linestyle() for line in lines] == ["--", "-", ":"]
    assert lines[0].get_markerfacecolor() == "none" != lines[1].get_markerfacecolor()


def test_colours_are_legible_on_light_and_dark_and_markers_differ_in_grey() -> None:
    for colour in (*PALETTE, BASELINE):
        assert _contrast(colour, "#ffffff") > 2.7 and _contrast(colour, "#15181b") > 2.7
    assert len(set(MARKERS)) == len(PALETTE) and not set("<>^v") & set(MARKERS)


def test_an_arm_has_one_colour_and_one_marker(factorial: Run) -> None:
    assert colours(factorial)["baseline"] == BASELINE
    assert markers(factorial)["control"] == CONTROL_MARKER
    pairs = {
        (PALETTE.index(colours(factorial)[arm]), MARKERS.index(markers(factorial)[arm]))
        for arm in factorial.arms[2:]
    }
    assert len(pairs) == 3 and all(colour == marker for colour, marker in pairs)


@pytest.fixture(name="drawings", scope="module")
def _drawings(factorial: Run) -> dict[tuple[str, str], Drawing]:
    return {
        (name, width.ending): drawn(module, factorial, width)
        for name, module in figures_for(factorial).items()
        for width in (TWO_COLUMNS, ONE_COLUMN)
    }


def test_every_file_says_what_it_shows_and_of_which_plan(
    drawings: dict[tuple[str, str], Drawing], factorial: Run
) -> None:
    assert {name for name, _ in drawings} == set(figures_for(factorial))
    for (name, ending), drawing in drawings.items():
        module = figures_for(factorial)[name]
        said = provenance(module, factorial, ONE_COLUMN if ending else TWO_COLUMNS)
        assert re.fullmatch(f"plan {factorial.plan['hash']}, data [0-9a-f]{{16}}", said)
        assert sorted(drawing.files) == (["pdf"] if ending else ["pdf", "png", "svg"])
        for content in drawing.files.values():
            assert said.encode() in content and b"CreationDate" not in content
        assert f'data-of="{said}"' in drawing.inline
        if not ending:
            svg = drawing.files["svg"].decode()
            assert module.QUESTION.split("'")[0] in svg and "dc:date" not in svg
            assert module.QUESTION.encode() in drawing.files["png"]


def test_files_carry_their_fonts(drawings: dict[tuple[str, str], Drawing]) -> None:
    for drawing in drawings.values():
        streams = re.findall(rb"stream\r?\n(.*?)endstream", drawing.files["pdf"], re.DOTALL)
        assert b"/FontFile2" in drawing.files["pdf"] and b"/Type3" not in drawing.files["pdf"]
        assert any(zlib.decompressobj().decompress(s)[:4] == b"\0\1\0\0" for s in streams[1:])
        svg = drawing.files.get("svg", b"").decode()
        for name, face in zip(("DejaVu Sans", "DejaVu Sans Bold"), WOFF.findall(svg)):
            font = TTFont(io.BytesIO(base64.b64decode(face)))
            letters = set(unescape("".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg))))
            assert letters <= {chr(code) for code in font.getBestCmap()} | {"\n"}
            assert font["name"].getDebugName(4) == name
        assert not svg or len(WOFF.findall(svg)) == 2


def test_figures_have_a_page_s_widths(drawings: dict[tuple[str, str], Drawing]) -> None:
    for (_, ending), drawing in drawings.items():
        points = 72 * {"": 7.2, "-column": 3.5}[ending]
        assert f"/MediaBox [ 0 0 {points:g} " in drawing.files["pdf"].decode("latin-1")


GRID = [
    f"fixed_random size=512 slots={slots} operations={operations} cold"
    for operations in (1000, 10_000_000)
    for slots in (256, 1_048_576)
]


def test_data_are_another_as_soon_as_the_samples_are(tmp_path: Path) -> None:
    """Some figure shows that one process was slower; all that show operations per second or page
    faults, however wide their other axis is, that all were by 5 %, or took a fault in a hundred
    more."""

    def one_slower(block: dict[str, Any]) -> None:
        if block["block"] == 3:
            block["samples"][0]["cpu_ns"] += block["samples"][0]["cpu_ns"] // 1000

    changes: dict[str, dict[str, Any]] = {
        "as it was": {},
        "one slower": {"edit": one_slower},
        "faster": {"speed": lambda cell: 1.05},
        "more faults": {"faults": lambda *_: 630},
    }
    said = {}
    for name, change in changes.items():
        run = load(write_run(tmp_path / name / "run", {"a": 0.1}, GRID, 8, **change))
        modules = figures_for(run).items()
        said[name] = {figure: provenance(m, run, TWO_COLUMNS) for figure, m in modules}

    def differing(name: str) -> set[str]:
        return {figure for figure, text in said[name].items() if text != said["as it was"][figure]}

    assert "block_series" in differing("one slower")
    assert {"operations_per_second", "cold_start", "regime"} <= differing("faster")
    assert differing("more faults") == {"page_faults", "faults_against_operations", "regime"}


def _changed_by(change: Callable[[Figure], Any]) -> bool:
    """Whether the digest of a figure of effects' kind tells the change."""
    digests = []
    for changed in (False, True):
        figure = Figure()
        axes = figure.subplots()
        axes.plot([1, 2], [3, 4], marker="o")
        axes.barh(0, 3, hatch="//", color="#123456")
        axes.fill_between([1, 2], [3, 4], color="#123456")
        axes.scatter([1, 2], [3, 4], color="#123456")
        axes.set_yticks([0], ["baseline"])
        axes.text(1, 2, "word")
        figure.supxlabel("20 blocks")
        figure.legend(handles=axes.plot([], [], label="baseline"))
        if changed:
            change(figure)
        digests.append(digest(figure))
    return digests[0] != digests[1]


@pytest.mark.parametrize(
    "change",
    [
        lambda figure: figure.axes[0].lines[0].set_markerfacecolor("none"),
        lambda figure: figure.axes[0].lines[0].set_marker("s"),
        lambda figure: figure.axes[0].lines[0].set_linestyle("dashed"),
        lambda figure: figure.axes[0].patches[0].set_hatch("xx"),
        lambda figure: figure.axes[0].patches[0].set_facecolor("#123457"),
        lambda figure: figure.axes[0].patches[0].set_width(4),
        lambda figure: figure.axes[0].collections[0].set_facecolor("#123457"),
        lambda figure: figure.axes[0].collections[1].set_offsets([[1, 2], [3, 5]]),
        lambda figure: figure.axes[0].set_yticklabels(["phase17-2"]),
        lambda figure: figure.axes[0].set_xlim(0, 9),
        lambda figure: figure.axes[0].set_yscale("symlog"),
        lambda figure: figure.axes[0].texts[0].set_text("words"),
        lambda figure: figure.axes[0].set_title("title", loc="left"),
        lambda figure: figure.supxlabel("200 blocks"),
        lambda figure: figure.legends[0].get_texts()[0].set_text("phase17-2"),
    ],
)
def test_all_that_a_reader_sees_is_a_figure_s_data(change: Callable[[Figure], Any]) -> None:
    assert _changed_by(change) and not _changed_by(lambda figure: None)


def test_the_last_bits_of_a_logarithm_are_no_other_data() -> None:
    def of(values: list[float]) -> str:
        figure = Figure()
        figure.subplots().plot(values)
        return digest(figure)

    assert of([0.1 + 0.2, 0.0]) == of([0.3, -0.0]) != of([0.3001, 0.0])


def test_on_a_page_letters_are_text_and_ink_follows(
    drawings: dict[tuple[str, str], Drawing],
) -> None:
    for drawing in drawings.values():
        assert "<text" in drawing.inline and "currentColor" in drawing.inline
        assert INK not in drawing.inline and "<metadata" not in drawing.inline
        label = re.search('role="img" aria-label="([^"]+)"', drawing.inline)
        assert label and "blocks a cell" in label[1]
        assert "Test CPU (family 25, model 17), under KVM" in label[1]


def test_captions_name_arms_uncertainty_and_machine(factorial: Run) -> None:
    for module in figures_for(factorial).values():
        caption = module.caption(factorial)
        assert "30 blocks a cell" in caption and "Test CPU" in caption and caption.endswith(".")
    assert "95 % sign-test interval" in effects.caption(factorial)
    assert "reuse-prewarm" in effects.caption(factorial)


@pytest.mark.filterwarnings("error:constrained_layout")
def test_the_longest_names_leave_room_for_the_panels(tmp_path: Path) -> None:
    arms = {f"ss-prewarm PREWARM={n} PREWARM_METHOD=populate": 0.1 for n in (8, 32)}
    one, other = arms
    comparisons = [{"arm": one, "against": other}]
    run = load(write_run(tmp_path / "run", arms, CELLS, 8, comparisons=comparisons))
    for module in figures_for(run).values():
        for width in (TWO_COLUMNS, ONE_COLUMN):
            drawn(module, run, width)


def test_names_are_no_formulas(tmp_path: Path) -> None:
    """With two dollar signs they would be, and most of them wrong ones."""
    names = [r"x A=$\frac{$", r"l$^$ib", "$a_$", r"50%_a&b#c~d^e{f}$g\h|i<j>$"]
    logs = {name: -0.1 for name in names}
    run = load(write_run(tmp_path / "run", logs, CELLS, 20))
    for module in figures_for(run).values():
        inline = unescape(drawn(module, run, TWO_COLUMNS).inline)
        assert "mathdefault" not in inline
    assert all(name in unescape(drawn(effects, run, TWO_COLUMNS).inline) for name in names)


def test_a_figure_is_only_where_the_run_can_answer(tmp_path: Path) -> None:
    nothing = load(write_run(tmp_path / "none", {"a": 0.0}, CELLS, 0, finished=False))
    assert figures_for(nothing) == {}
    calm = write_run(tmp_path / "calm", {"a": 0.0}, CELLS, 6, faults=lambda *_: 0)
    assert "page_faults" not in figures_for(load(calm))
    assert "interaction" not in figures_for(load(calm))
    lonely = load(write_run(tmp_path / "lonely", {}, CELLS, 6))
    assert "effects" in figures_for(lonely) and "block_ratios" in figures_for(lonely)


class _Ink:
    """An Axes that only remembers what was plotted."""

    def __init__(self) -> None:
        self.lines: list[tuple[Any, Any]] = []
        self.xaxis = SimpleNamespace(label=SimpleNamespace(get_color=lambda: INK))
        self.figure = SimpleNamespace(get_figwidth=lambda: 7.2)
        self.texts: list[str] = []

    def plot(self, x: Any, y: Any, **_: Any) -> None:
        self.lines.append((list(x), [float(v) for v in y]))

    def annotate(self, text: str, *_: Any, **__: Any) -> None:
        self.texts.append(text)

    def set_title(self, *_: Any, **__: Any) -> None:
        pass


def test_the_interaction_is_the_distance_from_the_product(factorial: Run) -> None:
    ink = _Ink()
    interaction._draw_panel(factorial, ink, (FACTORS, CELLS[0]), 3.0)  # type: ignore[arg-type]
    lines = [y for x, y in ink.lines if x == [0, 1]]
    without, both, product = lines
    assert np.expm1(without) == pytest.approx([0, 0.2], abs=0.005)
    assert np.exp(both) == pytest.approx([1.1, 1.1 * 1.2 * 0.92], abs=0.005)
    assert np.exp(product[1]) == pytest.approx(1.1 * 1.2, abs=0.005)
    assert float(re.search(r"interaction (-\d+\.\d+) %", ink.texts[0])[1]) == pytest.approx(
        -8, abs=0.3
    )


def test_residuals_are_what_the_blocks_say_less_the_cell(tmp_path: Path) -> None:
    run = load(write_run(tmp_path / "run", {"a": 0.3}, CELLS, 9, noise=0.02))
    frame = residuals(run)
    assert len(frame) == 2 * 2 * 9  # control and a, two cells
    for _, rows in frame.groupby(["cell", "arm"]):
        assert np.median(rows["residual"]) == pytest.approx(0, abs=1e-12)
        assert list(rows["minutes"]) == sorted(rows["minutes"])
        low, high = np.percentile(rows["in_spreads"], [25, 75])
        assert high - low == pytest.approx(1.349)
