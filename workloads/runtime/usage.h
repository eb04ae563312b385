/* usage.h -- what getrusage says, as the region's page has it.
 *
 * Inline, because the region's ends must not call more than they did.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_USAGE_H
#define SLABLAB_USAGE_H

#include "../region.h"

#include <sys/resource.h>

static inline uint64_t timeval_ns(struct timeval value)
{
    return (uint64_t)value.tv_sec * UINT64_C(1000000000) + (uint64_t)value.tv_usec * UINT64_C(1000);
}

static inline struct region_usage usage_from(struct rusage const *usage)
{
    return (struct region_usage){
        .user_ns = timeval_ns(usage->ru_utime),
        .system_ns = timeval_ns(usage->ru_stime),
        .minor_faults = (uint64_t)usage->ru_minflt,
        .major_faults = (uint64_t)usage->ru_majflt,
        .voluntary_switches = (uint64_t)usage->ru_nvcsw,
        .involuntary_switches = (uint64_t)usage->ru_nivcsw,
    };
}

#endif
