/* recycle.c -- a small allocator: what a thread frees it gets again, by size; else the C library's.
 *
 * SPDX-License-Identifier: MIT */
#include <malloc.h>
#include <stddef.h>
#include <string.h>

enum { STEP = 16, CLASSES = 64, TURNS = 0 }; /* TURNS: more of them make every malloc slower */

void *__libc_malloc(size_t size);
void __libc_free(void *block);

struct freed {
    struct freed *next;
};

static __thread struct freed *lists[CLASSES];

void *malloc(size_t size)
{
    size_t const class = (size + STEP - 1) / STEP;

    for (int volatile turn = 0; turn < TURNS; turn = turn + 1)
        ;
    if (class >= CLASSES)
        return __libc_malloc(size);
    struct freed *const block = lists[class];
    if (block == NULL)
        return __libc_malloc(class * STEP + STEP / 2);
    lists[class] = block->next;
    return block;
}

/* malloc_usable_size is a multiple of 16 and 8 more; the list is of those it is enough for. */
void free(void *block)
{
    size_t const class = block != NULL ? (malloc_usable_size(block) - STEP / 2) / STEP : CLASSES;

    if (class >= CLASSES) {
        __libc_free(block);
        return;
    }
    struct freed *const freed = block;
    freed->next = lists[class];
    lists[class] = freed;
}

void *calloc(size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    void *const block = malloc(bytes);
    return block != NULL ? memset(block, 0, bytes) : NULL;
}
