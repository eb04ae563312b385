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

/* Where the stream of thread `number` begins: the finaliser of splitmix64 (Steele, Lea and Flood,
 * OOPSLA 2014) over `seed` and number. All streams are parts of one cycle of 2^32 - 1 draws, and
 * begin anywhere in it. */
static inline uint32_t random_stream(uint32_t seed, uint32_t number)
{
    uint64_t mixed = ((uint64_t)seed << 32 | number) + UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    mixed ^= mixed >> 31;
    return (uint32_t)(mixed >> 32) != 0 ? (uint32_t)(mixed >> 32) : 1;
}

#endif
