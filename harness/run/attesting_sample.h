/* attesting_sample.h -- one process of an arm that shows whether it is what the plan says.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_ATTESTING_SAMPLE_H
#define SLABLAB_ATTESTING_SAMPLE_H

#include "sample/trial.h"

#include <jansson.h>

/* The arm's first process that does not fail, or the last of eight; `failed` gets what failed ones
 * said. observing: on the arm's observer, if it has one. The sample is the caller's to release
 * after STEP_DONE. */
enum step attesting_sample_run(struct rig *rig, size_t cell, size_t arm, bool observing,
                               json_t *failed, struct sample *sample);

/* Adds the reason why the sample is not as planned, if it is not. */
void attesting_sample_check(struct rig const *rig, size_t index, size_t arm,
                            struct sample const *sample, json_t *reasons);

#endif
