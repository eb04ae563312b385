/* stop.h -- when a cell stops, and whether the run is then valid.
 *
 * A table's rules look at the number of blocks, at widths and at recorded time: never at the sign
 * of an effect. A gate's look at signs, through e-processes alone.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_STOP_H
#define SLABLAB_STOP_H

#include "judge/tally.h"

#include <stdbool.h>

enum stop_reason {
    STOP_NOT_YET,
    STOP_BLOCKS_MAX,
    STOP_HALF_WIDTH,
    STOP_SECONDS_MAX,
    STOP_ALL_LOST, /* the first blocks of the run, all of them */
    STOP_DECIDED,  /* a gate's cell */
    STOP_CONTROL   /* a gate whose control arm differs from the base */
};

/* By blocks_max, half_width or a gate's decisions, which depend on the cell's own blocks. */
enum stop_reason stop_of_cell(struct tally const *tally, size_t cell);

/* How many comparisons a table of the plan judges: every arm with the baseline, and what the plan
 * compares besides, in every cell. */
size_t stop_comparisons(struct plan const *plan);

/* The fewest blocks of a cell with which one of them can be called better or worse: that many equal
 * signs have a p value that Holm's first step takes. */
uint64_t stop_blocks_for_verdict(struct plan const *plan);

/* By seconds_max or seconds_in_all, which are looked at between rounds. */
bool stop_of_run(struct tally const *tally);

/* Has the run had rules.blocks_all_lost blocks, and none but lost ones? Nothing can come of it: an
 * allocator that was rebuilt meanwhile, say, is lost in every block to come. */
bool stop_of_lost_run(struct tally const *tally);

/* Does a gate's control arm differ from the base? Then no decision is valid. */
bool stop_of_control(struct tally const *tally);

/* outcome.json: the verdict, "complete" or "void" with its reasons (those of `known`, which is
 * borrowed and may be NULL, first), and why each cell stopped. A new reference. */
json_t *stop_outcome(struct tally const *tally, enum stop_reason const *reasons, json_t *known);

/* Are there enough blocks for the control arm to void the run: would differences all of one sign in
 * one cell be significant at alpha_control by Holm's first step? */
bool stop_control_can_void(struct tally const *tally);

/* The outcome of a run that was VOID before its first block: `reasons` is an array of strings,
 * which is borrowed. */
json_t *stop_outcome_before_blocks(json_t *reasons);

#endif
