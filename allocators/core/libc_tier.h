/* libc_tier.h -- requests that no tier holds, served by the C library's own allocator.
 *
 * Requests and alignments above those of the phase. A chunk's 8 bytes in front of the payload are
 * its size and three flags (1 previous in use, 2 mapped, 4 other arena), so the byte at payload - 1
 * is 0.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LIBC_TIER_H
#define SLABLAB_LIBC_TIER_H

#include "core/layer.h"
#include "core/observe.h"
#include "core/process.h"
#include "core/size_class.h"
#include "core/tag.h"

LAYER(front);

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *pointer, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *pointer);

enum { LIBC_CHUNK_MAPPED = 2, LIBC_CHUNK_FLAGS = 7, LIBC_CHUNK_BYTES_MIN = 32 };

/* The chunk's size word; aborts if no chunk can begin there. */
static inline uint64_t libc_chunk(char const *call, void const *pointer)
{
    uint64_t const chunk = tag_of(pointer) == TAG_LIBC && (uintptr_t)pointer % ALIGNMENT == 0
                               ? ((uint64_t const *)pointer)[-1]
                               : 0;

    if (chunk < LIBC_CHUNK_BYTES_MIN)
        tag_abort(call, pointer);
    return chunk;
}

NOINLINE void *libc_malloc_slow(size_t size)
{
    process_begin_slow();
    observe(LIBC_ALLOCATIONS);
    return __libc_malloc(size);
}

NOINLINE void *libc_calloc_slow(size_t count, size_t size)
{
    process_begin_slow();
    observe(LIBC_ALLOCATIONS);
    return __libc_calloc(count, size);
}

NOINLINE void *libc_memalign_slow(size_t alignment, size_t size)
{
    process_begin_slow();
    observe(LIBC_ALLOCATIONS);
    return __libc_memalign(alignment, size);
}

/* Counts as a free and an allocation, as it does in every other tier. */
NOINLINE void *libc_realloc_slow(void *pointer, size_t size)
{
    libc_chunk("realloc", pointer);
    observe(LIBC_FREES);
    observe(LIBC_ALLOCATIONS);
    return __libc_realloc(pointer, size);
}

/* Frees what no tier of the phase claims: a chunk of the C library's, or an invalid pointer. */
NOINLINE void libc_free_slow(void *pointer)
{
    libc_chunk("free", pointer);
    observe(LIBC_FREES);
    __libc_free(pointer);
}

static inline size_t libc_usable_size(char const *call, void const *pointer)
{
    uint64_t const chunk = libc_chunk(call, pointer);
    uint64_t const bytes = chunk & ~(uint64_t)LIBC_CHUNK_FLAGS;

    return (chunk & LIBC_CHUNK_MAPPED) != 0 ? bytes - 2 * sizeof chunk : bytes - sizeof chunk;
}

#endif
