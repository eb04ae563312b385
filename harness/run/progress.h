/* progress.h -- how far a run is: blocks done, cells left, time left.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PROGRESS_H
#define SLABLAB_PROGRESS_H

#include "judge/stop.h"

#include <stdbool.h>

/* Says on the status line how many blocks are done and how long the rest takes. */
void progress_blocks(struct tally const *tally, enum stop_reason const *reasons);

/* The time that the blocks left take at most, by the mean of those recorded: 0 as long as nothing
 * is. *by_limit: it is seconds_max that ends them, which the round under way outlasts. */
double progress_seconds_left(struct tally const *tally, enum stop_reason const *reasons,
                             bool *by_limit);

#endif
