/* instructions.h -- a run's blocks of instruction counts: every arm of a cell once.
 *
 *   FOLDER/instructions.jsonl, a synced line for each block:
 *   {"schema": "slablab-instructions/2", "plan": hash, "cell": id, "block": 0, "operations": 1000,
 *    "valgrind": "valgrind-3.19.0", "samples": [{"arm": id, "instructions": 123456}, ...]}
 *
 * Samples are in the order in which they ran, which is schedule_block's.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_INSTRUCTIONS_H
#define SLABLAB_INSTRUCTIONS_H

#include "sample/trial.h"

#include <jansson.h>

/* Who asks for blocks and takes them in, stored ones and new ones alike. */
struct instructions_user {
    void *context;
    bool (*wants)(void *context, size_t cell); /* another block of the cell? */
    void (*take)(void *context, size_t cell, uint64_t const *counts); /* by arm */
    /* A process failed; another one is tried. NULL: nothing to do. False after a complaint. */
    bool (*failed)(void *context, size_t cell, size_t arm, struct sample const *sample);
};

/* Round after round, a block of each cell that is wanted, those that FOLDER has first. The rig's
 * operations must be known (calibrate.h). STEP_VOID: as in callgrind.h. */
enum step instructions_run(struct instructions_user const *user, struct rig const *rig,
                           char const *folder, json_t *reasons);

#endif
