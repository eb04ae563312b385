/* model.c -- checks a seeded random walk over the malloc API against a table of live blocks.
 *
 *   model [seed [operations]]      a failure names the seed and the step that reproduce it
 *
 * The table, which is not on the heap, knows each live block's address, usable size and contents.
 * A new block overlaps no live one, is aligned as asked and usable to the size asked; calloc's is
 * zero; what was written to a block is there when it is moved or freed.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/pattern.h"
#include "tests/preloaded.h"

#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { SLOTS = 1024, SEED_DEFAULT = 42, OPERATIONS_DEFAULT = 100000, ALIGNMENT = 16 };

/* Invariant: begin == 0, or [begin, end) are the usable bytes of a live block, whose first `size`
 * bytes hold the pattern of `owner`. */
struct live {
    uintptr_t begin;
    uintptr_t end;
    size_t size;
    uint32_t owner;
};

struct model {
    struct live live[SLOTS];
    uint64_t random;
    uint32_t step;
    uint64_t seed;
};

static struct model model;

/* Reports which walk failed where, and exits: a broken heap cannot be used further. */
static void require(bool holds, char const *what)
{
    if (holds)
        return;
    fprintf(stderr, "model: seed %llu, step %u: %s\n  try: model %llu %u\n",
            (unsigned long long)model.seed, model.step, what, (unsigned long long)model.seed,
            model.step + 1);
    exit(1);
}

static uint32_t draw(uint32_t limit)
{
    return (uint32_t)(random_next(&model.random) >> 16) % limit;
}

/* Small sizes mostly, often just beside a power of two, some of several pages, a few mapped. */
static size_t draw_size(void)
{
    uint32_t const kind = draw(100);

    if (kind < 40)
        return draw(300);
    if (kind < 65)
        return draw(2200);
    if (kind < 90)
        return ((size_t)16 << draw(8)) - 10 + draw(20);
    if (kind < 99)
        return draw(20000);
    return 100000 + draw(200000);
}

static void remember(struct live *live, void *block, size_t size, size_t alignment)
{
    require(block != NULL, "no memory");
    uintptr_t const begin = (uintptr_t)block;
    uintptr_t const end = begin + malloc_usable_size(block);

    require(begin % alignment == 0, "the block is not aligned");
    require(end - begin >= size, "the usable size is less than was asked for");
    for (size_t i = 0; i < SLOTS; i++)
        require(end <= model.live[i].begin || model.live[i].end <= begin,
                "the block overlaps a live one");
    *live = (struct live){.begin = begin, .end = end, .size = size, .owner = model.step};
    /* A quarter of the blocks is used to the last byte that malloc_usable_size grants. */
    if (draw(4) == 0)
        live->size = end - begin;
    pattern_write(block, live->size, live->owner);
}

static void verify(struct live const *live)
{
    require(malloc_usable_size((void *)live->begin) == live->end - live->begin,
            "the usable size of a live block changed");
    require(pattern_holds((void *)live->begin, live->size, live->owner),
            "a live block lost its contents");
}

static void forget(struct live *live)
{
    verify(live);
    void *const block = (void *)live->begin;
    *live = (struct live){0};
    free(block);
}

static void resize(struct live *live)
{
    size_t const size = draw_size() + 1;
    struct live const before = *live;
    size_t const kept = before.size < size ? before.size : size;

    verify(live);
    *live = (struct live){0};
    void *const block = draw(2) == 0 ? realloc((void *)before.begin, size)
                                     : reallocarray((void *)before.begin, 1, size);
    require(block != NULL, "no memory");
    require(pattern_holds(block, kept, before.owner), "realloc lost contents");
    remember(live, block, size, ALIGNMENT);
}

static void allocate(struct live *live)
{
    size_t const size = draw_size();
    size_t alignment = ALIGNMENT;
    void *block = NULL;

    switch (draw(8)) {
    case 0:
        block = calloc(1, size);
        require(block != NULL && all_zero(block, size), "calloc is not zero");
        break;
    case 1:
        alignment = (size_t)8 << draw(10);
        require(posix_memalign(&block, alignment, size) == 0, "posix_memalign failed");
        break;
    case 2:
        alignment = (size_t)16 << draw(5);
        block = draw(2) == 0 ? memalign(alignment, size) : aligned_alloc(alignment, size);
        break;
    default:
        block = malloc(size);
    }
    remember(live, block, size, alignment);
}

int main(int argc, char **argv)
{
    unsigned long const operations = argc > 2 ? strtoul(argv[2], NULL, 10) : OPERATIONS_DEFAULT;

    model.seed = argc > 1 ? strtoull(argv[1], NULL, 10) : SEED_DEFAULT;
    model.random = model.seed * 2 + 1; /* xorshift stays at 0 for ever */
    require(preloaded_object_serves("malloc"), "another object serves malloc");
    for (model.step = 0; model.step < operations; model.step++) {
        struct live *const live = &model.live[draw(SLOTS)];
        if (live->begin == 0)
            allocate(live);
        else if (draw(3) == 0)
            resize(live);
        else
            forget(live);
    }
    for (size_t i = 0; i < SLOTS; i++)
        if (model.live[i].begin != 0)
            forget(&model.live[i]);
    return 0;
}
