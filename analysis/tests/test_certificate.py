"""test_certificate.py -- the certificate of made-up gates.

SPDX-License-Identifier: MIT"""

import json
import math
import tarfile
from collections import Counter
from pathlib import Path

import pytest

from analysis.certificate.certificate import (
    derived,
    gates_needed,
    kept,
    load_certified,
    nominal,
    share,
)
from analysis.certificate.operating_curve import points
from analysis.certificate.page import (
    certificate_files,
    certificate_summary,
    nine_digits,
    write_certificate,
)
from analysis.certificate.usual_methods import compared
from analysis.commands import run
from analysis.complaint import Complaint
from analysis.report.fill import filled

from .synthetic_gates import CELLS, write_gates, write_planted_changes

ROOT = Path(__file__).parents[2]
COUNTS = {
    "time+2": {"fail": 40},
    "null": {"pass": 395, "fail": 1, "inconclusive": 3, "void": 1},
    "time-2": {"pass": 40},
    "time+1": {"fail": 10, "pass": 22, "inconclusive": 8},
    "faults+10": {"fail": 20},
}


def certified(folder: Path):
    write_gates(folder / "certify", COUNTS)
    write_planted_changes(folder / "certify", {"time+1": 0.01, "time+2": 0.02})
    return load_certified(folder / "certify")


def rows(folder: Path) -> dict:
    return {row["variant"]: row for row in derived(certified(folder))["variants"]}


def test_every_verdict_is_counted_with_its_band(tmp_path: Path) -> None:
    found = rows(tmp_path)
    null = found["null"]
    assert null["gates"] == 400
    counts = {verdict: band["count"] for verdict, band in null["verdicts"].items()}
    assert counts == {"fail": 1, "pass": 395, "inconclusive": 3, "void": 1}
    assert null["verdicts"]["fail"]["share"] == 1 / 400
    assert found["time+1"]["verdicts"]["fail"]["share"] == 0.25
    assert found["time+2"]["failed_by"] == {"time": 40} and found["time-2"]["failed_by"] == {}


def test_bands_of_none_and_of_all_are_the_roots_of_a_power() -> None:
    """None of 40: (1 - high) ** 40 == 0.025; all of 40: low ** 40 == 0.025."""
    none, all_of_them = share(0, 40), share(40, 40)
    assert none["low"] == 0 and math.isclose((1 - none["high"]) ** 40, 0.025)
    assert all_of_them["high"] == 1 and math.isclose(all_of_them["low"] ** 40, 0.025)


def test_seconds_and_blocks_are_those_of_the_gates(tmp_path: Path) -> None:
    """Gates took 1, 2 and 3 seconds in turns; the cell of 72 blocks took the most."""
    for row in rows(tmp_path).values():
        assert row["seconds"]["median"] == 2
        assert row["blocks"] == {"median": 72, "lower_quartile": 72, "upper_quartile": 72}


def test_true_changes_come_from_the_run_of_fixed_length(tmp_path: Path) -> None:
    found = rows(tmp_path)
    for variant, log in {"null": 0, "time+1": 0.01, "time+2": 0.02, "time-2": -0.02}.items():
        changes = found[variant]["true_changes"]
        assert [change["cell"] for change in changes] == CELLS
        for change in changes:
            assert abs(change["effect"] - math.expm1(log)) < 0.001
            assert change["low"] < change["effect"] < change["high"] and change["blocks"] == 60
    assert found["faults+10"]["true_changes"] == []


def test_a_promise_is_kept_only_when_its_bound_is_inside() -> None:
    """None of 299: 1 - .05 ** (1 / 299) is .00997. All of 59: .05 ** (1 / 59) is .9505."""
    assert kept(0, 299, 0.01, True)[0] == "kept" and kept(0, 298, 0.01, True)[0] == "cannot tell"
    assert math.isclose(kept(0, 299, 0.01, True)[1], 1 - 0.05 ** (1 / 299))
    assert kept(59, 59, 0.95, False)[0] == "kept" and kept(58, 58, 0.95, False)[0] == "cannot tell"
    assert math.isclose(kept(59, 59, 0.95, False)[1], 0.05 ** (1 / 59))
    assert kept(8, 300, 0.01, True)[0] == "broken" and kept(40, 60, 0.95, False)[0] == "broken"
    assert kept(0, 0, 0.01, True) == ("cannot tell", None)


def test_the_gates_that_a_promise_needs_are_just_enough() -> None:
    assert gates_needed(0.01, True) == 299 and gates_needed(0.95, False) == 59


def test_promises_are_told_with_what_they_rest_on(tmp_path: Path) -> None:
    """1 of 400 leaves room for 1.18 %; all of 40 leave room for 92.8 %."""
    found = rows(tmp_path)
    assert found["null"]["promise"]["verdict"] == "cannot tell"
    assert found["time-2"]["promise"] is None and found["time+1"]["promise"] is None
    assert found["time+2"]["promise"]["gates_needed"] == 59
    text = certificate_files(load_certified(tmp_path / "certify"))["certificate.md"].decode()
    assert "0 of 3 promises are kept, 0 broken; 3 have too few gates yet to tell" in text
    assert "FAIL in at least 95 %, over 2 kinds: 60 of 60 gates" in text
    assert "| 40 of 40 | at least 92.78 % | cannot tell: takes 59 |" in text
    assert "| FAIL in at most 1 % | 1 of 400 | at most 1.18 % | cannot tell |" in text


def test_a_pass_counts_only_once_a_process_of_the_head_failed(tmp_path: Path) -> None:
    folder = write_gates(tmp_path / "certify", {"crash-1-in-50": {"pass": 30, "fail": 4}})
    lines = [json.loads(line) for line in (folder / "gates.jsonl").read_text().splitlines()]
    for place, line in enumerate(lines):
        failed = 1 if line["gate"]["verdict"] == "fail" or place == 0 else 0
        line["gate"]["failures"] = {"head_alone": failed, "both": 0, "head_elsewhere": 0}
    (folder / "gates.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    promise = derived(load_certified(folder))["variants"][0]["promise"]
    assert (promise["count"], promise["gates"]) == (1, 5)


def test_machines_are_told_with_their_gates(tmp_path: Path) -> None:
    folder = write_gates(tmp_path / "certify", {"null": {"pass": 3}})
    lines = [json.loads(line) for line in (folder / "gates.jsonl").read_text().splitlines()]
    lines[2]["machine"] = {**lines[2]["machine"], "cpu_model": "Another"}
    (folder / "gates.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    stated = derived(load_certified(folder))
    assert [(row["cpu_model"], row["gates"]) for row in stated["machines"]] == [
        ("Test CPU", 2), ("Another", 1)
    ]


def test_gates_beside_another_are_told(tmp_path: Path) -> None:
    folder = write_gates(tmp_path / "certify", {"null": {"pass": 3}})
    text = (folder / "gates.jsonl").read_text()
    page = certificate_files(load_certified(folder))["certificate.md"].decode()
    assert "two at a time" not in page
    (folder / "gates.jsonl").write_text(text.replace('"samples": ', '"at_once": 2, "samples": ', 1))
    page = certificate_files(load_certified(folder))["certificate.md"].decode()
    assert "in a drawn order, 1 of them two at a time, each on a CPU of its own" in page


def test_variants_stand_by_their_change(tmp_path: Path) -> None:
    assert nominal("time-2") == -0.02 and nominal("null") == 0 and nominal("faults+10") is None
    order = list(rows(tmp_path))
    assert order == ["time-2", "null", "time+1", "time+2", "faults+10"]


def test_the_curve_has_the_changes_of_time_alone_in_order(tmp_path: Path) -> None:
    found = points(derived(certified(tmp_path)))
    assert [row["variant"] for _, row in found] == ["time-2", "null", "time+1", "time+2"]
    assert [change for change, _ in found] == sorted(change for change, _ in found)


def test_without_the_run_the_names_stand_for_the_changes(tmp_path: Path) -> None:
    write_gates(tmp_path / "certify", COUNTS)
    stated = derived(load_certified(tmp_path / "certify"))
    assert [change for change, _ in points(stated)] == [-0.02, 0, 0.01, 0.02]


@pytest.mark.slow
def test_all_files_are_written_and_again_the_same(tmp_path: Path) -> None:
    found = certified(tmp_path)
    files = certificate_files(found)
    assert set(files) == {
        "certificate.json",
        "certificate.md",
        "certificate.html",
        "operating_curve.svg",
        "operating_curve.pdf",
        "operating_curve.png",
    }
    assert files == certificate_files(load_certified(found.path))
    assert run(["certificate", str(found.path), "--out", str(tmp_path / "out")]) == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(files)
    assert b"time+1" in files["certificate.html"] and b"<svg" in files["certificate.html"]


def test_a_readme_has_its_numbers_from_the_certificate(tmp_path: Path) -> None:
    write_certificate(certified(tmp_path), tmp_path / "results/reference/certify")
    mark = "Before.\n<!-- certificate results/reference/certify -->\n"
    text = filled(f"{mark}old\n<!-- end -->\nAfter.\n", tmp_path)
    assert text.startswith(f"{mark}\n- 0 of 3 promises are kept, 0 broken")
    assert "| time+1 | +1.0" in text and "old" not in text and text.endswith("-->\nAfter.\n")
    assert filled(text, tmp_path) == text


def test_a_readme_without_a_certificate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Complaint, match="not there"):
        certificate_summary(tmp_path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": 0}, "disagree"),
        ({"gate": {"verdict": "fail", "rows": [], "schema": "slablab-gate/4"}}, "unknown schema"),
        ({"gate": {"verdict": "fail"}}, "is no gate"),
        ({"schema": "slablab-certified/3"}, "unknown schema"),
        ({"promise": "some"}, "is no gate"),
    ],
)
def test_a_line_that_is_no_gate_is_refused(tmp_path: Path, change: dict, said: str) -> None:
    folder = write_gates(tmp_path / "certify", {"time+2": {"fail": 1}})
    line = json.loads((folder / "gates.jsonl").read_text())
    (folder / "gates.jsonl").write_text(json.dumps({**line, **change}) + "\n")
    with pytest.raises(Complaint, match=said):
        load_certified(folder)


def test_the_samples_of_every_stored_gate_are_packed() -> None:
    """A row per block under a head, whatever became of the block."""
    folder = ROOT / "results/reference/certify"
    certified = load_certified(folder)
    with tarfile.open(folder / "samples.tar.xz") as packed:
        texts = {
            member.name: packed.extractfile(member).read().decode()
            for member in packed
            if member.isfile()
        }
    kept = [gate for gate in certified.gates if gate["samples"] is not None]
    assert sorted(texts) == sorted(gate["samples"] for gate in kept)
    for gate in kept:
        rows = [line.split(",") for line in texts[gate["samples"]].splitlines()]
        valid = Counter(row[0] for row in rows[1:] if row[rows[0].index("valid")] == "1")
        for row in gate["gate"]["rows"]:
            if row["metric"] == "time":
                assert row["blocks"] == valid[row["cell"]], (gate["samples"], row["cell"])


def test_the_stored_certificate_is_what_its_gates_give() -> None:
    folder = ROOT / "results/reference/certify"
    if not folder.exists():
        pytest.skip("no certificate is stored yet")
    stored = json.loads((folder / "certificate.json").read_text(encoding="utf-8"))
    certified = load_certified(folder)
    again = nine_digits({**derived(certified), "usual_methods": compared(certified)})
    assert json.loads(json.dumps(again)) == stored
