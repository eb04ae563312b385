/* magazine.h -- a thread's own free blocks, an array of pointers for each class.
 *
 *   NULL | oldest | ... | newest |            |
 *          first                   top          limit
 *
 * Nothing is written into a free block, and nothing read from it: a block that goes through the
 * array is not touched. The arrays of a thread lie in one room, mapped when the thread begins; the
 * room of one that ended is the next one's.
 *
 * Where arrays may grow, one that is full and was refilled since it was full the last time is
 * doubled, a mapping of its own from then on, in place of a drain: drains and refills alternate, so
 * it was too short for what comes and goes.
 *
 * Where memory decays, frees are counted, and one in MAGAZINE_TICK looks at the clock: arrays that
 * hold all that comes and goes are neither refilled nor drained.
 *
 * Invariant: first <= top <= limit, and first[-1] is NULL. All three are equal in a thread that has
 * no room, as before its beginning, after its end, or where memory is out: it caches nothing. A
 * magazine is found by what the pagemap says of an address, so what is no class has one too, which
 * is always so: it is full for whatever is freed.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_MAGAZINE_H
#define SLABLAB_MAGAZINE_H

#include <string.h>

#include "core/layer.h"
#include "core/lock.h"
#include "core/os.h"
#include "core/pagemap.h"
#include "parts/decay.h"

LAYER(front);
LAYER_OF(backend, magazines_begin);
LAYER_OF(backend, magazines_end);
LAYER_OF(backend, magazine_room);
LAYER_OF(backend, magazine_capacity);
LAYER_OF(backend, magazine_grow);
LAYER_OF(backend, magazine_longer);
LAYER_OF(backend, magazine_shrink);
MEMORY_OF(magazine, magazine_room, 0, 0);
MEMORY_OF(magazine, magazine_longer, 0, 0);

CONSTANT(MAGAZINE_BLOCKS_MAX, 256, held, 32, 4096, "blocks", "that a thread's list holds");
CONSTANT(MAGAZINE_REFILL_BLOCKS, 16, batch, 1, 1024, "blocks",
         "that a refill takes, and at most half of what a list holds");
CONSTANT(MAGAZINE_GROWN_BLOCKS_MAX, 0, grown, 0, 65536, "blocks",
         "to which arrays grow; 0: none grows");
CONSTANT(MAGAZINE_TICK, 0, tick, 0, 1048576, "frees",
         "until a thread looks at the clock for idle memory; 0: where it refills and drains alone");
enum {
    MAGAZINE_BLOCKS_MIN = SETTING(MAGAZINE_BLOCKS_MIN, 32),
    MAGAZINE_BYTES_MAX = SETTING(MAGAZINE_BYTES_MAX, 65536), /* of blocks, between those limits */
    MAGAZINE_GROWN_BYTES_MAX = SETTING(MAGAZINE_GROWN_BYTES_MAX, 8 << 20),
    MAGAZINE_GROWN_MEDIUM_MAX = SETTING(MAGAZINE_GROWN_MEDIUM_MAX, 1 << 20), /* above 2,040 bytes */
    MAGAZINE_ROOM_BYTES = TINY_CLASSES * (MAGAZINE_BLOCKS_MAX + 1) * (int)sizeof(void *)
};

_Static_assert(0 < MAGAZINE_BLOCKS_MIN && (int)MAGAZINE_BLOCKS_MIN <= (int)MAGAZINE_BLOCKS_MAX,
               "a range");

struct magazine {
    void **top;
    void **limit;
};

struct magazines {
    struct magazine of[PAGEMAP_CODES];
    void **first[PAGEMAP_CODES];
    void **room; /* NULL: none */
    /* Since the array was full, or it never was. Only where arrays grow. */
    bool refilled[MAGAZINE_GROWN_BLOCKS_MAX > 0 ? PAGEMAP_CODES : 1];
    /* Refilled, drained or grown since decayed_ms. Only where memory decays. */
    bool busy[DECAY_MS > 0 ? PAGEMAP_CODES : 1];
    uint64_t decayed_ms;
    uint32_t ticks; /* frees until the next look at the clock. Only where MAGAZINE_TICK is set. */
};

/* Of a thread without room. */
static void *magazine_nothing[2];
#define MAGAZINES_NONE                                                                    \
    {                                                                                     \
        .of = {[0 ... PAGEMAP_CODES - 1] = {magazine_nothing + 1, magazine_nothing + 1}}, \
        .first = {[0 ... PAGEMAP_CODES - 1] = magazine_nothing + 1},                      \
        .ticks = MAGAZINE_TICK,                                                           \
    }

/* The code of a request's class, as the pagemap has it of its blocks. */
#define MAGAZINE_STEPS_ROW(class, before, size_max)                                  \
    [(class) == 0 ? 0 : DENSE_LAST_STEP(before) + 1 ... DENSE_LAST_STEP(size_max)] = \
        PAGEMAP_CLASS + (class),
static uint8_t const magazine_code_of_step[] = {DENSE_TABLE(MAGAZINE_STEPS_ROW)};

/* The rooms of threads that ended, a pointer to the next one at the begin of each. */
struct magazine_rooms {
    pthread_mutex_t lock;
    void **left;
};

#define MAGAZINE_ROOMS_EMPTY {.lock = PTHREAD_MUTEX_INITIALIZER}

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

/* A room for the next thread, of memory that stays. */
static inline void magazine_rooms_add(struct magazine_rooms *rooms, void *memory)
{
    void **const room = memory;

    lock_take(&rooms->lock);
    *room = rooms->left;
    rooms->left = room;
    lock_give(&rooms->lock);
}

/* Called by free as well, which must leave errno alone. */
static inline void magazines_begin(struct magazines *magazines, struct magazine_rooms *rooms)
{
    int const saved = errno;
    void **room = magazine_room(rooms);

    errno = saved;
    magazines->room = room;
    for (uint32_t class = 0; room != NULL && class < TINY_CLASSES; class++) {
        uint32_t const code = PAGEMAP_CLASS + class;

        *room++ = NULL;
        magazines->first[code] = room;
        magazines->of[code].top = room;
        room += magazine_capacity(class);
        magazines->of[code].limit = room;
    }
}

/* In how many bytes an array lies, with the NULL in front of it. */
static inline size_t magazine_bytes(struct magazines const *magazines, uint32_t code)
{
    return (size_t)((char *)magazines->of[code].limit - (char *)(magazines->first[code] - 1));
}

/* Blocks for which there is room. */
static inline uint32_t magazine_limit(struct magazines const *magazines, uint32_t code)
{
    return (uint32_t)(magazines->of[code].limit - magazines->first[code]);
}

ALWAYS_INLINE void magazine_was_refilled(struct magazines *magazines, uint32_t code)
{
    if (MAGAZINE_GROWN_BLOCKS_MAX > 0)
        magazines->refilled[code] = true;
}

static inline bool magazine_is_grown(struct magazines const *magazines, uint32_t code)
{
    return magazine_limit(magazines, code) > magazine_capacity(code - PAGEMAP_CLASS);
}

/* Gives a grown array back to the system. */
static inline void magazine_shrink(struct magazines *magazines, uint32_t code)
{
    if (magazine_is_grown(magazines, code))
        os_unmap(magazines->first[code] - 1, magazine_bytes(magazines, code));
}

/* The array in so many bytes, or NULL. What lies in a mapping of its own keeps its pages, so that
 * none has a second fault. */
static inline void **magazine_longer(struct magazines *magazines, uint32_t code, size_t bytes)
{
    void **const array = magazines->first[code] - 1;
    size_t const before = magazine_bytes(magazines, code);
    void *const room = os_map(bytes);

    if (room == NULL)
        return NULL;
    if (magazine_is_grown(magazines, code))
        return os_move(array, before, room, bytes) ? room : NULL;
    return memcpy(room, array, before);
}

/* Doubles the array of a full magazine; false if it is not to be. Leaves errno alone. */
static inline bool magazine_grow(struct magazines *magazines, uint32_t code)
{
    size_t const blocks = (size_t)magazine_limit(magazines, code) * 2;
    size_t const stride = tiny_stride(code - PAGEMAP_CLASS);
    int const saved = errno;

    if (MAGAZINE_GROWN_BLOCKS_MAX == 0 || !magazines->refilled[code])
        return false;
    magazines->refilled[code] = false;
    if (blocks > MAGAZINE_GROWN_BLOCKS_MAX || blocks * stride > MAGAZINE_GROWN_BYTES_MAX)
        return false;
    if (TINY_CLASSES > DENSE_CLASSES && code - PAGEMAP_CLASS >= DENSE_CLASSES &&
        blocks * stride > MAGAZINE_GROWN_MEDIUM_MAX)
        return false;
    void **const array = magazine_longer(magazines, code, (blocks + 1) * sizeof *array);
    errno = saved;
    if (array == NULL)
        return false;
    magazines->first[code] = array + 1;
    magazines->of[code].top = array + 1 + blocks / 2;
    magazines->of[code].limit = array + 1 + blocks;
    return true;
}

/* All of them are empty. */
static inline void magazines_end(struct magazines *magazines, struct magazine_rooms *rooms)
{
    static struct magazines const none = MAGAZINES_NONE;
    void **const room = magazines->room;

    if (room == NULL)
        return;
    for (uint32_t code = PAGEMAP_CLASS; code < PAGEMAP_NO_CLASS; code++)
        magazine_shrink(magazines, code);
    *magazines = none;
    magazine_rooms_add(rooms, room);
}

/* Takes the newest block; NULL when there is none. */
ALWAYS_INLINE void *magazine_pop(struct magazine *magazine)
{
    void *const block = magazine->top[-1];

    if (LIKELY(block != NULL))
        magazine->top--;
    return block;
}

/* Keeps a block; false when the magazine is full. */
ALWAYS_INLINE bool magazine_push(struct magazine *magazine, void *block)
{
    if (UNLIKELY(magazine->top == magazine->limit))
        return false;
    *magazine->top++ = block;
    return true;
}

#endif
