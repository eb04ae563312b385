/* planted.c -- a known share of time in known functions, a known number of faults from known ones.
 *
 * The truth that a profiler and a ledger of page faults are held against. An operation is 100 equal
 * rounds of arithmetic: 60 in planted_sixty, 30 in planted_thirty, 10 in planted_ten. Each of the
 * first `pages` operations also touches one page for the first time (planted_first) and another one
 * again, which was given back in between (planted_again): in the region 2 * pages faults, half of
 * them first touches. It allocates nothing.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "workload.h"

#include <stdbool.h>
#include <sys/mman.h>

enum { PAGE_BYTES = 4096, STEPS_IN_ROUND = 100 };

static struct {
    unsigned char volatile *memory; /* not touched; NULL: no pages are wanted */
    uint64_t pages;
    uint64_t touched;
    uint64_t checksum;
} state;

/* One page more than are touched first: the one that is touched again. */
static void setup(void)
{
    state.pages = workload_parameter("pages");
    state.checksum = CHECKSUM_START;
    void *const memory = mmap(NULL, (state.pages + 1) * PAGE_BYTES, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        workload_refuse("fewer pages", "cannot map %llu pages", (unsigned long long)state.pages);
    /* A fault for each page, whatever the machine's huge pages are set to. */
    madvise(memory, (state.pages + 1) * PAGE_BYTES, MADV_NOHUGEPAGE);
    state.memory = memory;
    state.memory[state.pages * PAGE_BYTES] = 1;
}

/* Inlined into the three, so that a round costs the same in all of them: all time is this
 * function's own, and 60, 30 and 10 % of it is below theirs. */
static inline __attribute__((always_inline)) uint64_t rounds(uint64_t value, unsigned count)
{
    for (unsigned step = 0; step < count * STEPS_IN_ROUND; step++) {
        value ^= value << 13;
        value ^= value >> 7;
        value ^= value << 17;
    }
    return value;
}

static __attribute__((noinline)) uint64_t planted_sixty(uint64_t value)
{
    return rounds(value, 60);
}

static __attribute__((noinline)) uint64_t planted_thirty(uint64_t value)
{
    return rounds(value, 30);
}

static __attribute__((noinline)) uint64_t planted_ten(uint64_t value)
{
    return rounds(value, 10);
}

static __attribute__((noinline)) void planted_first(void)
{
    state.memory[state.touched * PAGE_BYTES] = 1;
}

static __attribute__((noinline)) void planted_again(void)
{
    unsigned char volatile *const page = state.memory + state.pages * PAGE_BYTES;

    madvise((void *)page, PAGE_BYTES, MADV_DONTNEED);
    *page = 1;
}

static uint64_t run(uint64_t operations)
{
    uint64_t value = state.checksum;

    for (; operations > 0; operations--) {
        value = planted_sixty(value);
        value = planted_thirty(value);
        value = planted_ten(value);
        if (state.touched < state.pages) {
            planted_first();
            planted_again();
            state.touched++;
        }
    }
    state.checksum = value;
    return value;
}

static struct parameter const params[] = {
    {"pages", 100, 0, UINT64_C(1) << 24, "pages", "touched first, and as often one again"},
    {.name = NULL},
};

struct workload const workload = {
    .name = "planted",
    .models = "a profile and a count of page faults that are known beforehand",
    .params = params,
    .setup = setup,
    .run = run,
};
