/* seeded.h -- draws that come from an input's number, so that an input that fails is there again.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SEEDED_H
#define SLABLAB_SEEDED_H

#include <stddef.h>
#include <stdint.h>

static uint64_t luck;

static inline void seed(uint64_t number)
{
    luck = number * 2 + 1;
}

/* Knuth's MMIX, its upper half: 0 ... below - 1. */
static inline size_t draw(size_t below)
{
    luck = luck * 6364136223846793005u + 1442695040888963407u;
    return (size_t)((luck >> 33) % below);
}

#endif
