/* sizes.h -- the sizes that a fuzzer requests: on both sides of every size at which something
 * changes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TESTS_FUZZ_SIZES_H
#define SLABLAB_TESTS_FUZZ_SIZES_H

#include "tests/fuzz/decisions.h"

/* The last sizes of Tiny's classes, of Small-Mid's, and powers of two and pages beside them. */
static uint16_t const size_edges[] = {0,   8,   16,  24,  32,  56,   64,   120,  128,  248,
                                      256, 504, 512, 768, 1016, 1024, 2032, 2040, 2048, 4096};

/* Within 1 of an edge; Tiny's and Small-Mid's mostly. */
static inline size_t size_edge(struct decisions *decisions)
{
    size_t const edge = size_edges[decide(decisions, sizeof size_edges / sizeof *size_edges)];
    size_t const beside = decide(decisions, 3);

    return edge + beside == 0 ? 0 : edge + beside - 1;
}

/* What a thread's lists hold. */
static inline size_t size_small(struct decisions *decisions)
{
    return decide(decisions, 2) == 0 ? size_edge(decisions) : decide(decisions, 2100);
}

/* Small ones mostly, some of a few pages, a few that the C library maps. */
static inline size_t size_any(struct decisions *decisions)
{
    uint32_t const kind = decide(decisions, 256);

    if (kind < 110)
        return size_edge(decisions);
    if (kind < 180)
        return decide(decisions, 320);
    if (kind < 243)
        return decide(decisions, 2100);
    if (kind < 253)
        return decide(decisions, 20000);
    return 120000 + decide(decisions, 40000); /* both sides of the 128 KB from which it maps */
}

/* More than any allocator may grant: from PTRDIFF_MAX up. */
static inline size_t size_impossible(struct decisions *decisions)
{
    uint32_t const kind = decide(decisions, 3);
    size_t const beside = decide(decisions, 8200);

    if (kind == 0)
        return PTRDIFF_MAX + beside;
    return kind == 1 ? SIZE_MAX - beside : (size_t)PTRDIFF_MAX + 1 + (beside << 40);
}

#endif
