/* instructions.h -- a run's blocks of instruction counts: every arm of a cell once.
 *
 *   FOLDER/instructions.jsonl, a synced line for each block:
 *   {"schema": "slablab-instructions/1", "plan": hash, "cell": id, "block": 0, "operations": 1000,
 *    "valgrind": "valgrind-3.19.0", "samples": [{"arm": id, "instructions": 123456}, ...]}
 *
 * Samples are in the order in which they ran, which is schedule_block's.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_INSTRUCTIONS_H
#define SLABLAB_INSTRUCTIONS_H

#include "sample/trial.h"

#include <jansson.h>

/* counts: cell by cell, block by block, arm by arm; 0 until counted. */
struct instructions {
    struct plan const *plan;
    uint64_t repeats; /* blocks of each cell */
    uint64_t *counts;
};

struct instructions instructions_new(struct plan const *plan, uint64_t repeats);
void instructions_free(struct instructions *instructions);

/* The counts of a block, arm by arm. */
uint64_t *instructions_of(struct instructions const *instructions, size_t cell, uint64_t block);

/* Reads the blocks in FOLDER, then counts and appends the others. The rig's operations must
 * be known (calibrate.h). STEP_VOID: as in callgrind.h. */
enum step instructions_run(struct instructions *instructions, struct rig const *rig,
                           char const *folder, json_t *reasons);

#endif
