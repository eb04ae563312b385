/* arena.c -- chunks of a megabyte, in a list from the newest to the oldest.
 *
 * SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 1 << 20 };

struct arena_chunk {
    struct arena_chunk *older;
    uint64_t memory[];
};

void *arena_room(struct arena *arena, size_t bytes)
{
    size_t const words = (bytes + sizeof(uint64_t) - 1) / sizeof(uint64_t);
    size_t const needed = words * sizeof(uint64_t);

    if (arena->newest == NULL || needed > arena->left) {
        size_t const room = needed > CHUNK_BYTES ? needed : CHUNK_BYTES;
        struct arena_chunk *const chunk = memory_zeroed(1, sizeof *chunk + room);
        chunk->older = arena->newest;
        arena->newest = chunk;
        arena->left = room;
    }
    arena->left -= needed; /* handed out from the end */
    return arena->newest->memory + arena->left / sizeof(uint64_t);
}

void *arena_zeroed(struct arena *arena, size_t bytes)
{
    return memset(arena_room(arena, bytes), 0, bytes);
}

void *arena_copy(struct arena *arena, void const *from, size_t bytes)
{
    return memcpy(arena_room(arena, bytes), from, bytes);
}

void arena_free(struct arena *arena)
{
    while (arena->newest != NULL) {
        struct arena_chunk *const older = arena->newest->older;
        free(arena->newest);
        arena->newest = older;
    }
    arena->left = 0;
}
