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

/* A copy; NULL of NULL. arena_keep frees the text that it copies. */
char *arena_text(struct arena *arena, char const *text);
char *arena_keep(struct arena *arena, char *text);
__attribute__((format(printf, 2, 3))) char *arena_format(struct arena *arena, char const *format,
                                                         ...);

/* `elements` with room for one more behind the first `count`, which is zeroed. They may move, and
 * what they leave stays in the arena: at most as much again as they take in the end. */
void *arena_room_for_one(struct arena *arena, void *elements, size_t count, size_t size);

/* Frees all pieces; the arena is then empty. */
void arena_free(struct arena *arena);

#endif
