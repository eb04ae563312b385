/* arena.h -- many small pieces of memory that are freed together.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_ARENA_H
#define SLABLAB_ARENA_H

#include <stddef.h>

/* {NULL} is an empty one. */
struct arena {
    struct arena_chunk *newest;
    size_t left; /* bytes of it */
};

/* Aligned to 8 bytes, not zeroed; never NULL. */
void *arena_room(struct arena *arena, size_t bytes);
void *arena_zeroed(struct arena *arena, size_t bytes);
void *arena_copy(struct arena *arena, void const *from, size_t bytes);

/* Frees all pieces; the arena is then empty. */
void arena_free(struct arena *arena);

#endif
