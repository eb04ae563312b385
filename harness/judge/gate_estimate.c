/* gate_estimate.c -- effects, intervals and what could have been seen, of a gate's rows.
 *
 * SPDX-License-Identifier: MIT */
#include "judge/gate_values.h"

#include "base/memory.h"
#include "judge/statistics.h"

#include <math.h>
#include <stdlib.h>

double *gate_changes(struct gate_judge const *judge, struct gate_row const *row, size_t arm)
{
    size_t const n = gate_judge_blocks(judge, row);
    double *const changes = memory_zeroed(n + 1, sizeof *changes);

    for (size_t i = 0; i < n; i++) {
        double const value = gate_value(judge, row, i, arm);
        double const base = gate_value(judge, row, i, GATE_BASE);
        changes[i] = row->rule->metric->by_difference ? value - base : value / base;
    }
    return changes;
}

double gate_median(struct gate_judge const *judge, struct gate_row const *row, size_t arm)
{
    size_t const n = gate_judge_blocks(judge, row);
    double *const values = memory_zeroed(n + 1, sizeof *values);

    for (size_t i = 0; i < n; i++)
        values[i] = gate_value(judge, row, i, arm);
    sort_values(values, n);
    double const median = median_of_sorted(values, n);
    free(values);
    return median;
}

static double median_change(struct gate_row const *row, double const *ordered, size_t n)
{
    return row->rule->metric->by_difference ? median_of_sorted(ordered, n)
                                            : median_ratio_of_sorted(ordered, n);
}

/* As a relative effect, where the change is a ratio. */
static double effect_of(struct gate_row const *row, double change)
{
    return row->rule->metric->by_difference ? change : change - 1;
}

double gate_effect(struct gate_judge const *judge, struct gate_row const *row, size_t arm)
{
    size_t const n = gate_judge_blocks(judge, row);
    double *const ordered = gate_changes(judge, row, arm);

    sort_values(ordered, n);
    double const effect = effect_of(row, median_change(row, ordered, n));
    free(ordered);
    return effect;
}

/* A count cannot be more by less than one. */
static double mde_of(struct gate_judge const *judge, struct gate_row const *row,
                     double const *ordered, size_t n)
{
    size_t const rank =
        sequential_mde_rank(n, gate_fail_threshold(judge), gate_mixture(row));
    double const middle = median_change(row, ordered, n);

    if (rank == 0)
        return NAN;
    if (row->rule->metric->by_difference)
        return fmax(middle - ordered[rank - 1], 1);
    return fmax(middle / ordered[rank - 1] - 1, 0);
}

static struct gate_estimate estimate_of(struct gate_judge const *judge, struct gate_row const *row,
                                        size_t arm)
{
    size_t const n = gate_judge_blocks(judge, row);
    double *const ordered = gate_changes(judge, row, arm);
    struct rank_interval const ranks =
        confidence_sequence(n, judge->plan->alpha, gate_mixture(row));

    sort_values(ordered, n);
    struct gate_estimate const estimate = {
        .effect = effect_of(row, median_change(row, ordered, n)),
        .low = ranks.low > 0 ? effect_of(row, ordered[ranks.low - 1]) : NAN,
        .high = ranks.low > 0 ? effect_of(row, ordered[ranks.high - 1]) : NAN,
        .mde = mde_of(judge, row, ordered, n),
        .base = gate_median(judge, row, GATE_BASE),
        .head = gate_median(judge, row, arm),
        .link_spread = gate_links_spread(judge, row, arm),
    };
    free(ordered);
    return estimate;
}

double gate_tail_effect(struct gate_row const *row)
{
    return ((double)row->tail.more - (double)row->tail.less) / (double)row->tail.n;
}

/* The bounds are those that the bets leave, each at half of alpha. */
static struct gate_estimate estimate_of_tail(struct gate_judge const *judge,
                                             struct gate_row const *row)
{
    struct signs const turned = {row->tail.less, row->tail.more, row->tail.n};
    double const n = (double)row->tail.n;
    double const alpha = judge->plan->alpha / 2;

    return (struct gate_estimate){
        .effect = gate_tail_effect(row),
        .low = -mean_upper_bound(&turned, alpha),
        .high = mean_upper_bound(&row->tail, alpha),
        .mde = sequential_mde_share(row->tail.n, row->tail.less, gate_fail_threshold(judge)),
        .base = (double)(row->tail.less + row->tail_both) / n,
        .head = (double)(row->tail.more + row->tail_both) / n,
        .link_spread = NAN,
    };
}

struct gate_estimate gate_judge_control(struct gate_judge const *judge, struct gate_row const *row)
{
    return estimate_of(judge, row, GATE_CONTROL);
}

void gate_judge_estimate(struct gate_judge *judge)
{
    for (size_t i = 0; i < judge->plan->cell_count * judge->plan->gate.metric_count; i++) {
        struct gate_row *const row = &judge->rows[i];
        row->estimate = gate_row_is_tail(row) ? estimate_of_tail(judge, row)
                                              : estimate_of(judge, row, GATE_HEAD);
    }
}
