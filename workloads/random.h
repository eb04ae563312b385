/* random.h -- xorshift32, the generator of the published benchmarks.
 *
 * Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (14), 2003: shifts 13, 17, 5. The
 * period is 2^32 - 1 over all states but 0, and 0 stays 0, so a seed is 1 or more.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_RANDOM_H
#define SLABLAB_RANDOM_H

#include <stdint.h>

/* Moves *state on and returns it: the state is the draw. */
static inline uint32_t random_draw(uint32_t *state)
{
    uint32_t draw = *state;

    draw ^= draw << 13;
    draw ^= draw >> 17;
    draw ^= draw << 5;
    *state = draw;
    return draw;
}

#endif
