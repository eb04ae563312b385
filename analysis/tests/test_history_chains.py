"""test_history_chains.py -- gates that pass one after another, and what they amount to (V11).

SPDX-License-Identifier: MIT"""

import json
from pathlib import Path
from typing import Any

import pytest

from analysis.commands import run
from analysis.document.formats import markdown
from analysis.gate.history import History, load_history
from analysis.gate.history_page import crept, history_document, history_files

from .synthetic_gates import CELLS, build, chained_record

Gate = dict[str, Any]


def line(count: int, first: int = 0, **row: Any) -> list[Gate]:
    """Each gate's head is the next one's base."""
    return [
        chained_record(number, build(f"b{number}"), build(f"b{number + 1}"), **row)
        for number in range(first, first + count)
    ]


def loaded(folder: Path, gates: list[Gate]) -> History:
    path = folder / "certify.jsonl"
    path.write_text("".join(json.dumps(gate) + "\n" for gate in gates))
    return load_history(path)


def begins(history: History) -> list[tuple[int, str]]:
    return [(len(chain.gates), chain.begins) for chain in history.chains]


def text_of(history: History) -> str:
    return markdown(history_document(history))


def test_what_gates_that_passed_amount_to_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """1.012 ** 24 = 1.3315, 1.009 ** 24 = 1.2399 and 1.015 ** 24 = 1.4295."""
    found = loaded(tmp_path, line(24))
    (said,) = crept(found)
    assert said == (
        "24 gates that passed each amount to +33.15 % [+23.99 %, +42.95 %] of time in "
        f"{CELLS[0]}, beyond the margin of 2 %: from b0.so to b24.so (chain 1)"
    )
    files = history_files(found)
    assert {f"history_chains.{end}" for end in ("svg", "png", "pdf")} <= set(files)
    assert "history.svg" not in files  # no two gates share a reference
    assert run(["history", str(tmp_path / "certify.jsonl"), "--out", str(tmp_path / "out")]) == 1
    assert said in capsys.readouterr().err


def test_gates_within_the_margin_are_no_creep(tmp_path: Path) -> None:
    """Two of +1.2 % [.9, 1.5] amount to 1.8 % at least, three to 2.7 %."""
    assert crept(loaded(tmp_path, line(2))) == []
    assert len(crept(loaded(tmp_path, line(3)))) == 1
    text = text_of(loaded(tmp_path, line(2)))
    assert "In 1 of 1 rows what a chain amounts to may be more than the margin" in text
    path = str(tmp_path / "certify.jsonl")
    assert run(["history", path, "--out", str(tmp_path / "out")]) == 0


def test_creep_after_a_gain_is_seen(tmp_path: Path) -> None:
    gain = chained_record(0, build("b0"), build("b1"), -0.30)
    (said,) = crept(loaded(tmp_path, [gain, *line(10, 1)]))
    assert said.startswith("10 gates that passed each amount to +12.67 % [")
    assert "from b1.so to b11.so" in said


def test_a_gate_that_failed_is_in_no_creep(tmp_path: Path) -> None:
    """What failed was said already."""
    gates = line(2) + line(1, 2, effect=0.05, verdict="fail") + line(2, 3)
    assert crept(loaded(tmp_path, gates)) == []
    assert "| 1 | 5 | +10.13 % |" in text_of(loaded(tmp_path, gates))
    assert "1 fail, 4 pass" in text_of(loaded(tmp_path, gates))


def test_what_is_undecided_is_no_pass(tmp_path: Path) -> None:
    gates = line(5) + line(1, 5, verdict="undecided")
    assert crept(loaded(tmp_path, gates))[0].startswith("6 gates of which none failed (5 passed)")


def test_counts_add_up_and_tails_do_not(tmp_path: Path) -> None:
    """Four gates of +4 [3, 5] faults beside a base of 1,000: a margin of 1 % is 10."""
    counts = {"metric": "page_faults", "scale": "absolute", "unit": "faults", "margin": 0.01,
              "low": 3.0, "high": 5.0, "base_median": 1000.0}  # fmt: skip
    (said,) = crept(loaded(tmp_path, line(4, effect=4.0, **counts)))
    assert "amount to +16 faults [+12 faults, +20 faults] of page_faults" in said
    assert crept(loaded(tmp_path, line(3, effect=4.0, **counts))) == []
    tails = {"metric": "time_tail", "scale": "points", "unit": "ratio"}
    assert loaded(tmp_path, line(4, effect=0.1, **tails)).links == []


def test_a_row_that_decides_nothing_creeps_unnoticed(tmp_path: Path) -> None:
    assert crept(loaded(tmp_path, line(24, decides=False, verdict="reported"))) == []


def test_an_effect_without_an_interval_has_none_in_the_chain(tmp_path: Path) -> None:
    gates = line(3) + line(1, 3, low=None, high=None)
    found = loaded(tmp_path, gates)
    assert "| 1 | 4 | +4.89 % | [–, –] |" in text_of(found)
    assert crept(found)[0].startswith("3 gates that passed each")


def test_an_interval_that_does_not_hold_its_effect_is_left_out(tmp_path: Path) -> None:
    found = loaded(tmp_path, line(3, effect=0.0, low=0.01, high=0.02))
    assert crept(found) == []
    assert "3 intervals do not hold their own effect" in text_of(found)


@pytest.mark.parametrize(
    ("second", "why"),
    [
        ({"build_id": "zz"}, "its base is no earlier gate's head"),
        ({"environment": ["A=1"]}, "its base has other settings (none -> A=1)"),
        ({"build_id": ""}, "its base has neither a build-id nor a revision"),
    ],
)
def test_gates_that_do_not_chain_begin_a_new_chain(
    tmp_path: Path, second: dict[str, Any], why: str
) -> None:
    gates = line(6)
    gates[3]["base"] = {**gates[3]["base"], **second}
    found = loaded(tmp_path, gates)
    assert begins(found) == [(3, "its base is no earlier gate's head"), (3, why)]
    assert why.replace("_", "\\_") in text_of(found)


def test_a_revision_that_was_built_again_is_another_build(tmp_path: Path) -> None:
    gates = line(4)
    for gate, side in ((gates[1], "head"), (gates[2], "base")):
        gate[side]["revision"] = "0123456789abcdef"
    gates[2]["base"]["build_id"] = "another"
    assert begins(loaded(tmp_path, gates))[1] == (
        2,
        "its base was built again (build-id b2 -> another)",
    )


def test_without_build_ids_revisions_chain(tmp_path: Path) -> None:
    gates = line(3)
    for gate in gates:
        for side in ("base", "head"):
            gate[side].update(revision=gate[side]["build_id"].ljust(40, "0"), build_id="")
    assert [len(chain.gates) for chain in loaded(tmp_path, gates).chains] == [3]


def test_void_gates_lead_nowhere(tmp_path: Path) -> None:
    gates = line(5)
    gates[2]["verdict"] = "void"
    assert begins(loaded(tmp_path, gates))[1] == (2, "the gate that led to its base is void")


def test_a_chain_goes_its_longest_way(tmp_path: Path) -> None:
    """A change that was tried and dropped, the same pair gated again, the same build twice, and a
    pinned reference beside."""
    main = line(6)
    dropped = chained_record(2, build("b2"), build("x"), 0.2)
    again = chained_record(4, build("b1"), build("b2"), -0.2)
    same = chained_record(4, build("b3"), build("b3"), 0.0)
    pinned = [chained_record(n, build("b0"), build(f"b{n + 1}"), 0.012 * n) for n in range(1, 6)]
    found = loaded(tmp_path, [*main, dropped, again, same, *pinned])
    chain = found.chains[0]
    assert [found.recorded[place]["head"]["build_id"] for place in chain.gates] == [
        f"b{number}" for number in range(1, 7)
    ]
    assert [(one.name, len(one.gates)) for one in found.groups][0] == ("A", 6)


def test_a_row_that_a_gate_lacks_parts_the_chain_of_that_row(tmp_path: Path) -> None:
    gates = line(5)
    gates[2]["rows"][0].update(effect=None, low=None, high=None)
    assert [len(link.points) for link in loaded(tmp_path, gates).links] == [2, 2]
