"""check_cxx.py -- holds the records of cxx.sh against the names that functions of C++ have.

Usage: check_cxx.py FOLDER. The standard library alone, as check_instruments.py.

SPDX-License-Identifier: MIT"""

import sys
from pathlib import Path

from check_instruments import samples

INNER = "int"
for _ in range(4):
    INNER = f"pool::Map<pool::Node, {INNER}{' ' if INNER.endswith('>') else ''}>"
SPEND = f"pool::Map<void (*)(pool::Node*, char**), {INNER} >::operator()"
TAKE = "pool::(anonymous namespace)::take<(pool::Kind)0, malloc::{lambda(unsigned long)#1}>"


def check_profile(folder: Path, allocator: str) -> None:
    """Inlined or not, and with or without debug information, a function is spelled in one way."""
    frames, problems = set(), {}
    for _, sample in samples(folder / allocator, "command_line", "profile"):
        problems |= sample.get("object_problems", {})
        for stack in sample["profile"]["stacks"]:
            frames |= set(stack["stack"].split(";"))
    assert {SPEND, TAKE} <= frames, (allocator, sorted(frames))
    assert not [frame for frame in frames if "_Z" in frame], (allocator, sorted(frames))
    inlined = {frame for frame in frames if frame.startswith("pool::") and frame.endswith("_[i]")}
    assert inlined == ({SPEND + "_[i]"} if allocator == "debug" else set()), (allocator, inlined)
    said = [problem for path, problem in problems.items() if path.endswith(f"lib{allocator}.so")]
    assert len(said) == (allocator == "split") and all(".dwo" in one for one in said), problems


def check_faults(folder: Path) -> int:
    names = set()
    for _, sample in samples(folder / "debug", "command_line", "faults"):
        names |= {row["function"] for row in sample["faults"]["rows"]}
    assert names and not [name for name in names if name.startswith("_Z")], sorted(names)
    return len(names)


def main() -> None:
    folder = Path(sys.argv[1])
    for allocator in ("plain", "debug", "split"):
        check_profile(folder, allocator)
    print(f"cxx: three builds have one name for each function, {check_faults(folder)} have faults")


if __name__ == "__main__":
    main()
