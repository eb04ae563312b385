/* table.c -- a hash table of numbers with open addressing.
 *
 * SPDX-License-Identifier: MIT */
#include "table.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

enum { CAPACITY_FIRST = 64 };

/* Fibonacci hashing: the high bits of the product depend on all bits of the key. */
static size_t position_of(struct table const *table, uint64_t key)
{
    uint64_t const mixed = key * UINT64_C(0x9e3779b97f4a7c15);
    size_t position = (size_t)(mixed >> 32 ^ mixed) & (table->capacity - 1);

    while (table->slot[position].key != key && table->slot[position].key != TABLE_EMPTY)
        position = (position + 1) & (table->capacity - 1);
    return position;
}

static void grow(struct table *table)
{
    size_t const capacity = table->capacity == 0 ? CAPACITY_FIRST : 2 * table->capacity;
    struct table grown = {memory_zeroed(capacity, sizeof *grown.slot), capacity, table->count};

    for (size_t i = 0; i < capacity; i++)
        grown.slot[i].key = TABLE_EMPTY;
    for (size_t i = 0; i < table->capacity; i++)
        if (table->slot[i].key != TABLE_EMPTY)
            grown.slot[position_of(&grown, table->slot[i].key)] = table->slot[i];
    free(table->slot);
    *table = grown;
}

uint64_t *table_at(struct table *table, uint64_t key)
{
    uint64_t *const found = table_find(table, key);

    if (found != NULL)
        return found;
    if (2 * (table->count + 1) > table->capacity)
        grow(table);
    struct table_slot *const slot = &table->slot[position_of(table, key)];
    *slot = (struct table_slot){key, 0};
    table->count++;
    return &slot->value;
}

uint64_t *table_find(struct table const *table, uint64_t key)
{
    if (table->capacity == 0)
        return NULL;
    struct table_slot *const slot = &table->slot[position_of(table, key)];
    return slot->key == key ? &slot->value : NULL;
}

struct table table_copy(struct table const *table)
{
    struct table copy = {NULL, table->capacity, table->count};

    if (table->capacity > 0) {
        copy.slot = memory_zeroed(table->capacity, sizeof *copy.slot);
        memcpy(copy.slot, table->slot, table->capacity * sizeof *copy.slot);
    }
    return copy;
}

void table_free(struct table *table)
{
    free(table->slot);
    *table = (struct table){0};
}
