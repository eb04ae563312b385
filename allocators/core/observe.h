/* observe.h -- what an observing build counts and exports as `slablab_observe`.
 *
 * A request is counted once, for the tier that answered it. A timing build has none of this.
 *
 * A block that a tier takes from its backend is counted when it leaves and when it comes back;
 * between the two it is the program's, or lies in the list of a thread. So, for each tier,
 *
 *   blocks_taken - blocks_returned == allocations - frees + |the threads' lists|
 *
 * and where a tier's backend is another tier (17-1), the blocks that it took are the other's too.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_OBSERVE_H
#define SLABLAB_OBSERVE_H

#include "core/base.h"

enum { OBSERVE_VERSION = 1, OBSERVE_COUNTERS_MAX = 32, OBSERVE_NAME_MAX = 32 };

enum counter {
    TINY_ALLOCATIONS,
    TINY_FREES,
    SMALLMID_ALLOCATIONS,
    SMALLMID_FREES,
    LIBC_ALLOCATIONS,
    LIBC_FREES,
    LARGE_ALLOCATIONS,
    LARGE_FREES,
    LARGE_REUSED, /* of those allocated, blocks that were kept */
    BUMP_ALLOCATIONS,
    BUMP_FREES,
    SUPERSLABS_MAPPED,    /* by mmap */
    SUPERSLABS_UNMAPPED,  /* because the LRU was full or they were too old */
    SUPERSLABS_EMPTIED,   /* went to the LRU */
    SUPERSLABS_REUSED,    /* came from the LRU */
    SUPERSLABS_PREWARMED, /* mapped and made resident at start */
    SLABS_TAKEN,          /* by a thread, from the shared pool */
    SLABS_REUSED,         /* of those, how many held live blocks */
    SLABS_EMPTIED,        /* their last block came back */
    SLABS_DISCARDED,      /* unused for a while: their pages went back to the system */
    REFILLS,              /* Tiny's, from its slabs; bump's, of a span */
    DRAINS,               /* Tiny's */
    SMALLMID_REFILLS,     /* misses of the Small-Mid front */
    SMALLMID_SPILLS,      /* frees that found its list full */
    TINY_BLOCKS_TAKEN,    /* from the slabs, into a thread's list */
    TINY_BLOCKS_RETURNED, /* from a thread's list, to the slabs */
    TINY_BLOCKS_TRANSFERRED, /* of those taken, freed by another thread and in no slab since */
    SMALLMID_BLOCKS_TAKEN,
    SMALLMID_BLOCKS_RETURNED,
    LOCK_WAITS, /* another thread held the lock (lock.h) */
    COUNTERS
};

_Static_assert((int)COUNTERS <= (int)OBSERVE_COUNTERS_MAX, "the exported table is too small");

struct observe {
    uint32_t version;
    uint32_t count;
    struct {
        char name[OBSERVE_NAME_MAX];
        uint64_t value;
    } counter[OBSERVE_COUNTERS_MAX];
};

OBSERVED struct observe slablab_observe = {
    .version = OBSERVE_VERSION,
    .count = COUNTERS,
    .counter = {
        [TINY_ALLOCATIONS] = {"tiny_allocations", 0},
        [TINY_FREES] = {"tiny_frees", 0},
        [SMALLMID_ALLOCATIONS] = {"smallmid_allocations", 0},
        [SMALLMID_FREES] = {"smallmid_frees", 0},
        [LIBC_ALLOCATIONS] = {"libc_allocations", 0},
        [LIBC_FREES] = {"libc_frees", 0},
        [LARGE_ALLOCATIONS] = {"large_allocations", 0},
        [LARGE_FREES] = {"large_frees", 0},
        [LARGE_REUSED] = {"large_reused", 0},
        [BUMP_ALLOCATIONS] = {"bump_allocations", 0},
        [BUMP_FREES] = {"bump_frees", 0},
        [SUPERSLABS_MAPPED] = {"superslabs_mapped", 0},
        [SUPERSLABS_UNMAPPED] = {"superslabs_unmapped", 0},
        [SUPERSLABS_EMPTIED] = {"superslabs_emptied", 0},
        [SUPERSLABS_REUSED] = {"superslabs_reused", 0},
        [SUPERSLABS_PREWARMED] = {"superslabs_prewarmed", 0},
        [SLABS_TAKEN] = {"slabs_taken", 0},
        [SLABS_REUSED] = {"slabs_reused", 0},
        [SLABS_EMPTIED] = {"slabs_emptied", 0},
        [SLABS_DISCARDED] = {"slabs_discarded", 0},
        [REFILLS] = {"refills", 0},
        [DRAINS] = {"drains", 0},
        [SMALLMID_REFILLS] = {"smallmid_refills", 0},
        [SMALLMID_SPILLS] = {"smallmid_spills", 0},
        [TINY_BLOCKS_TAKEN] = {"tiny_blocks_taken", 0},
        [TINY_BLOCKS_RETURNED] = {"tiny_blocks_returned", 0},
        [TINY_BLOCKS_TRANSFERRED] = {"tiny_blocks_transferred", 0},
        [SMALLMID_BLOCKS_TAKEN] = {"smallmid_blocks_taken", 0},
        [SMALLMID_BLOCKS_RETURNED] = {"smallmid_blocks_returned", 0},
        [LOCK_WAITS] = {"lock_waits", 0},
    },
};

ALWAYS_INLINE void observe_many(enum counter counter, uint64_t count)
{
    if (OBSERVING)
        __atomic_fetch_add(&slablab_observe.counter[counter].value, count, __ATOMIC_RELAXED);
}

ALWAYS_INLINE void observe(enum counter counter)
{
    observe_many(counter, 1);
}

#endif
