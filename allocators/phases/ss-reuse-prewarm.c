/* ss-reuse-prewarm.c -- both of the ideas for Tiny's SuperSlabs.
 *
 * Over: ss-reuse
 *
 * What it is: ss-reuse with the prewarming of ss-prewarm, by the same part.
 *
 * What to see: no interaction on sawtooth, within 5 %: what is prewarmed has no first fault, and
 * what is reused needs no second, so cold gains by prewarming alone and warm by neither.
 *
 * SPDX-License-Identifier: MIT */
#include "parts/prewarm.h"
#include "parts/tiny.h"

static enum pool_policy const policy = POOL_REUSE;
static struct shared_pool pool = SHARED_POOL_EMPTY;
static __thread struct tiny_front tiny;

static void phase_begin(void)
{
    prewarm(&pool);
}

#include "parts/tiny_alone.h"
#include "core/malloc_api.h"
