/* table.h -- numbers found by numbers, for things that are looked up a million times.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TABLE_H
#define SLABLAB_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct table_slot {
    uint64_t key; /* TABLE_EMPTY where nothing is */
    uint64_t value;
};

/* All zero is an empty table. capacity is 0 or a power of two, and at least 2 * count. */
struct table {
    struct table_slot *slot;
    size_t capacity;
    size_t count;
};

#define TABLE_EMPTY UINT64_MAX /* no key */

/* The value of the key, which is put in with 0 where it was not. Good until the next table_at. */
uint64_t *table_at(struct table *table, uint64_t key);

/* The value of the key; NULL where it was never put in. */
uint64_t *table_find(struct table const *table, uint64_t key);

struct table table_copy(struct table const *table);

/* Leaves an empty table. */
void table_free(struct table *table);

#endif
