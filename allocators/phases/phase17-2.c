/* phase17-2.c -- a Small-Mid front over SuperSlabs of its own.
 *
 * Over: phase17-1
 *
 * What it is: a miss takes 16, 12 or 8 blocks from a backend that shares nothing with Tiny, and a
 * free that finds the list full goes to its slab's freelist. The backend never lowers `used`, so a
 * slab that was full once is never used again: the flaw of the source, kept.
 *
 * Two confounds. Its strides are 272, 528 and 1,040 where 17-1 spends 512, 1,024 and 2,048 on the
 * same requests, and the baseline too at 249-256, 505-512 and 1,017-1,024 bytes: there it touches
 * half the memory for a new block, as in the source. For 257-504 and 513-1,016 bytes the baseline
 * spends 512 and 1,024, and 17-2 is the less dense by 3 and 2 %. The other the source could not
 * have: these strides are 16 mod 64, so blocks spread over all sets of the L1 cache where Tiny's
 * 1,024 and 2,048 use few, an effect in 17-2's favour; against it, every fourth block has its tag
 * on the line before.
 *
 * What to see, at 256, 512 and 1,024 bytes: two opposing effects. While nothing is reused anyway
 * (fixed_random cold on slots that it has not yet filled) it faults half as often as 17-1 and is
 * faster. Where all is freed and taken again (sawtooth) it never stops faulting, at 512 B about
 * once in 16 operations, while the baseline's faults stop after the second cycle; there it is
 * slower than the baseline by half or more.
 *
 * SPDX-License-Identifier: MIT */
#include "core/layer.h"
#include "core/libc_tier.h"
#include "parts/smallmid_backend.h"
#include "parts/smallmid_front.h"
#include "parts/tiny.h"

LAYER(front);
LAYER_OF(backend, smallmid_miss_slow);
LAYER_OF(backend, smallmid_spill_slow);

_Static_assert((int)SMALLMID_REFILL_256 <= (int)SMALLMID_HELD_256 &&
                   (int)SMALLMID_REFILL_512 <= (int)SMALLMID_HELD_512 &&
                   (int)SMALLMID_REFILL_1024 <= (int)SMALLMID_HELD_1024,
               "a refill would not fit into a list");

static enum pool_policy const policy = POOL_BUMP_ONLY;
static struct shared_pool pool = SHARED_POOL_EMPTY;
static __thread struct tiny_front tiny;
static bool smallmid_on;
static struct smallmid_backend backend = SMALLMID_BACKEND_EMPTY;
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

static void phase_thread_end(void)
{
    void *payload = NULL;

    for (uint32_t class = 0; class < SMALLMID_CLASSES; class++)
        while ((payload = smallmid_thread_end(&smallmid, class)) != NULL)
            smallmid_return(&backend, payload, class);
    tiny_thread_end(&tiny, &pool, policy);
}

static void phase_fork_prepare(void)
{
    pthread_mutex_lock(&pool.lock);
    pthread_mutex_lock(&backend.lock);
}

static void phase_fork_done(void)
{
    pthread_mutex_unlock(&backend.lock);
    pthread_mutex_unlock(&pool.lock);
}

/* One block, and the rest of the batch for the list. */
NOINLINE void *smallmid_miss_slow(uint32_t class)
{
    thread_begin_slow();
    struct block *block = smallmid_take(&smallmid, class); /* to begin may allocate, so refill */
    if (block == NULL) {
        uint32_t const count = smallmid.room[class] == 0 ? 1 : smallmid_refill_blocks[class];

        observe(SMALLMID_REFILLS);
        uint32_t const taken = smallmid_refill(&backend, class, count, &block);
        if (block == NULL)
            return NULL;
        smallmid.head[class] = block->next;
        smallmid.room[class] -= taken - 1;
    }
    if (DEBUGGING)
        smallmid_front_check(&smallmid, class);
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
    smallmid_return(&backend, payload, class);
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
        return smallmid_strides[tag & TAG_CLASS] - SLOT_BYTES;
    return tag_is_tiny(tag) ? tiny_payload(tag & TAG_CLASS) : libc_usable_size(call, pointer);
}

ALWAYS_INLINE bool phase_left_to_libc(void const *pointer)
{
    return tag_of(pointer) == TAG_LIBC;
}

#include "core/malloc_api.h"
