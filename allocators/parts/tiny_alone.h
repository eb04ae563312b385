/* tiny_alone.h -- what process.h and malloc_api.h require of a phase whose only tier is Tiny.
 *
 * The phase has defined, before it includes this:
 *   policy   a constant
 *   pool     its struct shared_pool
 *   tiny     its thread's struct tiny_front
 * and defines phase_begin itself.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TINY_ALONE_H
#define SLABLAB_TINY_ALONE_H

#include "core/layer.h"
#include "core/libc_tier.h"
#include "parts/tiny.h"

LAYER(front);

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

ALWAYS_INLINE bool phase_left_to_libc(void const *pointer)
{
    return tag_of(pointer) == TAG_LIBC;
}

#endif
