/* ss-reuse-prewarm.c -- both of the ideas for Tiny's SuperSlabs.
 *
 * Over: ss-reuse
 *
 * What it is: ss-reuse with the prewarming of ss-prewarm, by the same part.
 *
 * What to see: no interaction on sawtooth, within 5 %: what is prewarmed has no first fault, and
 * what is reused needs no second, so cold gains by prewarming alone and warm by neither.
 *
 * SPDX-License-Identifier: MIT */
#include "core/libc_tier.h"
#include "parts/prewarm.h"
#include "parts/tiny.h"

static enum pool_policy const policy = POOL_REUSE;
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
