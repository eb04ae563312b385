/* rules.c -- the values of the rules, and plan.json's words for them.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/rules.h"

struct rules const rules_default = {
    .lost_ratio_max = 0.20,
    .alpha_dependence = 0.001,
    .blocks_min = 6,
    .blocks_for_dependence = 20,
    .blocks_for_half_width = 20,
    .blocks_all_lost = 20,
};

json_t *rules_to_json(struct rules const *rules)
{
    return json_pack("{s:f, s:f, s:I, s:I, s:I, s:I}", "lost_ratio_max", rules->lost_ratio_max,
                     "alpha_dependence", rules->alpha_dependence, "blocks_min",
                     (json_int_t)rules->blocks_min, "blocks_for_dependence",
                     (json_int_t)rules->blocks_for_dependence, "blocks_for_half_width",
                     (json_int_t)rules->blocks_for_half_width, "blocks_all_lost",
                     (json_int_t)rules->blocks_all_lost);
}

bool rules_from_json(json_t *object, struct rules *rules, json_error_t *error)
{
    double lost, dependence;
    json_int_t least, for_dependence, for_half_width, all_lost;

    if (json_unpack_ex(object, error, 0, "{s:F, s:F, s:I, s:I, s:I, s:I}", "lost_ratio_max", &lost,
                       "alpha_dependence", &dependence, "blocks_min", &least,
                       "blocks_for_dependence", &for_dependence, "blocks_for_half_width",
                       &for_half_width, "blocks_all_lost", &all_lost)
        != 0)
        return false;
    *rules = (struct rules){lost, dependence, (uint64_t)least, (uint64_t)for_dependence,
                            (uint64_t)for_half_width, (uint64_t)all_lost};
    return true;
}
