/* inline_chain.h -- the functions that an address belongs to, by DWARF, inlined ones expanded.
 *
 * A compilation unit is read once, when the first of its addresses is looked up.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_INLINE_CHAIN_H
#define SLABLAB_INLINE_CHAIN_H

#include "base/number_map.h"
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
    Dwarf_Die die; /* of its .dwo file, if it is split */
    bool is_read;
    struct code_ranges functions; /* owner: the offset of its entry */
    struct number_map copies;     /* address of an origin -> that of its function's own code */
};

struct code_units {
    Dwarf *dwarf; /* NULL: there is no DWARF */
    Dwarf_Addr bias;
    struct code_unit *unit;
    size_t count;
    struct code_ranges ranges;      /* owner: a position in unit */
    size_t split_missing;           /* units whose .dwo file is not there */
    char const *split_missing_name; /* the first one's */
};

void code_units_read(struct code_units *units, struct object_file const *file);
void code_units_free(struct code_units *units);

/* Writes the entries of the functions at the address, outermost first: entry[0] is a function of
 * its own, the others are inlined. Returns how many; 0 if DWARF has none. */
size_t inline_chain(struct code_units *units, uint64_t address, Dwarf_Die entry[INLINE_CHAIN_MAX]);

/* The entry that all copies of an inlined function have in common; otherwise the entry itself. */
Dwarf_Die inline_chain_origin(Dwarf_Die const *entry);

/* Where the function of an inlined entry has, in the same unit, code of its own; 0: nowhere. */
uint64_t inline_chain_copy(struct code_units const *units, Dwarf_Die const *entry);

/* The path of the file that defines the function; NULL if unknown. */
char const *inline_chain_file(Dwarf_Die const *entry);

#endif
