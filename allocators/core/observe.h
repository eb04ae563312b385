/* observe.h -- what an observing build counts and exports as `slablab_observe`.
 *
 * A request is counted once, for the tier that answered it. A timing build has none of this.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_OBSERVE_H
#define SLABLAB_OBSERVE_H

#include "core/base.h"

enum { OBSERVE_VERSION = 1, OBSERVE_COUNTERS_MAX = 24, OBSERVE_NAME_MAX = 32 };

enum counter {
    TINY_ALLOCATIONS,
    TINY_FREES,
    SMALLMID_ALLOCATIONS,
    SMALLMID_FREES,
    LIBC_ALLOCATIONS,
    LIBC_FREES,
    BUMP_ALLOCATIONS,
    BUMP_FREES,
    SUPERSLABS_MAPPED,    /* by mmap */
    SUPERSLABS_UNMAPPED,  /* the LRU was full or they were too old */
    SUPERSLABS_EMPTIED,   /* went to the LRU */
    SUPERSLABS_REUSED,    /* came from the LRU */
    SUPERSLABS_PREWARMED, /* mapped and made resident at start */
    SLABS_TAKEN,          /* by a thread, from the shared pool */
    SLABS_REUSED,         /* of those, how many held live blocks */
    SLABS_EMPTIED,        /* their last block came back */
    REFILLS,              /* Tiny's, from its slabs; bump's, of a span */
    DRAINS,               /* Tiny's */
    SMALLMID_REFILLS,     /* misses of the Small-Mid front */
    SMALLMID_SPILLS,      /* frees that found its list full */
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
        [REFILLS] = {"refills", 0},
        [DRAINS] = {"drains", 0},
        [SMALLMID_REFILLS] = {"smallmid_refills", 0},
        [SMALLMID_SPILLS] = {"smallmid_spills", 0},
    },
};

ALWAYS_INLINE void observe(enum counter counter)
{
    if (OBSERVING)
        __atomic_fetch_add(&slablab_observe.counter[counter].value, 1, __ATOMIC_RELAXED);
}

#endif
