/* shard.h -- one unit of a share, run on this machine.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SHARD_H
#define SLABLAB_SHARD_H

#include "sample/trial.h"
#include "share/claim.h"
#include "share/share.h"

/* How a unit ended. */
enum shard_end {
    SHARD_DONE,
    SHARD_LOST,        /* its lease ran out meanwhile, and another worker has it or has done it */
    SHARD_INTERRUPTED, /* given back */
    SHARD_FAULT        /* given back; it has complained */
};

/* Runs the blocks of a unit that this worker holds, and makes them its shard. */
enum shard_end shard_run(struct share const *share, struct claims const *claims, struct rig *rig,
                         size_t unit);

#endif
