/* planted.h -- the baseline with one known change, for a gate to find.
 *
 * Each file of this folder is this header and the size of its change, and is built to
 * build/planted/lib<name>.so (`make planted`). None is a phase: they are named to a gate by path.
 *
 * Each change excludes all others: where a field below is 0 the code is the baseline's, and same.c,
 * where all are 0, is the baseline's to the byte. Side effects are stated with each field.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PLANTED_H
#define SLABLAB_PLANTED_H

#include <stdlib.h>
#include <sys/auxv.h>

#include "core/superslab.h"

struct planted {
    /* Time: this share of the calls of malloc does one more malloc and free of that size before,
     * which leaves everything as it was: the same blocks, the same drains. Also instructions. For
     * some per cent: a processor runs many pairs beside the calls. */
    double pairs_of_calls;
    /* Time, for tens of per cent: so many multiplications in each call of malloc, each of the one
     * before, which no processor runs side by side. Also instructions. */
    uint32_t products_of_call;
    /* A lottery: products_of_call and aborts hold for this share of the processes, drawn by the
     * kernel's random bytes. 0: for all. */
    double chance;
    /* Failures: the process aborts when its first slab gets a class. */
    bool aborts;
    /* Instructions: so many without any memory access in each call of malloc. Hardly any time. */
    uint32_t nops_of_call;
    /* Page faults: for each untouched page of a slab that gets its class, this share of another
     * page is touched too. Also time and resident memory. */
    double pages_of_page;
    /* System calls: so many times one mmap and one munmap, of a page that is never touched, for
     * each SuperSlab that is mapped. It is unmapped so that the next SuperSlab's address stays the
     * same. */
    uint32_t maps_of_superslab;
    /* Resident memory: so many pages are touched when the process begins, so before the region. */
    uint32_t start_pages;
    /* Start-up: so many page faults, all on one page, which is given back after each. Also time. */
    uint32_t start_faults;
    /* Jitter of instructions: when the process begins, from 0 up to so many turns of an empty loop,
     * drawn by the kernel's random bytes. Hardly any time. */
    uint32_t start_turns_max;
    /* The end: CPU time that the process takes after main. */
    uint32_t end_ms;
};

/* Defined by the file that includes this; constant, so that what it leaves out is not compiled. */
static struct planted const planted;

/* Pages for the planted changes alone, in the library's own memory, so that no mapping moves.
 * Enough for the tenth of 640 MB; beyond it nothing is planted. */
enum { PLANTED_PAGES = 16384 };
static char planted_pages[PLANTED_PAGES][OS_PAGE_BYTES] __attribute__((aligned(OS_PAGE_BYTES)));
static uint32_t planted_pages_used;
static double planted_pages_due;

static inline void planted_touch(uint32_t pages)
{
    for (; pages > 0 && planted_pages_used < PLANTED_PAGES; pages--)
        os_touch(planted_pages[planted_pages_used++], 1);
}

/* From 0 up to 1, of 32 of the 128 bits that the kernel draws for each process: word is 0 to 3. */
static inline double planted_draw(uint32_t word)
{
    uint32_t const *const drawn = (uint32_t const *)getauxval(AT_RANDOM);

    return drawn != NULL ? drawn[word] * 0x1p-32 : 0;
}

/* Is the process one of those that the change holds for? */
static inline bool planted_holds(void)
{
    return planted.chance == 0 || planted_draw(0) < planted.chance;
}

/* The pool asks once for each slab that gets its class, and holds its lock. */
ALWAYS_INLINE uint16_t planted_slab_capacity(uint32_t index, uint32_t stride)
{
    if (planted.aborts && planted_holds())
        abort();
    if (planted.pages_of_page > 0) {
        planted_pages_due += planted.pages_of_page * (SLAB_BYTES / OS_PAGE_BYTES);
        uint32_t const pages = (uint32_t)planted_pages_due;
        planted_pages_due -= pages;
        planted_touch(pages);
    }
    return slab_capacity(index, stride);
}

static inline void *planted_superslab_map(void)
{
    for (uint32_t i = 0; i < planted.maps_of_superslab; i++) {
        void *const page = os_map(OS_PAGE_BYTES);
        if (page != NULL)
            os_unmap(page, OS_PAGE_BYTES);
    }
    return superslab_map();
}

/* The parts that follow call these two by the baseline's names. */
#define slab_capacity planted_slab_capacity
#define superslab_map planted_superslab_map
#include "parts/tiny.h"

static enum pool_policy const policy = POOL_BUMP_ONLY;
static struct shared_pool pool = SHARED_POOL_EMPTY;
static __thread struct tiny_front tiny;

static uint32_t planted_products; /* of each call in this process */

static void phase_begin(void)
{
    /* A fault for each page, whatever the machine's huge pages are set to. */
    if (planted.pages_of_page > 0 || planted.start_pages > 0 || planted.start_faults > 0)
        madvise(planted_pages, sizeof planted_pages, MADV_NOHUGEPAGE);
    planted_touch(planted.start_pages);
    for (uint32_t i = 0; i < planted.start_faults; i++) {
        os_touch(planted_pages, 1);
        madvise(planted_pages, OS_PAGE_BYTES, MADV_DONTNEED);
    }
    if (planted.start_turns_max > 0)
        for (double i = planted_draw(1) * planted.start_turns_max; i > 0; i--)
            __asm__ volatile("");
    planted_products = planted_holds() ? planted.products_of_call : 0;
}

static inline uint64_t planted_cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

__attribute__((destructor)) static void planted_end(void)
{
    uint64_t const began = planted.end_ms > 0 ? planted_cpu_ns() : 0;

    while (planted.end_ms > 0 && planted_cpu_ns() - began < planted.end_ms * 1000000ull)
        continue;
}

#include "parts/tiny_alone.h"

/* The fraction due, in 1 / 2^32 of a pair: the sum overflows once for each pair. Threads share it
 * and lose some updates; a thread-local one would itself cost 1 % of a malloc and free. */
static uint32_t planted_pairs_due;

/* A call with a pair before it; the pair's free is not counted towards a drain. It serves the call
 * as well, so that the path without a pair needs no stack frame. */
NOINLINE void *planted_malloc_slow(size_t size)
{
    void *const pointer = size <= TINY_SIZE_MAX ? phase_malloc(size) : NULL;

    if (pointer != NULL) {
        tiny.frees_left[tiny_class_of(size)]++;
        phase_free(pointer);
    }
    return phase_malloc(size);
}

ALWAYS_INLINE void *planted_malloc(size_t size)
{
    uint32_t const share = (uint32_t)(planted.pairs_of_calls * 0x1p32);

    for (uint32_t i = 0; i < planted.nops_of_call; i++)
        __asm__ volatile("nop");
    if (planted.products_of_call > 0) {
        size_t product = size;
        for (uint32_t i = planted_products; i > 0; i--)
            __asm__ volatile("imul %0, %0" : "+r"(product));
    }
    if (share != 0) {
        planted_pairs_due += share;
        if (UNLIKELY(planted_pairs_due < share))
            return planted_malloc_slow(size);
    }
    return phase_malloc(size);
}

#define phase_malloc planted_malloc
#include "core/malloc_api.h"

#endif
