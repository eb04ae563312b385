/* arena.c -- chunks of a megabyte, in a list from the newest to the oldest.
 *
 * SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
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

char *arena_text(struct arena *arena, char const *text)
{
    return text != NULL ? arena_copy(arena, text, strlen(text) + 1) : NULL;
}

char *arena_keep(struct arena *arena, char *text)
{
    char *const kept = arena_text(arena, text);

    free(text);
    return kept;
}

char *arena_format(struct arena *arena, char const *format, ...)
{
    va_list arguments;
    va_list again;

    va_start(arguments, format);
    va_copy(again, arguments);
    size_t const bytes = (size_t)vsnprintf(NULL, 0, format, arguments) + 1;
    char *const text = arena_room(arena, bytes);
    vsnprintf(text, bytes, format, again);
    va_end(again);
    va_end(arguments);
    return text;
}

/* Full exactly where count is 0 or a power of two. */
void *arena_room_for_one(struct arena *arena, void *elements, size_t count, size_t size)
{
    if ((count & (count - 1)) != 0)
        return elements;
    void *const grown = arena_zeroed(arena, (count > 0 ? 2 * count : 1) * size);
    if (count > 0)
        memcpy(grown, elements, count * size);
    return grown;
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
