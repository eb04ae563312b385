/* number_map.h -- what is known of a number, found at once: a hash table with open addressing.
 *
 * Values are pointers from malloc and belong to the map; none is NULL. A map of zeros is empty.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_NUMBER_MAP_H
#define SLABLAB_NUMBER_MAP_H

#include <stddef.h>
#include <stdint.h>

struct number_map_slot {
    uint64_t key;
    void *value; /* NULL: nobody lives here */
};

/* Invariant: capacity == 0 or a power of two, and count <= capacity / 2. */
struct number_map {
    struct number_map_slot *slot;
    size_t capacity;
    size_t count;
};

/* NULL where nothing was put under the key. */
void *number_map_find(struct number_map const *map, uint64_t key);

/* The key must be a new one. */
void number_map_put(struct number_map *map, uint64_t key, void *value);

void number_map_free(struct number_map *map);

#endif
