/* stages.h -- the stages of a process: before, in and after the measured region.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_STAGES_H
#define SLABLAB_STAGES_H

#include <stdint.h>

enum stage { STAGE_START_UP, STAGE_REGION, STAGE_AFTER, STAGES };

/* CLOCK_MONOTONIC. Both 0 for a program without a region: all of it is start-up. */
struct stages {
    uint64_t region_began_ns;
    uint64_t region_ended_ns;
};

static inline enum stage stage_of(struct stages const *stages, uint64_t time_ns)
{
    if (stages->region_began_ns == 0 || time_ns < stages->region_began_ns)
        return STAGE_START_UP;
    return time_ns <= stages->region_ended_ns ? STAGE_REGION : STAGE_AFTER;
}

/* "start_up", "region", "after" */
static inline char const *stage_name(enum stage stage)
{
    static char const *const names[STAGES] = {"start_up", "region", "after"};

    return names[stage];
}

#endif
