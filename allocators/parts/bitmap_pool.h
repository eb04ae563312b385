/* bitmap_pool.h -- slabs of bits (bitmap_slab.h) of all classes, each class behind its own lock.
 *
 * A refill takes blocks in rising order of address. Empty slabs are any class's; of each class one
 * may stay empty, so that a class at the edge of a slab does not take and leave it again and again.
 *
 * Invariants, outside the class's lock:
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
#include "core/setting.h"
#include "core/tag.h"
#include "parts/bitmap_slab.h"
#include "parts/superslab_cache.h"

LAYER(backend);
MEMORY_OF(superslab, bitmap_map, 1048576, 8192);

enum { BITMAP_DISCARDS_MOST = SETTING(BITMAP_DISCARDS_MOST, 4096) }; /* inside slabs, a look */

struct bitmap_class {
    pthread_mutex_t lock;
    struct link *with_room;
} __attribute__((aligned(64)));

struct bitmap_pool {
    struct bitmap_class of[TINY_CLASSES];
    pthread_mutex_t lock; /* of what follows, and of `unused` */
    struct link *with_unused;
    struct superslab_cache cache;
    int mapped_mb;       /* in small pages, whether they are still mapped or not */
    uint64_t begun_us;   /* when the newest SuperSlab in use was begun; 0: there is none */
    uint64_t decayed_ms; /* when bitmap_decay.h last looked */
};

#define BITMAP_POOL_EMPTY                                                             \
    {                                                                                 \
        .of = {[0 ... TINY_CLASSES - 1] = {.lock = PTHREAD_MUTEX_INITIALIZER}},       \
        .lock = PTHREAD_MUTEX_INITIALIZER,                                            \
    }

/* Is memory taken so fast that all of a huge page will be used soon? The pool's lock is held. */
static inline bool bitmap_is_taken_fast(struct bitmap_pool const *pool)
{
    return BITMAP_PACE_US == 0 || pool->begun_us == 0 ||
           os_now_us() < pool->begun_us + BITMAP_PACE_US;
}

/* Fresh zeroed memory, or NULL with errno ENOMEM. The pool's lock is held. */
static inline char *bitmap_map(struct bitmap_pool *pool)
{
    char *const memory = superslab_in_reach(
        os_map_aligned(BITMAP_MAPPED_BYTES, BITMAP_MAPPED_BYTES), BITMAP_MAPPED_BYTES);

    if (memory == NULL)
        return NULL;
    observe_many(SUPERSLABS_MAPPED, BITMAP_MAPPED);
    if (pool->mapped_mb < BITMAP_SMALL_MB)
        pool->mapped_mb += BITMAP_MAPPED;
    else if (BITMAP_MAPPED == 2 && bitmap_is_taken_fast(pool))
        os_ask_for_huge_pages(memory, BITMAP_MAPPED_BYTES);
    return memory;
}

/* Slabs are unused from now on. The pool's lock is held. */
ALWAYS_INLINE void bitmap_unused_add(struct bitmap_superslab *superslab, uint32_t slabs)
{
    superslab->unused |= (uint16_t)slabs;
    if (DECAY_MS > 0)
        for (uint64_t const now_ms = os_now_ms(); slabs != 0; slabs &= slabs - 1)
            superslab->unused_since_ms[__builtin_ctz(slabs)] = now_ms;
}

ALWAYS_INLINE void bitmap_unused_remove(struct bitmap_superslab *superslab, uint32_t slabs)
{
    superslab->unused &= (uint16_t)~slabs;
    if (DECAY_MS > 0)
        superslab->discarded &= (uint16_t)~slabs;
}

/* Makes a SuperSlab of memory: 16 unused slabs. The pool's lock is held. */
static inline void bitmap_adopt(struct bitmap_pool *pool, void *memory)
{
    struct bitmap_superslab *const superslab = memory;

    superslab->magic = BITMAP_MAGIC;
    bitmap_unused_add(superslab, SLABS_ALL);
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
    memory = bitmap_map(pool);
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

        if (BITMAP_PACE_US > 0 && superslab->unused == SLABS_ALL)
            pool->begun_us = os_now_us();
        bitmap_unused_remove(superslab, 1u << number);
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
    bitmap_unused_add(superslab, 1u << bitmap_slab_number(slab));
    if (superslab->unused == SLABS_ALL) {
        list_remove(&pool->with_unused, &superslab->cached.link);
        cache_put(&pool->cache, &superslab->cached);
    }
    lock_give(&pool->lock);
}

/* The class's lock is held. */
static inline void bitmap_check(struct bitmap_pool const *pool, uint32_t class)
{
    struct link const *const newest = pool->of[class].with_room;
    struct link const *link = newest;

    while (link != NULL) {
        struct bitmap_slab const *const slab = CONTAINER_OF(link, struct bitmap_slab, link);

        check(slab->class == class, "with_room holds slabs of its class", slab->class);
        bitmap_slab_check(slab);
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

/* Memory of so many bytes for the phase's own use, a slab among the others; NULL where that is too
 * small, or memory is out. */
static inline void *bitmap_memory(struct bitmap_pool *pool, size_t bytes)
{
    if (bytes > SLAB_BYTES)
        return NULL;
    struct bitmap_slab *const first = bitmap_slab_any(pool);
    struct bitmap_slab *const slab =
        first != NULL && bitmap_slab_number(first) == 0 ? bitmap_slab_any(pool) : first;

    if (slab != first)
        bitmap_slab_end(pool, first); /* its header is in the way */
    return slab != NULL ? bitmap_slab_memory(slab) : NULL;
}

/* Of a SuperSlab the slabs that have had no class for DECAY_MS, and pages. */
static inline uint32_t bitmap_idle(struct bitmap_superslab const *superslab, uint64_t now_ms)
{
    uint32_t idle = 0;

    for (uint32_t set = superslab->unused & ~superslab->discarded; set != 0; set &= set - 1) {
        uint32_t const number = (uint32_t)__builtin_ctz(set);

        if (decay_is_due(now_ms, superslab->unused_since_ms[number]))
            idle |= 1u << number;
    }
    return idle;
}

/* The system gets their pages back, neighbours' in one call. A huge page is split by it. */
static inline void bitmap_discard(struct bitmap_superslab *superslab, uint32_t idle)
{
    superslab->discarded |= (uint16_t)idle;
    observe_many(SLABS_DISCARDED, (uint64_t)__builtin_popcount(idle));
    while (idle != 0) {
        uint32_t const first = (uint32_t)__builtin_ctz(idle);
        uint32_t const count = (uint32_t)__builtin_ctz(~(idle >> first));
        uint32_t const header_bytes = bitmap_header_bytes(first);

        os_discard((char *)superslab + (size_t)first * SLAB_BYTES + header_bytes,
                   (size_t)count * SLAB_BYTES - header_bytes);
        idle &= ~(((1u << count) - 1) << first);
    }
}

/* Of the class's slabs with room, those that have as many blocks in use as when this last looked
 * give back the pages of their free ones: about *calls of the system, the rest at the next look. */
static inline void bitmap_discard_inside(struct bitmap_class *list, int32_t *calls)
{
    lock_take(&list->lock);
    struct link *const newest = list->with_room;
    struct link *link = newest;

    while (link != NULL) {
        struct bitmap_slab *const slab = bitmap_slab_of_link(link);
        bool const idle = slab->seen == slab->used;

        if (idle && !slab->discarded && *calls > 0) {
            *calls -= (int32_t)bitmap_slab_discard(slab);
            slab->discarded = true;
        }
        slab->discarded &= idle;
        slab->seen = slab->used;
        link = link->next != newest ? link->next : NULL;
    }
    lock_give(&list->lock);
}

/* Gives idle memory back, once in DECAY_MS, whichever thread calls; says whether it was time.
 * Leaves errno alone. */
static inline bool bitmap_decay(struct bitmap_pool *pool, uint64_t now_ms)
{
    lock_take(&pool->lock);
    bool const due = decay_is_due(now_ms, pool->decayed_ms);
    struct link *const newest = pool->with_unused;
    struct link *link = due ? newest : NULL;
    int32_t calls = BITMAP_DISCARDS_MOST;

    while (link != NULL) {
        struct bitmap_superslab *const superslab =
            CONTAINER_OF(link, struct bitmap_superslab, cached.link);

        bitmap_discard(superslab, bitmap_idle(superslab, now_ms));
        link = link->next != newest ? link->next : NULL;
    }
    if (due) {
        cache_trim(&pool->cache, now_ms);
        pool->decayed_ms = now_ms;
    }
    lock_give(&pool->lock);
    for (uint32_t class = 0; due && class < TINY_CLASSES; class++)
        bitmap_discard_inside(&pool->of[class], &calls);
    return due;
}

/* For a fork. */
static inline void bitmap_lock_all(struct bitmap_pool *pool)
{
    for (uint32_t class = 0; class < TINY_CLASSES; class++)
        pthread_mutex_lock(&pool->of[class].lock);
    pthread_mutex_lock(&pool->lock);
}

static inline void bitmap_unlock_all(struct bitmap_pool *pool)
{
    pthread_mutex_unlock(&pool->lock);
    for (uint32_t class = TINY_CLASSES; class-- > 0;)
        pthread_mutex_unlock(&pool->of[class].lock);
}

#endif
