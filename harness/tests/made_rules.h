/* made_rules.h -- the rules of plans made by hand, so that tests can be checked by hand.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_MADE_RULES_H
#define SLABLAB_MADE_RULES_H

#include "experiment/rules.h"

#define MADE_RULES                                                                                 \
    {                                                                                              \
        .lost_ratio_max = 0.20, .alpha_dependence = 0.001, .alpha_failures = 0.005,                \
        .failure_pairs_max = 400, .lead_in = 1, .blocks_min = 6,                                   \
        .blocks_for_dependence = 20, .blocks_for_half_width = 20, .blocks_all_lost = 20            \
    }

#endif
