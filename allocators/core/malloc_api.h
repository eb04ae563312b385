/* malloc_api.h -- the C library's names over phase_malloc, phase_free and phase_usable_size.
 *
 * The last include of a phase, which has defined
 *   void *phase_malloc(size_t size);   any size; 16-byte aligned; NULL with errno ENOMEM
 *   void phase_free(void *pointer);    not NULL
 *   size_t phase_usable_size(char const *call, void const *pointer);   call names it in a complaint
 *   bool phase_left_to_libc(void const *pointer);   of a pointer that has a usable size
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_MALLOC_API_H
#define SLABLAB_MALLOC_API_H

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "core/layer.h"
#include "core/libc_tier.h"

LAYER(front);

/* By name too: gcc's debug information says they are defined where they were first declared, in the
 * C library's headers. */
LAYER_OF(front, malloc);
LAYER_OF(front, free);
LAYER_OF(front, calloc);
LAYER_OF(front, realloc);
LAYER_OF(front, reallocarray);
LAYER_OF(front, memalign);
LAYER_OF(front, aligned_alloc);
LAYER_OF(front, posix_memalign);
LAYER_OF(front, valloc);
LAYER_OF(front, pvalloc);
LAYER_OF(front, malloc_usable_size);

EXPORT void *malloc(size_t size)
{
    return phase_malloc(size);
}

EXPORT void free(void *pointer)
{
    if (LIKELY(pointer != NULL))
        phase_free(pointer);
}

EXPORT void *calloc(size_t count, size_t size)
{
    size_t bytes = 0;

    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    if (bytes > TINY_SIZE_MAX)
        return libc_calloc_slow(count, size);
    void *const pointer = phase_malloc(bytes);
    return pointer != NULL ? memset(pointer, 0, bytes) : NULL;
}

/* Stays where it is if the new size fits and wastes no more than half (and 8 bytes: the smallest
 * request of a class is that much below half of its payload). */
EXPORT void *realloc(void *pointer, size_t size)
{
    if (pointer == NULL)
        return phase_malloc(size);
    if (size == 0) {
        phase_free(pointer);
        return NULL;
    }
    size_t const usable = phase_usable_size("realloc", pointer);
    if (size > TINY_SIZE_MAX && phase_left_to_libc(pointer))
        return libc_realloc_slow(pointer, size);
    if (size <= usable && usable - size <= usable / 2 + 8)
        return pointer;
    void *const moved = phase_malloc(size);
    if (moved == NULL)
        return NULL;
    memcpy(moved, pointer, size < usable ? size : usable);
    phase_free(pointer);
    return moved;
}

EXPORT void *reallocarray(void *pointer, size_t count, size_t size)
{
    size_t bytes = 0;

    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(pointer, bytes);
}

EXPORT void *memalign(size_t alignment, size_t size)
{
    return alignment <= ALIGNMENT ? phase_malloc(size) : libc_memalign_slow(alignment, size);
}

EXPORT void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

/* Returns its error and leaves errno alone, as POSIX requires. */
EXPORT int posix_memalign(void **pointer, size_t alignment, size_t size)
{
    int const saved = errno;

    if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0)
        return EINVAL;
    void *const memory = memalign(alignment, size);
    errno = saved;
    if (memory == NULL)
        return ENOMEM;
    *pointer = memory;
    return 0;
}

EXPORT void *valloc(size_t size)
{
    return libc_memalign_slow(OS_PAGE_BYTES, size);
}

EXPORT void *pvalloc(size_t size)
{
    size_t bytes = 0;

    if (__builtin_add_overflow(size, OS_PAGE_BYTES - 1, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return libc_memalign_slow(OS_PAGE_BYTES, bytes & ~(size_t)(OS_PAGE_BYTES - 1));
}

EXPORT size_t malloc_usable_size(void *pointer)
{
    return pointer != NULL ? phase_usable_size("malloc_usable_size", pointer) : 0;
}

#endif
