/* gate_links.c -- the links of a gate's blocks, and what one pair of them alone may show.
 *
 * SPDX-License-Identifier: MIT */
#include "judge/gate_values.h"

#include "base/memory.h"
#include "judge/link_spread.h"

#include <math.h>
#include <stdlib.h>

/* The cell's last block has the values of these samples. */
void gate_links_add(struct gate_judge *judge, size_t cell, json_t const *samples)
{
    struct gate_cell *const blocks = &judge->cells[cell];
    size_t const entry = (blocks->timed.n - 1) * GATE_ARMS;

    for (size_t i = 0; i < GATE_ARMS; i++) {
        blocks->link = memory_room(blocks->link, entry + i, sizeof *blocks->link);
        blocks->link[entry + i] = 0;
    }
    for (size_t i = 0; i < json_array_size(samples); i++) {
        json_t const *const sample = json_array_get(samples, i);
        size_t arm = 0;
        plan_find_arm(judge->plan, json_string_value(json_object_get(sample, "arm")), true, &arm);
        blocks->link[entry + arm] = (size_t)json_integer_value(json_object_get(sample, "link"));
    }
}

/* Of the links of `side`, base or head. */
static double variance_of_links(struct gate_judge const *judge, struct gate_row const *row,
                                double const *logarithms, size_t side)
{
    size_t const n = gate_judge_blocks(judge, row);
    size_t const links = judge->plan->arms[side].link_count;
    size_t *const drawn = memory_zeroed(n + 1, sizeof *drawn);

    for (size_t i = 0; i < n && links > 0; i++)
        drawn[i] = judge->cells[row->cell].link[i * GATE_ARMS + side];
    double const variance = links > 0 ? between_variance(logarithms, drawn, n, links) : NAN;
    free(drawn);
    return variance;
}

double gate_links_spread(struct gate_judge const *judge, struct gate_row const *row, size_t arm)
{
    size_t const n = gate_judge_blocks(judge, row);

    if (judge->plan->layouts == 0 || row->rule->metric->by_difference ||
        !gate_row_is_of_blocks(row))
        return NAN;
    double *const logarithms = gate_changes(judge, row, arm);
    for (size_t i = 0; i < n; i++)
        logarithms[i] = log(logarithms[i]);
    double const spread = link_spread(variance_of_links(judge, row, logarithms, GATE_BASE),
                                      variance_of_links(judge, row, logarithms, arm));
    free(logarithms);
    return spread;
}
