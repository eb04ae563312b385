/* draw.c -- splitmix64's finaliser over keys and counters.
 *
 * SPDX-License-Identifier: MIT */
#include "base/draw.h"

/* The finaliser of splitmix64 (Steele, Lea and Flood, OOPSLA 2014; constants by Stafford, variant
 * 13). */
static uint64_t mix(uint64_t value)
{
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

/* The golden ratio's odd multiple keeps (1, 0) and (0, 1) apart and 0 from being a fixed point. */
uint64_t draw_key(uint64_t key, uint64_t value)
{
    return mix(key + 0x9e3779b97f4a7c15u * (value + 1));
}

/* The high word of the product. */
uint64_t draw_below(uint64_t key, uint64_t counter, uint64_t bound)
{
    return (uint64_t)(((unsigned __int128)draw_key(key, counter) * bound) >> 64);
}

/* Fisher and Yates. */
void draw_order(uint64_t key, size_t *order, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t const position = (size_t)draw_below(key, i + 1, i + 1);
        order[i] = order[position];
        order[position] = i;
    }
}
