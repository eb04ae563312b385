/* record.c -- counts what a program of one thread asks of malloc, for workload distribution.
 *
 *   gcc -O2 -shared -fPIC -o record.so workloads/data/record.c
 *   LD_PRELOAD=./record.so RECORD=out.txt PROGRAM ARGUMENTS
 *
 * A line of out.txt is of objects that the C library rounds up to one size: that size, how many of
 * a million allocations have it, and how many were alive, as a mean over the program's calls.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *block);

enum { CLASSES = 512, EXACT = 1024, STEPS = 8 };

/* alive: the sum of `live` over all calls. */
static struct class {
    uint64_t size; /* the largest one that was seen */
    uint64_t allocations;
    uint64_t live;
    uint64_t alive;
    uint64_t since; /* the call of the last change */
} classes[CLASSES];
static uint64_t calls;

/* Each size up to EXACT has a class of 16 bytes, each doubling beyond it STEPS of them. */
static struct class *class_of(size_t size)
{
    size_t doublings = 0;

    if (size <= EXACT)
        return &classes[size / 16];
    while (size >> doublings > (size_t)2 * EXACT)
        doublings++;
    size_t const step = ((size >> doublings) - EXACT) * STEPS / EXACT;
    return &classes[(size_t)EXACT / 16 + STEPS * doublings + step];
}

static void change(struct class *class, int by)
{
    calls++;
    class->alive += class->live * (calls - class->since);
    class->since = calls;
    class->live += (uint64_t)by;
}

static void *born(void *block)
{
    size_t const size = block != NULL ? malloc_usable_size(block) : 0;
    struct class *const class = class_of(size);

    if (block == NULL)
        return NULL;
    change(class, 1);
    class->allocations++;
    class->size = size > class->size ? size : class->size;
    return block;
}

static void dead(void *block)
{
    if (block != NULL)
        change(class_of(malloc_usable_size(block)), -1);
}

void *malloc(size_t size)
{
    return born(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
    return born(__libc_calloc(count, size));
}

void *realloc(void *block, size_t size)
{
    dead(block);
    return born(__libc_realloc(block, size));
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return born(__libc_memalign(alignment, size));
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    *block = born(__libc_memalign(alignment, size));
    return *block != NULL ? 0 : ENOMEM;
}

void free(void *block)
{
    dead(block);
    __libc_free(block);
}

__attribute__((destructor)) static void write_down(void)
{
    char const *const path = getenv("RECORD");
    uint64_t allocations = 0;
    struct class final[CLASSES];

    memcpy(final, classes, sizeof final);
    uint64_t const end = calls;
    FILE *const file = path != NULL ? fopen(path, "w") : NULL;
    if (file == NULL)
        return;
    for (size_t i = 0; i < CLASSES; i++)
        allocations += final[i].allocations;
    for (size_t i = 0; i < CLASSES; i++) {
        uint64_t const alive = final[i].alive + final[i].live * (end - final[i].since);
        if (final[i].allocations > 0)
            fprintf(file, "%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", final[i].size,
                    final[i].allocations * 1000000 / allocations, alive / end);
    }
    fclose(file);
}
