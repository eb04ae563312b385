/* shadow.h -- what is known of every live byte of an allocator under test.
 *
 * A block is known by its address, its usable size and the pattern in its first `written` bytes. It
 * is checked against all others when it comes, and for its contents when it goes.
 *
 * Where AddressSanitizer is linked, a live block is poisoned for as long as the shadow holds it:
 * the allocator must not access it, and both reads and writes are caught.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TESTS_FUZZ_SHADOW_H
#define SLABLAB_TESTS_FUZZ_SHADOW_H

#include <malloc.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/pattern.h"

enum { SHADOW_BLOCKS = 4096, WHEREABOUTS_SAID = 1 /* exit status */ };

struct shadow_block {
    uint8_t *begin;
    size_t usable;
    size_t written; /* bytes that hold the owner's pattern, at most usable */
    uint32_t owner;
};

/* The live blocks are the first count, in no order; begin and end are theirs again, side by side
 * for the search. A block of 0 usable bytes is no block. */
struct shadow {
    uint32_t count;
    struct shadow_block block[SHADOW_BLOCKS];
    uintptr_t begin[SHADOW_BLOCKS];
    uintptr_t end[SHADOW_BLOCKS];
};

/* What a failure says of itself; the walk keeps it up to date, where a parent may see it. */
struct whereabouts {
    char const *operation;
    char const *replay; /* how to see it again, but for the number of operations */
    atomic_uint number;
};

static struct whereabouts *whereabouts;

void __asan_poison_memory_region(void const volatile *begin, size_t bytes) __attribute__((weak));
void __asan_unpoison_memory_region(void const volatile *begin, size_t bytes) __attribute__((weak));

static inline void whereabouts_say(char const *what)
{
    unsigned const number = atomic_load(&whereabouts->number);

    fprintf(stderr, "fuzz: operation %u (%s): %s\n  try: %s %u\n", number, whereabouts->operation,
            what, whereabouts->replay, number + 1);
}

/* Ends at once, from any thread: a broken heap cannot be used further. */
static inline void require(bool holds, char const *what)
{
    if (holds)
        return;
    whereabouts_say(what);
    _exit(WHEREABOUTS_SAID);
}

/* In memory that a child's parent sees as well. */
static inline void whereabouts_begin(char const *replay)
{
    whereabouts = mmap(NULL, sizeof *whereabouts, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (whereabouts == MAP_FAILED)
        abort();
    whereabouts->operation = "start";
    whereabouts->replay = replay;
}

static inline void shadow_hide(struct shadow_block const *block)
{
    if (__asan_poison_memory_region != NULL)
        __asan_poison_memory_region(block->begin, block->usable);
}

static inline void shadow_show(struct shadow_block const *block)
{
    if (__asan_unpoison_memory_region != NULL)
        __asan_unpoison_memory_region(block->begin, block->usable);
}

/* A new block, checked by itself and written to. whole: to the last byte that is usable. */
static inline struct shadow_block block_make(void *pointer, size_t size, size_t alignment,
                                             uint32_t owner, bool whole)
{
    require(pointer != NULL, "no memory");
    size_t const usable = malloc_usable_size(pointer);
    struct shadow_block const block = {pointer, usable, whole ? usable : size, owner};

    require((uintptr_t)pointer % alignment == 0, "the block is not aligned");
    require(usable >= size, "the usable size is less than was asked for");
    pattern_write(block.begin, block.written, owner);
    shadow_hide(&block);
    return block;
}

/* Afterwards the memory may be given back, and read till then. */
static inline void block_verify(struct shadow_block const *block)
{
    require(malloc_usable_size(block->begin) == block->usable,
            "the usable size of a live block changed");
    shadow_show(block);
    require(pattern_holds(block->begin, block->written, block->owner),
            "a live block lost its contents");
}

/* Without an early end, so that the compiler makes vectors of it. */
static inline bool shadow_overlaps(struct shadow const *shadow, uintptr_t begin, uintptr_t end)
{
    uint32_t overlaps = 0;

    for (uint32_t i = 0; i < shadow->count; i++)
        overlaps |= (uint32_t)(begin < shadow->end[i]) & (uint32_t)(shadow->begin[i] < end);
    return overlaps != 0;
}

static inline void shadow_add(struct shadow *shadow, struct shadow_block block)
{
    uintptr_t const begin = (uintptr_t)block.begin;
    uintptr_t const end = begin + block.usable;

    require(shadow->count < SHADOW_BLOCKS, "the fuzzer forgot to make room");
    require(!shadow_overlaps(shadow, begin, end), "the block overlaps a live one");
    shadow->block[shadow->count] = block;
    shadow->begin[shadow->count] = begin;
    shadow->end[shadow->count] = end;
    shadow->count++;
}

/* The last one takes its place. */
static inline struct shadow_block shadow_remove(struct shadow *shadow, uint32_t index)
{
    struct shadow_block const block = shadow->block[index];
    uint32_t const last = --shadow->count;

    shadow->block[index] = shadow->block[last];
    shadow->begin[index] = shadow->begin[last];
    shadow->end[index] = shadow->end[last];
    return block;
}

#endif
