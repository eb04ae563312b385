/* inline_chain.h -- the functions that an address belongs to, by DWARF, inlined ones expanded.
 *
 * A compilation unit is read once, when the first of its addresses is looked up.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_INLINE_CHAIN_H
#define SLABLAB_INLINE_CHAIN_H

#include "symbols/object_file.h"

#include <elfutils/libdw.h>

enum { INLINE_CHAIN_MAX = 64 };

/* begin ... end - 1 belongs to `owner`, an index or offset. */
struct code_range {
    uint64_t begin;
    uint64_t end;
    uint64_t owner;
};

/* By begin, once sorted. Ranges do not overlap, but for what a linker folded together. */
struct code_ranges {
    struct code_range *range;
    size_t count;
    size_t room;
};

struct code_unit {
    Dwarf_Die die;
    bool is_read;
    struct code_ranges functions; /* owner: the offset of its entry */
};

struct code_units {
    Dwarf *dwarf; /* NULL: there is no DWARF */
    Dwarf_Addr bias;
    struct code_unit *unit;
    size_t count;
    struct code_ranges ranges; /* owner: a position in unit */
};

void code_units_read(struct code_units *units, struct object_file const *file);
void code_units_free(struct code_units *units);

/* Writes the entries of the functions at the address, outermost first: entry[0] is a function of
 * its own, the others are inlined. Returns how many; 0 if DWARF has none. */
size_t inline_chain(struct code_units *units, uint64_t address, Dwarf_Die entry[INLINE_CHAIN_MAX]);

/* The path of the file that defines the function; NULL if unknown. */
char const *inline_chain_file(Dwarf_Die const *entry);

#endif
