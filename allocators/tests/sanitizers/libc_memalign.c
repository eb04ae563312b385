/* libc_memalign.c -- the C library's own __libc_memalign, where a sanitizer took over that name.
 *
 * Sanitizers replace malloc and its family, and of the __libc_ names this one alone; its blocks
 * begin with a header of theirs in place of a chunk's size. In their builds objcopy leads a phase
 * here.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

void *slablab_libc_memalign(size_t alignment, size_t size);

typedef void *memalign_function(size_t alignment, size_t size);

static memalign_function *libc_memalign;

/* Before there is a second thread. */
__attribute__((constructor)) static void libc_memalign_find(void)
{
    void *const libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);

    libc_memalign = libc != NULL ? (memalign_function *)dlsym(libc, "__libc_memalign") : NULL;
    if (libc_memalign == NULL)
        abort();
}

void *slablab_libc_memalign(size_t alignment, size_t size)
{
    return libc_memalign(alignment, size);
}
