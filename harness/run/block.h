/* block.h -- every arm once in one cell: the unit that is recorded whole or not at all.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_BLOCK_H
#define SLABLAB_BLOCK_H

#include "machine/weather.h"
#include "sample/trial.h"

/* samples[i] ran i-th, as entry order[i]: arm order[i] % arm_count; with an instrument, an entry
 * from arm_count on is that arm's twin, which the instrument leaves alone. Invariant: valid ==
 * every sample is SAMPLE_OK. */
struct block {
    size_t cell;
    uint64_t number;
    uint64_t started_unix_ns;
    uint64_t duration_ns;
    uint32_t pad_bytes;
    bool valid;
    struct weather before;
    struct weather after;
    size_t count; /* of the three arrays: arm_count, or twice that */
    size_t *order;
    struct sample *samples;
    size_t *links;          /* of each arm, the link of its processes */
    size_t lead_in_arm;     /* of the unmeasured sample before them */
    uint64_t lead_in_ns;    /* what that took; 0: there was none */
    json_t **findings; /* what the instrument adds to the sample's record; NULL: nothing */
};

enum block_end {
    BLOCK_DONE,
    BLOCK_INTERRUPTED, /* by Ctrl-C: not to be recorded */
    BLOCK_FAULT        /* the harness failed; it has complained */
};

/* Allocates the arrays for blocks of this rig. */
void block_allocate(struct block *block, struct rig const *rig);
void block_free(struct block *block);

/* Runs block `number` of a cell. The schedule follows from the plan's seed. */
enum block_end block_run(struct block *block, struct rig *rig, size_t cell, uint64_t number);

/* The record of a block, as records.md has it. */
json_t *block_describe(struct block const *block, struct rig const *rig, char const *host);

#endif
