/* calibrate.h -- how many operations make a sample long enough, found on the baseline.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_CALIBRATE_H
#define SLABLAB_CALIBRATE_H

#include "sample/trial.h"

#include <jansson.h>

/* Sets the operations of every cell that the plan leaves open. Adds to the array `reasons` if it
 * returns STEP_VOID. */
enum step calibrate(struct rig *rig, json_t *reasons);

/* The next number of operations to try; 0 if cpu_ns is long enough. */
uint64_t calibrate_next(uint64_t operations, uint64_t cpu_ns);

/* The number of operations that takes about the wanted time, to two significant digits. */
uint64_t calibrate_settle(uint64_t operations, uint64_t cpu_ns);

/* calibration.json. Reading returns false if it is missing or does not fit the plan. */
bool calibration_write(struct rig const *rig, char const *directory);
bool calibration_read(struct rig *rig, char const *directory);

#endif
