/* tiny.h -- a thread's own lists of free blocks in front of the shared pool.
 *
 *   allocate: pop the class's list; an empty list is refilled with 16 blocks of the current slab
 *   free:     push, whichever thread allocated it; every 1,024th free of a class drains its list
 *
 * Between drains the slabs do not see a free: blocks in a list count as used. 16 blocks a
 * refill make the lock cheap (one in 16 allocations at best) and touch 32 KB ahead at most.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TINY_H
#define SLABLAB_TINY_H

#include "core/layer.h"
#include "core/lock.h"
#include "core/process.h"
#include "core/setting.h"
#include "parts/shared_pool.h"
#include "parts/shared_pool_check.h"

LAYER(front);
LAYER_OF(backend, tiny_thread_begin);
LAYER_OF(backend, tiny_thread_end);
LAYER_OF(backend, tiny_return_list);
LAYER_OF(backend, tiny_refill);
LAYER_OF(backend, tiny_drain);
LAYER_OF(backend, tiny_malloc_slow);

CONSTANT(TINY_REFILL_BLOCKS, 16, batch, 1, 1024, "blocks", "that a refill takes");
CONSTANT(TINY_DRAIN_FREES, 1024, drain, 1, 65536, "frees",
         "of a class until its list is drained");

struct tiny_front {
    struct block *head[TINY_CLASSES];
    uint32_t frees_left[TINY_CLASSES]; /* until the next drain; 0 in a thread that has no cache */
    struct slab *current[TINY_CLASSES];
};

static inline void tiny_thread_begin(struct tiny_front *front)
{
    for (uint32_t class = 0; class < TINY_CLASSES; class++)
        front->frees_left[class] = TINY_DRAIN_FREES - 1;
}

/* The lock is held. A front's current slab is owned by it, of its class; its listed blocks are the
 * pool's. */
static inline void tiny_check(struct tiny_front const *front, struct shared_pool const *pool,
                              uint32_t class, enum pool_policy const policy)
{
    struct slab const *const current = front->current[class];

    check(current == NULL || (current->owner == front && current->blocks.class == class),
          "current[class] has this owner and class", class);
    check(front->frees_left[class] < TINY_DRAIN_FREES, "frees_left < 1,024", class);
    for (struct block const *block = front->head[class]; block != NULL; block = block->next)
        check(range_holds(&pool->range, block), "a front lists blocks of its pool", class);
    pool_check(pool, current, policy);
}

/* The lock is held. */
static inline void tiny_return_list(struct tiny_front *front, struct shared_pool *pool,
                                    uint32_t class, enum pool_policy const policy)
{
    while (front->head[class] != NULL) {
        struct block *const block = front->head[class];

        front->head[class] = block->next;
        pool_return(pool, block, class, policy);
    }
}

static inline void tiny_thread_end(struct tiny_front *front, struct shared_pool *pool,
                                   enum pool_policy const policy)
{
    lock_take(&pool->lock);
    for (uint32_t class = 0; class < TINY_CLASSES; class++) {
        if (DEBUGGING)
            tiny_check(front, pool, class, policy); /* while it lists something */
        tiny_return_list(front, pool, class, policy);
        if (front->current[class] != NULL)
            pool_leave(pool, front->current[class], policy);
        front->current[class] = NULL;
        front->frees_left[class] = 0;
        if (DEBUGGING)
            tiny_check(front, pool, class, policy);
    }
    lock_give(&pool->lock);
}

/* One block, its tag not yet set; NULL with errno ENOMEM. */
NOINLINE void *tiny_refill(struct tiny_front *front, struct shared_pool *pool, uint32_t class,
                           enum pool_policy const policy)
{
    struct block *list = NULL;

    thread_begin_slow();
    if (front->head[class] != NULL) { /* to begin may allocate, and so refill */
        list = front->head[class];
        front->head[class] = list->next;
        return list;
    }
    bool const ended = thread_life == THREAD_ENDED;
    uint32_t const count = ended ? 1 : TINY_REFILL_BLOCKS;
    observe(REFILLS);
    lock_take(&pool->lock);
    struct slab *slab = front->current[class];
    if (slab == NULL || pool_fill(slab, count, &list, policy) == 0) {
        slab = pool_take(pool, class, slab, front, policy);
        if (slab != NULL)
            pool_fill(slab, count, &list, policy);
    }
    if (ended && slab != NULL) {
        pool_leave(pool, slab, policy);
        slab = NULL;
    }
    front->current[class] = slab;
    if (DEBUGGING)
        tiny_check(front, pool, class, policy);
    lock_give(&pool->lock);
    if (list == NULL)
        return NULL;
    front->head[class] = list->next;
    return list;
}

NOINLINE void tiny_drain(struct tiny_front *front, struct shared_pool *pool, uint32_t class,
                         enum pool_policy const policy)
{
    if (thread_life == THREAD_NEW) { /* its first free, and nothing allocated before */
        front->frees_left[class] = 0;
        thread_begin_slow();
        return;
    }
    observe(DRAINS);
    lock_take(&pool->lock);
    tiny_return_list(front, pool, class, policy);
    if (DEBUGGING)
        pool_check(pool, front->current[class], policy);
    lock_give(&pool->lock);
    front->frees_left[class] = thread_life == THREAD_LIVE ? TINY_DRAIN_FREES - 1 : 0;
}

ALWAYS_INLINE void tiny_put(struct tiny_front *front, struct shared_pool *pool, void *payload,
                            uint32_t class, enum pool_policy const policy)
{
    struct block *const block = payload;

    tag_set(block, TAG_TINY_FREE | class);
    block->next = front->head[class];
    front->head[class] = block;
    if (UNLIKELY(front->frees_left[class]-- == 0))
        tiny_drain(front, pool, class, policy);
}

/* Sets the tag as well, so that the fast path ends in a jump and needs no stack frame. */
NOINLINE void *tiny_malloc_slow(struct tiny_front *front, struct shared_pool *pool, uint32_t class,
                                enum pool_policy const policy)
{
    void *const payload = tiny_refill(front, pool, class, policy);

    if (payload != NULL)
        tag_set(payload, TAG_TINY | class);
    return payload;
}

/* size is at most TINY_SIZE_MAX. */
ALWAYS_INLINE void *tiny_malloc(struct tiny_front *front, struct shared_pool *pool, size_t size,
                                enum pool_policy const policy)
{
    uint32_t const class = tiny_class_of(size);
    struct block *const block = front->head[class];

    observe(TINY_ALLOCATIONS);
    if (UNLIKELY(block == NULL))
        return tiny_malloc_slow(front, pool, class, policy);
    front->head[class] = block->next;
    tag_set(block, TAG_TINY | class);
    return block;
}

ALWAYS_INLINE void tiny_free(struct tiny_front *front, struct shared_pool *pool, void *payload,
                             uint8_t tag, enum pool_policy const policy)
{
    observe(TINY_FREES);
    tiny_put(front, pool, payload, tag & TAG_CLASS, policy);
}

ALWAYS_INLINE bool tag_is_tiny(uint8_t tag)
{
    return (tag & ~(TINY_CLASSES - 1)) == TAG_TINY;
}

#endif
