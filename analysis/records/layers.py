"""layers.py -- the layers and memories that records name: their order, their words, their colours.

A layer has one colour everywhere. The colours are those of Okabe and Ito (Color Universal Design,
2008), which stay apart for eyes that do not see red or green, with greys and a violet.

SPDX-License-Identifier: MIT"""

from __future__ import annotations

# In the order in which bars stack them: the allocator's own layers first.
LAYERS = {
    "page_fault": "#d55e00",
    "system_call": "#e69f00",
    "kernel": "#f0e442",
    "backend": "#0072b2",
    "front": "#56b4e9",
    "allocator": "#cc79a7",
    "workload": "#009e73",
    "c_library": "#7d858d",
    "other": "#b9bfc5",
}
MEMORIES = {
    "superslab_payload": "#d55e00",
    "superslab_header": "#f0e442",
    "allocator": "#cc79a7",
    "c_library_heap": "#8c6bb1",
    "thread_local": "#56b4e9",
    "workload_tables": "#009e73",
    "anonymous": "#e69f00",
    "stack": "#0072b2",
    "file": "#b9bfc5",
    "shared_page": "#5b6168",
    "harness": "#3f454c",
    "kernel": "#8f979f",
}

# Where two colours are one grey, on paper: matplotlib's hatches.
LAYER_HATCHES = {
    "page_fault": "////",
    "system_call": "\\\\\\\\",
    "c_library": "----",
    "allocator": "xxxx",
}
MEMORY_HATCHES = {
    "superslab_payload": "////",
    "allocator": "xxxx",
    "c_library_heap": "----",
    "thread_local": "\\\\\\\\",
    "shared_page": "||||",
    "kernel": "++++",
}


def words(name: str) -> str:
    """A name of the records as it is displayed: page_fault is "page fault"."""
    spaced = name.replace("_", " ")
    return spaced.replace("c library", "C library").replace("superslab", "SuperSlab")


def memory_colour(memory: str) -> str:
    """Of a memory by its name; one that a phase declared itself has its kind's."""
    kind = "superslab_header" if memory.endswith("_header") else "superslab_payload"
    declared = memory.endswith(("_header", "_payload"))
    return MEMORIES.get(memory) or (MEMORIES[kind] if declared else MEMORIES["anonymous"])


def memory_hatch(memory: str) -> str:
    """As memory_colour finds it."""
    return MEMORY_HATCHES.get("superslab_payload" if memory.endswith("_payload") else memory, "")


def memory_order(memory: str) -> tuple[int, str]:
    """Declared memory first, then as in MEMORIES, then unknown names."""
    known = list(MEMORIES)
    if memory.endswith(("_payload", "_header")):
        return (0 if memory.endswith("_payload") else 1), memory
    return (2 + known.index(memory) if memory in known else len(known) + 2), memory


def ink_on(colour: str) -> str:
    """Black or white, whichever is read better on it (WCAG 2.1, relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if luminance > 0.179 else "#ffffff"
