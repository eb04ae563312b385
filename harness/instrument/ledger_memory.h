/* ledger_memory.h -- the purpose of the memory at an address.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LEDGER_MEMORY_H
#define SLABLAB_LEDGER_MEMORY_H

#include "symbols/layers.h"

/* `declaration` and `unit` are set for memory that the allocator declares in units; else NULL and
 * 0. */
struct memory {
    char const *name; /* as in records.md; valid as long as the memories */
    struct memory_declaration const *declaration;
    uint64_t unit;    /* address of the piece that contains it */
    size_t made;      /* number of the event that mapped it */
};

struct memories;

struct memories *memories_new(struct trace const *trace, struct spaces const *spaces,
                              struct locations *locations, struct layer_objects objects);
void memories_free(struct memories *memories);

/* Processes event number `event`, after the spaces did. */
void memories_take(struct memories *memories, size_t event);

/* in_exec: the kernel is setting up the program. */
struct memory memory_at(struct memories *memories, uint32_t pid, uint64_t address, bool in_exec);

#endif
