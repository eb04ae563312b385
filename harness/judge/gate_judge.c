/* gate_judge.c -- counts signs, and compares their e-processes with the thresholds.
 *
 * SPDX-License-Identifier: MIT */
#include "judge/gate_judge.h"

#include "base/memory.h"
#include "base/text.h"
#include "judge/sequential.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CAPACITY_FIRST = 64 };

struct gate_judge *gate_judge_new(struct plan const *plan)
{
    struct gate_judge *const judge = memory_zeroed(1, sizeof *judge);
    size_t const metrics = plan->gate.metric_count;

    judge->plan = plan;
    judge->cells = memory_zeroed(plan->cell_count, sizeof *judge->cells);
    judge->rows = memory_zeroed(plan->cell_count * metrics, sizeof *judge->rows);
    for (size_t i = 0; i < plan->cell_count * metrics; i++) {
        struct gate_row *const row = &judge->rows[i];
        row->cell = i / metrics;
        row->rule = &plan->gate.metrics[i % metrics];
        row->verdict = row->rule->decides ? GATE_UNDECIDED : GATE_REPORTED;
        row->estimate = (struct gate_estimate){NAN, NAN, NAN, NAN, NAN, NAN};
        judge->decisions += row->rule->decides;
    }
    return judge;
}

void gate_judge_free(struct gate_judge *judge)
{
    if (judge == NULL)
        return;
    for (size_t i = 0; i < judge->plan->cell_count; i++)
        free(judge->cells[i].value);
    free(judge->cells);
    free(judge->rows);
    free(judge);
}

bool gate_row_is_of_blocks(struct gate_row const *row)
{
    return row->rule->metric->name != metric_instructions;
}

static size_t metric_of(struct gate_judge const *judge, struct gate_row const *row)
{
    return (size_t)(row->rule - judge->plan->gate.metrics);
}

static double value_at(struct gate_judge const *judge, struct gate_row const *row, size_t block,
                       size_t arm)
{
    size_t const place = block * judge->plan->gate.metric_count + metric_of(judge, row);

    return judge->cells[row->cell].value[place * GATE_ARMS + arm];
}

/* The change from the base to an arm in each block: a difference of counts, else a ratio. */
static double *changes_of(struct gate_judge const *judge, struct gate_row const *row, size_t arm)
{
    size_t const n = judge->cells[row->cell].n;
    double *const changes = memory_zeroed(n + 1, sizeof *changes);

    for (size_t i = 0; i < n; i++) {
        double const value = value_at(judge, row, i, arm);
        double const base = value_at(judge, row, i, GATE_BASE);
        changes[i] = row->rule->metric->by_difference ? value - base : value / base;
    }
    return changes;
}

static double median_change(struct gate_row const *row, double const *ordered, size_t n)
{
    return row->rule->metric->by_difference ? median_of_sorted(ordered, n)
                                       : median_ratio_of_sorted(ordered, n);
}

static double median_of_arm(struct gate_judge const *judge, struct gate_row const *row, size_t arm)
{
    size_t const n = judge->cells[row->cell].n;
    double *const values = memory_zeroed(n + 1, sizeof *values);

    for (size_t i = 0; i < n; i++)
        values[i] = value_at(judge, row, i, arm);
    sort_values(values, n);
    double const median = median_of_sorted(values, n);
    free(values);
    return median;
}

/* As a relative effect, where the change is a ratio. */
static double effect_of(struct gate_row const *row, double change)
{
    return row->rule->metric->by_difference ? change : change - 1;
}

static double fail_threshold(struct gate_judge const *judge)
{
    return log((double)judge->decisions / judge->plan->gate.alpha_fail);
}

/* A count can increase by one at least. */
static double mde_of(struct gate_judge const *judge, struct gate_row const *row,
                     double const *ordered, size_t n)
{
    size_t const rank = sequential_mde_rank(n, fail_threshold(judge));
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
    size_t const n = judge->cells[row->cell].n;
    double *const ordered = changes_of(judge, row, arm);
    struct rank_interval const ranks = confidence_sequence(n, judge->plan->alpha);

    sort_values(ordered, n);
    struct gate_estimate const estimate = {
        .effect = effect_of(row, median_change(row, ordered, n)),
        .low = ranks.low > 0 ? effect_of(row, ordered[ranks.low - 1]) : NAN,
        .high = ranks.low > 0 ? effect_of(row, ordered[ranks.high - 1]) : NAN,
        .mde = mde_of(judge, row, ordered, n),
        .base = median_of_arm(judge, row, GATE_BASE),
        .head = median_of_arm(judge, row, arm),
    };
    free(ordered);
    return estimate;
}

struct gate_estimate gate_judge_control(struct gate_judge const *judge, struct gate_row const *row)
{
    return estimate_of(judge, row, GATE_CONTROL);
}

void gate_judge_estimate(struct gate_judge *judge)
{
    for (size_t i = 0; i < judge->plan->cell_count * judge->plan->gate.metric_count; i++)
        if (gate_row_is_of_blocks(&judge->rows[i]))
            judge->rows[i].estimate = estimate_of(judge, &judge->rows[i], GATE_HEAD);
}

/* A count can increase by one at least. */
static double margin_at(struct gate_metric const *rule, double base)
{
    return fmax(rule->margin * base, rule->metric->by_difference ? 1 : 0);
}

/* An increase must also matter: the median change is half the margin or more. */
static bool reaches_half_margin(struct gate_judge const *judge, struct gate_row const *row)
{
    size_t const n = judge->cells[row->cell].n;
    double *const ordered = changes_of(judge, row, GATE_HEAD);

    sort_values(ordered, n);
    double const effect = effect_of(row, median_change(row, ordered, n));
    free(ordered);
    if (row->rule->metric->by_difference)
        return effect >= margin_at(row->rule, median_of_arm(judge, row, GATE_BASE)) / 2;
    return effect >= row->rule->margin / 2;
}

static void decide(struct gate_judge const *judge, struct gate_row *row)
{
    if (row->verdict != GATE_UNDECIDED)
        return;
    if (row->log_e_fail >= fail_threshold(judge) && reaches_half_margin(judge, row))
        row->verdict = GATE_FAIL;
    else if (row->log_e_pass >= -log(judge->plan->gate.alpha_pass))
        row->verdict = GATE_PASS;
    if (row->verdict != GATE_UNDECIDED)
        row->decided_at = judge->cells[row->cell].n;
}

static void look(struct gate_judge const *judge, struct gate_row *row)
{
    size_t const n = judge->cells[row->cell].n;
    double const base = value_at(judge, row, n - 1, GATE_BASE);
    double const control = value_at(judge, row, n - 1, GATE_CONTROL);
    double const head = value_at(judge, row, n - 1, GATE_HEAD);

    row->more += head > base;
    row->within += head - base < margin_at(row->rule, base);
    row->control_more += control > base;
    row->control_less += control < base;
    row->log_e_fail = log_e_one_sided(row->more, n);
    row->log_e_pass = log_e_one_sided(row->within, n);
    row->log_e_control =
        log_e_two_sided(row->control_more, row->control_more + row->control_less);
    decide(judge, row);
}

static void make_room(struct gate_judge *judge, struct gate_cell *cell)
{
    size_t const entries = judge->plan->gate.metric_count * GATE_ARMS;

    if (cell->n < cell->capacity)
        return;
    size_t const capacity = cell->n == 0 ? CAPACITY_FIRST : 2 * cell->n;
    double *const grown = memory_zeroed(capacity * entries, sizeof *grown);
    if (cell->n > 0)
        memcpy(grown, cell->value, cell->n * entries * sizeof *grown);
    free(cell->value);
    cell->value = grown;
    cell->capacity = capacity;
}

void gate_judge_add(struct gate_judge *judge, size_t cell, json_t const *samples)
{
    struct gate const *const gate = &judge->plan->gate;
    struct gate_cell *const into = &judge->cells[cell];

    make_room(judge, into);
    for (size_t i = 0; i < json_array_size(samples); i++) {
        json_t const *const sample = json_array_get(samples, i);
        size_t arm = 0;
        plan_find_arm(judge->plan, json_string_value(json_object_get(sample, "arm")), true, &arm);
        for (size_t m = 0; m < gate->metric_count; m++)
            into->value[(into->n * gate->metric_count + m) * GATE_ARMS + arm] =
                metric_value(gate->metrics[m].metric, sample);
    }
    into->n++;
    for (size_t m = 0; m < gate->metric_count; m++) {
        struct gate_row *const row = &judge->rows[cell * gate->metric_count + m];
        if (gate_row_is_of_blocks(row))
            look(judge, row);
    }
}

bool gate_judge_has_decided(struct gate_judge const *judge, size_t cell)
{
    size_t const metrics = judge->plan->gate.metric_count;

    for (size_t m = 0; m < metrics; m++) {
        struct gate_row const *const row = &judge->rows[cell * metrics + m];
        if (gate_row_is_of_blocks(row) && row->verdict == GATE_UNDECIDED)
            return false;
    }
    return judge->cells[cell].n >= judge->plan->rules.blocks_min;
}

struct gate_row const *gate_judge_control_fault(struct gate_judge const *judge)
{
    double const threshold = log((double)judge->decisions / judge->plan->alpha_control);

    for (size_t i = 0; i < judge->plan->cell_count * judge->plan->gate.metric_count; i++) {
        struct gate_row const *const row = &judge->rows[i];
        if (row->rule->decides && row->log_e_control >= threshold)
            return row;
    }
    return NULL;
}

/* The first row that blocks decide, time's before all others; NULL if there is none. */
static struct gate_row const *row_for_dependence(struct gate_judge const *judge, size_t cell)
{
    struct gate_row const *const rows = &judge->rows[cell * judge->plan->gate.metric_count];
    struct gate_row const *found = NULL;

    for (size_t m = 0; m < judge->plan->gate.metric_count; m++) {
        bool const decides = rows[m].rule->decides && gate_row_is_of_blocks(&rows[m]);
        if (decides && (found == NULL || text_equal(rows[m].rule->metric->name, "time")))
            found = &rows[m];
    }
    return found;
}

size_t gate_judge_dependent_cell(struct gate_judge const *judge)
{
    struct rules const *const rules = &judge->plan->rules;
    size_t const cells = judge->plan->cell_count;
    size_t cell = 0;

    for (bool found = false; cell < cells; cell++) {
        struct gate_row const *const row = row_for_dependence(judge, cell);
        if (row == NULL || judge->cells[cell].n < rules->blocks_for_dependence)
            continue;
        double *const changes = changes_of(judge, row, GATE_HEAD);
        double const p = dependence_p(changes, judge->cells[cell].n);
        found = p < rules->alpha_dependence / (double)cells;
        free(changes);
        if (found)
            break;
    }
    return cell;
}

static double spread_of(double *values, size_t n)
{
    sort_values(values, n);
    return values[n - 1] / values[0] - 1;
}

void gate_judge_instructions(struct gate_judge *judge, size_t cell, double *base, size_t n_base,
                             double *head, size_t n_head)
{
    size_t const metrics = judge->plan->gate.metric_count;
    struct gate_row *row = &judge->rows[cell * metrics];

    while (gate_row_is_of_blocks(row))
        row++;
    double const spread = spread_of(base, n_base);
    sort_values(head, n_head);
    struct gate_estimate *const estimate = &row->estimate;
    estimate->base = median_of_sorted(base, n_base);
    estimate->head = median_of_sorted(head, n_head);
    estimate->effect = estimate->head / estimate->base - 1;
    estimate->low = estimate->effect - spread;
    estimate->high = estimate->effect + spread;
    estimate->mde = fmax(spread, row->rule->margin / 2);
    row->counted = n_head;
    if (!row->rule->decides)
        return;
    if (estimate->low > 0 && estimate->effect >= row->rule->margin / 2)
        row->verdict = GATE_FAIL;
    else if (estimate->high < row->rule->margin)
        row->verdict = GATE_PASS;
    if (row->verdict != GATE_UNDECIDED)
        row->decided_at = n_head;
}
