/* ledger_superslabs.h -- faults on SuperSlabs by time, for a heat map.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LEDGER_SUPERSLABS_H
#define SLABLAB_LEDGER_SUPERSLABS_H

#include "base/number_map.h"
#include "instrument/ledger_memory.h"

#include <jansson.h>

/* All zero: no faults. */
struct superslabs {
    uint64_t unit_bytes;
    struct number_map numbers; /* piece -> its number, plus one */
    json_t *time_ns;
    json_t *superslab;
    json_t *page;
};

/* A fault at an address of memory that is declared in units; time_ns from the region's begin. The
 * first fault's unit_bytes are the ledger's: a fault on pieces of another size is left out. */
void superslabs_add(struct superslabs *superslabs, struct memory const *memory, uint64_t address,
                    int64_t time_ns);

/* The object `superslab_faults` of records.md, a new reference; NULL if there were none. */
json_t *superslabs_describe(struct superslabs const *superslabs);

void superslabs_free(struct superslabs *superslabs);

#endif
