/* gate_reach.c -- counts blocks that all agree, until an e-process reaches its threshold.
 *
 * SPDX-License-Identifier: MIT */
#include "judge/gate_reach.h"

#include "base/text.h"
#include "judge/gate_judge.h"
#include "judge/gate_values.h"
#include "judge/sequential.h"

#include <inttypes.h>
#include <math.h>

enum { BLOCKS_MAX = 1 << 20 }; /* no alpha of a plan takes as many */

static size_t larger(size_t one, size_t other)
{
    return one > other ? one : other;
}

static size_t blocks_of_equal_signs(double log_threshold, enum mixture mixture)
{
    size_t n = 1;

    while (n < BLOCKS_MAX && !(log_e_one_sided(n, n, mixture) >= log_threshold))
        n++;
    return n;
}

static size_t blocks_without_a_slow_one(double log_threshold, double margin)
{
    struct signs signs = {.n = 1};

    while (signs.n < BLOCKS_MAX && !(log_e_mean_below(&signs, margin) >= log_threshold))
        signs.n++;
    return signs.n;
}

struct gate_reach gate_reach_of(struct plan const *plan)
{
    struct gate const *const gate = &plan->gate;
    struct gate_reach reach = {.pass = SIZE_MAX, .fail = SIZE_MAX};
    size_t decisions = 0;

    for (size_t i = 0; i < gate->metric_count; i++)
        for (size_t cell = 0; cell < plan->cell_count; cell++)
            decisions += gate_rule_decides(plan, cell, &gate->metrics[i]);
    for (size_t i = 0; i < gate->metric_count; i++) {
        struct gate_row const row = {.rule = &gate->metrics[i]};
        bool const tail = gate_row_is_tail(&row);
        enum mixture const mixture = tail ? MIXTURE_OF_COUNTS : gate_mixture(&row);
        if (!row.rule->decides)
            continue;
        size_t const fail =
            larger(plan->rules.blocks_min,
                   blocks_of_equal_signs(log((double)decisions / gate->alpha_fail), mixture));
        size_t const pass = larger(
            plan->rules.blocks_min,
            tail ? blocks_without_a_slow_one(-log(gate->alpha_pass), row.rule->margin)
                 : blocks_of_equal_signs(-log(gate->alpha_pass), mixture));
        reach.fail = fail < reach.fail ? fail : reach.fail;
        if (reach.pass == SIZE_MAX || pass > reach.pass) {
            reach.pass = pass;
            reach.pass_last = row.rule->metric->name;
        }
    }
    return reach;
}

char *gate_reach_text(struct plan const *plan)
{
    struct gate_reach const reach = gate_reach_of(plan);
    uint64_t const most = plan->stop.blocks_max;

    if (reach.pass == SIZE_MAX)
        return text_copy("no row decides");
    char *text = text_format("PASS is possible from %zu blocks of a cell on (%s), FAIL from %zu",
                             reach.pass, reach.pass_last, reach.fail);
    if (gate_reach_is_short(plan))
        text_append(&text, "; a cell stops after %" PRIu64 ", so %s impossible", most,
                    reach.pass <= most   ? "FAIL is"
                    : reach.fail <= most ? "PASS is"
                                         : "both are");
    return text;
}

bool gate_reach_is_short(struct plan const *plan)
{
    struct gate_reach const reach = gate_reach_of(plan);

    return reach.pass > plan->stop.blocks_max || reach.fail > plan->stop.blocks_max;
}
