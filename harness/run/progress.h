/* progress.h -- how far a run is: blocks done, cells left, time left.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PROGRESS_H
#define SLABLAB_PROGRESS_H

#include "judge/stop.h"

/* Shows on the status line how many blocks are done and how long the rest will take. */
void progress_blocks(struct tally const *tally, enum stop_reason const *reasons);

#endif
