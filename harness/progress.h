/* progress.h -- how far a run is, on stderr.
 *
 * On a terminal one line is rewritten; elsewhere a plain line appears every ten seconds.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PROGRESS_H
#define SLABLAB_PROGRESS_H

#include "stop.h"

#include <stdbool.h>

/* Says what is being done in words: "calibrating: <cell>". */
void progress_say(char const *verb, char const *what);

/* Says how many blocks are done and how long the rest takes. */
void progress_blocks(struct tally const *tally, enum stop_reason const *reasons);

/* Ends the rewritten line, so that other output starts on one of its own. */
void progress_end(void);

/* The time that the blocks left take at most, by the mean of those recorded: 0 as long as nothing
 * is. *by_limit: it is seconds_max that ends them, which the round under way outlasts. */
double progress_seconds_left(struct tally const *tally, enum stop_reason const *reasons,
                             bool *by_limit);

#endif
