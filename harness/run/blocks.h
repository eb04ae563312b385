/* blocks.h -- the rounds of a run, from the first unrecorded block to the last.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_BLOCKS_H
#define SLABLAB_BLOCKS_H

#include "judge/stop.h"
#include "sample/trial.h"

/* Reads the tally's file in FOLDER into the tally and appends to both until every cell has stopped;
 * then stops[i] is the reason of cell i. Returns STEP_DONE, STEP_INTERRUPTED or STEP_FAULT. */
enum step blocks_run(struct rig *rig, struct tally *tally, enum stop_reason *stops,
                     char const *folder);

#endif
