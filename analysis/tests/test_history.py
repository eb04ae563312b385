"""test_history.py -- histories that were never recorded, with a planted step and without.

SPDX-License-Identifier: MIT"""

import json
import re
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.commands import run
from analysis.complaint import Complaint
from analysis.gate.history import ALPHA, load_history
from analysis.gate.history_axes import short
from analysis.gate.history_page import _outcome, change_table, history_files, latest_table
from analysis.records.seal import sealed

from .synthetic_gates import CELLS, gate_record, row_record

GATES, FIRST = 40, 25


def gates(steps: dict[tuple[str, str], float], seed: int = 1) -> list[dict[str, Any]]:
    """40 gates of two metrics in two cells. steps: what (cell, metric) is more by from gate 25."""
    random = np.random.default_rng(seed)
    found = []
    for number in range(GATES):
        rows = []
        for cell in CELLS:
            time = random.normal(0, 0.003)
            faults = float(random.integers(0, 2))
            if number >= FIRST:
                time += steps.get((cell, "time"), 0)
                faults += steps.get((cell, "page_faults"), 0)
            rows += [
                row_record(cell, effect=time, low=time - 0.01, high=time + 0.01),
                row_record(
                    cell,
                    "page_faults",
                    scale="absolute",
                    unit="faults",
                    effect=faults,
                    low=None,
                    high=None,
                ),
            ]
        found.append(gate_record("pass", rows, number))
    return found


def write(folder: Path, records: list[dict[str, Any]]) -> Path:
    path = folder / "certify.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def test_where_nothing_changed_nothing_is_found(tmp_path: Path) -> None:
    found = load_history(write(tmp_path, gates({})))
    assert len(found.series) == 4 and found.gates == GATES
    assert all(series.changes == [] for series in found.series)
    assert "No change point in 40 gates." in history_files(found)["history.md"].decode()


def test_a_step_is_found_in_its_series_alone(tmp_path: Path) -> None:
    steps = {(CELLS[0], "time"): 0.02, (CELLS[1], "page_faults"): 16.0}
    found = load_history(write(tmp_path, gates(steps)))
    changed = {(one.cell, one.metric): one for one in found.series if one.changes}
    assert set(changed) == set(steps)
    for series in changed.values():
        (change,) = series.changes
        assert (change.before, change.after) == (FIRST - 1, FIRST)
        assert [one.rows for one in series.stretches] == [
            list(range(FIRST)),
            list(range(FIRST, GATES)),
        ]
    before, after = changed[CELLS[0], "time"].stretches
    assert abs(before.level) < 0.002 and abs(after.level - 0.02) < 0.002


def test_a_change_is_told_with_the_heads_on_its_sides(tmp_path: Path) -> None:
    found = load_history(write(tmp_path, gates({(CELLS[1], "page_faults"): 16.0})))
    (row,) = change_table(found).rows
    cell, metric, after, day, levels, by, interval, p = row.cells
    low, high = levels.split(" to ")
    assert (cell, metric) == (CELLS[1], "page_faults")
    assert after == f"{FIRST:07x}"
    assert any(f"between {FIRST - 1:07x} and {after}" in line for line in _outcome(found))
    assert day == "2023-12-09" and high in ("+16 faults", "+17 faults") and float(p) < 0.01
    assert low in ("0 faults", "+1 faults")
    assert (by, interval) == ("+16 faults", "[+15 faults, +16 faults]")


def test_the_repository_tells_what_a_change_is_about(tmp_path: Path) -> None:
    def git(*words: str) -> str:
        command = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b", *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "--quiet")
    git("commit", "--quiet", "--allow-empty", "--message=Free lists are shorter")
    records = gates({(CELLS[1], "page_faults"): 16.0})
    records[FIRST]["head"]["revision"] = git("rev-parse", "HEAD")
    records[FIRST + 1]["head"]["revision"] = "0" * 40  # which the repository does not have
    file = write(tmp_path, records)
    assert "commit" not in change_table(load_history(file)).columns
    table = change_table(load_history(file, tmp_path))
    assert table.rows[0].cells[table.columns.index("commit")] == "Free lists are shorter"
    with pytest.raises(Complaint, match="not a git repository"):
        load_history(file, Path("/proc"))


def test_a_folder_of_histories_is_regenerated_by_one_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a figure for a phone, too, and with nothing that a dark page would blind by."""
    (tmp_path / "histories").mkdir()
    write(tmp_path / "histories", gates({(CELLS[0], "time"): 0.02}))
    assert run(["history", str(tmp_path / "histories"), "--out", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out" / "certify" / "history.html").read_text()
    assert 'class="narrow"' in page and f"{FIRST:07x}" in page
    assert not re.search(r"fill: ?(#ffffff|white)", page)
    capsys.readouterr()
    (tmp_path / "empty").mkdir()
    assert run(["history", str(tmp_path / "empty"), "--out", str(tmp_path / "out")]) == 2
    assert "holds no history" in capsys.readouterr().err


def test_the_latest_gate_stands_beside_the_level(tmp_path: Path) -> None:
    found = load_history(write(tmp_path, gates({(CELLS[0], "time"): 0.02})))
    first = latest_table(found).rows[0].cells
    assert first[:4] == [CELLS[0], "time", "A", "40"] and first[5] == "15"
    assert first[4].startswith(("+1.9", "+2.0")) and first[8] == "pass"
    assert latest_table(found).rows[1].cells[7] == "[–, –]"


@pytest.mark.slow
def test_histories_without_a_change_seldom_show_one(tmp_path: Path) -> None:
    """Of 40 histories of four series each, 2 are expected at most to show any change; 7 or more
    would come in fewer than 1 of 100 such tests (Binomial(40, .05))."""
    alarms = 0
    for seed in range(40):
        found = load_history(write(tmp_path, gates({}, seed=1000 + seed)))
        assert found.alpha_each == ALPHA / 4
        alarms += any(series.changes for series in found.series)
    assert alarms < 7


@pytest.mark.slow
def test_gates_in_any_order_are_put_into_that_of_time(tmp_path: Path) -> None:
    records = gates({(CELLS[0], "time"): 0.02})
    forward = load_history(write(tmp_path, records))
    backward = load_history(write(tmp_path, records[::-1]))
    assert history_files(forward) == history_files(backward)


def test_heads_are_called_by_label_revision_or_file(tmp_path: Path) -> None:
    records = gates({})
    records[0]["label"] = "the first one"
    records[1]["head"] = {"spec": "HEAD:x", "revision": "0123456789abcdef", "build_id": "aa"}
    path = "/home/me/a/long/way/build-of-today/libmine.so"
    records[2]["head"] = {"spec": path, "revision": None, "build_id": "aa"}
    records[3]["head"] = {"spec": f"{path} A=1", "revision": None, "build_id": "aa"}
    heads = load_history(write(tmp_path, records)).series[0].points["head"].tolist()
    assert heads[:2] == ["the first one", "0123456"]
    assert heads[2:4] == ["build-of-today/libmine.so", "build-of-today/libmine.so A=1"]
    assert short("0123456") == "0123456" and short(heads[2]) == "…libmine.so"


def test_where_nothing_varies_the_axis_is_readable(tmp_path: Path) -> None:
    """Effects of rounding errors alone had an axis in 1e-16."""
    records = gates({})
    for number, record in enumerate(records):
        for row in record["rows"]:
            row["effect"] = 1e-16 * (number % 3) if row["metric"] == "time" else 0.0
            row["low"] = row["high"] = None
    history = load_history(write(tmp_path, records))
    svg = history_files(history)["history.svg"].decode()
    assert "e-1" not in unescape(re.sub(r"<style>.*?</style>", "", svg, flags=re.S))
    assert "+0.25 %<" in svg and ">0<" in svg
    assert "median since" in history_files(history)["history.md"].decode()


def test_void_gates_are_left_out_and_another_reference_is_another_group(tmp_path: Path) -> None:
    records = gates({})
    records[3]["verdict"] = "void"
    for record in records[5:8]:
        record["base"] = {"spec": "older", "revision": None, "build_id": "cd34"}
        for row in record["rows"]:
            row["effect"] += 0.5
    found = load_history(write(tmp_path, records))
    assert (found.gates, found.void) == (39, 1)
    assert [(one.name, len(one.gates)) for one in found.groups] == [("A", 36), ("A2", 3)]
    assert all(one.changes == [] for one in found.series)
    text = history_files(found)["history.md"].decode()
    assert "Void, and left out: 1 gate." in text
    assert "| A2 | 0000005 | 2023-11-19 | older (build-id cd34) | another reference | 3 |" in text


def test_all_files_are_written(tmp_path: Path) -> None:
    path = write(tmp_path, gates({(CELLS[0], "time"): 0.02}))
    assert run(["history", str(path), "--out", str(tmp_path / "out")]) == 0
    names = {file.name for file in (tmp_path / "out").iterdir()}
    assert names == {f"history.{end}" for end in ("md", "csv", "html", "svg", "pdf", "png")}
    rows = (tmp_path / "out/history.csv").read_text().splitlines()
    assert len(rows) == 1 + 4 * GATES


def test_a_line_that_was_changed_is_refused(tmp_path: Path) -> None:
    """Lines of before had no seal."""
    lines = [sealed(json.dumps(record).encode()) for record in gates({})]
    path = tmp_path / "certify.jsonl"
    path.write_bytes(b"".join(lines))
    assert load_history(path).gates == GATES
    path.write_bytes(b"".join(lines).replace(b'"verdict": "pass"', b'"verdict": "fail"', 1))
    with pytest.raises(Complaint, match="certify.jsonl:1: its crc32"):
        load_history(path)


@pytest.mark.parametrize("line", ["", "{", '{"schema": "slablab-gate/4", "rows": []}', "[]"])
def test_what_is_no_history_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(line)
    with pytest.raises(Complaint):
        load_history(path)
