/* bump.c -- an allocator that never frees: the ceiling.
 *
 * Over: nothing
 *
 * What it is: requests up to 2,040 bytes are cut off a thread's span of 1 MB, in steps of 16 bytes,
 * with the size in the slot in front; free checks the tag and does nothing. All else is the C
 * library's.
 *
 * What to see: no phase runs fewer instructions for a malloc and its free (25 + 5, the baseline 16
 * + 23: tests/golden_paths). It reuses nothing, so it is the ceiling only where faults do not
 * decide (few operations); it faults once per 4,096 bytes allocated, and every phase that reuses
 * overtakes it once memory is touched for the second time.
 *
 * SPDX-License-Identifier: MIT */
#include "core/layer.h"
#include "core/libc_tier.h"
#include "core/lock.h"
#include "core/os.h"

LAYER(front);
LAYER_OF(backend, bump_refill);
MEMORY_OF(span, bump_refill, 0, 0);

enum { SPAN_BYTES = 1 << 20 };

/* Memory not yet allocated; a span left by a thread is in a list, with this header at its start. */
struct span {
    char *next; /* the next slot; a payload begins 8 bytes later */
    char *end;
    struct span *older;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct span *left;
static __thread struct span span;

static void phase_begin(void)
{
}

static void phase_thread_begin(void)
{
}

static void phase_thread_end(void)
{
    if ((size_t)(span.end - span.next) < SLOT_BYTES + sizeof span)
        return;
    struct span *const rest = (struct span *)(span.next + SLOT_BYTES);
    pthread_mutex_lock(&lock); /* lock_take would change the layout of the functions */
    *rest = (struct span){.next = span.next, .end = span.end, .older = left};
    left = rest;
    pthread_mutex_unlock(&lock);
    span = (struct span){.next = NULL};
}

static void phase_fork_prepare(void)
{
    pthread_mutex_lock(&lock);
}

static void phase_fork_done(void)
{
    pthread_mutex_unlock(&lock);
}

/* Makes room for a block in this thread's span; false when memory is out. */
NOINLINE bool bump_refill(size_t bytes)
{
    thread_begin_slow();
    if ((size_t)(span.end - span.next) >= bytes) /* to begin may allocate, and so refill */
        return true;
    observe(REFILLS);
    lock_take(&lock);
    span = (struct span){.next = NULL}; /* its remainder is too small */
    if (left != NULL && (size_t)(left->end - left->next) >= bytes) {
        struct span *const older = left->older;

        span = *left;
        left = older;
    }
    lock_give(&lock);
    if (span.next != NULL)
        return true;
    char *const memory = os_map(SPAN_BYTES);
    if (memory == NULL)
        return false;
    span = (struct span){.next = memory + SLOT_BYTES, .end = memory + SPAN_BYTES};
    return true;
}

ALWAYS_INLINE void *phase_malloc(size_t size)
{
    if (UNLIKELY(size > TINY_SIZE_MAX))
        return libc_malloc_slow(size);
    size_t const bytes = (size + SLOT_BYTES + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (UNLIKELY((size_t)(span.end - span.next) < bytes) && !bump_refill(bytes))
        return NULL;
    uint64_t *const slot = (uint64_t *)span.next;
    observe(BUMP_ALLOCATIONS);
    span.next += bytes;
    *slot = (uint64_t)TAG_BUMP << 56 | (bytes - SLOT_BYTES);
    return slot + 1;
}

ALWAYS_INLINE void phase_free(void *pointer)
{
    if (LIKELY(tag_of(pointer) == TAG_BUMP))
        observe(BUMP_FREES);
    else
        libc_free_slow(pointer);
}

static size_t phase_usable_size(char const *call, void const *pointer)
{
    if (tag_of(pointer) != TAG_BUMP)
        return libc_usable_size(call, pointer);
    return ((uint64_t const *)pointer)[-1] & 0xffffffff;
}

ALWAYS_INLINE bool phase_left_to_libc(void const *pointer)
{
    return tag_of(pointer) == TAG_LIBC;
}

#include "core/malloc_api.h"
