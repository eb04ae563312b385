"""test_profile_gaps.py -- what a profile or a ledger cannot tell, it says; and never as 0.

SPDX-License-Identifier: MIT"""

from pathlib import Path
from typing import Any

import pytest

from analysis.complaint import Complaint
from analysis.document.document import Table
from analysis.profile.stacks import stack_files
from analysis.profile.tables import document, long_forms
from analysis.records.joined import Joined, join
from analysis.report.fill import filled
from analysis.report.sections import Explained

from .synthetic_profiles import Rows, Stacks, write_ledger, write_profile

CELL = "fixed_random size=512 slots=400 operations=100000 cold"
PAYLOAD = "superslab_payload"
FAULT = "run;asm_exc_page_fault_[k]"
SOME: Stacks = [("run", "workload", 0, 50, 0)]
ROWS: Rows = [("region", "front", "refill", PAYLOAD, "first", "program", 500)]
PUBLISHED = [
    {"where": "slots=400", "arm": "phase17-2", "metric": metric, "value": 0.7}
    for metric in ("page_fault_share", "front_share")
]
HIDDEN = {"kernel_symbols": "hidden"}, "the kernel's names are hidden from this user"
UNSAMPLED = {"kernel_counted": False}, "this user may not sample the kernel"


def both(folder: Path, stacks: Stacks, blocks: int = 20, **changes: Any) -> Joined:
    profile = write_profile(folder / "p", [CELL], blocks, lambda *_: stacks, **changes)
    plan = {name: changes[name] for name in ("published",) if name in changes}
    return join([profile, write_ledger(folder / "f", [CELL], 3, lambda *_: ROWS, **plan)])[0]


def table_of(joined: Joined, title: str) -> Table:
    (table,) = [table for table in document(joined).tables if table.title.startswith(title)]
    return table


def test_a_profile_without_samples_says_what_to_try(tmp_path: Path) -> None:
    def took_time(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            sample["cpu_ns"] = 1_000_000

    joined = both(tmp_path, [], edit=took_time, published=PUBLISHED)
    said = document(joined)
    assert any("no samples" in x and "a higher --rate" in x for x in said.cautions)
    assert "70 %; here – (no samples)" in said.outcome[0]
    assert not any(table.title.startswith(("Functions", "Where")) for table in said.tables)
    assert "where_time_goes" not in Explained(joined).figures()
    assert not any(name.startswith("flames/") for name, _ in stack_files(joined.profile))


def test_a_ledger_without_faults_is_shown(tmp_path: Path) -> None:
    (joined,) = join([write_ledger(tmp_path / "f", [CELL], 2, lambda *_: [])])
    found = Explained(joined)
    assert "synthetic-f.md" in found.tables() and "faults_by_memory" not in found.figures()


@pytest.mark.parametrize("instrument, why", [HIDDEN, UNSAMPLED])
def test_unknown_page_faults_are_no_zero(
    tmp_path: Path, instrument: dict[str, Any], why: str
) -> None:
    joined = both(tmp_path, SOME, published=PUBLISHED, **instrument)
    said = document(joined)
    assert f"below page faults: published 70 %; here – ({why})" in said.outcome[0]
    assert "in the front: published 70 %; here 0.0 % [" in said.outcome[1]
    functions = table_of(joined, "Functions")
    assert not any(row.cells[0].startswith("below") for row in functions.rows)
    costs = table_of(joined, "What a page fault costs")
    assert costs.rows[1].cells == ["baseline", "–", "500", "–"]
    assert not any(line.startswith("Cost:") for line in said.legend)
    assert any("a fault has no cost" in line for line in said.cautions)
    assert long_forms(joined)["page_faults"]["share_ratio"].isna().all()
    text = filled("<!-- profile p f -->\n<!-- end -->\n", tmp_path)
    assert "| – (500) |" in text


def test_hidden_names_may_be_so_for_this_user_alone(tmp_path: Path) -> None:
    said = document(both(tmp_path, SOME, kernel_symbols="hidden")).cautions
    assert any("hidden from this user (kptr_restrict, perf_event_paranoid)" in x for x in said)


def test_a_ledger_says_what_it_did_not_see(tmp_path: Path) -> None:
    words = {
        "kernel_counted": "faults inside system calls are not seen: they are unplaced",
        "system_calls_recorded": "it is unknown who mapped memory: it is anonymous",
    }
    for name in words:
        folder = write_ledger(tmp_path / name, [CELL], 2, lambda *_: ROWS, **{name: False})
        said = " ".join(document(join([folder])[0]).cautions)
        assert [key for key, told in words.items() if told in said] == [name]


def test_sampling_that_costs_half_again_is_a_caution(tmp_path: Path) -> None:
    dear, cheap = (
        " ".join(document(both(tmp_path / str(added), SOME, overhead=added)).cautions)
        for added in (0.63, 0.4)
    )
    assert "more than 50 % of CPU time in 4 of 4" in dear and "+63 %" in dear
    assert "Sampling added" not in cheap


def test_each_object_without_names_is_told_once(tmp_path: Path) -> None:
    def stripped(block: dict[str, Any]) -> None:
        for sample in block["samples"]:
            if "profile" in sample and sample["arm"] != "control":
                sample["object_problems"] = {"/lib/a.so": "no symbols: stripped"}

    said = document(both(tmp_path / "told", SOME, edit=stripped)).cautions
    assert said.count("/lib/a.so: no symbols: stripped.") == 1

    def garbled(block: dict[str, Any]) -> None:
        block["samples"][1]["object_problems"] = ["/lib/a.so"]

    with pytest.raises(Complaint, match="object_problems is"):
        both(tmp_path / "garbled", SOME, edit=garbled)


def test_callers_are_shown_after_what_takes_time_itself(tmp_path: Path) -> None:
    """All of what is planted is in what is inlined there: the caller has no time of its own."""
    stacks: Stacks = [
        ("run;planted_sixty;spin_[i]", "workload", 0, 60, 0),
        ("run;planted_thirty;spin_[i]", "workload", 0, 36, 0),
        ("run;seldom;spin_[i]", "workload", 0, 4, 0),
    ]
    rows = table_of(both(tmp_path, stacks), "Functions").rows
    names = [row.cells[0] for row in rows]
    assert names[:6] == [
        "baseline",
        "below asm_exc_page_fault",
        "spin [i]",
        "run",
        "planted_sixty",
        "planted_thirty",
    ]
    assert "seldom" not in names
    assert rows[4].cells[1].startswith("0.0 [") and rows[4].cells[2].startswith("60 [")


def test_short_times_below_page_faults_are_in_us(tmp_path: Path) -> None:
    """10 samples of 0.1 ms are 1 ms; fewer would be one digit of it."""
    for samples, column, text in (
        (10, "page-fault time, ms", "1.0 ["),
        (4, "page-fault time, us", "400 ["),
    ):
        stacks: Stacks = [(FAULT, "page_fault", 0, samples, 0), *SOME]
        joined = both(tmp_path / str(samples), stacks, overhead=0.0)
        costs = table_of(joined, "What a page fault costs")
        assert costs.columns[1] == column and costs.rows[1].cells[1].startswith(text)
        said = " ".join(document(joined).legend)
        assert "(the harness's own, before exec, come too early)" in said


def test_differences_say_what_they_are_times_of(tmp_path: Path) -> None:
    """One cell has a region and operations, the other is a program without either."""
    cells = ["planted cold", "sqlite cold"]

    def stacks(arm: str, cell: str, block: int) -> Stacks:
        more = 10 if arm == "phase17-2" else 0
        found = [("run", "workload", 50 + more), ("free", "front", 50)]
        if cell == cells[0]:
            return [(stack, layer, 0, count, 0) for stack, layer, count in found]
        return [(stack, layer, count, 0, 0) for stack, layer, count in found]

    (joined,) = join([write_profile(tmp_path / "p", cells, 20, stacks)])
    table = table_of(joined, "CPU time less the other arm's")
    heads = [row.cells[0] for row in table.rows if row.kind == "group"]
    assert heads == [
        f"{cell}, {of}: {by}"
        for cell, of in (
            ("planted cold", "region, ns per operation"),
            ("sqlite cold", "whole process, ms per process"),
        )
        for by in ("by layer", "by function, its own")
    ]


def test_what_is_all_of_a_stage_by_definition_has_no_interval(tmp_path: Path) -> None:
    (joined,) = join(
        [write_profile(tmp_path / "p", [CELL], 20, lambda *_: [("main", "other", 0, 50, 0)])]
    )
    table = table_of(joined, "Where CPU time goes")
    assert table.rows[1].cells[:2] == ["other", "100"]
