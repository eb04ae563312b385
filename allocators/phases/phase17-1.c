/* phase17-1.c -- a Small-Mid front that borrows its blocks from Tiny.
 *
 * Over: baseline
 *
 * What it is: with SLABLAB_SMALLMID=1, requests of 249 to 1,024 bytes come from lists of a thread
 * of their own, at most 32, 24 and 16 blocks. A miss takes one block from Tiny, of the class that
 * holds the largest request (strides 512, 1,024, 2,048), and tags it 0xB0|class; a full list gives
 * back to Tiny.
 *
 * At 249-256, 505-512 and 1,017-1,024 bytes those are the blocks that the baseline takes; for the
 * rest, 257-504 and 513-1,016 bytes, they are twice as large (strides 1,024 and 2,048 where the
 * baseline spends 512 and 1,024), and so is the memory that is touched for a new one.
 *
 * What to see: Tiny's blocks by a longer path. A hit costs what Tiny's costs and also counts room,
 * a miss costs both, so switched on it is never better than the baseline by 1 %. Where all is freed
 * and taken again (sawtooth in random order) the blocks in its lists keep slabs from emptying, so
 * it faults at least 1.5 times as often over the first four cycles. Switched off it is one
 * predicted branch: no difference of 1 % or more.
 *
 * SPDX-License-Identifier: MIT */
#include "core/layer.h"
#include "core/libc_tier.h"
#include "parts/smallmid_front.h"
#include "parts/tiny.h"

LAYER(front);
LAYER_OF(backend, smallmid_miss_slow);
LAYER_OF(backend, smallmid_spill_slow);

static enum pool_policy const policy = POOL_BUMP_ONLY;
static struct shared_pool pool = SHARED_POOL_EMPTY;
static __thread struct tiny_front tiny;
static bool smallmid_on;
static __thread struct smallmid_front smallmid;

static void phase_begin(void)
{
    smallmid_on = smallmid_from_environment();
}

static void phase_thread_begin(void)
{
    tiny_thread_begin(&tiny);
    smallmid_thread_begin(&smallmid);
}

/* One block goes to Tiny. */
ALWAYS_INLINE void smallmid_give_back(void *payload, uint32_t class)
{
    observe(SMALLMID_BLOCKS_RETURNED);
    tiny_put(&tiny, &pool, payload, smallmid_tiny_class[class], policy);
}

static void phase_thread_end(void)
{
    void *payload = NULL;

    for (uint32_t class = 0; class < SMALLMID_CLASSES; class++)
        while ((payload = smallmid_thread_end(&smallmid, class)) != NULL)
            smallmid_give_back(payload, class);
    tiny_thread_end(&tiny, &pool, policy);
}

static void phase_fork_prepare(void)
{
    pthread_mutex_lock(&pool.lock);
}

static void phase_fork_done(void)
{
    pthread_mutex_unlock(&pool.lock);
}

/* One block from Tiny. */
NOINLINE void *smallmid_miss_slow(uint32_t class)
{
    uint32_t const tiny_class = smallmid_tiny_class[class];
    struct block *block = tiny.head[tiny_class];

    observe(SMALLMID_REFILLS);
    if (block != NULL)
        tiny.head[tiny_class] = block->next;
    else
        block = tiny_refill(&tiny, &pool, tiny_class, policy);
    if (DEBUGGING)
        smallmid_front_check(&smallmid, class);
    if (block == NULL)
        return NULL;
    observe(SMALLMID_BLOCKS_TAKEN);
    tag_set(block, TAG_SMALLMID | class);
    return block;
}

/* The list is full, or the thread has none yet. */
NOINLINE void smallmid_spill_slow(void *payload, uint32_t class)
{
    thread_begin_slow();
    if (DEBUGGING)
        smallmid_front_check(&smallmid, class);
    if (smallmid_put(&smallmid, payload, class))
        return;
    observe(SMALLMID_SPILLS);
    smallmid_give_back(payload, class);
}

ALWAYS_INLINE void *phase_malloc(size_t size)
{
    if (smallmid_on && smallmid_holds(size)) /* no hint: what is measured has it on */
        return smallmid_malloc(&smallmid, size, smallmid_miss_slow);
    if (LIKELY(size <= TINY_SIZE_MAX))
        return tiny_malloc(&tiny, &pool, size, policy);
    return libc_malloc_slow(size);
}

ALWAYS_INLINE void phase_free(void *pointer)
{
    uint8_t const tag = tag_of(pointer);

    if (tag_is_tiny(tag))
        tiny_free(&tiny, &pool, pointer, tag, policy);
    else if (tag_is_smallmid(tag))
        smallmid_free(&smallmid, pointer, tag, smallmid_spill_slow);
    else
        libc_free_slow(pointer);
}

static size_t phase_usable_size(char const *call, void const *pointer)
{
    uint8_t const tag = tag_of(pointer);

    if (tag_is_smallmid(tag))
        return tiny_payload(smallmid_tiny_class[tag & TAG_CLASS]);
    return tag_is_tiny(tag) ? tiny_payload(tag & TAG_CLASS) : libc_usable_size(call, pointer);
}

ALWAYS_INLINE bool phase_left_to_libc(void const *pointer)
{
    return tag_of(pointer) == TAG_LIBC;
}

#include "core/malloc_api.h"
