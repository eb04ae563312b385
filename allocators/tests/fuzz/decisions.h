/* decisions.h -- what a fuzzer does next, drawn from a seed or read from a fuzzing engine's input.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TESTS_FUZZ_DECISIONS_H
#define SLABLAB_TESTS_FUZZ_DECISIONS_H

#include "tests/pattern.h"

/* input == NULL: an endless sequence of the seed's. Else left bytes are still to be read, and what
 * is decided after the last one is 0. */
struct decisions {
    uint8_t const *input;
    size_t left;
    uint64_t random;
};

static inline struct decisions decisions_of_seed(uint64_t seed)
{
    /* Neighbouring seeds far apart; odd, since xorshift stays at 0 for ever. */
    return (struct decisions){.random = ((seed + 1) * UINT64_C(0x9e3779b97f4a7c15)) | 1};
}

static inline struct decisions decisions_of_input(uint8_t const *input, size_t length)
{
    return (struct decisions){.input = input, .left = length};
}

static inline bool decisions_end(struct decisions const *decisions)
{
    return decisions->input != NULL && decisions->left == 0;
}

/* One of 0 .. limit - 1; of an input as few bytes as hold them, so that a mutation hits much. */
static inline uint32_t decide(struct decisions *decisions, uint32_t limit)
{
    uint32_t drawn = 0;

    if (decisions->input == NULL)
        return (uint32_t)(random_next(&decisions->random) >> 32) % limit;
    for (uint32_t reach = 1; reach < limit && decisions->left > 0; reach *= 256) {
        drawn = drawn * 256 + *decisions->input++;
        decisions->left--;
    }
    return drawn % limit;
}

#endif
