/* magazine.h -- a thread's own free blocks, an array of pointers for each class.
 *
 *   block ->  | oldest | ... | newest |            |
 *               0               count - 1            capacity - 1
 *
 * Nothing is written into a free block, and nothing read from it: a block that goes through the
 * array is not touched. The arrays of a thread lie in one room, mapped when the thread begins; the
 * room of one that ended is the next one's.
 *
 * Invariant: count <= capacity; both are 0 in a thread that has no room, as before its beginning,
 * after its end, or where memory is out. It then caches nothing. A magazine is found by what the
 * pagemap says of an address, so what is no class has one too, and always both are 0: it is full
 * for whatever is freed.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_MAGAZINE_H
#define SLABLAB_MAGAZINE_H

#include "core/layer.h"
#include "core/lock.h"
#include "core/os.h"
#include "core/pagemap.h"

LAYER(front);
LAYER_OF(backend, magazines_begin);
LAYER_OF(backend, magazines_end);
LAYER_OF(backend, magazine_room);
LAYER_OF(backend, magazine_capacity);
MEMORY_OF(magazine, magazine_room, 0, 0);

enum {
    MAGAZINE_BLOCKS_MIN = SETTING(MAGAZINE_BLOCKS_MIN, 32),
    MAGAZINE_BLOCKS_MAX = SETTING(MAGAZINE_BLOCKS_MAX, 256),
    MAGAZINE_BYTES_MAX = SETTING(MAGAZINE_BYTES_MAX, 65536), /* of blocks, between those limits */
    MAGAZINE_REFILL_BLOCKS = SETTING(MAGAZINE_REFILL_BLOCKS, 16), /* and at most a half */
    MAGAZINE_ROOM_BYTES = TINY_CLASSES * MAGAZINE_BLOCKS_MAX * (int)sizeof(void *)
};

_Static_assert(0 < MAGAZINE_BLOCKS_MIN && MAGAZINE_BLOCKS_MIN <= MAGAZINE_BLOCKS_MAX, "a range");

struct magazine {
    void **block;
    uint32_t count;
    uint32_t capacity;
};

struct magazines {
    struct magazine of[PAGEMAP_CODES];
};

/* The rooms of threads that ended, a pointer to the next one at the begin of each. */
struct magazine_rooms {
    pthread_mutex_t lock;
    void **left;
};

#define MAGAZINE_ROOMS_EMPTY {.lock = PTHREAD_MUTEX_INITIALIZER}

ALWAYS_INLINE struct magazine *magazine_of(struct magazines *magazines, uint32_t class)
{
    return magazines->of + PAGEMAP_CLASS + class;
}

static inline uint32_t magazine_capacity(uint32_t class)
{
    uint32_t const blocks = MAGAZINE_BYTES_MAX / tiny_stride(class);

    if (blocks < MAGAZINE_BLOCKS_MIN)
        return MAGAZINE_BLOCKS_MIN;
    return blocks < MAGAZINE_BLOCKS_MAX ? blocks : MAGAZINE_BLOCKS_MAX;
}

static inline void **magazine_room(struct magazine_rooms *rooms)
{
    lock_take(&rooms->lock);
    void **const room = rooms->left;
    if (room != NULL)
        rooms->left = *room;
    lock_give(&rooms->lock);
    return room != NULL ? room : os_map(MAGAZINE_ROOM_BYTES);
}

/* Called by free as well, which must leave errno alone. */
static inline void magazines_begin(struct magazines *magazines, struct magazine_rooms *rooms)
{
    int const saved = errno;
    void **const room = magazine_room(rooms);
    size_t used = 0;

    errno = saved;
    for (uint32_t class = 0; room != NULL && class < TINY_CLASSES; class++) {
        uint32_t const capacity = magazine_capacity(class);

        *magazine_of(magazines, class) =
            (struct magazine){.block = room + used, .capacity = capacity};
        used += capacity;
    }
}

/* All of them are empty. */
static inline void magazines_end(struct magazines *magazines, struct magazine_rooms *rooms)
{
    void **const room = magazine_of(magazines, 0)->block;

    if (room == NULL)
        return;
    *magazines = (struct magazines){0};
    lock_take(&rooms->lock);
    *room = rooms->left;
    rooms->left = room;
    lock_give(&rooms->lock);
}

/* Takes the newest block; false when there is none. */
ALWAYS_INLINE bool magazine_pop(struct magazine *magazine, void **block)
{
    uint32_t const count = magazine->count;

    if (UNLIKELY(count == 0))
        return false;
    magazine->count = count - 1;
    *block = magazine->block[count - 1];
    return true;
}

/* Keeps a block; false when the magazine is full. */
ALWAYS_INLINE bool magazine_push(struct magazine *magazine, void *block)
{
    uint32_t const count = magazine->count;

    if (UNLIKELY(count == magazine->capacity))
        return false;
    magazine->block[count] = block;
    magazine->count = count + 1;
    return true;
}

#endif
