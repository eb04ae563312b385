/* baseline.c -- Tiny alone: eight classes, thread-local lists, bump-only SuperSlabs.
 *
 * Over: nothing
 *
 * What it is: requests up to 2,040 bytes come from a thread's list of their class, which is
 * refilled with new blocks of the thread's current slab and drained to the slabs every 1,024 frees.
 * A drained block is lost until every block of its slab has come back; then the slab is carved
 * anew. All else is the C library's. Against the source: strides begin at 16, not 8 (payloads are
 * aligned to 16), and SuperSlabs are 1 MB, not 1 or 2.
 *
 * What to see: sawtooth frees everything, so slabs empty: in its third cycle and after, fewer than
 * 10 page faults a cycle.
 *
 * SPDX-License-Identifier: MIT */
#include "core/libc_tier.h"
#include "parts/tiny.h"

static enum pool_policy const policy = POOL_BUMP_ONLY;
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
