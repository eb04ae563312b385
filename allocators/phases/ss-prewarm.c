/* ss-prewarm.c -- Tiny with SuperSlabs that are resident before the first allocation.
 *
 * Over: baseline
 *
 * What it is: at start SLABLAB_PREWARM SuperSlabs per class are mapped and made resident by
 * SLABLAB_PREWARM_METHOD (touch, populate, hugepage). Unset or 0 it is the baseline.
 *
 * What to see: the region's first faults move to start-up (8 per class: 16,384 by touch, about 32
 * by hugepage). On sawtooth cold with 8 per class and 8,192 objects of 256 B, which need 4 MB, the
 * region has under 1 % of the baseline's; of 1,024 B, which need 16 MB, still half. The process as
 * a whole is slower wherever the workload would have touched less than the 64 MB.
 *
 * SPDX-License-Identifier: MIT */
#include "parts/prewarm.h"
#include "parts/tiny.h"

static enum pool_policy const policy = POOL_BUMP_ONLY;
static struct shared_pool pool = SHARED_POOL_EMPTY;
static __thread struct tiny_front tiny;

static void phase_begin(void)
{
    prewarm(&pool);
}

#include "parts/tiny_alone.h"
#include "core/malloc_api.h"
