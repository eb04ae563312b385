/* first_use.c -- memory that is used, given back, and used again.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* MADV_HUGEPAGE */
#include "machine/first_use.h"

#include "base/clock.h"
#include "machine/cgroup.h"
#include "machine/system_facts.h"

#include <sys/mman.h>
#include <time.h>

enum { LOOK_BYTES = 128 << 20, STEP_BYTES = 16 << 20, SHARE = 8, SLOW_TIMES = 2 };

/* What is free, as far as a control group allows; 0: the kernel does not say. */
static uint64_t free_bytes(void)
{
    struct cgroup cgroup = cgroup_of("memory");
    uint64_t limit = UINT64_MAX;
    uint64_t unused = 0;

    if (!cgroup_least(&cgroup, cgroup.unified ? "memory.max" : "memory.limit_in_bytes", &limit))
        limit = UINT64_MAX;
    cgroup_free(&cgroup);
    if (!fact_memory_bytes("MemFree", &unused))
        return 0;
    return unused < limit ? unused : limit;
}

/* Huge pages, where they are allowed; 0: the memory cannot be had. */
static uint64_t use_ns(uint64_t bytes)
{
    enum { PAGE_BYTES = 4096 };
    char *const memory =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        return 0;
    madvise(memory, bytes, MADV_HUGEPAGE);
    uint64_t const begin = clock_ns(CLOCK_MONOTONIC);
    for (uint64_t at = 0; at < bytes; at += PAGE_BYTES)
        ((char volatile *)memory)[at] = 1;
    uint64_t const took = clock_ns(CLOCK_MONOTONIC) - begin;
    munmap(memory, bytes);
    return took;
}

struct first_use first_use_look(void)
{
    uint64_t const share = free_bytes() / SHARE / STEP_BYTES * STEP_BYTES;
    uint64_t const bytes = share < LOOK_BYTES ? share : LOOK_BYTES;
    struct first_use look = {0};

    if (bytes == 0)
        return look;
    look.first_ns = use_ns(bytes);
    look.again_ns = use_ns(bytes);
    if (look.first_ns == 0 || look.again_ns == 0)
        return (struct first_use){0};
    look.bytes = bytes;
    look.slow = look.first_ns > SLOW_TIMES * look.again_ns;
    return look;
}

json_t *first_use_describe(void)
{
    struct first_use const look = first_use_look();

    if (look.bytes == 0)
        return json_pack("{s:s}", "absent", "too little memory is free to tell");
    return json_pack("{s:I, s:I, s:I, s:b}", "bytes", (json_int_t)look.bytes, "first_ns",
                     (json_int_t)look.first_ns, "again_ns", (json_int_t)look.again_ns, "slow",
                     look.slow);
}
