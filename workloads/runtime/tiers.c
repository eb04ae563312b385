/* tiers.c -- the counts of an observing allocator, as differences over the region.
 *
 * The symbol is weak: the loader leaves its address NULL when no mapped object exports it. dlsym
 * would allocate a message about that with the very malloc that is being measured.
 *
 * SPDX-License-Identifier: MIT */
#include "runtime.h"

#include <string.h>

enum { OBSERVE_VERSION = 1 };

/* allocators/core/observe.h has the other side. */
struct observe_counter {
    char name[REGION_NAME_MAX];
    uint64_t value;
};

struct observe {
    uint32_t version;
    uint32_t count;
    struct observe_counter counter[REGION_TIERS_MAX];
};

extern struct observe slablab_observe __attribute__((weak));

static uint64_t before[REGION_TIERS_MAX];

/* NULL where the allocator does not observe itself. */
static struct observe const *observed(void)
{
    struct observe const *const observe = &slablab_observe;

    if (observe != NULL &&
        (observe->version != OBSERVE_VERSION || observe->count > REGION_TIERS_MAX))
        end_with(STATUS_REFUSED, "make, so that allocators and workloads are of one build",
                 "slablab_observe is of version %u with %u counters, not %d with at most %d",
                 (unsigned)observe->version, (unsigned)observe->count, OBSERVE_VERSION,
                 REGION_TIERS_MAX);
    return observe;
}

void tiers_remember(void)
{
    struct observe const *const observe = observed();

    if (observe == NULL)
        return;
    for (uint32_t i = 0; i < observe->count; i++)
        before[i] = __atomic_load_n(&observe->counter[i].value, __ATOMIC_RELAXED);
}

void collect_tiers(struct region *region)
{
    struct observe const *const observe = observed();

    region->tier_count = observe == NULL ? 0 : observe->count;
    for (uint32_t i = 0; i < region->tier_count; i++) {
        struct region_tier *const tier = &region->tier[i];
        memcpy(tier->name, observe->counter[i].name, sizeof tier->name);
        tier->name[sizeof tier->name - 1] = 0;
        tier->value = __atomic_load_n(&observe->counter[i].value, __ATOMIC_RELAXED) - before[i];
    }
}
