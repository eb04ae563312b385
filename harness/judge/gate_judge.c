/* gate_judge.c -- counts signs, and compares their e-processes with the thresholds.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "judge/gate_judge.h"

#include "base/memory.h"
#include "base/text.h"
#include "judge/gate_values.h"
#include "judge/statistics.h"

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
    for (size_t i = 0; i < plan->cell_count; i++) {
        judge->cells[i].timed.metrics = metrics;
        judge->cells[i].counted.metrics = 1;
    }
    for (size_t i = 0; i < plan->cell_count * metrics; i++) {
        struct gate_row *const row = &judge->rows[i];
        row->cell = i / metrics;
        row->rule = &plan->gate.metrics[i % metrics];
        bool const decides = gate_row_decides(judge, row);
        row->verdict = decides ? GATE_UNDECIDED : GATE_REPORTED;
        row->estimate = (struct gate_estimate){NAN, NAN, NAN, NAN, NAN, NAN, NAN};
        judge->decisions += decides;
    }
    return judge;
}

void gate_judge_free(struct gate_judge *judge)
{
    if (judge == NULL)
        return;
    for (size_t i = 0; i < judge->plan->cell_count; i++) {
        free(judge->cells[i].timed.value);
        free(judge->cells[i].link);
        free(judge->cells[i].counted.value);
    }
    free(judge->failures.status);
    free(judge->failures.stderr_text);
    free(judge->cells);
    free(judge->rows);
    free(judge);
}

bool gate_row_is_of_blocks(struct gate_row const *row)
{
    return row->rule->metric->name != metric_instructions;
}

bool gate_row_is_tail(struct gate_row const *row)
{
    return row->rule->metric->beyond > 0;
}

size_t gate_judge_blocks(struct gate_judge const *judge, struct gate_row const *row)
{
    return gate_values(judge, row)->n;
}

enum mixture gate_mixture(struct gate_row const *row)
{
    return gate_row_is_of_blocks(row) ? MIXTURE_OF_TIMES : MIXTURE_OF_COUNTS;
}

struct gate_values const *gate_values(struct gate_judge const *judge, struct gate_row const *row)
{
    struct gate_cell const *const cell = &judge->cells[row->cell];

    return gate_row_is_of_blocks(row) ? &cell->timed : &cell->counted;
}

double gate_value(struct gate_judge const *judge, struct gate_row const *row, size_t block,
                  size_t arm)
{
    struct gate_values const *const values = gate_values(judge, row);
    size_t const metric =
        values->metrics == 1 ? 0 : (size_t)(row->rule - judge->plan->gate.metrics);

    return values->value[(block * values->metrics + metric) * GATE_ARMS + arm];
}

double gate_fail_threshold(struct gate_judge const *judge)
{
    return log((double)judge->decisions / judge->plan->gate.alpha_fail);
}

double gate_margin(struct gate_metric const *rule, double base)
{
    return fmax(rule->margin * base, rule->metric->by_difference ? 1 : 0);
}

/* What is established must also matter: it is half the margin or more. */
static bool reaches_half_margin(struct gate_judge const *judge, struct gate_row const *row)
{
    if (gate_row_is_tail(row))
        return gate_tail_effect(row) >= row->rule->margin / 2;
    double const effect = gate_effect(judge, row, GATE_HEAD);
    if (row->rule->metric->by_difference)
        return effect >= gate_margin(row->rule, gate_median(judge, row, GATE_BASE)) / 2;
    return effect >= row->rule->margin / 2;
}

static void decide(struct gate_judge const *judge, struct gate_row *row)
{
    if (row->verdict != GATE_UNDECIDED)
        return;
    if (row->log_e_fail >= gate_fail_threshold(judge) && reaches_half_margin(judge, row))
        row->verdict = GATE_FAIL;
    else if (row->log_e_pass >= -log(judge->plan->gate.alpha_pass))
        row->verdict = GATE_PASS;
    if (row->verdict != GATE_UNDECIDED)
        row->decided_at = gate_judge_blocks(judge, row);
}

static void look_at_tail(struct gate_judge const *judge, struct gate_row *row)
{
    size_t const last = gate_judge_blocks(judge, row) - 1;
    double const limit =
        gate_value(judge, row, last, GATE_BASE) * (1 + row->rule->metric->beyond);
    bool const head = gate_value(judge, row, last, GATE_HEAD) > limit;
    bool const control = gate_value(judge, row, last, GATE_CONTROL) > limit;

    row->tail.n++;
    row->tail.more += head && !control;
    row->tail.less += control && !head;
    row->tail_both += head && control;
    row->log_e_fail =
        log_e_one_sided(row->tail.more, row->tail.more + row->tail.less, MIXTURE_OF_COUNTS);
    row->log_e_pass = log_e_mean_below(&row->tail, row->rule->margin);
}

static void look_at_median(struct gate_judge const *judge, struct gate_row *row)
{
    size_t const n = gate_judge_blocks(judge, row);
    double const base = gate_value(judge, row, n - 1, GATE_BASE);
    double const control = gate_value(judge, row, n - 1, GATE_CONTROL);
    double const head = gate_value(judge, row, n - 1, GATE_HEAD);
    enum mixture const mixture = gate_mixture(row);

    row->more += head > base;
    row->within += head - base < gate_margin(row->rule, base);
    row->control_more += control > base;
    row->control_less += control < base;
    row->log_e_fail = log_e_one_sided(row->more, n, mixture);
    row->log_e_pass = log_e_one_sided(row->within, n, mixture);
    row->log_e_control = log_e_two_sided(row->control_more,
                                         row->control_more + row->control_less, mixture);
}

static void look(struct gate_judge const *judge, struct gate_row *row)
{
    if (gate_row_is_tail(row))
        look_at_tail(judge, row);
    else
        look_at_median(judge, row);
    decide(judge, row);
}

/* Where the next block's values go. */
static double *next_block(struct gate_values *values)
{
    size_t const entries = values->metrics * GATE_ARMS;

    if (values->n == values->capacity) {
        size_t const capacity = values->n == 0 ? CAPACITY_FIRST : 2 * values->n;
        double *const grown = memory_zeroed(capacity * entries, sizeof *grown);
        if (values->n > 0)
            memcpy(grown, values->value, values->n * entries * sizeof *grown);
        free(values->value);
        values->value = grown;
        values->capacity = capacity;
    }
    return values->value + values->n++ * entries;
}

void gate_judge_add(struct gate_judge *judge, size_t cell, json_t const *samples)
{
    struct gate const *const gate = &judge->plan->gate;
    double *const into = next_block(&judge->cells[cell].timed);

    for (size_t i = 0; i < json_array_size(samples); i++) {
        json_t const *const sample = json_array_get(samples, i);
        size_t arm = 0;
        plan_find_arm(judge->plan, json_string_value(json_object_get(sample, "arm")), true, &arm);
        for (size_t m = 0; m < gate->metric_count; m++)
            into[m * GATE_ARMS + arm] = metric_value(gate->metrics[m].metric, sample);
    }
    gate_links_add(judge, cell, samples);
    for (size_t m = 0; m < gate->metric_count; m++) {
        struct gate_row *const row = &judge->rows[cell * gate->metric_count + m];
        if (gate_row_is_of_blocks(row))
            look(judge, row);
    }
}

/* The cell's row of instructions; NULL where the plan has none. */
static struct gate_row *row_of_instructions(struct gate_judge const *judge, size_t cell)
{
    size_t const metrics = judge->plan->gate.metric_count;

    for (size_t m = 0; m < metrics; m++)
        if (!gate_row_is_of_blocks(&judge->rows[cell * metrics + m]))
            return &judge->rows[cell * metrics + m];
    return NULL;
}

void gate_judge_add_instructions(struct gate_judge *judge, size_t cell, uint64_t const *counts)
{
    double *const into = next_block(&judge->cells[cell].counted);

    for (size_t arm = 0; arm < GATE_ARMS; arm++)
        into[arm] = (double)counts[arm];
    look(judge, row_of_instructions(judge, cell));
}

bool gate_judge_wants_instructions(struct gate_judge const *judge, size_t cell)
{
    struct gate_row const *const row = row_of_instructions(judge, cell);

    return row != NULL && judge->plan->cells[cell].program == NULL &&
           (row->verdict == GATE_UNDECIDED ||
                           (row->verdict == GATE_REPORTED &&
                            gate_judge_blocks(judge, row) < judge->plan->rules.blocks_min));
}

/* Another allocator is no fault of the process: the run is void then. */
static bool has_failed(json_t const *sample)
{
    char const *const status = json_string_value(json_object_get(sample, "status"));

    return status != NULL && !text_equal(status, "ok") && !text_equal(status, "allocator");
}

/* "crashed by signal 6 (Aborted)", "failed with exit status 3". The caller frees it. */
static char *how_it_ended(json_t const *sample)
{
    char const *const status = json_string_value(json_object_get(sample, "status"));
    json_int_t const signal = json_integer_value(json_object_get(sample, "signal"));
    json_int_t const code = json_integer_value(json_object_get(sample, "exit_code"));

    if (signal > 0)
        return text_format("%s by signal %d (%s)", status, (int)signal, strsignal((int)signal));
    return code > 0 ? text_format("%s with exit status %d", status, (int)code)
                    : text_copy(status);
}

/* Which arms have a failed process among the samples; keeps what the head's first one said. */
static void find_failed(struct gate_judge *judge, json_t const *samples, bool failed[GATE_ARMS])
{
    struct gate_failures *const failures = &judge->failures;

    for (size_t i = 0; i < json_array_size(samples); i++) {
        json_t const *const sample = json_array_get(samples, i);
        char const *const id = json_string_value(json_object_get(sample, "arm"));
        char const *const said = json_string_value(json_object_get(sample, "stderr"));
        size_t arm = 0;
        if (id == NULL || !plan_find_arm(judge->plan, id, true, &arm) || !has_failed(sample))
            continue;
        failed[arm] = true;
        if (arm != GATE_HEAD || failures->status != NULL)
            continue;
        failures->status = how_it_ended(sample);
        failures->stderr_text = text_copy(said != NULL ? said : "");
    }
}

void gate_judge_add_failures(struct gate_judge *judge, json_t const *samples)
{
    struct gate_failures *const failures = &judge->failures;
    bool failed[GATE_ARMS] = {false};

    find_failed(judge, samples, failed);
    failures->pairs++;
    failures->both += failed[GATE_HEAD] && failed[GATE_BASE];
    failures->head_alone += failed[GATE_HEAD] && !failed[GATE_BASE];
    failures->base_alone += failed[GATE_BASE] && !failed[GATE_HEAD];
}

void gate_judge_note_failures(struct gate_judge *judge, json_t const *samples)
{
    bool failed[GATE_ARMS] = {false};

    find_failed(judge, samples, failed);
    judge->failures.head_elsewhere += failed[GATE_HEAD];
    judge->failures.base_elsewhere += failed[GATE_BASE] || failed[GATE_CONTROL];
}

double gate_judge_failures_log_e(struct gate_judge const *judge)
{
    struct gate_failures const *const failures = &judge->failures;

    return log_e_one_sided(failures->head_alone, failures->head_alone + failures->base_alone,
                           MIXTURE_OF_COUNTS);
}

enum gate_verdict gate_judge_failures(struct gate_judge const *judge)
{
    struct gate_failures const *const failures = &judge->failures;

    if (gate_judge_failures_log_e(judge) >= -log(judge->plan->rules.alpha_failures))
        return GATE_FAIL;
    return failures->head_alone + failures->head_elsewhere >
                   failures->base_alone + failures->base_elsewhere
               ? GATE_UNDECIDED
               : GATE_PASS;
}

bool gate_judge_has_decided(struct gate_judge const *judge, size_t cell)
{
    struct rules const *const rules = &judge->plan->rules;
    uint64_t const blocks = judge->cells[cell].timed.n;
    size_t const metrics = judge->plan->gate.metric_count;
    bool decided = true, failed = false;

    for (size_t m = 0; m < metrics; m++) {
        struct gate_row const *const row = &judge->rows[cell * metrics + m];
        if (!gate_row_is_of_blocks(row))
            continue;
        decided = decided && row->verdict != GATE_UNDECIDED;
        failed = failed || (row->verdict == GATE_FAIL && rules->failed_cell_stretch > 0 &&
                            blocks >= rules->failed_cell_stretch * row->decided_at);
    }
    return (decided || failed) && blocks >= rules->blocks_min;
}

struct gate_row const *gate_judge_control_fault(struct gate_judge const *judge)
{
    double const threshold = log((double)judge->decisions / judge->plan->alpha_control);

    for (size_t i = 0; i < judge->plan->cell_count * judge->plan->gate.metric_count; i++) {
        struct gate_row const *const row = &judge->rows[i];
        if (gate_row_decides(judge, row) && row->log_e_control >= threshold)
            return row;
    }
    return NULL;
}

/* The first row that blocks decide, time's before all others (a program's, the process's); NULL if
 * there is none. */
static struct gate_row const *row_for_dependence(struct gate_judge const *judge, size_t cell)
{
    struct gate_row const *const rows = &judge->rows[cell * judge->plan->gate.metric_count];
    bool const program = judge->plan->cells[cell].program != NULL;
    char const *const first = program ? "process_time" : "time";
    struct gate_row const *found = NULL;

    for (size_t m = 0; m < judge->plan->gate.metric_count; m++) {
        bool const decides = gate_row_decides(judge, &rows[m]) && gate_row_is_of_blocks(&rows[m]) &&
                             !gate_row_is_tail(&rows[m]);
        if (decides && (found == NULL || text_equal(rows[m].rule->metric->name, first)))
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
        if (row == NULL || judge->cells[cell].timed.n < rules->blocks_for_dependence)
            continue;
        double *const changes = gate_changes(judge, row, GATE_HEAD);
        double const p = dependence_p(changes, judge->cells[cell].timed.n);
        free(changes);
        found = p < rules->alpha_dependence / (double)cells;
        if (found)
            break;
    }
    return cell;
}
