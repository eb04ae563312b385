/* preloaded.h -- the proof that the malloc under test is the one that LD_PRELOAD names.
 *
 * Every test program begins with it: a test of the wrong allocator passes and says nothing. Without
 * LD_PRELOAD the C library's own malloc is the one under test, or, in a program of prefixed.mk,
 * that of the phase which SLABLAB_LINKED names as LD_PRELOAD would.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TESTS_PRELOADED_H
#define SLABLAB_TESTS_PRELOADED_H

#include <dlfcn.h>
#include <malloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* The file that holds the definition a program gets for this symbol, without its directory. */
static inline char const *serving_object(char const *symbol)
{
    Dl_info where;
    void *const address = dlsym(RTLD_DEFAULT, symbol);

    if (address == NULL || dladdr(address, &where) == 0)
        return "";
    char const *const slash = strrchr(where.dli_fname, '/');
    return slash == NULL ? where.dli_fname : slash + 1;
}

static inline char const *expected_object(void)
{
    char const *const linked = getenv("SLABLAB_LINKED");
    char const *const preload = linked != NULL ? linked : getenv("LD_PRELOAD");

    if (preload == NULL || *preload == '\0')
        return "libc.so.6";
    char const *const slash = strrchr(preload, '/');
    return slash == NULL ? preload : slash + 1;
}

/* Is the phase under test this one, or over it, or over one that is? PHASES_OVER has what the pages
 * say (allocators/phases/): "ss-reuse:baseline dense:ss-reuse ...". */
static inline bool phase_has_rung(char const *rung)
{
    char const *const object = expected_object();
    char const *name = object + 3;
    size_t length = strlen(object) > 6 ? strcspn(name, "+.") : 0; /* "+": other constants */

    while (length > 0) {
        if (strlen(rung) == length && strncmp(rung, name, length) == 0)
            return true;
        char const *line = PHASES_OVER;
        while (*line != '\0' && (strncmp(line, name, length) != 0 || line[length] != ':'))
            line += strcspn(line, " ") + (strchr(line, ' ') != NULL);
        name = *line != '\0' ? line + length + 1 : line;
        length = strcspn(name, " ");
    }
    return false;
}

/* In a program of prefixed.mk `malloc` is another function than the process knows by that name. */
static inline bool phase_is_linked(void)
{
    return (void *)malloc != dlsym(RTLD_DEFAULT, "malloc");
}

static inline bool preloaded_object_serves(char const *symbol)
{
    if (getenv("SLABLAB_LINKED") != NULL)
        return phase_is_linked();
    return strcmp(serving_object(symbol), expected_object()) == 0;
}

/* Has every block a byte in front that is not another block's? Of a peer it is not asked: what a
 * peer does with a block's surroundings is written down of it. */
static inline bool blocks_have_tags(void)
{
    enum { BLOCKS = 16, SIZE = 100 };
    unsigned char *block[BLOCKS];
    int tags = 0;

    if (getenv("SLABLAB_PEER") != NULL)
        return true;
    for (int i = 0; i < BLOCKS; i++) {
        block[i] = malloc(SIZE);
        if (block[i] == NULL)
            abort();
        memset(block[i], 0, malloc_usable_size(block[i]));
    }
    for (int i = 0; i < BLOCKS; i++)
        tags += block[i][-1] != 0;
    for (int i = 0; i < BLOCKS; i++)
        free(block[i]);
    return tags == BLOCKS;
}

/* Without a tag a pointer is checked when it leaves its thread's array: so many allocations and
 * frees of its size that it does. */
static inline void send_back(size_t size)
{
    enum { BLOCKS = 20000 };
    static void *block[BLOCKS];

    for (int i = 0; i < BLOCKS; i++)
        block[i] = malloc(size);
    for (int i = 0; i < BLOCKS; i++)
        free(block[i]);
}

/* bump is the ceiling that never takes anything back: promises about free are not its. */
static inline bool never_frees(void)
{
    return strcmp(expected_object(), "libbump.so") == 0;
}

#endif
