/* weather.h -- the machine's load during a block: recorded, never used to drop one.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_WEATHER_H
#define SLABLAB_WEATHER_H

#include "machine/cgroup.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum { PRESSURE_CPU, PRESSURE_MEMORY, PRESSURE_IO, PRESSURE_COUNT };

/* Totals since boot, except the load. known == false if it cannot be read. */
struct weather {
    struct {
        bool known;
        uint64_t ns;
    } steal;
    struct {
        bool known;
        uint64_t us;
    } pressure[PRESSURE_COUNT]; /* "some" of /proc/pressure */
    struct {
        bool known;
        double value;
    } load_1min;
    struct throttling throttling; /* by the CPU quotas of this process's control groups */
};

struct weather weather_now(void);

/* The object `weather` of a block: the increase of the totals, and the load at the end. */
json_t *weather_between(struct weather const *before, struct weather const *after);

#endif
