/* schedule.h -- the order of samples, as a function of the seed alone.
 *
 * A round is every unfinished cell once; the block of a cell in round r is its block r. The order
 * of a round depends on (seed, round), the order and the pad of a block on (seed, cell, block): no
 * state is carried over, so a run that was killed continues with the same schedule.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SCHEDULE_H
#define SLABLAB_SCHEDULE_H

#include "experiment/plan.h"

enum { SCHEDULE_PAD_BYTES_MAX = 4096 };

/* Fills order with a shuffle of 0 ... cell_count - 1. */
void schedule_round(uint64_t seed, uint64_t round, size_t *order, size_t cell_count);

/* Fills order with a shuffle of 0 ... arm_count - 1, drawn uniformly and for each block anew: given
 * all blocks before it, every arm is as likely in each position and behind each other arm, as in
 * the Williams design of all orders. Returns the block's pad, 0 ...
 * SCHEDULE_PAD_BYTES_MAX bytes. */
uint32_t schedule_block(uint64_t seed, size_t cell, uint64_t block, size_t *order,
                        size_t arm_count);

/* The arm of the unmeasured sample that begins a block. */
size_t schedule_lead_in(uint64_t seed, size_t cell, uint64_t block, size_t arm_count);

/* A number of nanoseconds from 3/4 to 5/4 of `around`, for the process at that position of a
 * block. */
uint64_t schedule_period(uint64_t seed, size_t cell, uint64_t block, size_t position,
                         uint64_t around);

/* The link that each arm has in a block, drawn uniformly and for each arm on its own; the control,
 * which has the baseline's links, gets another one than the baseline. 0 for an arm of one link. */
void schedule_links(uint64_t seed, size_t cell, uint64_t block, struct plan const *plan,
                    size_t *links);

#endif
