/* schedule.c -- what is drawn for each round and block, a stream each.
 *
 * SPDX-License-Identifier: MIT */
#include "run/schedule.h"

#include "base/draw.h"

/* Stands for the cell in the key of a round's shuffle: no plan has so many cells. */
static uint64_t const ROUND_STREAM = UINT64_MAX;
static uint64_t const PERIOD_STREAM = UINT64_MAX - 1; /* and downwards, by cell */
static uint64_t const LEAD_IN_STREAM = UINT64_MAX / 2; /* and downwards, by cell */
static uint64_t const LINK_STREAM = UINT64_MAX / 4;    /* and downwards, by cell */

static uint64_t stream_key(uint64_t seed, uint64_t stream, uint64_t block)
{
    return draw_key(draw_key(draw_key(0, seed), stream), block);
}

void schedule_round(uint64_t seed, uint64_t round, size_t *order, size_t cell_count)
{
    draw_order(stream_key(seed, ROUND_STREAM, round), order, cell_count);
}

uint32_t schedule_block(uint64_t seed, size_t cell, uint64_t block, size_t *order, size_t arm_count)
{
    uint64_t const key = stream_key(seed, cell, block);

    draw_order(key, order, arm_count);
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

void schedule_links(uint64_t seed, size_t cell, uint64_t block, struct plan const *plan,
                    size_t *links)
{
    uint64_t const key = stream_key(seed, LINK_STREAM - cell, block);

    for (size_t i = 0; i < plan->arm_count; i++) {
        struct arm const *const arm = &plan->arms[i];
        bool const differs = arm->role == ROLE_CONTROL && arm->link_count > 1;
        links[i] = arm->link_count > 0
                       ? (size_t)draw_below(key, i, arm->link_count - (differs ? 1 : 0))
                       : 0;
        if (differs && links[i] >= links[0])
            links[i]++;
    }
}
