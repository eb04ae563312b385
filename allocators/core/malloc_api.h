/* malloc_api.h -- the C library's names over phase_malloc, phase_free and phase_usable_size.
 *
 * The last include of a phase, which has defined
 *   void *phase_malloc(size_t size);   any size; 16-byte aligned; NULL with errno ENOMEM
 *   void phase_free(void *pointer);    not NULL
 *   size_t phase_usable_size(char const *call, void const *pointer);   call names it in a complaint
 *   bool phase_left_to_libc(void const *pointer);   of a pointer that has a usable size
 * and sets (setting.h), where what is above the classes is not the C library's,
 *   CALLOC_LARGE    void *(size_t count, size_t size), of more than TINY_SIZE_MAX in all
 *   REALLOC_LARGE   void *(void *pointer, size_t usable, size_t size), which moves without a copy;
 *                   NULL, and nothing has happened, where it cannot
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

CONSTANT(REALLOC_RESERVE, 0, reserve, 0, 100, "%",
         "of a block's size, by which realloc makes it longer at the least");
enum { ALIGNED_BYTES_MAX = SETTING(ALIGNED_BYTES_MAX, 16) }; /* alignments that classes have */
_Static_assert((int)ALIGNED_BYTES_MAX == (int)ALIGNMENT ||
                   ((int)ALIGNED_BYTES_MAX == (int)CLASS_ALIGNMENT && SLOT_BYTES == 0),
               "no class has blocks that are aligned to so many bytes");

static inline void *realloc_large_none(void *pointer, size_t usable, size_t size)
{
    (void)pointer, (void)usable, (void)size;
    return NULL;
}

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
        return SETTING(CALLOC_LARGE, libc_calloc_slow)(count, size);
    void *const pointer = phase_malloc(bytes);
    return pointer != NULL ? memset(pointer, 0, bytes) : NULL;
}

/* A block that grows little by little would be copied each time that it leaves its class. */
static inline size_t realloc_room(size_t usable, size_t size)
{
    size_t const room = usable + usable / 100 * REALLOC_RESERVE;

    return REALLOC_RESERVE > 0 && usable < size && size < room ? room : size;
}

/* NULL, and the block is as before, where memory is out. */
static inline void *realloc_moved(void *pointer, size_t usable, size_t size)
{
    void *moved = SETTING(REALLOC_LARGE, realloc_large_none)(pointer, usable, size);

    if (moved != NULL)
        return moved;
    moved = phase_malloc(size);
    if (moved == NULL)
        return NULL;
    memcpy(moved, pointer, size < usable ? size : usable);
    phase_free(pointer);
    return moved;
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
    size_t const room = realloc_room(usable, size);
    void *moved = realloc_moved(pointer, usable, room);
    if (REALLOC_RESERVE > 0 && moved == NULL && room > size)
        moved = realloc_moved(pointer, usable, size);
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
    if (alignment <= ALIGNMENT)
        return phase_malloc(size);
    if (alignment <= ALIGNED_BYTES_MAX && (alignment & (alignment - 1)) == 0 &&
        size <= TINY_SIZE_MAX - ALIGNED_BYTES_MAX)
        return phase_malloc(class_aligned(size, alignment));
    return libc_memalign_slow(alignment, size);
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
