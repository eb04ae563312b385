/* rules.c -- the values of the rules, and plan.json's words for them.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/rules.h"

struct rules const rules_default = {
    .lost_ratio_max = 0.20,
    .alpha_dependence = 0.001,
    .alpha_failures = 0.005,
    .failure_pairs_max = 400,
    .lead_in = 1,
    .blocks_min = 6,
    .blocks_for_dependence = 20,
    .blocks_for_half_width = 20,
    .blocks_all_lost = 20,
};

struct rules rules_of_old_plans(void)
{
    struct rules rules = rules_default;

    rules.lead_in = 0;
    return rules;
}

json_t *rules_to_json(struct rules const *rules)
{
    return json_pack("{s:f, s:f, s:f, s:I, s:b, s:I, s:I, s:I, s:I}", "lost_ratio_max",
                     rules->lost_ratio_max, "alpha_dependence", rules->alpha_dependence,
                     "alpha_failures", rules->alpha_failures, "failure_pairs_max",
                     (json_int_t)rules->failure_pairs_max, "lead_in", rules->lead_in, "blocks_min",
                     (json_int_t)rules->blocks_min, "blocks_for_dependence",
                     (json_int_t)rules->blocks_for_dependence, "blocks_for_half_width",
                     (json_int_t)rules->blocks_for_half_width, "blocks_all_lost",
                     (json_int_t)rules->blocks_all_lost);
}

/* A plan that lacks a key is from before that rule. */
bool rules_from_json(json_t *object, struct rules *rules, json_error_t *error)
{
    struct rules read = rules_of_old_plans();
    json_int_t least, for_dependence, for_half_width, all_lost;
    json_int_t pairs = (json_int_t)read.failure_pairs_max;

    if (json_unpack_ex(object, error, 0, "{s:F, s:F, s?F, s?I, s?b, s:I, s:I, s:I, s:I}",
                       "lost_ratio_max", &read.lost_ratio_max, "alpha_dependence",
                       &read.alpha_dependence, "alpha_failures", &read.alpha_failures,
                       "failure_pairs_max", &pairs, "lead_in", &read.lead_in, "blocks_min", &least,
                       "blocks_for_dependence", &for_dependence, "blocks_for_half_width",
                       &for_half_width, "blocks_all_lost", &all_lost) != 0)
        return false;
    read.failure_pairs_max = (uint64_t)pairs;
    read.blocks_min = (uint64_t)least;
    read.blocks_for_dependence = (uint64_t)for_dependence;
    read.blocks_for_half_width = (uint64_t)for_half_width;
    read.blocks_all_lost = (uint64_t)all_lost;
    *rules = read;
    return true;
}
