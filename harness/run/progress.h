/* progress.h -- how far a run is: blocks done, cells left, time left.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PROGRESS_H
#define SLABLAB_PROGRESS_H

#include "judge/stop.h"

/* Says on the status line how many blocks are done and how long the rest takes. */
void progress_blocks(struct tally const *tally, enum stop_reason const *reasons);

#endif
