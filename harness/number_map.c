/* number_map.c -- linear probing from a multiplied key, never more than half full.
 *
 * SPDX-License-Identifier: MIT */
#include "number_map.h"

#include "memory.h"

#include <stdlib.h>

enum { CAPACITY_MIN = 64 };

/* The slot of the key, or the empty one where it would stand. capacity must not be 0. Knuth's
 * multiplier (TAOCP 3, 6.4) leaves its best bits on top. */
static struct number_map_slot *slot_of(struct number_map const *map, uint64_t key)
{
    uint64_t const mixed = key * UINT64_C(0x9E3779B97F4A7C15);
    size_t i = (mixed >> 32) & (map->capacity - 1);

    while (map->slot[i].value != NULL && map->slot[i].key != key)
        i = (i + 1) & (map->capacity - 1);
    return &map->slot[i];
}

static void grow(struct number_map *map)
{
    struct number_map grown = {.capacity = map->capacity > 0 ? 2 * map->capacity : CAPACITY_MIN,
                               .count = map->count};

    grown.slot = memory_zeroed(grown.capacity, sizeof *grown.slot);
    for (size_t i = 0; i < map->capacity; i++)
        if (map->slot[i].value != NULL)
            *slot_of(&grown, map->slot[i].key) = map->slot[i];
    free(map->slot);
    *map = grown;
}

void *number_map_find(struct number_map const *map, uint64_t key)
{
    return map->capacity > 0 ? slot_of(map, key)->value : NULL;
}

void number_map_put(struct number_map *map, uint64_t key, void *value)
{
    if (map->count + 1 > map->capacity / 2)
        grow(map);
    *slot_of(map, key) = (struct number_map_slot){key, value};
    map->count++;
}

void number_map_free(struct number_map *map)
{
    for (size_t i = 0; i < map->capacity; i++)
        free(map->slot[i].value);
    free(map->slot);
    *map = (struct number_map){0};
}
