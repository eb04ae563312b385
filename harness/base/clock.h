/* clock.h -- a clock's time as one number.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_CLOCK_H
#define SLABLAB_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Nanoseconds since whatever that clock counts from. */
static inline uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

#endif
