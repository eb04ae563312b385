/* rules.h -- the constants of the statistics that no experiment sets.
 *
 * They stand here alone. A plan carries them, so that a stored run is judged by the rules under
 * which it was measured. A plan.json written before plans had them was measured under those in
 * analysis/records/rules.json.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_RULES_H
#define SLABLAB_RULES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct rules {
    double lost_ratio_max;        /* of a run's blocks; with more lost ones it is void */
    double alpha_dependence;      /* of the test that a gate's blocks depend on one another; over
                                     all cells */
    double alpha_failures;        /* of a gate's row of failures, beside its other rows */
    uint64_t failure_pairs_min;   /* pairs of head and base that a gate sees, its blocks among them:
                                     24 miss a crash in 1 of 8 in (7/8)^24 = 4 % of gates */
    uint64_t failure_pairs_max;   /* pairs of head and base that a first failure opens */
    int lead_in;                  /* an unmeasured sample begins every block of a timed run */
    uint64_t blocks_min;          /* fewer give no interval, and no gate's cell stops before */
    uint64_t failed_cell_stretch; /* a gate's cell with a failed row ends after as many times the
                                     blocks of that failure, though other rows are undecided;
                                     0: it does not */
    uint64_t blocks_for_dependence; /* fewer are not asked whether they depend on one another */
    uint64_t blocks_for_half_width; /* fewer never stop a cell for a narrow interval */
    uint64_t blocks_all_lost;     /* a run whose first blocks, as many, were all lost ends there */
};

extern struct rules const rules_default;

/* Of a plan from before plans had rules: the defaults, without what came with later rules. */
struct rules rules_of_old_plans(void);

/* As plan.json has them; a new reference. */
json_t *rules_to_json(struct rules const *rules);

#endif
