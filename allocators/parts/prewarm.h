/* prewarm.h -- SuperSlabs mapped and made resident before the first allocation is served.
 *
 *   SLABLAB_PREWARM=n              n SuperSlabs for each of Tiny's classes, 0 (or unset) to 64
 *   SLABLAB_PREWARM_METHOD=touch   a write to every page, a fault each (or unset)
 *                          populate  MADV_POPULATE_WRITE: all faults in one call
 *                          hugepage  MADV_HUGEPAGE, then a write to every page: a fault every 2 MB
 *
 * All lie in one mapping aligned to 2 MB, whichever the method, for only there can 1 MB SuperSlabs
 * share huge pages. All 16 slots of each are free slots of its class.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PREWARM_H
#define SLABLAB_PREWARM_H

#include <sys/resource.h>

#include "core/layer.h"
#include "core/setting.h"
#include "core/variable.h"
#include "parts/shared_pool.h"

LAYER(backend);
SUPERSLABS_OF(prewarm);
VARIABLE(SLABLAB_PREWARM);
VARIABLE(SLABLAB_PREWARM_METHOD);

enum { PREWARM_SUPERSLABS_MAX = SETTING(PREWARM_SUPERSLABS_MAX, 64) };

enum prewarm_method { PREWARM_TOUCH, PREWARM_POPULATE, PREWARM_HUGEPAGE };

static inline uint32_t prewarm_superslabs(void)
{
    char const *const value = getenv("SLABLAB_PREWARM");
    uint32_t number = 0;
    size_t digits = 0;

    if (value == NULL)
        return 0;
    while (value[digits] >= '0' && value[digits] <= '9' && digits < 4)
        number = number * 10 + (uint32_t)(value[digits++] - '0');
    if (digits == 0 || value[digits] != '\0' || number > PREWARM_SUPERSLABS_MAX)
        message_abort_environment("SLABLAB_PREWARM", value, "not a number from 0 to 64",
                                  "SLABLAB_PREWARM=8 for 8 SuperSlabs of 1 MB per class");
    return number;
}

static inline enum prewarm_method prewarm_method(void)
{
    static char const *const names[] = {"touch", "populate", "hugepage"};
    char const *const value = getenv("SLABLAB_PREWARM_METHOD");

    if (value == NULL)
        return PREWARM_TOUCH;
    for (uint32_t method = 0; method < sizeof names / sizeof *names; method++)
        if (strcmp(value, names[method]) == 0)
            return (enum prewarm_method)method;
    message_abort_environment("SLABLAB_PREWARM_METHOD", value,
                              "not one of touch, populate, hugepage",
                              "SLABLAB_PREWARM_METHOD=touch, or unset it");
}

/* An arm that could not be prewarmed must not be measured as if it were. */
_Noreturn static inline void prewarm_abort(char const *what)
{
    int const error = errno;
    struct message message = message_begin();

    message_text(&message, "prewarm: ");
    message_text(&message, what);
    message_text(&message, ": errno ");
    message_number(&message, (uint64_t)error, 10);
    message_abort(&message, "a smaller SLABLAB_PREWARM, or SLABLAB_PREWARM_METHOD=touch");
}

static inline uint64_t prewarm_faults(void)
{
    struct rusage usage = {0};

    getrusage(RUSAGE_SELF, &usage);
    return (uint64_t)usage.ru_minflt;
}

/* Touches memory that the kernel was asked to give in huge pages. It may give small ones in silence
 * (switched off, or memory in pieces): each missing huge page costs 512 faults instead of one, so
 * the limit is half of that: more than chance, and less than one missing page. */
static inline void prewarm_touch_huge(void *memory, size_t bytes)
{
    uint64_t const before = prewarm_faults();

    os_touch(memory, bytes);
    uint64_t const faults = prewarm_faults() - before;
    uint64_t const huge_pages = bytes / OS_HUGE_PAGE_BYTES;
    if (faults <= huge_pages + OS_HUGE_PAGE_BYTES / OS_PAGE_BYTES / 2)
        return;
    struct message message = message_begin();

    message_text(&message, "prewarm: SLABLAB_PREWARM_METHOD=hugepage: the kernel gave too few: ");
    message_number(&message, faults, 10);
    message_text(&message, " faults for ");
    message_number(&message, huge_pages, 10);
    message_text(&message, " huge pages");
    message_abort(&message, "madvise in /sys/kernel/mm/transparent_hugepage/enabled, 1 into "
                            "/proc/sys/vm/compact_memory, or SLABLAB_PREWARM_METHOD=touch");
}

static inline void prewarm_make_resident(void *memory, size_t bytes, enum prewarm_method method)
{
    if (method == PREWARM_POPULATE) {
        if (madvise(memory, bytes, MADV_POPULATE_WRITE) != 0)
            prewarm_abort("madvise(MADV_POPULATE_WRITE) failed");
        return;
    }
    if (method == PREWARM_TOUCH) {
        os_touch(memory, bytes);
        return;
    }
    if (madvise(memory, bytes, MADV_HUGEPAGE) != 0)
        prewarm_abort("madvise(MADV_HUGEPAGE) failed");
    prewarm_touch_huge(memory, bytes);
}

static inline void prewarm(struct shared_pool *pool)
{
    uint32_t const superslabs = prewarm_superslabs();
    enum prewarm_method const method = prewarm_method();
    size_t const bytes = (size_t)superslabs * TINY_CLASSES * SUPERSLAB_BYTES;

    if (superslabs == 0)
        return;
    char *const memory = os_map_aligned(bytes, OS_HUGE_PAGE_BYTES);
    if (memory == NULL)
        prewarm_abort("mmap failed");
    prewarm_make_resident(memory, bytes, method);
    for (uint32_t number = superslabs * TINY_CLASSES; number-- > 0;) {
        pool_adopt_for(pool, memory + (size_t)number * SUPERSLAB_BYTES, number / superslabs);
        observe(SUPERSLABS_PREWARMED);
    }
}

#endif
