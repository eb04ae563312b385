/* libc.c -- the C library's allocator as a phase under a sanitizer is to call it.
 *
 * In a sanitizer's build objcopy leads a phase's __libc_malloc and its family here, for two
 * reasons, each a suppression that need not be written:
 *
 *   AddressSanitizer and ThreadSanitizer replace __libc_memalign, of the __libc_ names this one
 *   alone; its blocks begin with a header of theirs in place of a chunk's size.
 *
 *   ThreadSanitizer does not see the C library's locks, so a chunk that one thread frees and
 *   another gets looks like a race between their contents. Here a free happens before every later
 *   allocation of this tier.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *pointer, size_t size);
void __libc_free(void *pointer);

void *slablab_libc_malloc(size_t size);
void *slablab_libc_calloc(size_t count, size_t size);
void *slablab_libc_realloc(void *pointer, size_t size);
void *slablab_libc_memalign(size_t alignment, size_t size);
void slablab_libc_free(void *pointer);

void __tsan_acquire(void *address) __attribute__((weak));
void __tsan_release(void *address) __attribute__((weak));

typedef void *memalign_function(size_t alignment, size_t size);

static memalign_function *libc_memalign;
static char tier; /* its address stands for all that the C library's locks protect */

/* Before there is a second thread. */
__attribute__((constructor)) static void libc_find(void)
{
    void *const libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);

    libc_memalign = libc != NULL ? (memalign_function *)dlsym(libc, "__libc_memalign") : NULL;
    if (libc_memalign == NULL)
        abort();
}

static void given_back(void)
{
    if (__tsan_release != NULL)
        __tsan_release(&tier);
}

static void *taken(void *pointer)
{
    if (__tsan_acquire != NULL)
        __tsan_acquire(&tier);
    return pointer;
}

void *slablab_libc_malloc(size_t size)
{
    return taken(__libc_malloc(size));
}

void *slablab_libc_calloc(size_t count, size_t size)
{
    return taken(__libc_calloc(count, size));
}

void *slablab_libc_realloc(void *pointer, size_t size)
{
    given_back();
    return taken(__libc_realloc(pointer, size));
}

void *slablab_libc_memalign(size_t alignment, size_t size)
{
    return taken(libc_memalign(alignment, size));
}

void slablab_libc_free(void *pointer)
{
    given_back();
    __libc_free(pointer);
}
