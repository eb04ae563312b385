/* bitmap_pool.h -- slabs whose free blocks are bits, each class behind a lock of its own.
 *
 *   0               8 KB          64 KB               960 KB             1 MB
 *   | header, bits  | slab 0 ...  | slab 1 ...        | slab 15 ...      |
 *
 *   bits of a slab, word 0 first:  0 0 0 0 0 1 0 1 1 1 ...      1: the block is free
 *                                  ^ block 0, the lowest address
 *
 * Nothing is written into a free block, and a new one is a free one: there is no carving. A refill
 * takes blocks in rising order of address. A block that comes back and is free already is a second
 * free. Empty slabs are any class's; of each class one may stay empty, so that a class at the edge
 * of a slab does not take and leave it again and again.
 *
 * Invariants, outside the class's lock:
 *   used + |bits| == capacity             of a slab
 *   no word before `first` has a bit
 *   with_room holds exactly the slabs of its class with used < capacity
 * Outside the pool's lock, which is taken while a class's is held and never the other way round:
 *   with_unused holds exactly the SuperSlabs out of the cache with unused != 0
 *   a SuperSlab whose slabs have become unused, all of them, is cached
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_BITMAP_POOL_H
#define SLABLAB_BITMAP_POOL_H

#include <string.h>

#include "core/check.h"
#include "core/layer.h"
#include "core/lock.h"
#include "core/pagemap.h"
#include "core/tag.h"
#include "parts/superslab_cache.h"

LAYER(backend);
MEMORY_OF(superslab, bitmap_map, 1048576, 8192);

enum {
    BITMAP_HEADER_BYTES = OS_PAGE_BYTES * 2,
    BITMAP_WORD_BITS = sizeof(uint64_t) * 8,
    BITMAP_WORDS = SETTING(BITMAP_WORDS, 52), /* so that the header is two pages */
    BITMAP_COLOR_BYTES = 64,
    BITMAP_COLORS = SETTING(BITMAP_COLORS, 1), /* a power of two */
    BITMAP_MAPPED = SETTING(BITMAP_MAPPED, 1), /* SuperSlabs at a time; 2 fill a huge page */
    BITMAP_MAPPED_BYTES = BITMAP_MAPPED * SUPERSLAB_BYTES,
    BITMAP_BLOCKS_MAX = BITMAP_WORDS * BITMAP_WORD_BITS
};
_Static_assert(0 < BITMAP_COLORS && (BITMAP_COLORS & (BITMAP_COLORS - 1)) == 0, "no such colors");
_Static_assert((int)OS_HUGE_PAGE_BYTES == 2 * (int)SUPERSLAB_BYTES, "a pair is no huge page");
_Static_assert(BITMAP_HEADER_BYTES == 8192 && SUPERSLAB_BYTES == 1048576, "or say so above");

/* Seven cache lines. A stride of 16 leaves the end of its slab unused. */
struct bitmap_slab {
    struct link link; /* in with_room */
    uint16_t class;
    uint16_t used;     /* blocks that are not free here */
    uint16_t capacity; /* blocks of the slab */
    uint16_t first;    /* the first word that may have a bit */
    uint16_t begin;    /* of block 0, in bytes from the slab's; so many a header and a color take */
    uint64_t free[BITMAP_WORDS];
} __attribute__((aligned(64)));

struct bitmap_superslab {
    uint64_t magic;
    struct cached cached; /* its link is in the pool's with_unused, or in the cache */
    uint16_t unused;      /* bit i: slab i has no class */
    struct bitmap_slab slab[SLABS];
};

#define BITMAP_MAGIC UINT64_C(0x53555045525f424d) /* "SUPER_BM" */
_Static_assert(sizeof(struct bitmap_superslab) <= BITMAP_HEADER_BYTES, "the header is too small");

struct bitmap_class {
    pthread_mutex_t lock;
    struct link *with_room;
} __attribute__((aligned(64)));

struct bitmap_pool {
    struct bitmap_class of[TINY_CLASSES];
    pthread_mutex_t lock; /* of what follows, and of `unused` */
    struct link *with_unused;
    struct superslab_cache cache;
};

#define BITMAP_POOL_EMPTY                                                             \
    {                                                                                 \
        .of = {[0 ... TINY_CLASSES - 1] = {.lock = PTHREAD_MUTEX_INITIALIZER}},       \
        .lock = PTHREAD_MUTEX_INITIALIZER,                                            \
    }

/* offset * this >> 32 is offset / stride, of offsets in a slab. */
#define BITMAP_RECIPROCAL_ROW(class, before, size_max) \
    [class] = (uint32_t)((UINT64_C(1) << 32) / DENSE_STRIDE(size_max) + 1),
static uint32_t const bitmap_reciprocals[TINY_CLASSES] = {DENSE_TABLE(BITMAP_RECIPROCAL_ROW)};

/* Fresh zeroed memory, or NULL with errno ENOMEM. */
static inline char *bitmap_map(void)
{
    char *const memory = superslab_in_reach(
        os_map_aligned(BITMAP_MAPPED_BYTES, BITMAP_MAPPED_BYTES), BITMAP_MAPPED_BYTES);

    if (memory == NULL)
        return NULL;
    observe_many(SUPERSLABS_MAPPED, BITMAP_MAPPED);
    if (BITMAP_MAPPED == 2)
        os_ask_for_huge_pages(memory, BITMAP_MAPPED_BYTES);
    return memory;
}

ALWAYS_INLINE struct bitmap_slab *bitmap_slab_of_link(struct link *link)
{
    return CONTAINER_OF(link, struct bitmap_slab, link);
}

ALWAYS_INLINE uint32_t bitmap_slab_number(struct bitmap_slab const *slab)
{
    struct bitmap_superslab const *const superslab = superslab_of(slab);

    return (uint32_t)(slab - superslab->slab);
}

ALWAYS_INLINE uint32_t bitmap_header_bytes(uint32_t number)
{
    return number == 0 ? BITMAP_HEADER_BYTES : 0;
}

/* Where the slab's 64 KB begin, with the header in the first one's. */
ALWAYS_INLINE char *bitmap_slab_memory(struct bitmap_slab const *slab)
{
    return (char *)superslab_of(slab) + (size_t)bitmap_slab_number(slab) * SLAB_BYTES;
}

ALWAYS_INLINE char *bitmap_first_block(struct bitmap_slab const *slab)
{
    return bitmap_slab_memory(slab) + slab->begin;
}

/* Bytes by which the slab's blocks are moved. Of a stride with a factor of 2^n cache lines, the
 * first bytes of a slab's blocks lie in one of 2^n parts of a cache's sets, and slabs that are
 * moved by 0 to 2^n - 1 lines lie in all of them. Neighbours in memory are moved differently. */
static inline uint32_t bitmap_color_bytes(struct bitmap_slab const *slab, uint32_t class)
{
    uint32_t const lines = tiny_stride(class) / BITMAP_COLOR_BYTES;
    uint32_t const factor = lines & -lines;
    uint32_t const colors = factor < BITMAP_COLORS ? factor : BITMAP_COLORS;

    if (tiny_stride(class) % BITMAP_COLOR_BYTES != 0)
        return 0;
    return (uint32_t)((uintptr_t)bitmap_slab_memory(slab) / SLAB_BYTES % colors) *
           BITMAP_COLOR_BYTES;
}

/* The slab has its class's blocks, all of them free. */
static inline void bitmap_slab_begin(struct bitmap_slab *slab, uint32_t class)
{
    uint32_t const begin =
        bitmap_header_bytes(bitmap_slab_number(slab)) + bitmap_color_bytes(slab, class);
    uint32_t const fit = (SLAB_BYTES - begin) / tiny_stride(class);
    uint32_t const capacity = fit < BITMAP_BLOCKS_MAX ? fit : BITMAP_BLOCKS_MAX;
    uint32_t const words = (capacity + BITMAP_WORD_BITS - 1) / BITMAP_WORD_BITS;

    slab->class = (uint16_t)class;
    slab->begin = (uint16_t)begin;
    slab->capacity = (uint16_t)capacity;
    slab->used = 0;
    slab->first = 0;
    memset(slab->free, 0xff, words * sizeof *slab->free);
    if (capacity % BITMAP_WORD_BITS != 0)
        slab->free[words - 1] = (UINT64_C(1) << capacity % BITMAP_WORD_BITS) - 1;
    pagemap_set(bitmap_slab_memory(slab), SLAB_BYTES, PAGEMAP_CLASS + class);
}

/* Makes a SuperSlab of memory: 16 unused slabs. The pool's lock is held. */
static inline void bitmap_adopt(struct bitmap_pool *pool, void *memory)
{
    struct bitmap_superslab *const superslab = memory;

    superslab->magic = BITMAP_MAGIC;
    superslab->unused = (uint16_t)SLABS_ALL;
    list_push(&pool->with_unused, &superslab->cached.link);
    pagemap_set(superslab, SUPERSLAB_BYTES, PAGEMAP_NO_CLASS);
}

/* with_unused gets SuperSlabs, the lowest address first; false when memory is out. The pool's lock
 * is held. */
static inline bool bitmap_grow(struct bitmap_pool *pool)
{
    char *memory = cache_take(&pool->cache);

    if (memory != NULL) {
        bitmap_adopt(pool, memory);
        return true;
    }
    memory = bitmap_map();
    for (uint32_t i = BITMAP_MAPPED; memory != NULL && i-- > 0;)
        bitmap_adopt(pool, memory + (size_t)i * SUPERSLAB_BYTES);
    return memory != NULL;
}

/* A slab without class, no longer unused; NULL when memory is out. */
static inline struct bitmap_slab *bitmap_slab_any(struct bitmap_pool *pool)
{
    struct bitmap_slab *slab = NULL;

    lock_take(&pool->lock);
    if (pool->with_unused != NULL || bitmap_grow(pool)) {
        struct bitmap_superslab *const superslab =
            CONTAINER_OF(pool->with_unused, struct bitmap_superslab, cached.link);
        uint32_t const number = (uint32_t)__builtin_ctz(superslab->unused);

        superslab->unused &= (uint16_t) ~(1u << number);
        if (superslab->unused == 0)
            list_remove(&pool->with_unused, &superslab->cached.link);
        slab = &superslab->slab[number];
    }
    lock_give(&pool->lock);
    return slab;
}

/* An unused slab for the class, whose lock is held; NULL when memory is out. */
static inline struct bitmap_slab *bitmap_slab_new(struct bitmap_pool *pool, uint32_t class)
{
    struct bitmap_slab *const slab = bitmap_slab_any(pool);

    if (slab == NULL)
        return NULL;
    observe(SLABS_TAKEN);
    bitmap_slab_begin(slab, class);
    list_push(&pool->of[class].with_room, &slab->link);
    return slab;
}

/* The slab, in no list, is empty. */
static inline void bitmap_slab_end(struct bitmap_pool *pool, struct bitmap_slab *slab)
{
    struct bitmap_superslab *const superslab = superslab_of(slab);

    observe(SLABS_EMPTIED);
    pagemap_set(bitmap_slab_memory(slab), SLAB_BYTES, PAGEMAP_NO_CLASS);
    lock_take(&pool->lock);
    if (superslab->unused == 0)
        list_push(&pool->with_unused, &superslab->cached.link);
    superslab->unused |= (uint16_t)(1u << bitmap_slab_number(slab));
    if (superslab->unused == SLABS_ALL) {
        list_remove(&pool->with_unused, &superslab->cached.link);
        cache_put(&pool->cache, &superslab->cached);
    }
    lock_give(&pool->lock);
}

/* Takes at most count blocks, lowest address first, and puts them before end, each before the last
 * one; says how many. */
static inline uint32_t bitmap_slab_take(struct bitmap_slab *slab, uint32_t count, void **end)
{
    char *const first = bitmap_first_block(slab);
    uint32_t const stride = tiny_stride(slab->class);
    uint32_t const room = (uint32_t)slab->capacity - slab->used;
    uint32_t const taken = count < room ? count : room;
    uint32_t left = taken;

    for (uint32_t word = slab->first; left > 0; word++) {
        char *const begin = first + (size_t)word * BITMAP_WORD_BITS * stride;
        uint64_t bits = slab->free[word];

        for (; bits != 0 && left > 0; bits &= bits - 1, left--)
            *--end = begin + (size_t)(uint32_t)__builtin_ctzll(bits) * stride;
        slab->free[word] = bits;
        slab->first = (uint16_t)word;
    }
    slab->used = (uint16_t)(slab->used + taken);
    return taken;
}

/* The class's lock is held. */
static inline void bitmap_check(struct bitmap_pool const *pool, uint32_t class)
{
    struct link const *const newest = pool->of[class].with_room;
    struct link const *link = newest;

    while (link != NULL) {
        struct bitmap_slab const *const slab = CONTAINER_OF(link, struct bitmap_slab, link);
        uint32_t bits = 0;

        check(slab->class == class, "with_room holds slabs of its class", slab->class);
        check(slab->used < slab->capacity, "a slab with room has room", slab->used);
        check(pagemap_class(bitmap_slab_memory(slab)) == class, "the pagemap knows the class", 0);
        for (uint32_t word = 0; word * BITMAP_WORD_BITS < slab->capacity; word++) {
            check(word >= slab->first || slab->free[word] == 0, "first is the first word", word);
            bits += (uint32_t)__builtin_popcountll(slab->free[word]);
        }
        check(slab->used + bits == slab->capacity, "used + |bits| == capacity", bits);
        link = link->next != newest ? link->next : NULL;
    }
}

/* Puts at most count blocks into an array, the lowest address last; 0 with errno ENOMEM. */
static inline uint32_t bitmap_take(struct bitmap_pool *pool, uint32_t class, void **block,
                                   uint32_t count)
{
    struct bitmap_class *const list = &pool->of[class];
    uint32_t left = count;

    lock_take(&list->lock);
    while (left > 0) {
        if (list->with_room == NULL && (left < count || bitmap_slab_new(pool, class) == NULL))
            break;
        struct bitmap_slab *const slab = bitmap_slab_of_link(list->with_room);
        left -= bitmap_slab_take(slab, left, block + left);
        if (slab->used == slab->capacity)
            list_remove(&list->with_room, &slab->link);
    }
    if (DEBUGGING)
        bitmap_check(pool, class);
    lock_give(&list->lock);
    observe_many(TINY_BLOCKS_TAKEN, count - left);
    if (left > 0)
        memmove(block, block + left, (count - left) * sizeof *block);
    return count - left;
}

/* The block's number in its slab; aborts if it is no block of the class that is alive. */
static inline uint32_t bitmap_number(struct bitmap_slab const *slab, void const *block)
{
    uint32_t const class = slab->class;
    uint32_t const offset = (uint32_t)((char const *)block - bitmap_first_block(slab));
    uint32_t const number = (uint32_t)((uint64_t)offset * bitmap_reciprocals[class] >> 32);

    if (UNLIKELY(number >= slab->capacity || number * tiny_stride(class) != offset))
        tag_abort_found("free", block, "begins no block: offset in its slab ", offset);
    if (UNLIKELY((slab->free[number / BITMAP_WORD_BITS] >> number % BITMAP_WORD_BITS & 1) != 0))
        tag_abort_found("free", block, "double free: its slab has it already, of class ", class);
    return number;
}

/* One block comes back. The class's lock is held. */
static inline void bitmap_return(struct bitmap_pool *pool, uint32_t class, void *block)
{
    struct link **const with_room = &pool->of[class].with_room;

    if (UNLIKELY(pagemap_class(block) != class))
        tag_abort_found("free", block, "in a slab without live blocks: code ", pagemap_code(block));
    struct bitmap_superslab *const superslab = superslab_of(block);
    struct bitmap_slab *const slab = &superslab->slab[slab_index(block)];
    uint32_t const number = bitmap_number(slab, block);
    uint32_t const word = number / BITMAP_WORD_BITS;

    if (slab->used == slab->capacity)
        list_push(with_room, &slab->link);
    slab->free[word] |= UINT64_C(1) << number % BITMAP_WORD_BITS;
    slab->first = word < slab->first ? (uint16_t)word : slab->first;
    slab->used--;
    if (slab->used == 0 && slab->link.next != &slab->link) { /* not the only one with room */
        list_remove(with_room, &slab->link);
        bitmap_slab_end(pool, slab);
    }
}

static inline void bitmap_return_all(struct bitmap_pool *pool, uint32_t class, void *const *block,
                                     uint32_t count)
{
    lock_take(&pool->of[class].lock);
    for (uint32_t i = 0; i < count; i++)
        bitmap_return(pool, class, block[i]);
    if (DEBUGGING)
        bitmap_check(pool, class);
    lock_give(&pool->of[class].lock);
    observe_many(TINY_BLOCKS_RETURNED, count);
}

/* Memory of 64 KB for the phase's own use, with the slabs; NULL when memory is out. */
static inline void *bitmap_memory(struct bitmap_pool *pool)
{
    struct bitmap_slab *const first = bitmap_slab_any(pool);
    struct bitmap_slab *const slab =
        first != NULL && bitmap_slab_number(first) == 0 ? bitmap_slab_any(pool) : first;

    if (slab != first)
        bitmap_slab_end(pool, first); /* its header is in the way */
    return slab != NULL ? bitmap_slab_memory(slab) : NULL;
}

/* For a fork. No thread has the pool's lock then: one takes it only while it has a class's. */
static inline void bitmap_lock_all(struct bitmap_pool *pool)
{
    for (uint32_t class = 0; class < TINY_CLASSES; class++)
        pthread_mutex_lock(&pool->of[class].lock);
}

static inline void bitmap_unlock_all(struct bitmap_pool *pool)
{
    for (uint32_t class = TINY_CLASSES; class-- > 0;)
        pthread_mutex_unlock(&pool->of[class].lock);
}

#endif
