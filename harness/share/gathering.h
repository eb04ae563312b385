/* gathering.h -- whatever shards there are, as one run.
 *
 * The same shards give the same bytes, in whatever order they came. A cell's blocks are numbered
 * anew, from 0 on, where units are missing before them; `scattered_block` is then what a block was
 * called in the plan's schedule.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_GATHERING_H
#define SLABLAB_GATHERING_H

#include "share/share.h"

#include <stdbool.h>

/* What was found. Invariant: missing == waiting + held. */
struct gathered {
    size_t done;     /* units with a shard */
    size_t missing;
    size_t held;     /* of them: by a worker that may be alive */
    uint64_t blocks;
    size_t machines;
    struct words compilers; /* of machines that have built the phases themselves */
    bool is_void;    /* a whole run that may not be concluded from */
};

/* Writes a run's files into the folder, which is made if it is new: outcome.json only where nothing
 * is missing. Complains and returns false for a shard that is damaged or of another plan, and for
 * machines that did not do the same work. */
bool gather(struct share const *share, char const *folder, struct gathered *gathered);

/* In either case. */
void gathered_free(struct gathered *gathered);

#endif
