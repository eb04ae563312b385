/* blocks.h -- the rounds of a run, from the first block that is not recorded to the last.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_BLOCKS_H
#define SLABLAB_BLOCKS_H

#include "judge/stop.h"
#include "sample/trial.h"

/* Reads what the tally's file in FOLDER holds into the tally and appends to both until every cell
 * has stopped; then stops[i] says why cell i did. Ends as STEP_DONE, STEP_INTERRUPTED or
 * STEP_FAULT. */
enum step blocks_run(struct rig *rig, struct tally *tally, enum stop_reason *stops,
                     char const *folder);

#endif
