/* number_map.h -- a map from numbers to numbers, for a million look-ups.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_NUMBER_MAP_H
#define SLABLAB_NUMBER_MAP_H

#include <stddef.h>
#include <stdint.h>

struct number_map_slot {
    uint64_t key; /* NUMBER_MAP_EMPTY: unused */
    uint64_t value;
};

/* All zero is an empty map. capacity is 0 or a power of two, and at least 2 * count. */
struct number_map {
    struct number_map_slot *slot;
    size_t capacity;
    size_t count;
};

#define NUMBER_MAP_EMPTY UINT64_MAX /* no key */

/* The value of the key, which is inserted with 0 if it is absent. Valid until the next
 * number_map_at. */
uint64_t *number_map_at(struct number_map *map, uint64_t key);

/* The value of the key; NULL if it was never inserted. */
uint64_t *number_map_find(struct number_map const *map, uint64_t key);

struct number_map number_map_copy(struct number_map const *map);

/* Empties the map. */
void number_map_free(struct number_map *map);

#endif
