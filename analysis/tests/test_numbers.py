"""test_numbers.py -- numbers.tex: keys, their texts, and what verify says of them.

SPDX-License-Identifier: MIT"""

import re
from pathlib import Path

import pytest

from analysis.commands import run as command
from analysis.comparison.numbers import (
    FILE,
    HEAD,
    key_of,
    keys_of,
    latex_number,
    numbers,
    numbers_differences,
)
from analysis.records.records import Run, load
from analysis.report.report import numbers_file
from analysis.report.sections import Timed

from .synthetic import write_run

CELL = "fixed_random size=256 slots=400 cold"
KEY = "synthetic.fixed_random,size=256,slots=400,cold"


def made(folder: Path, name: str = "one", **more: object) -> Run:
    """17-1 is e^0.1 times as fast and faults half as often, 17-2 is the baseline."""
    plan = {"comparisons": [{"arm": "phase17-2", "against": "phase17-1"}], **more}

    def faults(arm: str, cell: str, number: int) -> int:
        return 312 if arm == "phase17-1" else 624

    arms = {"phase17-1": 0.1, "phase17-2": 0.0}
    return load(write_run(folder / name, arms, [CELL], 60, faults=faults, **plan))


def test_text_is_latex() -> None:
    assert latex_number("-3.6 %") == r"$-$3.6\,\%"
    assert latex_number("+0.3 %") == r"$+$0.3\,\%"
    assert latex_number("-3.6 %, -0.8 %") == r"$-$3.6\,\%, $-$0.8\,\%"
    assert latex_number("[-7.0, +1.0]") == "[$-$7.0, $+$1.0]"
    assert latex_number("phase17-2") == "phase17-2"
    assert latex_number("1,234") == "1,234"
    assert latex_number("–") == "--"
    assert latex_number("where_17-2") == r"where\_17-2"


def test_keys_hold_nothing_that_latex_reads() -> None:
    assert key_of("ss-prewarm PREWARM_METHOD=touch") == "ss-prewarm,PREWARM_METHOD=touch"
    assert key_of("a%b#c{d}~e") == "a-b-c-d--e"


def test_every_figure_of_a_row_has_a_key(tmp_path: Path) -> None:
    found = numbers(made(tmp_path), "synthetic")
    fields = {key.rsplit(".", 1)[1] for key in found if key.startswith(f"{KEY}.phase17-1.")}
    assert {"value", "effect", "low", "high", "mde", "n", "verdict"} <= fields
    assert found[f"{KEY}.phase17-1.verdict"] == "better"
    assert found[f"{KEY}.phase17-1.n"] == "60"
    assert found[f"{KEY}.phase17-2:phase17-1.verdict"] == "worse"
    assert f"{KEY}.phase17-2:phase17-1.value" not in found
    assert found[f"{KEY}.phase17-1.page_faults.value"] == "312"
    assert found[f"{KEY}.phase17-1.page_faults.difference"] == "$-$312"
    assert found[f"{KEY}.phase17-1.page_faults.effect"] == r"$-$50.0\,\%"
    assert found[f"{KEY}.baseline.page_faults.spread"] == "0"
    assert found[f"{KEY}.phase17-1.system_time_share.value"] == r"25.0\,\%"
    assert found["synthetic.confidence"] == r"95\,\%"
    assert found["synthetic.unit.operations_per_second"] == "M ops/s"
    low, point, high = (
        float(re.sub(r"[^0-9.]", "", found[f"{KEY}.phase17-1.{name}"]))
        for name in ("low", "effect", "high")
    )
    assert low < point < high and low < 10.5 < high


def _plain(text: str) -> str:
    """As siunitx reads it, in a column whose heading has the unit."""
    return text.replace("$", "").removesuffix(r"\,\%")


def test_keys_say_what_the_tables_say(tmp_path: Path) -> None:
    """In the same run, to the digit."""
    run = made(tmp_path)
    found = numbers(run, "synthetic")
    row, more = [
        line
        for line in Timed(run).tables()[f"{run.name}.tex"].splitlines()
        if line.startswith("phase17-1 &") and "better" in line
    ]
    for field in ("value", "effect", "mde"):
        assert f"& {_plain(found[f'{KEY}.phase17-1.{field}'])} &" in row
    assert found[f"{KEY}.phase17-1.machines"] == "1, borrowed" and "borrowed" in more
    assert f"& {_plain(found[f'{KEY}.phase17-1.tau'])} & 1 " in more


def test_no_key_stands_twice(tmp_path: Path) -> None:
    text = numbers_file([Timed(made(tmp_path)), Timed(made(tmp_path, "two"))])
    keys = keys_of(text)
    assert len(keys) == text.count("\n\\slabfield{") > 100
    assert {key.split(".")[0] for key in keys} == {"synthetic-one", "synthetic-two"}


def test_what_is_absent_is_a_dash(tmp_path: Path) -> None:
    run = load(write_run(tmp_path / "few", {"phase17-1": 0.1}, [CELL], 3))
    found = numbers(run, "synthetic")
    assert found[f"{KEY}.phase17-1.low"] == "--" and found[f"{KEY}.phase17-1.mde"] == "--"
    assert not any("event_cycles" in key for key in found)


@pytest.mark.slow
def test_verify_derives_numbers_again(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    run, out = made(tmp_path), tmp_path / "report"
    assert command(["report", str(run.path), "--out", str(out)]) == 0
    assert command(["verify", str(run.path), "--against", str(out)]) == 0
    text = (out / FILE).read_text()
    key = f"{KEY}.phase17-1.effect"
    row, field = f"\\slabrow{{{KEY}.phase17-1}}\n", f"\\slabfield{{effect}}{{{keys_of(text)[key]}}}"
    head, _, tail = text.partition(row)
    changed = head + row + tail.replace(field, field.replace("$+$", "$-$"), 1)
    assert changed != text
    (out / FILE).write_text(changed)
    capsys.readouterr()
    assert command(["verify", str(run.path), "--against", str(out)]) == 1
    said = capsys.readouterr().err
    assert FILE in said and f"{key} is '$-$" in said and "samples give '$+$" in said
    (out / FILE).unlink()
    assert command(["verify", str(run.path), "--against", str(out)]) == 1


def test_what_stands_outside_of_a_run_is_a_difference(tmp_path: Path) -> None:
    run = made(tmp_path)
    text, derive = numbers_file([Timed(run)]), Timed(run).numbers
    assert text.startswith(HEAD) and numbers_differences(run, text, derive) == []
    late = text + f"\\slabrow{{{KEY}.phase17-1}}\n\\slabfield{{effect}}{{$+$99.9\\,\\%}}\n"
    assert "outside" in numbers_differences(run, late, derive)[0]
    assert "2 sections" in numbers_differences(run, text + text.removeprefix(HEAD), derive)[0]
    other = text.replace(", keys synthetic\n", ", keys other\n")
    assert "begin with 'other'" in numbers_differences(run, other, derive)[0]
