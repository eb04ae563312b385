/* ledger_memory.h -- what the memory at an address is for.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LEDGER_MEMORY_H
#define SLABLAB_LEDGER_MEMORY_H

#include "symbols/layers.h"

/* `declaration` and `unit` of memory that the allocator declares in units; else NULL and 0. */
struct memory {
    char const *name; /* as in records.md; good as long as the memories */
    struct memory_declaration const *declaration;
    uint64_t unit;    /* address of the piece that it lies in */
    size_t made;      /* number of the event that mapped it */
};

struct memories;

struct memories *memories_new(struct trace const *trace, struct spaces const *spaces,
                              struct places *places, struct layer_objects objects);
void memories_free(struct memories *memories);

/* Takes in event number `event`, after the spaces have. */
void memories_take(struct memories *memories, size_t event);

/* in_exec: the kernel is building the program. */
struct memory memory_at(struct memories *memories, uint32_t pid, uint64_t address, bool in_exec);

#endif
