"""test_paper.py -- the paper's template types no number, and compiles as ACM and IEEE print it.

SPDX-License-Identifier: MIT"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from analysis.artifact.appendix import write_appendix
from analysis.claims.file import FILE as CLAIMS
from analysis.claims.page import stored_runs
from analysis.claims.report import write_claims
from analysis.comparison.numbers import FILE
from analysis.drawing.drawing import ONE_COLUMN, drawn, widths
from analysis.records.style import read_style
from analysis.report.report import numbers_file
from analysis.report.sections import Section, read_sections

ROOT = Path(__file__).parents[2]
PAPER, STYLE = ROOT / "docs/paper/paper.tex", ROOT / "docs/paper/style.yaml"
EXPERIMENTS = ("phase17", "phase18", "regime", "where_17-2")
CLASSES = ("acmart.cls", "IEEEtran.cls", "siunitx.sty", "xstring.sty")
SHOWN = re.compile(r"\\slab\{([^{}]+)\.figures\}([a-z_]+)(?:-(\d))?(-column)?\}")
OVERFULL = re.compile(r"Overfull \\[hv]box \(([0-9.]+)pt")
OVERFULL_MOST_PT = 2.0
VENUES = {"acm": (r"\input{paper.tex}", 3.33), "ieee": (r"\def\venue{ieee}\input{paper.tex}", 3.5)}
POINTS_PER_INCH = 72.27
NAMES = {"17", "1", "2"}  # of phases


def latex_is_here() -> bool:
    if shutil.which("pdflatex") is None or shutil.which("kpsewhich") is None:
        return False
    found = subprocess.run(["kpsewhich", *CLASSES], capture_output=True, text=True, check=False)
    return len(found.stdout.split()) == len(CLASSES)


needs_latex = pytest.mark.skipif(
    not latex_is_here(),
    reason="no acmart, IEEEtran and siunitx; try: .ci/paper.sh, which installs what is missing",
)


def runs() -> list[Path]:
    """The last run of each experiment, and of where_17-2 its profile and its ledger."""
    found = []
    for name in EXPERIMENTS:
        folders = sorted((ROOT / "results/reference" / name).iterdir())
        by_kind = {folder.name.rpartition("Z-")[2]: folder for folder in folders}
        found += by_kind.values()
    return found


def draw_shown(sections: list[Section], report: Path) -> None:
    """The figures that the paper shows, and no others."""
    (report / "figures").mkdir()
    of = {one.subject.plan["experiment"]: one for one in sections}
    text = PAPER.read_text().replace(r"\where", "where_17-2")
    for experiment, name, page, column in SHOWN.findall(text):
        one = of[experiment]
        wide, narrow = widths(one.subject.style)
        module = one.figures()[name]
        picture = drawn(module, one.subject, narrow if column else wide, int(page or 1) - 1)
        number = f"-{page}" if page else ""
        stem = f"{one.subject.name}-{name}{number}{ONE_COLUMN.ending if column else ''}"
        (report / f"figures/{stem}.pdf").write_bytes(picture.files["pdf"])


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    sections = read_sections(runs(), read_style(STYLE))
    (folder / FILE).write_text(numbers_file(sections), encoding="utf-8")
    draw_shown(sections, folder)
    write_claims(stored_runs(ROOT / CLAIMS), ROOT / CLAIMS, folder)
    write_appendix(ROOT / CLAIMS, folder)
    return folder


def compiled(text: str, venue: str, folder: Path, report: Path) -> subprocess.CompletedProcess:
    """Twice, for tables and references find their places then."""
    (folder / "paper.tex").write_text(text)
    start = r"\AtEndDocument{\typeout{column \the\columnwidth}}" + VENUES[venue][0]
    words = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", f"-jobname={venue}", start]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "TEXINPUTS": f".:{report}:"}
    for _ in range(2):
        done = subprocess.run(
            words,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    return done


@needs_latex
@pytest.mark.paper
@pytest.mark.slow
@pytest.mark.parametrize("venue", VENUES)
def test_the_paper_compiles_in_four_pages(tmp_path: Path, report: Path, venue: str) -> None:
    done = compiled(PAPER.read_text(), venue, tmp_path, report)
    assert done.returncode == 0, done.stdout[-2000:]
    log = (tmp_path / f"{venue}.log").read_text(errors="replace")
    assert f"{venue}.pdf (4 pages" in log.replace("\n", "")
    assert [x for x in OVERFULL.findall(log) if float(x) > OVERFULL_MOST_PT] == []
    assert "undefined" not in log
    column = re.search(r"^column ([0-9.]+)pt", log, re.MULTILINE)
    assert column is not None
    assert float(column[1]) / POINTS_PER_INCH == pytest.approx(VENUES[venue][1], abs=0.02)


@needs_latex
@pytest.mark.paper
@pytest.mark.slow
@pytest.mark.parametrize("venue", VENUES)
def test_the_table_of_claims_fits_the_page(tmp_path: Path, report: Path, venue: str) -> None:
    text = PAPER.read_text()
    head = text.partition(r"\begin{document}")[0]
    with_claims = head + r"\begin{document}Text.\slabclaims\end{document}"
    done = compiled(with_claims, venue, tmp_path, report)
    assert done.returncode == 0, done.stdout[-2000:]
    log = (tmp_path / f"{venue}.log").read_text(errors="replace")
    assert [x for x in OVERFULL.findall(log) if float(x) > OVERFULL_MOST_PT] == []
    assert "Float too large" not in log


@needs_latex
@pytest.mark.paper
@pytest.mark.slow
def test_a_key_that_is_not_there_stops_it(tmp_path: Path, report: Path) -> None:
    text = PAPER.read_text().replace(r"{\fewslots}{400}", r"{\fewslots}{401}")
    done = compiled(text, "acm", tmp_path, report)
    assert done.returncode != 0
    said = done.stdout.replace("\n", "")
    assert re.search(r"no number is called\s+'phase17\.fixed_random,size=512,slots=401", said)


def words_of(text: str) -> str:
    """Abstract and body without comments, keys, labels, references and what LaTeX is told."""
    abstract = text.split(r"\newcommand{\abstracttext}{%")[1].split("\n\n")[0]
    body = text.split(r"\begin{document}")[1].split(r"\begin{thebibliography}")
    appendix = body[1].split(r"\end{thebibliography}")[1]
    words = re.sub(r"(?<!\\)%.*", "", abstract + body[0] + appendix)
    told = r"\\(slab|field|effect|elsewhere|interval|share|rowof|cmidrule|label|ref|cite|regime|"
    told += r"includegraphics|multicolumn|texttt)"
    told += r"(\([a-z]+\))?(\[[^]]*\])?(\{(?:[^{}]|\{[^{}]*\})*\})+"
    return re.sub(told, "", words)


def test_the_paper_types_no_figure_of_its_own() -> None:
    """Its text has no digit but those in names of phases."""
    words = words_of(PAPER.read_text())
    assert len(words.split()) > 1000
    assert set(re.findall(r"\d+(?:\.\d+)?", words)) <= NAMES


def test_a_figure_that_is_typed_is_found() -> None:
    text = PAPER.read_text()
    assert "worth nothing," in text
    typed = words_of(text.replace("worth nothing,", "worth 0.3,"))
    assert "0.3" in re.findall(r"\d+(?:\.\d+)?", typed)
