"""check_arenas.py -- holds the ledgers of arenas.sh against what must be true of them.

Usage: check_arenas.py FOLDER HUGE, "yes" where this kernel has huge pages. The standard library
alone, as check_instruments.py.

SPDX-License-Identifier: MIT"""

import sys
from pathlib import Path

from check_instruments import check_ledgers, rows_of, samples

PAGES, HUGE_PAGES = 1024, 2  # of a chunk of 4 MiB
# What fills a whole chunk, or all of it but a page that was touched before; of a file's pages, how
# many come together is up to the kernel.
FILLED = {
    "advised_read": PAGES - 1,
    "advised_write": PAGES - 1,
    "all_both": PAGES,
    "all_current": PAGES,
    "all_future": PAGES,
    "anonymous_shared_populated": PAGES,
    "locked": PAGES,
    "mlocked": PAGES - 1,
    "mlocked_grown": PAGES,
    "mlocked_heap": PAGES,
    "mlocked_opened": PAGES,
    "populated": PAGES,
}
FILLED_HUGE = {
    "huge_all_on_fault": HUGE_PAGES,
    "huge_locked": HUGE_PAGES - 1,
    "huge_locked_on_fault": HUGE_PAGES,
    "huge_populated": HUGE_PAGES,
}
FILLED_SOME = {
    "advised_read_shared",
    "advised_write_shared",
    "memfd_alias",
    "memfd_allocated",
    "memfd_huge_populated",
    "memfd_populated",
    "memfd_private_populated",
}
# Of text and data: an arena has a thousand pages, and even mlockall finds no hundred of them.
FILE_MOST = 100


def check_memory(folder: Path, huge: bool) -> int:
    found = {}
    for where, sample in samples(folder, "arenas", "faults"):
        kind = sample["arm"].rpartition("=")[2]
        if kind in ("baseline", "control"):
            continue
        found[kind] = filled = rows_of(sample, memory="allocator", by="populate")
        assert rows_of(sample, memory="allocator") > 0, where
        assert rows_of(sample, memory="file", stage="region") < FILE_MOST, where
        assert rows_of(sample, memory="anonymous") == 0, where
        if kind in FILLED_SOME:
            assert 0 < filled <= PAGES, (where, filled)
    wanted = FILLED | (FILLED_HUGE if huge else {})
    wrong = {kind: found.get(kind) for kind, count in wanted.items() if found.get(kind) != count}
    assert not wrong, wrong
    usual = {kind for kind in found.keys() - FILLED_SOME - wanted.keys() if "huge" not in kind}
    assert all(found[kind] == 0 for kind in usual), {kind: found[kind] for kind in usual}
    return len(found)


def main() -> None:
    folder = Path(sys.argv[1])
    ledgers = check_ledgers(folder, "arenas")
    kinds = check_memory(folder, sys.argv[2] == "yes")
    print(f"arenas: {ledgers} ledgers add up, {kinds} kinds of memory are the allocator's")


if __name__ == "__main__":
    main()
