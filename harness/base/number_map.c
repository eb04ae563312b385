/* number_map.c -- a hash table of numbers with open addressing.
 *
 * SPDX-License-Identifier: MIT */
#include "base/number_map.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { CAPACITY_FIRST = 64 };

/* Fibonacci hashing: the high bits of the product depend on all bits of the key. */
static size_t position_of(struct number_map const *map, uint64_t key)
{
    uint64_t const mixed = key * UINT64_C(0x9e3779b97f4a7c15);
    size_t position = (size_t)(mixed >> 32 ^ mixed) & (map->capacity - 1);

    while (map->slot[position].key != key && map->slot[position].key != NUMBER_MAP_EMPTY)
        position = (position + 1) & (map->capacity - 1);
    return position;
}

static void grow(struct number_map *map)
{
    size_t const capacity = map->capacity == 0 ? CAPACITY_FIRST : 2 * map->capacity;
    struct number_map grown = {memory_zeroed(capacity, sizeof *grown.slot), capacity, map->count};

    for (size_t i = 0; i < capacity; i++)
        grown.slot[i].key = NUMBER_MAP_EMPTY;
    for (size_t i = 0; i < map->capacity; i++)
        if (map->slot[i].key != NUMBER_MAP_EMPTY)
            grown.slot[position_of(&grown, map->slot[i].key)] = map->slot[i];
    free(map->slot);
    *map = grown;
}

uint64_t *number_map_at(struct number_map *map, uint64_t key)
{
    uint64_t *const found = number_map_find(map, key);

    if (found != NULL)
        return found;
    if (2 * (map->count + 1) > map->capacity)
        grow(map);
    struct number_map_slot *const slot = &map->slot[position_of(map, key)];
    *slot = (struct number_map_slot){key, 0};
    map->count++;
    return &slot->value;
}

uint64_t *number_map_find(struct number_map const *map, uint64_t key)
{
    if (map->capacity == 0)
        return NULL;
    struct number_map_slot *const slot = &map->slot[position_of(map, key)];
    return slot->key == key ? &slot->value : NULL;
}

struct number_map number_map_copy(struct number_map const *map)
{
    struct number_map copy = {NULL, map->capacity, map->count};

    if (map->capacity > 0) {
        copy.slot = memory_zeroed(map->capacity, sizeof *copy.slot);
        memcpy(copy.slot, map->slot, map->capacity * sizeof *copy.slot);
    }
    return copy;
}

void number_map_free(struct number_map *map)
{
    free(map->slot);
    *map = (struct number_map){0};
}
