/* bitmap_slab.h -- slabs whose free blocks are bits in the header of their SuperSlab.
 *
 *   0               8 KB          64 KB               960 KB             1 MB
 *   | header, bits  | slab 0 ...  | slab 1 ...        | slab 15 ...      |
 *
 *   bits of a slab, word 0 first:  0 0 0 0 0 1 0 1 1 1 ...      1: the block is free
 *                                  ^ block 0, the lowest address
 *
 * Nothing is written into a free block, and a new one is a free one: there is no carving. A block
 * that comes back and is free already is a second free. Who calls holds the lock of the slab's
 * class (bitmap_pool.h).
 *
 * Invariants, outside that lock:
 *   used + |bits| == capacity
 *   no word before `first` has a bit
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_BITMAP_SLAB_H
#define SLABLAB_BITMAP_SLAB_H

#include <string.h>

#include "core/check.h"
#include "core/layer.h"
#include "core/list.h"
#include "core/pagemap.h"
#include "core/tag.h"
#include "parts/decay.h"
#include "parts/superslab_cache.h"

LAYER(backend);

CONSTANT(BITMAP_COLORS, 1, colors, 1, 64, "cache lines",
         "by which slabs are moved, a power of two");
CONSTANT(BITMAP_MAPPED, 1, mapped, 1, 2, "SuperSlabs", "mapped at a time; 2 fill a huge page");
CONSTANT(BITMAP_SMALL_MB, 0, small, 0, 4096, "MB",
         "that are mapped in pages of 4 KB before the first huge page is asked for");
CONSTANT(BITMAP_PACE_US, 0, pace, 0, 1000000, "us",
         "since a SuperSlab was begun, within which the next has huge pages; 0: it always has");
enum {
    BITMAP_HEADER_BYTES = OS_PAGE_BYTES * 2,
    BITMAP_WORD_BITS = sizeof(uint64_t) * 8,
    BITMAP_WORDS = SETTING(BITMAP_WORDS, 52), /* so that the header is two pages */
    BITMAP_COLOR_BYTES = 64,
    BITMAP_MAPPED_BYTES = BITMAP_MAPPED * SUPERSLAB_BYTES,
    BITMAP_BLOCKS_MAX = BITMAP_WORDS * BITMAP_WORD_BITS
};
_Static_assert(0 < BITMAP_COLORS && (BITMAP_COLORS & (BITMAP_COLORS - 1)) == 0, "no such colors");
_Static_assert((int)OS_HUGE_PAGE_BYTES == 2 * (int)SUPERSLAB_BYTES, "a pair is no huge page");
_Static_assert(BITMAP_HEADER_BYTES == 8192 && SUPERSLAB_BYTES == 1048576, "or say so above");

/* Seven cache lines. A stride of 16 leaves the end of its slab unused. */
struct bitmap_slab {
    struct link link; /* in with_room */
    uint16_t class;
    uint16_t used;     /* blocks that are not free here */
    uint16_t capacity; /* blocks of the slab */
    uint16_t first;    /* the first word that may have a bit */
    uint16_t begin;    /* of block 0, in bytes from the slab's; so many a header and a color take */
    uint16_t seen;     /* used, when bitmap_decay looked */
    bool discarded;    /* since then: the system has the pages of its free blocks */
    uint64_t free[BITMAP_WORDS];
} __attribute__((aligned(64)));

struct bitmap_superslab {
    uint64_t magic;
    struct cached cached; /* its link is in the pool's with_unused, or in the cache */
    uint16_t unused;      /* bit i: slab i has no class */
    uint16_t discarded;   /* of those: the system has its pages back (bitmap_decay.h) */
    uint64_t unused_since_ms[DECAY_MS > 0 ? SLABS : 1]; /* of a slab without class */
    struct bitmap_slab slab[SLABS];
};

#define BITMAP_MAGIC UINT64_C(0x53555045525f424d) /* "SUPER_BM" */
_Static_assert(sizeof(struct bitmap_superslab) <= BITMAP_HEADER_BYTES, "the header is too small");

/* offset * this >> 32 is offset / stride, of offsets in a slab. */
#define BITMAP_RECIPROCAL_ROW(class, before, size_max) \
    [class] = (uint32_t)((UINT64_C(1) << 32) / DENSE_STRIDE(size_max) + 1),
static uint32_t const bitmap_reciprocals[TINY_CLASSES] = {DENSE_TABLE(BITMAP_RECIPROCAL_ROW)};

ALWAYS_INLINE struct bitmap_slab *bitmap_slab_of_link(struct link *link)
{
    return CONTAINER_OF(link, struct bitmap_slab, link);
}

ALWAYS_INLINE uint32_t bitmap_slab_number(struct bitmap_slab const *slab)
{
    struct bitmap_superslab const *const superslab = superslab_of(slab);

    return (uint32_t)(slab - superslab->slab);
}

ALWAYS_INLINE uint32_t bitmap_header_bytes(uint32_t number)
{
    return number == 0 ? BITMAP_HEADER_BYTES : 0;
}

/* Where the slab's 64 KB begin, with the header in the first one's. */
ALWAYS_INLINE char *bitmap_slab_memory(struct bitmap_slab const *slab)
{
    return (char *)superslab_of(slab) + (size_t)bitmap_slab_number(slab) * SLAB_BYTES;
}

ALWAYS_INLINE char *bitmap_first_block(struct bitmap_slab const *slab)
{
    return bitmap_slab_memory(slab) + slab->begin;
}

/* Bytes by which the slab's blocks are moved. Of a stride with a factor of 2^n cache lines, the
 * first bytes of a slab's blocks lie in one of 2^n parts of a cache's sets, and slabs that are
 * moved by 0 to 2^n - 1 lines lie in all of them. Neighbours in memory are moved differently. */
static inline uint32_t bitmap_color_bytes(struct bitmap_slab const *slab, uint32_t class)
{
    uint32_t const lines = tiny_stride(class) / BITMAP_COLOR_BYTES;
    uint32_t const factor = lines & -lines;
    uint32_t const colors = factor < BITMAP_COLORS ? factor : BITMAP_COLORS;

    if (tiny_stride(class) % BITMAP_COLOR_BYTES != 0)
        return 0;
    if (TINY_CLASSES > DENSE_CLASSES && class >= DENSE_CLASSES)
        return 0; /* a slab of few blocks, which would lose one */
    return (uint32_t)((uintptr_t)bitmap_slab_memory(slab) / SLAB_BYTES % colors) *
           BITMAP_COLOR_BYTES;
}

/* The slab has its class's blocks, all of them free. */
static inline void bitmap_slab_begin(struct bitmap_slab *slab, uint32_t class)
{
    uint32_t const begin =
        bitmap_header_bytes(bitmap_slab_number(slab)) + bitmap_color_bytes(slab, class);
    uint32_t const fit = (SLAB_BYTES - begin) / tiny_stride(class);
    uint32_t const capacity = fit < BITMAP_BLOCKS_MAX ? fit : BITMAP_BLOCKS_MAX;
    uint32_t const words = (capacity + BITMAP_WORD_BITS - 1) / BITMAP_WORD_BITS;

    slab->class = (uint16_t)class;
    slab->begin = (uint16_t)begin;
    slab->capacity = (uint16_t)capacity;
    slab->used = 0;
    slab->first = 0;
    slab->seen = UINT16_MAX; /* bitmap_decay has not looked */
    slab->discarded = false;
    memset(slab->free, 0xff, words * sizeof *slab->free);
    if (capacity % BITMAP_WORD_BITS != 0)
        slab->free[words - 1] = (UINT64_C(1) << capacity % BITMAP_WORD_BITS) - 1;
    pagemap_set(bitmap_slab_memory(slab), SLAB_BYTES, PAGEMAP_CLASS + class);
}

/* Takes at most count blocks, lowest address first, and puts them before end, each before the last
 * one; says how many. */
static inline uint32_t bitmap_slab_take(struct bitmap_slab *slab, uint32_t count, void **end)
{
    char *const first = bitmap_first_block(slab);
    uint32_t const stride = tiny_stride(slab->class);
    uint32_t const room = (uint32_t)slab->capacity - slab->used;
    uint32_t const taken = count < room ? count : room;
    uint32_t left = taken;

    for (uint32_t word = slab->first; left > 0; word++) {
        char *const begin = first + (size_t)word * BITMAP_WORD_BITS * stride;
        uint64_t bits = slab->free[word];

        for (; bits != 0 && left > 0; bits &= bits - 1, left--)
            *--end = begin + (size_t)(uint32_t)__builtin_ctzll(bits) * stride;
        slab->free[word] = bits;
        slab->first = (uint16_t)word;
    }
    slab->used = (uint16_t)(slab->used + taken);
    return taken;
}

/* The first block from `number` on that is free, or is not; the capacity if there is none. */
static inline uint32_t bitmap_next(struct bitmap_slab const *slab, uint32_t number, bool free)
{
    while (number < slab->capacity) {
        uint64_t const word = slab->free[number / BITMAP_WORD_BITS];
        uint64_t const found = (free ? word : ~word) >> number % BITMAP_WORD_BITS;

        if (found != 0) {
            number += (uint32_t)__builtin_ctzll(found);
            break;
        }
        number += BITMAP_WORD_BITS - number % BITMAP_WORD_BITS;
    }
    return number < slab->capacity ? number : slab->capacity;
}

/* The system gets the pages back that hold bytes of free blocks alone; in how many calls. */
static inline uint32_t bitmap_slab_discard(struct bitmap_slab const *slab)
{
    uint32_t const stride = tiny_stride(slab->class);
    uintptr_t const first = (uintptr_t)bitmap_first_block(slab);
    uintptr_t const page = OS_PAGE_BYTES;
    uint32_t calls = 0;
    uint32_t end;

    for (uint32_t begin = bitmap_next(slab, 0, true); begin < slab->capacity;
         begin = bitmap_next(slab, end, true)) {
        end = bitmap_next(slab, begin, false);
        uintptr_t const from = (first + (uintptr_t)begin * stride + page - 1) & -page;
        uintptr_t const to = (first + (uintptr_t)end * stride) & -page;
        if (from < to) {
            os_discard((void *)from, to - from);
            calls++;
        }
    }
    return calls;
}

static inline void bitmap_slab_check(struct bitmap_slab const *slab)
{
    uint32_t bits = 0;

    check(slab->used < slab->capacity, "a slab with room has room", slab->used);
    check(pagemap_class(bitmap_slab_memory(slab)) == slab->class, "the pagemap knows the class", 0);
    for (uint32_t word = 0; word * BITMAP_WORD_BITS < slab->capacity; word++) {
        check(word >= slab->first || slab->free[word] == 0, "first is the first word", word);
        bits += (uint32_t)__builtin_popcountll(slab->free[word]);
    }
    check(slab->used + bits == slab->capacity, "used + |bits| == capacity", bits);
}

/* The block's number in its slab; aborts if it is no block of the class that is alive. */
static inline uint32_t bitmap_number(struct bitmap_slab const *slab, void const *block)
{
    uint32_t const class = slab->class;
    uint32_t const offset = (uint32_t)((char const *)block - bitmap_first_block(slab));
    uint32_t const number = (uint32_t)((uint64_t)offset * bitmap_reciprocals[class] >> 32);

    if (UNLIKELY(number >= slab->capacity || number * tiny_stride(class) != offset))
        tag_abort_found("free", block, "begins no block: offset in its slab ", offset);
    if (UNLIKELY((slab->free[number / BITMAP_WORD_BITS] >> number % BITMAP_WORD_BITS & 1) != 0))
        tag_abort_found("free", block, "double free: its slab has it already, of class ", class);
    return number;
}

#endif
