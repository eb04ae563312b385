/* eager-freelist.c -- Tiny whose slabs are carved completely when a thread gets them.
 *
 * Over: ss-reuse
 *
 * What it is: the freelist of a slab without blocks is built at once, one link through all of its
 * blocks, where ss-reuse carves 16 of them a refill. That writes to all 16 pages of the slab before
 * the first block is handed out. The pool's policy is the whole difference; that a refill's blocks
 * come in falling order of address, and not in rising, follows from it.
 *
 * What to see: page faults, at most 16 more than ss-reuse for each class in use, since a slab that
 * is filled is touched anyway. On random_mixed cold with 256 slots (7 classes, no slab full) 50 to
 * 112 more in the region; on fixed_random cold with 65,536 slots as many, within 1 %. On
 * random_mixed warm it never faults, and is equal to ss-reuse within 2 %.
 *
 * SPDX-License-Identifier: MIT */
#include "parts/tiny.h"

static enum pool_policy const policy = POOL_EAGER;
static struct shared_pool pool = SHARED_POOL_EMPTY;
static __thread struct tiny_front tiny;

static void phase_begin(void)
{
}

#include "parts/tiny_alone.h"
#include "core/malloc_api.h"
