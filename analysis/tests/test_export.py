"""test_export.py -- a run in other tools' formats: their own readers take it, and find its medians.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest

from analysis.commands import run as command
from analysis.exchange import formats, google_benchmark, hyperfine
from analysis.exchange.series import Bench, benches
from analysis.records.metrics import default
from analysis.records.records import load

from .synthetic import write_run

ODD = 'ss-reuse SLABLAB_X=1/2 "q" \\ ä'  # each of these means something somewhere
CELLS = [
    "fixed_random size=256 slots=400 operations=100000 cold",
    "fixed_random size=1024 slots=400 operations=100000 warm",
]
BLOCKS = 8  # an even number: its median is the mean of two
COMPARE = Path("/usr/share/benchmark/compare.py")
TIME, RATE = default("time"), default("operations_per_second")


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(tmp_path_factory.mktemp("run"), {"phase17-2": 0.05, ODD: 0.1}, CELLS, BLOCKS)


@pytest.fixture(scope="module", name="found")
def _found(folder: Path) -> list[Bench]:
    return benches(load(folder))


def _text(folder: Path, name: str, *words: str) -> str:
    out = folder.parent / f"exported-{name}"
    assert command(["export", str(folder), "--to", name, "--out", str(out), *words]) == 0
    return out.read_text(encoding="utf-8")


def _medians(found: list[Bench], column: str) -> dict[tuple[str, str], float]:
    """Straight from the loaded run."""
    return {
        (bench.cell["id"], bench.arm): float(np.median(values))
        for bench in found
        for metric, values in bench.values.items()
        if metric.column == column
    }


def _split(path: str, between: str) -> tuple[str, str]:
    """Cell and arm of the name of a benchmark."""
    pairs = dict(map(unquote, word.split(between, 1)) for word in path.split("/")[1:])
    size, start = pairs["size"], pairs["start"]
    return f"fixed_random size={size} slots=400 operations=100000 {start}", pairs["arm"]


def test_every_format_is_written_and_listed() -> None:
    written = ["bmf", "bmf1", "csv", "github-action-benchmark", "go", "google-benchmark"]
    assert list(formats("written")) == [*written, "hyperfine", "openmetrics"]
    assert list(formats("read")) == ["google-benchmark", "hyperfine"]


def test_go_has_a_line_per_sample(folder: Path, found: list[Bench]) -> None:
    units, rates, times = {}, defaultdict(list), defaultdict(list)
    for line in _text(folder, "go").splitlines():
        if line.startswith("Unit "):
            _, unit, better = line.split(" ")
            units[unit] = better
        elif line.startswith("Benchmark"):
            name, iterations, *values = line.split()
            assert re.fullmatch(r"BenchmarkFixed_random/\S+-1", name) and iterations == "100000"
            measured = dict(zip(values[1::2], map(float, values[::2])))
            key = _split(name.removesuffix("-1"), "=")
            rates[key].append(measured["operations_per_second"])
            times[key].append(measured["ns/op"])
        else:
            assert line == "" or re.fullmatch(r"[a-z][^A-Z\s]*: .+", line)
    assert units["operations_per_second"] == "better=higher"
    assert units["vm_hwm_bytes"] == "better=lower"
    assert len(rates) == len(CELLS) * 4
    assert {len(values) for values in rates.values()} == {BLOCKS}
    assert {k: np.median(v) for k, v in rates.items()} == _medians(found, RATE.column)
    for key, median in _medians(found, TIME.column).items():
        assert np.median(times[key]) * 100_000 == pytest.approx(median, rel=1e-12)


def test_csv_has_a_row_per_sample_and_metric(folder: Path, found: list[Bench]) -> None:
    rows = list(csv.DictReader(io.StringIO(_text(folder, "csv"))))
    values = defaultdict(list)
    for row in rows:
        if row["metric"] == RATE.column:
            assert (row["unit"], row["better"]) == ("operations/s", "more")
            values[row["cell"], row["arm"]].append(float(row["value"]))
    assert {k: np.median(v) for k, v in values.items()} == _medians(found, RATE.column)
    assert {row["size"] for row in rows} == {"256", "1024"}
    assert len(rows) == sum(np.isfinite(v).sum() for one in found for v in one.values.values())


def _families(text: str) -> dict[str, list[tuple[dict[str, str], float]]]:
    """As Prometheus' own reader has them."""
    parser = pytest.importorskip(
        "prometheus_client.openmetrics.parser", reason="apt-get install python3-prometheus-client"
    )
    return {
        family.name: [(sample.labels, sample.value) for sample in family.samples]
        for family in parser.text_string_to_metric_families(text)
    }


def test_openmetrics_is_read_by_prometheus(folder: Path, found: list[Bench]) -> None:
    text = _text(folder, "openmetrics")
    assert text.endswith("\n# EOF\n")
    families = _families(text)
    values = defaultdict(list)
    for labels, value in families["slablab_time_seconds"]:
        values[labels["cell"], labels["arm"]].append(value)
        assert labels["slots"] == "400"
    for key, median in _medians(found, TIME.column).items():
        assert np.median(values[key]) == pytest.approx(median / 1e9, rel=1e-15)
        assert len(values[key]) == BLOCKS
    assert "; more is better" in text and "slablab_vm_hwm_bytes" in families


def test_promtool_has_nothing_to_say(folder: Path) -> None:
    if shutil.which("promtool") is None:
        pytest.skip("apt-get install prometheus")
    text = _text(folder, "openmetrics")
    said = subprocess.run(
        ["promtool", "check", "metrics"], input=text, text=True, capture_output=True, check=True
    )
    assert said.stdout + said.stderr == ""


def test_hyperfine_has_every_time(folder: Path, found: list[Bench]) -> None:
    document = json.loads(_text(folder, "hyperfine"))
    assert hyperfine.recognises(document)
    walls = _medians(found, "wall_ns")
    for one in document["results"]:
        assert set(one) >= {"command", "mean", "stddev", "median", "user", "system", "min", "max"}
        assert len(one["times"]) == len(one["exit_codes"]) == BLOCKS
        assert one["min"] <= one["median"] == np.median(one["times"]) <= one["max"]
        assert one["median"] == pytest.approx(walls[_split(one["command"], "=")] / 1e9, rel=1e-15)
    again = hyperfine.read(document, "here")
    assert [len(one.readings) for one in again] == [BLOCKS] * len(found)


def test_google_benchmark_has_every_repetition(folder: Path, found: list[Bench]) -> None:
    document = json.loads(_text(folder, "google-benchmark"))
    rates = _medians(found, RATE.column)
    for one in google_benchmark.read(document, "here"):
        assert len(one.readings) == BLOCKS
        rate = np.median([1e9 / reading.cpu_ns for reading in one.readings])
        assert rate == pytest.approx(rates[_split(one.cell, ":")], rel=1e-12)
    assert document["benchmarks"][0]["vm_hwm_bytes"] == 4 << 20


def test_google_s_compare_reads_it(folder: Path) -> None:
    if not COMPARE.exists():
        pytest.skip("apt-get install libbenchmark-tools")
    _text(folder, "google-benchmark")
    file = folder.parent / "exported-google-benchmark"
    words = ["filters", str(file), "arm:baseline", "arm:phase17-2"]
    said = subprocess.run(
        ["/usr/bin/python3", str(COMPARE), "--no-color", *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
    )
    # A speed of e^0.05 times the baseline's.
    assert said.stdout.count("U Test, Repetitions: 8 vs 8") == len(CELLS)
    (geomean,) = re.findall(r"OVERALL_GEOMEAN +(\S+)", said.stdout)
    assert float(geomean) == pytest.approx(np.exp(-0.05) - 1, abs=0.02)


def _bmf0(text: str) -> dict[tuple[str, str], dict[str, Any]]:
    return {_split(name, "="): measures for name, measures in json.loads(text).items()}


def _bmf1(text: str) -> dict[tuple[str, str], dict[str, Any]]:
    found = {}
    for workload, entries in json.loads(text).items():
        assert workload == "fixed_random"
        for entry in entries:
            assert set(entry) == {"parameters", "measures"}
            parameters = entry["parameters"]
            assert all(isinstance(value, (str, int)) for value in parameters.values())
            found[parameters["cell"], parameters["arm"]] = entry["measures"]
    return found


@pytest.mark.parametrize(("name", "read"), [("bmf", _bmf0), ("bmf1", _bmf1)])
def test_bencher_has_medians_and_bounds(
    folder: Path, found: list[Bench], name: str, read: Callable[[str], Any]
) -> None:
    measured = read(_text(folder, name))
    rates = _medians(found, RATE.column)
    assert set(measured) == set(rates)
    for key, measures in measured.items():
        assert measures[RATE.column]["value"] == rates[key]
        for measure, values in measures.items():
            assert len(measure) <= 64 and len(values) <= 8
            assert all(isinstance(value, (int, float)) for value in values.values())
            assert values["lower_value"] <= values["value"] <= values["upper_value"]


def test_github_action_benchmark_has_one_direction(folder: Path, found: list[Bench]) -> None:
    for words, column, other in (
        ((), TIME.column, RATE.column),
        (("--better", "more"), RATE.column, TIME.column),
    ):
        entries = json.loads(_text(folder, "github-action-benchmark", *words))
        values = {}
        for entry in entries:
            assert set(entry) == {"name", "unit", "value", "range", "extra"}
            path, metric = entry["name"].split(" ")
            assert metric != other
            if metric == column:
                values[_split(path, "=")] = entry["value"]
        assert values == _medians(found, column)


def test_too_few_blocks_have_no_bounds(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", {"other": 0.0}, CELLS[:1], 3)
    (first, *_) = json.loads(_text(folder, "bmf")).values()
    assert set(first[RATE.column]) == {"value"}
    assert "range" not in json.loads(_text(folder, "github-action-benchmark"))[0]


def test_two_arms_never_share_a_name(folder: Path) -> None:
    names = json.loads(_text(folder, "bmf"))
    assert len(names) == len(CELLS) * 4
    assert not any(re.search(r"\s", name) for name in names)


def test_a_long_name_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_run(tmp_path / "run", {"x" * 1100: 0.0}, CELLS[:1], 6)
    assert command(["export", str(folder), "--to", "bmf"]) == 2
    assert "a name there has 1024 at most" in capsys.readouterr().err


def test_a_run_without_samples_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_run(tmp_path / "run", {"other": 0.0}, CELLS[:1], 0, finished=False)
    assert command(["export", str(folder), "--to", "go"]) == 2
    assert "no samples" in capsys.readouterr().err
