/* sample_range.h -- what a recorded sample may say.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SAMPLE_RANGE_H
#define SLABLAB_SAMPLE_RANGE_H

#include "experiment/plan.h"

#include <jansson.h>

/* "cpu_ns is -5, not a whole number from 1 on": what of a sample with status ok no process can have
 * done, or what another object than the arm's did; NULL where there is nothing. A sample that is
 * not timed may have no region, one of a program (not `counted`) has no operations. The caller
 * frees it. analysis/records/ranges.py refuses the same. */
char *sample_fault(json_t const *sample, struct arm const *arm, bool counted, bool timed);

#endif
