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

#include "core/superslab.h"

struct planted {
    /* Time: this share of the calls of malloc does one more malloc and free of that size before,
     * which leaves everything as it was: the same blocks, the same drains. Also instructions. */
    double pairs_of_calls;
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

/* The pool asks once for each slab that gets its class, and holds its lock. */
ALWAYS_INLINE uint16_t planted_slab_capacity(uint32_t index, uint32_t stride)
{
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

static void phase_begin(void)
{
    /* A fault for each page, whatever the machine's huge pages are set to. */
    if (planted.pages_of_page > 0 || planted.start_pages > 0)
        madvise(planted_pages, sizeof planted_pages, MADV_NOHUGEPAGE);
    planted_touch(planted.start_pages);
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
