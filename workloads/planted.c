/* planted.c -- a known share of time in known functions, a known number of faults from known ones.
 *
 * The known truth for tests of the profiler and the ledger of page faults. An operation is ten
 * equal chunks of arithmetic: six in planted_sixty, three in planted_thirty, one in planted_ten.
 * With order=1 every operation has them in another order, so that at any moment of it the three are
 * as likely as their shares; with order=0 all have the same order: a loop that may be in step with
 * a sampler.
 *
 * Each of the first `pages` operations also touches one page for the first time (planted_first) and
 * another one again after it was given back (planted_again): in the region 2 * pages faults, half
 * of them first touches. It allocates nothing.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "workload.h"

#include <stdbool.h>
#include <sys/mman.h>

enum { PAGE_BYTES = 4096, CHUNKS = 10, STEPS_IN_CHUNK = 1000 };

static struct {
    unsigned char volatile *memory; /* not touched; NULL: no pages are wanted */
    uint64_t pages;
    uint64_t touched;
    uint64_t checksum;
    bool shuffles;
    uint32_t random;
} state;

/* One page more than are touched first: the one that is touched again. */
static void setup(void)
{
    state.pages = workload_parameter("pages");
    state.checksum = CHECKSUM_START;
    state.shuffles = workload_parameter("order") == 1;
    state.random = (uint32_t)workload_parameter("seed");
    void *const memory = mmap(NULL, (state.pages + 1) * PAGE_BYTES, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        workload_refuse("fewer pages", "cannot map %llu pages", (unsigned long long)state.pages);
    /* A fault for each page, whatever the machine's huge pages are set to. */
    madvise(memory, (state.pages + 1) * PAGE_BYTES, MADV_NOHUGEPAGE);
    state.memory = memory;
    state.memory[state.pages * PAGE_BYTES] = 1;
}

/* Inlined into the three, so that a chunk costs the same in all of them: all time is this
 * function's own, and 60, 30 and 10 % of it is below theirs. They differ in a number, or the
 * compiler would merge them. */
static inline __attribute__((always_inline)) uint64_t chunk(uint64_t value)
{
    for (unsigned step = 0; step < STEPS_IN_CHUNK; step++) {
        value ^= value << 13;
        value ^= value >> 7;
        value ^= value << 17;
    }
    return value;
}

static __attribute__((noinline)) uint64_t planted_sixty(uint64_t value)
{
    return chunk(value) ^ 60;
}

static __attribute__((noinline)) uint64_t planted_thirty(uint64_t value)
{
    return chunk(value) ^ 30;
}

static __attribute__((noinline)) uint64_t planted_ten(uint64_t value)
{
    return chunk(value) ^ 10;
}

/* Fisher and Yates. */
static void shuffle(unsigned char *order)
{
    for (uint32_t i = CHUNKS - 1; i > 0; i--) {
        uint32_t const place = random_draw(&state.random) % (i + 1);
        unsigned char const kept = order[i];
        order[i] = order[place];
        order[place] = kept;
    }
}

static uint64_t compute(uint64_t value)
{
    static unsigned char order[CHUNKS] = {60, 60, 60, 60, 60, 60, 30, 30, 30, 10};

    if (state.shuffles)
        shuffle(order);
    for (size_t i = 0; i < CHUNKS; i++)
        switch (order[i]) {
        case 60: value = planted_sixty(value); break;
        case 30: value = planted_thirty(value); break;
        default: value = planted_ten(value); break;
        }
    return value;
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
        value = compute(value);
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
    {"order", 1, 0, 1, "", "of an operation's chunks: 0 always the same, 1 drawn"},
    {"seed", 42, 1, UINT32_MAX, "", "of the generator"},
    {.name = NULL},
};

struct workload const workload = {
    .name = "planted",
    .models = "a profile and a count of page faults that are known beforehand",
    .params = params,
    .setup = setup,
    .run = run,
};
