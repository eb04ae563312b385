/* shim.c -- the C library's names over an instrumented phase, which then counts to its death.
 *
 * What was executed is written at exit. A child that ends by _exit, or by the phase's own abort,
 * has to be told to; there a lock may be held, and to write allocates: while this does, memory is
 * the C library's, which a phase's free knows by its tag.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <malloc.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

void __gcov_dump(void);
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *pointer, size_t size);

void *slablab_malloc(size_t size);
void slablab_free(void *pointer);
void *slablab_calloc(size_t count, size_t size);
void *slablab_realloc(void *pointer, size_t size);
void *slablab_reallocarray(void *pointer, size_t count, size_t size);
void *slablab_memalign(size_t alignment, size_t size);
void *slablab_aligned_alloc(size_t alignment, size_t size);
int slablab_posix_memalign(void **pointer, size_t alignment, size_t size);
void *slablab_valloc(size_t size);
void *slablab_pvalloc(size_t size);
size_t slablab_malloc_usable_size(void *pointer);

static __thread bool writing;

static void write_counts(void)
{
    writing = true;
    __gcov_dump();
    writing = false;
}

EXPORT void *malloc(size_t size)
{
    return writing ? __libc_malloc(size) : slablab_malloc(size);
}

EXPORT void *calloc(size_t count, size_t size)
{
    return writing ? __libc_calloc(count, size) : slablab_calloc(count, size);
}

EXPORT void *realloc(void *pointer, size_t size)
{
    return writing ? __libc_realloc(pointer, size) : slablab_realloc(pointer, size);
}

EXPORT void free(void *pointer)
{
    slablab_free(pointer);
}

EXPORT void *reallocarray(void *pointer, size_t count, size_t size)
{
    return slablab_reallocarray(pointer, count, size);
}

EXPORT void *memalign(size_t alignment, size_t size)
{
    return slablab_memalign(alignment, size);
}

EXPORT void *aligned_alloc(size_t alignment, size_t size)
{
    return slablab_aligned_alloc(alignment, size);
}

EXPORT int posix_memalign(void **pointer, size_t alignment, size_t size)
{
    return slablab_posix_memalign(pointer, alignment, size);
}

EXPORT void *valloc(size_t size)
{
    return slablab_valloc(size);
}

EXPORT void *pvalloc(size_t size)
{
    return slablab_pvalloc(size);
}

EXPORT size_t malloc_usable_size(void *pointer)
{
    return slablab_malloc_usable_size(pointer);
}

EXPORT _Noreturn void _exit(int status)
{
    write_counts();
    for (;;)
        syscall(SYS_exit_group, status);
}

EXPORT _Noreturn void abort(void)
{
    write_counts();
    signal(SIGABRT, SIG_DFL);
    raise(SIGABRT);
    for (;;)
        syscall(SYS_exit_group, 127);
}
