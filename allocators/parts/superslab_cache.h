/* superslab_cache.h -- empty SuperSlabs kept warm instead of unmapped.
 *
 * The newest is taken first. At most 256 of them, and none for longer than 60 s (or than decay.h
 * says): excess or old ones are unmapped when the next one arrives. The source's second limit, 512
 * MB, binds for its SuperSlabs of 2 MB and cannot for ours: 256 of 1 MB are 256 MB. Its owner holds
 * the lock.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SUPERSLAB_CACHE_H
#define SLABLAB_SUPERSLAB_CACHE_H

#include "core/layer.h"
#include "core/list.h"
#include "core/observe.h"
#include "core/setting.h"
#include "core/superslab.h"
#include "parts/decay.h"

LAYER(backend);

CONSTANT(CACHE_SUPERSLABS_MAX, 256, cache, 0, 65536, "SuperSlabs", "kept when they are empty");
enum { CACHE_AGE_MS_MAX = DECAY_MS > 0 ? DECAY_MS : 60 * 1000 };

/* Lies in a cached SuperSlab's header page. */
struct cached {
    struct link link;
    uint64_t since_ms;
};

struct superslab_cache {
    struct link *newest; /* in the order in which they came */
    uint32_t count;
};

ALWAYS_INLINE struct cached *cache_oldest(struct superslab_cache const *cache)
{
    return CONTAINER_OF(cache->newest->previous, struct cached, link);
}

/* Unmaps what is too old or too much. */
static inline void cache_trim(struct superslab_cache *cache, uint64_t now_ms)
{
    while (cache->newest != NULL &&
           (cache->count > CACHE_SUPERSLABS_MAX ||
            (int64_t)(now_ms - cache_oldest(cache)->since_ms) > CACHE_AGE_MS_MAX)) {
        struct cached *const oldest = cache_oldest(cache);

        list_remove(&cache->newest, &oldest->link);
        cache->count--;
        superslab_unmap(superslab_of(oldest));
        observe(SUPERSLABS_UNMAPPED);
    }
}

static inline void cache_put(struct superslab_cache *cache, struct cached *cached)
{
    cached->since_ms = os_now_ms();
    list_push(&cache->newest, &cached->link);
    cache->count++;
    observe(SUPERSLABS_EMPTIED);
    cache_trim(cache, cached->since_ms);
}

/* The memory of the newest, not zeroed; NULL when there is none. */
static inline void *cache_take(struct superslab_cache *cache)
{
    struct link *const newest = cache->newest;

    if (newest == NULL)
        return NULL;
    list_remove(&cache->newest, newest);
    cache->count--;
    observe(SUPERSLABS_REUSED);
    return superslab_of(newest);
}

#endif
