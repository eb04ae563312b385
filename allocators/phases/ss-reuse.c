/* ss-reuse.c -- Tiny with slabs that are used again.
 *
 * Over: baseline
 *
 * What it is: a refill takes the blocks that came back to a slab before it carves new ones; a slab
 * left full that regains room is found again; an empty slab is any class's; a thread stays on its
 * SuperSlab as long as that has room. The pool's policy is the whole difference.
 *
 * What to see: sawtooth faults in its first two cycles only. Every phase faults in those, so cold
 * over the 12 cycles of 200,000 operations on 8,192 objects it has 0.15 to 0.22 of phase17-2's
 * faults, after 20 cycles at most an eighth; warm it has none (fewer than 10 a cycle) and does at
 * least twice the operations per second. There all slabs empty, so it is equal to the baseline
 * within 5 %. Where the baseline leaks drained blocks (fixed_random, warm, 400 slots) this faults
 * never; at equal faults it is slower by the walk through scattered freelists, at most 10 %.
 *
 * SPDX-License-Identifier: MIT */
#include "core/libc_tier.h"
#include "parts/tiny.h"

static enum pool_policy const policy = POOL_REUSE;
static struct shared_pool pool = SHARED_POOL_EMPTY;
static __thread struct tiny_front tiny;

static void phase_begin(void)
{
}

static void phase_thread_begin(void)
{
    tiny_thread_begin(&tiny);
}

static void phase_thread_end(void)
{
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

ALWAYS_INLINE void *phase_malloc(size_t size)
{
    if (LIKELY(size <= TINY_SIZE_MAX))
        return tiny_malloc(&tiny, &pool, size, policy);
    return libc_malloc_slow(size);
}

ALWAYS_INLINE void phase_free(void *pointer)
{
    uint8_t const tag = tag_of(pointer);

    if (LIKELY(tag_is_tiny(tag)))
        tiny_free(&tiny, &pool, pointer, tag, policy);
    else
        libc_free_slow(pointer);
}

static size_t phase_usable_size(char const *call, void const *pointer)
{
    uint8_t const tag = tag_of(pointer);

    return tag_is_tiny(tag) ? tiny_payload(tag & TAG_CLASS) : libc_usable_size(call, pointer);
}

#include "core/malloc_api.h"
