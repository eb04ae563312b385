/* gate_values.h -- what a gate's rows rest on: their values, their changes, how far these reach.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_GATE_VALUES_H
#define SLABLAB_GATE_VALUES_H

#include "judge/gate_judge.h"

/* The row's blocks, and its metric's value in one of them. */
struct gate_values const *gate_values(struct gate_judge const *judge, struct gate_row const *row);
double gate_value(struct gate_judge const *judge, struct gate_row const *row, size_t block,
                  size_t arm);

enum mixture gate_mixture(struct gate_row const *row);

/* ln e at which a row fails: ln(decisions / alpha_fail). */
double gate_fail_threshold(struct gate_judge const *judge);

/* In the metric's unit. Of a count, one more is the least that can be more. */
double gate_margin(struct gate_metric const *rule, double base);

/* Block by block the change from the base to an arm: a difference of counts, else a ratio. The
 * caller frees it. */
double *gate_changes(struct gate_judge const *judge, struct gate_row const *row, size_t arm);

/* The median of those changes, as a difference or a relative effect; the median of an arm. */
double gate_effect(struct gate_judge const *judge, struct gate_row const *row, size_t arm);
double gate_median(struct gate_judge const *judge, struct gate_row const *row, size_t arm);

/* gate_links.c: takes in which links the cell's last block had; and what link_spread.h says of the
 * row's ratios of an arm to the base, NAN where they are none or the plan has no links. */
void gate_links_add(struct gate_judge *judge, size_t cell, json_t const *samples);
double gate_links_spread(struct gate_judge const *judge, struct gate_row const *row, size_t arm);

/* Of a tail: the share of blocks in which the head exceeds less that of the control. */
double gate_tail_effect(struct gate_row const *row);

#endif
