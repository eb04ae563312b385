/* dense.c -- ss-reuse with strides that fit requests of powers of two.
 *
 * Over: ss-reuse
 *
 * What it is: 16 classes in place of 8, of which 256, 512 and 1,024 bytes are the largest requests
 * of one each: strides 272, 528 and 1,040 where ss-reuse, whose tag takes a slot of 8 bytes from a
 * power of two, spends 512, 1,024 and 2,048. A class is looked up in a table of 128 bytes, not
 * computed. The table of sizes is the whole difference.
 *
 * What to see, at 256, 512 and 1,024 bytes: page faults. Where memory is fresh (fixed_random cold
 * with 65,536 slots, the first cycles of sawtooth) the region has .5 to .6 of ss-reuse's, and is
 * faster by a third or more. Warm, with 256 slots, where nothing faults: as fast within 5 %. On
 * random_mixed with 65,536 slots, .75 to .9 of the faults: there half of the sizes fitted before.
 *
 * SPDX-License-Identifier: MIT */
#include "core/setting.h"

#define SET_TINY_CLASSES SET_TO(16)

#include "parts/tiny.h"

static enum pool_policy const policy = POOL_REUSE;
static struct shared_pool pool = SHARED_POOL_EMPTY;
static __thread struct tiny_front tiny;

static void phase_begin(void)
{
}

#include "parts/tiny_alone.h"
#include "core/malloc_api.h"
