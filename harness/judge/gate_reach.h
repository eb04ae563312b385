/* gate_reach.h -- the fewest blocks of a cell after which a gate can decide, told beforehand.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_GATE_REACH_H
#define SLABLAB_GATE_REACH_H

#include "experiment/plan.h"

#include <stdbool.h>
#include <stddef.h>

struct gate_reach {
    size_t pass;            /* every row can be PASS; SIZE_MAX: no row decides */
    char const *pass_last;  /* the metric that takes the most */
    size_t fail;            /* some row can be FAIL */
};

/* Where every block agrees, by the plan's alphas, margins and number of rows that decide. */
struct gate_reach gate_reach_of(struct plan const *plan);

/* "PASS is possible from 75 blocks of a cell on (time_tail), FAIL from 29", and what the plan's
 * blocks_max makes impossible. The caller frees it. */
char *gate_reach_text(struct plan const *plan);

/* Can it say neither PASS nor FAIL, or just one of them, within the plan's blocks_max? */
bool gate_reach_is_short(struct plan const *plan);

#endif
