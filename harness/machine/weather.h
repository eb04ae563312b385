/* weather.h -- what else the machine did meanwhile: recorded per block, never used to drop one.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_WEATHER_H
#define SLABLAB_WEATHER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum { PRESSURE_CPU, PRESSURE_MEMORY, PRESSURE_IO, PRESSURE_COUNT };

/* Totals since boot, but for the load. What cannot be read is known == false. */
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
};

struct weather weather_now(void);

/* The object `weather` of a block: what the totals grew by, and the load at the end. */
json_t *weather_between(struct weather const *before, struct weather const *after);

#endif
