/* planted.h -- the baseline with one known change, for a gate to find.
 *
 * Each file of this folder is this header and the size of its change, and is built to
 * build/planted/lib<name>.so (`make planted`). None is a phase: they are named to a gate by path.
 *
 * Every change leaves all others out: its code is the baseline's where a field below is 0, and
 * same.c, where all are, is the baseline's to the byte. What else moves is said with each field.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PLANTED_H
#define SLABLAB_PLANTED_H

#include "core/superslab.h"

struct planted {
    /* Time: this share of the calls of malloc does one more malloc and free of that size before,
     * which gives the same block to the call itself. Also instructions; no page fault. */
    double pairs_of_calls;
    /* Instructions: so many without any memory access in each call of malloc. Hardly any time. */
    uint32_t nops_of_call;
    /* Page faults: for each page that blocks are carved from, this share of another page is touched
     * for the first time. Also time and resident memory. */
    double pages_of_page;
    /* System calls: so many times one mmap and one munmap, of a page that nobody touches, for each
     * SuperSlab that is mapped. Unmapped, or the next SuperSlab would lie elsewhere. */
    uint32_t maps_of_superslab;
    /* Resident memory: so much is touched when the process begins, so outside the region. */
    size_t start_bytes;
};

/* Defined by the file that includes this; constant, so that what it leaves out is not compiled. */
static struct planted const planted;

/* Pages for the plants alone. A multiple of a SuperSlab: the SuperSlabs lie as without it. Enough
 * for the tenth of 2.5 GB; beyond it nothing is planted. */
enum { PLANTED_PAGES_BYTES = 256 << 20 };
static char *planted_pages;
static size_t planted_pages_used;
static double planted_pages_due;

/* The pool's lock is held: SuperSlabs are mapped and blocks carved under it alone. */
ALWAYS_INLINE uint32_t planted_slab_carve(struct slab_blocks *blocks, char *first, uint32_t stride,
                                          uint32_t count, struct block **list)
{
    uint32_t const taken = slab_carve(blocks, first, stride, count, list);

    if (planted.pages_of_page == 0)
        return taken;
    planted_pages_due += planted.pages_of_page * taken * stride / OS_PAGE_BYTES;
    for (; planted_pages_due >= 1 && planted_pages_used < PLANTED_PAGES_BYTES;
         planted_pages_due--, planted_pages_used += OS_PAGE_BYTES)
        os_touch(planted_pages + planted_pages_used, OS_PAGE_BYTES);
    return taken;
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
#define slab_carve planted_slab_carve
#define superslab_map planted_superslab_map
#include "parts/tiny.h"

static enum pool_policy const policy = POOL_BUMP_ONLY;
static struct shared_pool pool = SHARED_POOL_EMPTY;
static __thread struct tiny_front tiny;

static void phase_begin(void)
{
    if (planted.pages_of_page == 0 && planted.start_bytes == 0)
        return;
    planted_pages = os_map(PLANTED_PAGES_BYTES);
    if (planted_pages == NULL) {
        planted_pages_used = PLANTED_PAGES_BYTES;
        return;
    }
    /* A fault for each page, whatever the machine's huge pages are set to. */
    madvise(planted_pages, PLANTED_PAGES_BYTES, MADV_NOHUGEPAGE);
    os_touch(planted_pages, planted.start_bytes);
    planted_pages_used = planted.start_bytes;
}

#include "parts/tiny_alone.h"

/* What is due, in 1 / 2^32 of a pair: the sum overflows once for each pair. */
static __thread uint32_t planted_pairs_due;

NOINLINE void planted_pair_slow(size_t size)
{
    void *const pointer = phase_malloc(size);

    if (pointer != NULL)
        phase_free(pointer);
}

ALWAYS_INLINE void *planted_malloc(size_t size)
{
    uint32_t const share = (uint32_t)(planted.pairs_of_calls * 0x1p32);

    for (uint32_t i = 0; i < planted.nops_of_call; i++)
        __asm__ volatile("nop");
    if (share != 0 && __builtin_add_overflow(planted_pairs_due, share, &planted_pairs_due))
        planted_pair_slow(size);
    return phase_malloc(size);
}

#define phase_malloc planted_malloc
#include "core/malloc_api.h"

#endif
