/* ss-reuse.c -- Tiny with slabs that are used again.
 *
 * Over: baseline
 *
 * What it is: a refill takes the blocks that came back to a slab before it carves new ones; a slab
 * left full that regains room is found again; an empty slab is any class's; a thread stays on its
 * SuperSlab as long as that has room. The pool's policy is the whole difference.
 *
 * What to see: sawtooth faults in its first two cycles only. Every phase faults in those, so cold
 * over the 12 cycles of 200,000 operations on 8,192 objects it has 0.15 to 0.22 of phase17-2's
 * faults, after 20 cycles at most an eighth; warm it has none (fewer than 10 a cycle) and does at
 * least twice the operations per second. There all slabs empty, so it is equal to the baseline
 * within 5 %. Where the baseline leaks drained blocks (fixed_random, warm, 400 slots) this never
 * faults; at equal faults it is slower by the walk through scattered freelists, at most 10 %.
 *
 * SPDX-License-Identifier: MIT */
#include "parts/tiny.h"

static enum pool_policy const policy = POOL_REUSE;
static struct shared_pool pool = SHARED_POOL_EMPTY;
static __thread struct tiny_front tiny;

static void phase_begin(void)
{
}

#include "parts/tiny_alone.h"
#include "core/malloc_api.h"
