/* schedule.c -- a counter-based generator: the n-th number of a stream without the n - 1 before it.
 *
 * SPDX-License-Identifier: MIT */
#include "run/schedule.h"

/* Stands for the cell in the key of a round's shuffle: no plan has so many cells. */
static uint64_t const ROUND_STREAM = UINT64_MAX;
static uint64_t const PERIOD_STREAM = UINT64_MAX - 1; /* and downwards, by cell */
static uint64_t const LEAD_IN_STREAM = UINT64_MAX / 2; /* and downwards, by cell */

/* The finaliser of splitmix64 (Steele, Lea and Flood, OOPSLA 2014; constants by Stafford, variant
 * 13). */
static uint64_t mix(uint64_t value)
{
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

/* The golden ratio's odd multiple keeps (1, 0) and (0, 1) apart and 0 from being a fixed point. */
static uint64_t combine(uint64_t key, uint64_t value)
{
    return mix(key + 0x9e3779b97f4a7c15u * (value + 1));
}

static uint64_t stream_key(uint64_t seed, uint64_t stream, uint64_t block)
{
    return combine(combine(combine(0, seed), stream), block);
}

/* Uniform in 0 ... bound - 1: the high word of the product; its bias is below bound / 2^64. */
static uint64_t draw_below(uint64_t key, uint64_t counter, uint64_t bound)
{
    return (uint64_t)(((unsigned __int128)combine(key, counter) * bound) >> 64);
}

/* Fisher and Yates; draw 0 of a stream is left for the pad. */
static void shuffle(uint64_t key, size_t *order, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t const position = (size_t)draw_below(key, i + 1, i + 1);
        order[i] = order[position];
        order[position] = i;
    }
}

void schedule_round(uint64_t seed, uint64_t round, size_t *order, size_t cell_count)
{
    shuffle(stream_key(seed, ROUND_STREAM, round), order, cell_count);
}

uint32_t schedule_block(uint64_t seed, size_t cell, uint64_t block, size_t *order, size_t arm_count)
{
    uint64_t const key = stream_key(seed, cell, block);

    shuffle(key, order, arm_count);
    return (uint32_t)draw_below(key, 0, SCHEDULE_PAD_BYTES_MAX + 1);
}

size_t schedule_lead_in(uint64_t seed, size_t cell, uint64_t block, size_t arm_count)
{
    return (size_t)draw_below(stream_key(seed, LEAD_IN_STREAM - cell, block), 0, arm_count);
}

uint64_t schedule_period(uint64_t seed, size_t cell, uint64_t block, size_t position,
                         uint64_t around)
{
    uint64_t const key = stream_key(seed, PERIOD_STREAM - cell, block);

    return around - around / 4 + draw_below(key, position, around / 2 + 1);
}
