/* metric.h -- what a gate may decide by: each metric's name, unit, and place in a sample's record.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_METRIC_H
#define SLABLAB_METRIC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Counts are compared by their difference, and one more is the least that can be more; the others
 * by their ratio. */
struct metric {
    char const *name;  /* as experiments and records call it */
    char const *unit;  /* "ns", "faults" ...: behind a number */
    bool is_count;
    char const *keys[2]; /* of a sample's record, added up; NULL where it is an event's value */
    char const *event;   /* as in the plan; NULL where it is none */
};

/* Counted under callgrind, in processes of their own. */
extern char const metric_instructions[];

/* NULL where nobody knows the name. */
struct metric const *metric_named(char const *name);

/* "time, wall_time, ...". The caller frees it. */
char *metric_names(void);

/* Its value in a sample of a block's record; NAN where the sample has none. */
double metric_value(struct metric const *metric, json_t const *sample);

#endif
