"""test_import.py -- what other tools measured, as a run with honest intervals and cautions.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.commands import run as command
from analysis.comparison.estimates import estimates
from analysis.comparison.judgement import cautions
from analysis.records.records import Run, load

from .synthetic import write_run


def _google(times: list[float], name: str = "BM_f/size:64", unit: str = "ns", **more: Any) -> Any:
    """A file of one benchmark with these CPU times of an iteration; iterations differ, as they do
    there, and an aggregate stands behind."""
    entries = [
        {
            "name": name,
            "run_name": name,
            "run_type": "iteration",
            "repetition_index": i,
            "threads": 1,
            "iterations": 1000 + i,
            "real_time": 2 * time,
            "cpu_time": time,
            "time_unit": unit,
            **more,
        }
        for i, time in enumerate(times)
    ]
    mean = {**entries[0], "run_type": "aggregate", "name": f"{name}_mean"}
    return {"context": {}, "benchmarks": [*entries, mean]}


def _hyperfine(commands: dict[str, list[float]]) -> Any:
    return {"results": [{"command": c, "mean": 1.0, "times": t, "exit_codes": [0] * len(t)}
                        for c, t in commands.items()]}  # fmt: skip


def _file(folder: Path, name: str, document: Any) -> str:
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return str(path)


def _imported(folder: Path, *words: str) -> Run:
    assert command(["import", *words, "--out", str(folder / "run")]) == 0
    return load(folder / "run")


def _effect(run: Run) -> Any:
    frame = estimates(run)
    (row,) = frame[(frame["kind"] == "arm") & frame["decides"]].itertuples()
    return row


def test_commands_of_hyperfine_are_arms(tmp_path: Path) -> None:
    file = _file(tmp_path, "h.json", _hyperfine({"a": [1, 2, 3, 4, 5, 6], "b": [2] * 6}))
    run = _imported(tmp_path, file)
    assert run.arms == ["a", "b"] and run.control is None
    walls = run.matrix("command", lambda rows: rows["wall_ns"])
    assert walls.tolist() == [[1e9 * a, 2e9] for a in (1, 2, 3, 4, 5, 6)]
    assert np.isnan(run.samples["cpu_ns"]).all()
    row = _effect(run)
    assert row.metric == "wall_ns" and row.blocks_compared == 6
    # The ratios are 2, 1, 2/3, 1/2, 2/5 and 1/3, and the interval is from the first to the last.
    assert row.effect_ratio == pytest.approx(np.sqrt(2 / 3 * 1 / 2) - 1, rel=1e-9)
    assert (row.effect_low_ratio, row.effect_high_ratio) == pytest.approx((1 / 3 - 1, 1.0))


def test_repetitions_of_google_benchmark_are_blocks(tmp_path: Path) -> None:
    slow = [10.5, 11, 12, 13, 14, 15]
    words = [
        f"old={_file(tmp_path, 'old.json', _google(slow))}",
        f"new={_file(tmp_path, 'new.json', _google([x / 2 / 1000 for x in slow], unit='us'))}",
    ]
    run = _imported(tmp_path, *words)
    (cell,) = run.plan["cells"]
    assert (cell["workload"], cell["parameters"]) == ("BM_f", {"size": 64})
    row = _effect(run)
    assert row.metric == "operations_per_second"
    assert row.effect_ratio == pytest.approx(1.0, abs=1e-3)
    rates = run.samples[run.samples["arm"] == "old"]
    found = rates["operations"] / rates["cpu_ns"]
    assert found.to_numpy() == pytest.approx(1 / np.array(slow), rel=1e-4)


def test_several_files_of_an_arm_are_a_block_each(tmp_path: Path) -> None:
    """The sample of a file is its median: within a file repetitions are not independent."""
    words = [
        f"{arm}={_file(tmp_path, f'{arm}{i}.json', _google([t + i, t + i + 1, t + i + 5]))}"
        for i in range(6)
        for arm, t in (("old", 10), ("new", 20))
    ]
    run = _imported(tmp_path, *words)
    assert len(run.blocks) == 6
    old = run.samples[run.samples["arm"] == "old"]
    assert (old["cpu_ns"] / old["operations"]).tolist() == [11, 12, 13, 14, 15, 16]


def test_real_time_decides_where_the_author_says_so(tmp_path: Path) -> None:
    for name, changes in (("BM_f/real_time", {}), ("BM_f", {"threads": 4})):
        folder = tmp_path / name.replace("/", "-")
        folder.mkdir()
        words = [
            f"{arm}={_file(folder, arm, _google([time] * 6, name, **changes))}"
            for arm, time in (("old", 10.0), ("new", 5.0))
        ]
        row = _effect(_imported(folder, *words))
        assert row.metric == "operations_per_wall_second"
        assert row.value == pytest.approx(1e9 / 10)


def test_tables_say_what_nobody_saw_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = _file(tmp_path, "h.json", _hyperfine({"a": [1.0] * 8, "b": [1.5] * 6}))
    run = _imported(tmp_path, file)
    said = " ".join(cautions(run))
    assert "order of the arms was not drawn at random" in said
    assert "no arm was attested" in said
    assert "2 of a in 'command'" in said
    capsys.readouterr()
    assert command(["table", str(run.path)]) == 0
    shown = capsys.readouterr()
    assert "not drawn at random" in " ".join(shown.out.split()) and shown.err == ""
    assert "elsewhere" not in shown.out and "1970" not in shown.out


@pytest.mark.slow
def test_a_report_of_it_can_be_verified(tmp_path: Path) -> None:
    file = _file(tmp_path, "h.json", _hyperfine({"a": [1, 2, 3, 4, 5, 6], "b": [2] * 6}))
    run, out = str(_imported(tmp_path, file).path), str(tmp_path / "report")
    assert command(["report", run, "--out", out]) == 0
    page = (tmp_path / "report" / "report.html").read_text()
    assert "which another tool measured in an order of its own, on an unnamed machine." in page
    assert "Effect on wall time" in page
    assert "random order" not in page and "identical code" not in page
    assert command(["verify", run, "--against", out]) == 0


def test_what_was_exported_comes_back(tmp_path: Path) -> None:
    """Google's repetitions: the medians of operations per second are the run's own."""
    cell = "fixed_random size=256 slots=400 operations=100000 cold"
    first = write_run(tmp_path / "first", {"other": 0.1}, [cell], 8)
    out = tmp_path / "g.json"
    assert command(["export", str(first), "--to", "google-benchmark", "--out", str(out)]) == 0
    document, words = json.loads(out.read_text()), []
    for arm in ("baseline", "other"):
        mine = [
            {**one, "run_name": "f"} for one in document["benchmarks"] if f":{arm}" in one["name"]
        ]
        words.append(f"{arm}={_file(tmp_path, f'{arm}.json', {'benchmarks': mine})}")
    row, before = _effect(_imported(tmp_path, *words)), estimates(load(first))
    again = before[(before["arm"] == "other") & before["decides"]]
    assert row.value == pytest.approx(float(again["value"].iloc[0]), rel=1e-9)
    assert row.effect_ratio == pytest.approx(float(again["effect_ratio"].iloc[0]), rel=1e-9)


TIMES = [10.0] * 6
BAD = {
    "no such file": (["nowhere.json"], None),
    "not JSON": (["x.json"], "{"),
    "is of no format": (["x.json"], {"other": 1}),
    "does not tell what was measured": (["x.json"], _google(TIMES)),
    "one arm, 'a'": (["x.json"], _hyperfine({"a": [1.0] * 6})),
    "no times of its runs": (["x.json"], {"results": [{"command": "a", "mean": 1.0}]}),
    "no results": (["x.json"], {"results": []}),
    "is there 2 times": (
        ["x.json"],
        {"results": [{"command": "a", "times": [1.0]}, {"command": "a", "times": [1.0]}]},
    ),
    "runs failed (exit code 3)": (
        ["x.json"],
        {"results": [{"command": "a", "times": [1.0, 1.0], "exit_codes": [0, 3]}]},
    ),
    "time is 'soon'": (["x.json"], {"results": [{"command": "a", "times": ["soon"]}]}),
    "time is -1": (["x.json"], {"results": [{"command": "a", "times": [-1]}]}),
    "time is nan": (["x.json"], '{"results": [{"command": "a", "times": [NaN]}]}'),
    "1 aggregates and no repetition": (["o=x.json"], {
        "benchmarks": [{"name": "a_mean", "run_type": "aggregate"}]}),
    "no aggregates and no repetition": (["o=x.json"], {"benchmarks": []}),
    "time_unit is 'h'": (["o=x.json"], _google(TIMES, unit="h")),
    "there is no cpu_time": (["o=x.json"], {"benchmarks": [
        {"name": "a", "real_time": 1.0, "iterations": 1}]}),
    "it failed: too big": (
        ["o=x.json"], _google(TIMES, error_occurred=True, error_message="too big")),
    "threads is 0": (["o=x.json"], _google(TIMES, threads=0)),
    "less than 1": (["o=x.json", "n=x.json"], _google([1e-9] * 6)),
    "their numbers differ (o: 2, n: 1)": (["o=x.json", "o=x.json", "n=x.json"], _google(TIMES)),
}  # fmt: skip


@pytest.mark.parametrize("said", BAD)
def test_what_cannot_be_imported_is_refused(
    said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words, document = BAD[said]
    monkeypatch.chdir(tmp_path)
    if document is not None:
        _file(tmp_path, "x.json", document)
    assert command(["import", *words, "--out", "run"]) == 2
    shown = capsys.readouterr().err
    assert said in shown and "\n  try: " in shown
    assert not Path("run").exists()


def test_a_cell_that_an_arm_lacks_is_left_out(tmp_path: Path) -> None:
    both = _google(TIMES)
    more = {"benchmarks": [*both["benchmarks"], *_google(TIMES, "BM_g")["benchmarks"]]}
    run = _imported(
        tmp_path, f"o={_file(tmp_path, 'o', both)}", f"n={_file(tmp_path, 'n', more)}"
    )
    assert run.cells == ["BM_f/size:64"]
    assert any("Left out: 'BM_g', for o was not measured in it." in line for line in cautions(run))


def test_a_folder_that_is_there_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = _file(tmp_path, "h.json", _hyperfine({"a": [1.0] * 6, "b": [2.0] * 6}))
    first = _imported(tmp_path, file).path / "plan.json"
    before = first.read_bytes()
    assert command(["import", file, "--out", str(tmp_path / "run")]) == 2
    assert "is there already" in capsys.readouterr().err
    assert first.read_bytes() == before


def test_only_what_was_imported_goes_without_an_attestation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cell = "fixed_random size=256 slots=400 operations=100000 cold"
    folder = write_run(tmp_path / "run", {"other": 0.1}, [cell], 6)
    (folder / "attestation.json").unlink()
    assert command(["table", str(folder)]) == 2
    assert "attestation.json: not there" in capsys.readouterr().err
