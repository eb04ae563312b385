/* ss-prewarm.c -- Tiny with SuperSlabs that are resident before the first allocation.
 *
 * Over: baseline
 *
 * What it is: at start SLABLAB_PREWARM SuperSlabs per class are mapped and made resident by
 * SLABLAB_PREWARM_METHOD (touch, populate, hugepage). Unset or 0 it is the baseline.
 *
 * What to see: the region's first faults move to start-up (8 per class: 16,384 by touch, about 32
 * by hugepage). On sawtooth cold with 8 per class and 8,192 objects of 256 B, which need 4 MB, the
 * region has under 1 % of the baseline's; of 1,024 B, which need 16 MB, still half. The process as
 * a whole is slower wherever the workload would have touched less than the 64 MB.
 *
 * SPDX-License-Identifier: MIT */
#include "core/libc_tier.h"
#include "parts/prewarm.h"
#include "parts/tiny.h"

static enum pool_policy const policy = POOL_BUMP_ONLY;
static struct shared_pool pool = SHARED_POOL_EMPTY;
static __thread struct tiny_front tiny;

static void phase_begin(void)
{
    prewarm(&pool);
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
