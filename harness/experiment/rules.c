/* rules.c -- the values of the rules, and plan.json's words for them.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/rules.h"

struct rules const rules_default = {
    .lost_ratio_max = 0.20,
    .alpha_dependence = 0.001,
    .alpha_failures = 0.005,
    .failure_pairs_min = 24,
    .failure_pairs_max = 400,
    .lead_in = 1,
    .blocks_min = 6,
    .failed_cell_stretch = 2,
    .blocks_for_dependence = 20,
    .blocks_for_half_width = 20,
    .blocks_all_lost = 20,
};

struct rules rules_of_old_plans(void)
{
    struct rules rules = rules_default;

    rules.lead_in = 0;
    rules.failure_pairs_min = 0;
    rules.failed_cell_stretch = 0;
    return rules;
}

json_t *rules_to_json(struct rules const *rules)
{
    return json_pack("{s:f, s:f, s:f, s:I, s:I, s:b, s:I, s:I, s:I, s:I, s:I}", "lost_ratio_max",
                     rules->lost_ratio_max, "alpha_dependence", rules->alpha_dependence,
                     "alpha_failures", rules->alpha_failures, "failure_pairs_min",
                     (json_int_t)rules->failure_pairs_min, "failure_pairs_max",
                     (json_int_t)rules->failure_pairs_max, "lead_in", rules->lead_in, "blocks_min",
                     (json_int_t)rules->blocks_min, "failed_cell_stretch",
                     (json_int_t)rules->failed_cell_stretch, "blocks_for_dependence",
                     (json_int_t)rules->blocks_for_dependence, "blocks_for_half_width",
                     (json_int_t)rules->blocks_for_half_width, "blocks_all_lost",
                     (json_int_t)rules->blocks_all_lost);
}
