/* shared_pool_check.h -- shared_pool.h's invariants, walked by a debug build with the lock held.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SHARED_POOL_CHECK_H
#define SLABLAB_SHARED_POOL_CHECK_H

#include "core/check.h"
#include "parts/shared_pool.h"

LAYER(backend);

static inline bool list_holds(struct link const *list, struct link const *sought)
{
    struct link const *link = list;

    if (list == NULL)
        return false;
    do {
        if (link == sought)
            return true;
        check(link->next->previous == link, "next->previous == this, of a list", 0);
        link = link->next;
    } while (link != list);
    return false;
}

/* Blocks on the freelist, each of them the slab's and free by its tag. */
static inline uint32_t slab_check_freelist(struct slab const *slab)
{
    uint32_t const class = slab->blocks.class;
    char const *const first = slab_first_payload(superslab_of(slab), slab_number(slab));
    uint32_t count = 0;

    for (struct block const *block = slab->blocks.freelist; block != NULL; block = block->next) {
        size_t const offset = (size_t)((char const *)block - first);

        count++;
        check(offset % tiny_stride(class) == 0 &&
                  offset / tiny_stride(class) < slab->blocks.carved,
              "a slab's freelist holds blocks carved from it", offset);
        check(count <= slab->blocks.carved, "|freelist| <= carved", count);
    }
    return count;
}

/* One slab with a class. */
static inline void slab_check(struct shared_pool const *pool, struct slab const *slab,
                              enum pool_policy const policy)
{
    struct slab_blocks const *const blocks = &slab->blocks;
    uint32_t const stride = tiny_stride(blocks->class);

    check(blocks->class < TINY_CLASSES, "class < TINY_CLASSES", blocks->class);
    check(blocks->capacity == slab_capacity(slab_number(slab), stride),
          "capacity is what the stride leaves", blocks->capacity);
    check(blocks->carved <= blocks->capacity, "carved <= capacity", blocks->carved);
    check(blocks->used + slab_check_freelist(slab) == blocks->carved,
          "used + |freelist| == carved", blocks->used);
    check(list_holds(pool->with_room[blocks->class], &slab->link) ==
              (slab->owner == NULL && slab_has_room(slab, policy)),
          "with_room holds the slabs without owner that have room", blocks->used);
}

/* A SuperSlab out of the cache. */
static inline void superslab_check(struct shared_pool const *pool,
                                   struct superslab const *superslab,
                                   enum pool_policy const policy)
{
    uint32_t busy = 0;

    check(superslab->magic == SUPERSLAB_MAGIC, "magic", superslab->magic);
    check(range_holds(&pool->range, superslab), "range holds every SuperSlab", 0);
    check(list_holds(pool->with_unused, &superslab->cached.link) == (superslab->unused != 0),
          "with_unused holds the SuperSlabs with unused != 0", superslab->unused);
    for (uint32_t index = 0; index < SLABS; index++) {
        struct slab const *const slab = &superslab->slab[index];

        if ((superslab->unused >> index & 1) != 0)
            continue;
        slab_check(pool, slab, policy);
        busy += slab->owner != NULL || slab->blocks.used > 0;
    }
    check(superslab->busy == busy, "busy == slabs with an owner or used > 0", busy);
}

/* Every cached SuperSlab is idle and as many as count says. */
static inline void cache_check(struct superslab_cache const *cache)
{
    struct link const *link = cache->newest;
    uint32_t count = 0;

    while (link != NULL) {
        struct superslab const *const superslab = superslab_of(link);

        count++;
        check(superslab->busy == 0, "a cached SuperSlab is not busy", superslab->busy);
        link = link->next != cache->newest ? link->next : NULL;
    }
    check(count == cache->count, "count == |cache|", count);
    check(count <= CACHE_SUPERSLABS_MAX, "|cache| <= 256", count);
}

/* All that can be reached from the lists, and the slab at hand (or NULL). */
static inline void pool_check(struct shared_pool const *pool, struct slab const *slab,
                              enum pool_policy const policy)
{
    struct link const *link = pool->with_unused;

    if (slab != NULL)
        superslab_check(pool, superslab_of(slab), policy);
    cache_check(&pool->cache);
    for (uint32_t looked_at = 0; link != NULL && looked_at < 4; looked_at++) {
        superslab_check(pool, superslab_of(link), policy);
        link = link->next != pool->with_unused ? link->next : NULL;
    }
    for (uint32_t class = 0; class < TINY_CLASSES; class++) {
        link = pool->with_room[class];
        if (link == NULL)
            continue;
        struct slab const *const newest = CONTAINER_OF(link, struct slab, link);
        check(newest->blocks.class == class, "with_room[class] holds slabs of the class", class);
        slab_check(pool, newest, policy);
    }
}

#endif
