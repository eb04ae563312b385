"""plausible.py -- a profile and a ledger like those of the source's claim, to look at and to time.

  /usr/bin/python3 -m analysis.tests.plausible FOLDER      writes FOLDER/profile and FOLDER/faults

SPDX-License-Identifier: MIT"""

from __future__ import annotations

import json
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from .synthetic import write_attestation
from .synthetic_profiles import Rows, Stacks, write_ledger, write_profile

SUPERSLAB = 1 << 20
PAGES = SUPERSLAB // 4096
CELLS = [
    "fixed_random size=512 slots=400 operations=100000 cold",
    "fixed_random size=512 slots=65536 operations=100000 cold",
    "fixed_random size=512 slots=400 operations=10000000 cold",
]
PUBLISHED = [
    {"where": "slots=400 operations=100000", "arm": "phase17-2", "against": None, **rest}
    for rest in (
        {"metric": "page_fault_share", "value": 0.70},
        {"metric": "front_share", "value": 0.30},
    )
]
MAIN = "_start;__libc_start_main@@GLIBC_2.34;main;"
RUN = MAIN + "workload_main;run;"
START = MAIN + "workload_main;setup;"
FAULT = "asm_exc_page_fault_[k];exc_page_fault_[k];do_user_addr_fault_[k];"
HANDLE = FAULT + "handle_mm_fault_[k];__handle_mm_fault_[k];"
SYSTEM = "entry_SYSCALL_64_after_hwframe_[k];do_syscall_64_[k];"
# (what stands below the caller, layer, weight): a page fault's, whichever layer faults
FAULTS = [
    (HANDLE + "clear_page_erms_[k]", 40),
    (HANDLE + "__alloc_pages_[k];get_page_from_freelist_[k]", 12),
    (HANDLE + "charge_memcg_[k]", 9),
    (FAULT + "down_read_trylock_[k]", 4),
    (FAULT.rstrip(";"), 6),
    (HANDLE + "lru_cache_add_[k];folio_batch_move_lru_[k]", 5),
]
# share of the region under page faults, by arm and slots
FAULTING = {"baseline": 0.12, "control": 0.12, "phase17-1": 0.15, "phase17-2": 0.45}


def _stacks_with_weights(arm: str, cell: str) -> tuple[list[tuple[str, str]], list[float]]:
    faulting = FAULTING[arm]
    if "slots=65536" in cell:
        faulting = 0.55 if arm != "phase17-2" else 0.50
    if "10000000" in cell:
        faulting = 0.02 if arm != "phase17-2" else 0.42
    small_mid = arm.startswith("phase17")
    front = "malloc;smallmid_malloc_[i]" if small_mid else "malloc;tiny_malloc_[i]"
    refill = "smallmid_refill" if small_mid else "tiny_refill"
    backend = f"{RUN}{front};{refill};superslab_take"
    parts = [(f"{backend};{below}", "page_fault", faulting * w / 76) for below, w in FAULTS]
    parts += [(f"{RUN}touch_payload_[i];{FAULTS[0][0]}", "page_fault", faulting * 0.2)]
    rest = 1 - faulting
    parts += [
        (RUN + front, "front", rest * 0.26),
        (RUN + "free;smallmid_free_[i]" if small_mid else RUN + "free;tiny_free_[i]", "front", 0.1),
        (f"{RUN}{front};{refill}", "backend", rest * 0.12),
        (f"{backend};slab_carve_[i]", "backend", rest * 0.06),
        (f"{backend};superslab_new;mmap;{SYSTEM}do_mmap_[k]", "system_call", 0.03),
        (f"{backend};superslab_new;munmap;{SYSTEM}unmap_region_[k]", "system_call", 0.02),
        (RUN + "random_next_[i]", "workload", rest * 0.2),
        (RUN.rstrip(";"), "workload", rest * 0.14),
        (RUN + "std::map<int, long>::operator[]", "workload", rest * 0.02),
        (RUN + "memset", "c_library", rest * 0.03),
        (RUN + "asm_sysvec_apic_timer_interrupt_[k];irq_exit_rcu_[k]", "other", rest * 0.015),
        (RUN + "[unknown]", "other", rest * 0.002),
    ]
    if small_mid:
        parts.append((f"{backend};lru_touch", "backend", rest * 0.04))
    return [part[:2] for part in parts], [part[2] for part in parts]


def stacks(arm: str, cell: str, block: int) -> Stacks:
    """Multinomial samples, with weights that differ a little from process to process."""
    seed = zlib.crc32(f"{arm} {cell} {block}".encode())
    random = np.random.default_rng(seed)
    names, weights = _stacks_with_weights(arm, cell)
    jittered = np.array(weights) * np.exp(random.normal(0, 0.15, len(weights)))
    size = 1500 if "10000000" in cell else 300 if "65536" in cell else 40
    size = int(size * {"phase17-1": 0.95, "phase17-2": 1.2}.get(arm, 1) * random.normal(1, 0.03))
    region = random.multinomial(size, jittered / jittered.sum())
    start = [
        (START + f"mmap;{SYSTEM}vm_mmap_pgoff_[k]", "system_call", 3),
        ("_dl_start;_dl_relocate_object", "c_library", 5),
        (f"_dl_start;_dl_relocate_object;{FAULTS[0][0]}", "page_fault", 6),
        (f"{START}init_tables;{FAULTS[0][0]}", "page_fault", 2 if arm != "phase17-2" else 4),
        (f"{SYSTEM}do_execve_[k];load_elf_binary_[k]", "system_call", 4),
    ]
    found = [(*name, 0, int(count), 0) for name, count in zip(names, region)]
    found += [(name, layer, int(random.poisson(mean)), 0, 0) for name, layer, mean in start]
    return [*found, (MAIN + "exit;munmap", "c_library", 0, 0, int(random.poisson(1)))]


def _superslab_faults(arm: str, cell: str) -> int:
    many = {"slots=65536": 8400, "10000000": 98_000}
    if arm == "phase17-2":
        return next((n for word, n in many.items() if word in cell), 5400)
    return 8300 if "slots=65536" in cell else 412 if arm != "phase17-1" else 530


def rows(arm: str, cell: str, block: int) -> Rows:
    own = _superslab_faults(arm, cell)
    refill = "smallmid_refill" if arm.startswith("phase17") else "tiny_refill"
    payload = "superslab_payload"
    return [
        ("start_up", "c_library", "_dl_start", "file", "first", "program", 74 + block % 3),
        ("start_up", "other", "execve", "kernel", "first", "kernel", 11),
        ("start_up", "c_library", "_start", "stack", "first", "program", 4),
        ("start_up", "workload", "setup", "workload_tables", "first", "program", 128),
        ("start_up", "backend", "superslab_new", "superslab_header", "first", "program", 16),
        ("start_up", "front", "thread_state", "thread_local", "first", "program", 2),
        ("region", "backend", refill, payload, "first", "program", own - own // 5),
        ("region", "workload", "touch_payload", payload, "first", "program", own // 5),
        ("region", "backend", "superslab_new", "superslab_header", "first", "program", own // 250),
        ("region", "backend", "slab_carve", payload, "again", "program", own // 100),
        ("region", "c_library", "memset", "c_library_heap", "first", "program", 3),
        ("region", "system_call", "mmap", "c_library_heap", "first", "populate", 33),
        ("after", "workload", "exit", "shared_page", "first", "program", 1),
    ]


def touches(arm: str, cell: str) -> dict[str, Any]:
    """Bump allocation: page after page of SuperSlab after SuperSlab, until the arm reuses."""
    random = np.random.default_rng(zlib.crc32(cell.encode()))
    count = _superslab_faults(arm, cell)
    long_ns = 300_000_000 if "10000000" in cell else 3_000_000
    end_ns = long_ns if arm == "phase17-2" or "65536" in cell else long_ns * 0.12
    time_ns = np.sort(random.uniform(0, end_ns, count)).astype(int) - 200
    index = np.arange(count)
    return {
        "superslab_bytes": SUPERSLAB,
        "page_bytes": 4096,
        "time_ns": time_ns.tolist(),
        "superslab": (index // PAGES).tolist(),
        "page": ((index + random.integers(0, 6, count)) % PAGES).tolist(),
    }


def _as_long(block: dict[str, Any]) -> None:
    """A process of ten million operations does them; a region lasts as long as its faults, and is
    shorter where there are few."""
    for sample in block["samples"]:
        if "10000000" in block["cell"]:
            sample["operations"] = 10_000_000
        wall_ns = 300_000_000 if "10000000" in block["cell"] else 3_100_000
        faulting = sample["arm"] == "phase17-2" or "65536" in block["cell"]
        sample["wall_ns"] = wall_ns if faulting else wall_ns * 2 // 3


def write(folder: Path, blocks: int = 40) -> list[Path]:
    options: dict[str, Any] = {
        "experiment": "where_17-2",
        "question": "Where does 17-2's time go, and which page faults does it take?",
        "expects": "Source: 70 % of CPU time is asm_exc_page_fault and 30 % the front; Tiny has no "
        "faults, because it reuses warm SuperSlabs.",
        "comparisons": [{"arm": "phase17-2", "against": "phase17-1"}],
        "published": PUBLISHED,
    }
    written = [
        write_profile(folder / "profile", CELLS, blocks, stacks, edit=_as_long, **options),
        write_ledger(
            folder / "faults", CELLS, 5, rows, touches=touches, edit=_as_long, **options
        ),
    ]
    for run in written:
        plan = json.loads((run / "plan.json").read_text())
        write_attestation(run, plan, lambda cell: 10_000_000 if "10000000" in cell else 100_000)
    return written


if __name__ == "__main__":
    print(*write(Path(sys.argv[1])))
