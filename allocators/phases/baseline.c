/* baseline.c -- Tiny alone: eight classes, thread-local lists, bump-only SuperSlabs.
 *
 * Over: nothing
 *
 * What it is: requests up to 2,040 bytes come from a thread's list of their class, which is
 * refilled with new blocks of the thread's current slab and drained to the slabs every 1,024 frees.
 * A drained block is lost until every block of its slab has come back; then the slab is carved
 * anew. All else is the C library's. Against the source: strides begin at 16, not 8 (payloads are
 * aligned to 16), and SuperSlabs are 1 MB, not 1 or 2.
 *
 * What to see: sawtooth frees everything, so slabs empty: in its third cycle and after, fewer than
 * 10 page faults a cycle.
 *
 * SPDX-License-Identifier: MIT */
#include "parts/tiny.h"

static enum pool_policy const policy = POOL_BUMP_ONLY;
static struct shared_pool pool = SHARED_POOL_EMPTY;
static __thread struct tiny_front tiny;

static void phase_begin(void)
{
}

#include "parts/tiny_alone.h"
#include "core/malloc_api.h"
