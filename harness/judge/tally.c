/* tally.c -- reads records into columns of numbers, and computes medians.
 *
 * SPDX-License-Identifier: MIT */
#include "judge/tally.h"

#include "base/complain.h"
#include "base/memory.h"
#include "base/text.h"
#include "judge/said.h"
#include "judge/sample_range.h"
#include "judge/statistics.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CAPACITY_FIRST = 32 };

struct tally tally_new(struct plan const *plan, struct run_kind const *kind)
{
    return (struct tally){
        .plan = plan,
        .kind = kind,
        .cells = memory_zeroed(plan->cell_count, sizeof(struct tally_cell)),
        .judge = kind->has_judge ? gate_judge_new(plan) : NULL,
        .losses = json_object(),
        .said = json_object(),
        .left_behind = json_object(),
    };
}

void tally_free(struct tally *tally)
{
    for (size_t i = 0; i < tally->plan->cell_count; i++)
        free(tally->cells[i].sample);
    free(tally->cells);
    gate_judge_free(tally->judge);
    json_decref(tally->losses);
    json_decref(tally->said);
    json_decref(tally->left_behind);
}

static uint64_t number(json_t const *object, char const *key)
{
    return (uint64_t)json_integer_value(json_object_get(object, key));
}

static size_t find_cell(struct plan const *plan, char const *id)
{
    size_t cell = 0;

    while (cell < plan->cell_count && strcmp(plan->cells[cell].id, id) != 0)
        cell++;
    return cell;
}

/* Makes room for one more valid block and returns its samples. */
static struct tally_sample *next_block(struct tally_cell *cell, size_t arm_count)
{
    size_t const valid = (size_t)(cell->blocks - cell->lost);

    if (valid == cell->capacity) {
        size_t const capacity = valid == 0 ? CAPACITY_FIRST : 2 * valid;
        struct tally_sample *const grown = memory_zeroed(capacity * arm_count, sizeof *grown);
        if (valid > 0)
            memcpy(grown, cell->sample, valid * arm_count * sizeof *grown);
        free(cell->sample);
        cell->sample = grown;
        cell->capacity = capacity;
    }
    return cell->sample + valid * arm_count;
}

static bool refuse(struct tally const *tally, char const *what, char const *cell, uint64_t block)
{
    complain("the same command with --fresh", "%s: %s: cell '%s', block %" PRIu64,
             tally->kind->file, what, cell, block);
    return false;
}

/* Of a process that was looked into and its twin that was left alone, the twin's time counts. */
static bool is_timed(struct run_kind const *kind, json_t const *sample)
{
    return !kind->has_twins || json_object_get(sample, kind->finding) == NULL;
}

/* Of the samples that are ok; a complaint names the first that cannot be. */
static bool are_possible(struct tally const *tally, json_t const *samples, size_t index,
                         uint64_t block)
{
    struct plan const *const plan = tally->plan;
    bool const counted = plan->cells[index].program == NULL;
    char const *const cell = plan->cells[index].id;
    char *fault = NULL;

    for (size_t i = 0; fault == NULL && i < json_array_size(samples); i++) {
        json_t const *const sample = json_array_get(samples, i);
        char const *const id = json_string_value(json_object_get(sample, "arm"));
        char const *const status = json_string_value(json_object_get(sample, "status"));
        size_t arm = 0;
        if (id == NULL || !plan_find_arm(plan, id, true, &arm))
            fault = text_format("a sample of '%s', which is no arm", id != NULL ? id : "?");
        else if (status != NULL && text_equal(status, "ok"))
            fault = sample_fault(sample, &plan->arms[arm], counted, tally->kind->finding == NULL);
    }
    if (fault == NULL)
        return true;
    refuse(tally, fault, cell, block);
    free(fault);
    return false;
}

/* Each arm must be there once: arm_count samples, and none that fills a place twice. */
static bool take_samples(struct tally const *tally, json_t const *samples,
                         struct tally_sample *into)
{
    struct plan const *const plan = tally->plan;
    size_t timed = 0;

    memset(into, 0, plan->arm_count * sizeof *into);
    for (size_t i = 0; i < json_array_size(samples); i++) {
        json_t const *const sample = json_array_get(samples, i);
        if (!is_timed(tally->kind, sample))
            continue;
        timed++;
        char const *const id = json_string_value(json_object_get(sample, "arm"));
        size_t arm = 0;
        if (id == NULL || !plan_find_arm(plan, id, true, &arm) || into[arm].time_ns != 0)
            return false;
        uint64_t const time_ns = metric_deciding_ns(sample);
        into[arm].time_ns = time_ns == 0 ? 1 : time_ns;
        into[arm].operations = number(sample, "operations");
        into[arm].faults = number(sample, "minor_faults") + number(sample, "major_faults");
    }
    return timed == plan->arm_count;
}

/* The block is valid if every arm's sample is ok; adds the others to `losses`. */
static bool count_losses(json_t *losses, json_t const *samples)
{
    bool valid = true;

    for (size_t i = 0; i < json_array_size(samples); i++) {
        json_t const *const sample = json_array_get(samples, i);
        char const *const written = json_string_value(json_object_get(sample, "status"));
        char const *const status = written != NULL ? written : "without a status";
        if (strcmp(status, "ok") == 0)
            continue;
        char *const what =
            text_format("%s: %s", json_string_value(json_object_get(sample, "arm")), status);
        json_object_set_new(losses, what, json_integer((json_int_t)number(losses, what) + 1));
        free(what);
        valid = false;
    }
    return valid;
}

static void count_left_behind(json_t *counts, json_t const *samples)
{
    for (size_t i = 0; i < json_array_size(samples); i++) {
        json_t const *const sample = json_array_get(samples, i);
        char const *const arm = json_string_value(json_object_get(sample, "arm"));
        uint64_t const left = number(sample, "left_behind");
        if (left > 0 && arm != NULL)
            json_object_set_new(counts, arm,
                                json_integer((json_int_t)number(counts, arm) + (json_int_t)left));
    }
}

bool tally_add(void *context, json_t const *record)
{
    struct tally *const tally = context;
    char const *const schema = json_string_value(json_object_get(record, "schema"));
    char const *const hash = json_string_value(json_object_get(record, "plan"));
    char const *const id = json_string_value(json_object_get(record, "cell"));
    uint64_t const block = number(record, "block");
    size_t const index = id == NULL ? tally->plan->cell_count : find_cell(tally->plan, id);
    struct tally_cell *const cell = &tally->cells[index];

    if (schema == NULL || strcmp(schema, tally->kind->schema) != 0)
        return refuse(tally, "a record of an unknown schema", id == NULL ? "?" : id, block);
    if (hash == NULL || strcmp(hash, tally->plan->hash) != 0)
        return refuse(tally, "a block of another plan", id == NULL ? "?" : id, block);
    if (index == tally->plan->cell_count)
        return refuse(tally, "a cell that the plan does not have", id == NULL ? "?" : id, block);
    if (!json_is_integer(json_object_get(record, "block")) || block != cell->blocks)
        return refuse(tally,
                      block < cell->blocks ? "a block that is there twice"
                                           : "a block after a missing one",
                      id, block);
    if (!are_possible(tally, json_object_get(record, "samples"), index, block))
        return false;
    if (!take_samples(tally, json_object_get(record, "samples"),
                      next_block(cell, tally->plan->arm_count)))
        return refuse(tally, "a block without each arm once", id, block);
    bool const valid = count_losses(tally->losses, json_object_get(record, "samples"));
    count_left_behind(tally->left_behind, json_object_get(record, "samples"));
    if (tally->judge != NULL)
        gate_judge_add_failures(tally->judge, json_object_get(record, "samples"));
    if (valid != json_is_true(json_object_get(record, "valid")))
        return refuse(tally, "a block whose `valid` is not what its samples' statuses say", id,
                      block);
    if (valid && tally->kind->has_judge)
        gate_judge_add(tally->judge, index, json_object_get(record, "samples"));
    said_add(tally->said, record);
    cell->blocks++;
    cell->lost += !valid;
    cell->duration_ns += number(record, "duration_ns");
    return true;
}

size_t tally_valid(struct tally const *tally, size_t cell)
{
    return (size_t)(tally->cells[cell].blocks - tally->cells[cell].lost);
}

double tally_seconds(struct tally const *tally)
{
    double seconds = 0;

    for (size_t i = 0; i < tally->plan->cell_count; i++)
        seconds += (double)tally->cells[i].duration_ns / 1e9;
    return seconds;
}

static struct tally_sample const *sample_at(struct tally const *tally, size_t cell, size_t valid,
                                            size_t arm)
{
    return &tally->cells[cell].sample[valid * tally->plan->arm_count + arm];
}

/* Every arm does the same number of operations, so the ratio of speeds is the inverse of the ratio
 * of times. */
void tally_speed_ratios(struct tally const *tally, size_t cell, size_t arm, double *ratio)
{
    for (size_t i = 0; i < tally_valid(tally, cell); i++)
        ratio[i] = (double)sample_at(tally, cell, i, 0)->time_ns /
                   (double)sample_at(tally, cell, i, arm)->time_ns;
}

struct tally_effect tally_speed_effect(struct tally const *tally, size_t cell, size_t arm,
                                       double alpha)
{
    size_t const n = tally_valid(tally, cell);
    struct rank_interval const ranks = median_interval(n, alpha, tally->plan->rules.blocks_min);
    double *const ratio = memory_zeroed(n, sizeof *ratio);
    struct tally_effect effect = {NAN, NAN, NAN};

    tally_speed_ratios(tally, cell, arm, ratio);
    sort_values(ratio, n);
    effect.median = median_ratio_of_sorted(ratio, n) - 1;
    if (ranks.low > 0) {
        effect.low = ratio[ranks.low - 1] - 1;
        effect.high = ratio[ranks.high - 1] - 1;
    }
    free(ratio);
    return effect;
}

static double speed_of(struct tally_sample const *sample)
{
    return (double)sample->operations * 1e9 / (double)sample->time_ns;
}

static double ms_of(struct tally_sample const *sample)
{
    return (double)sample->time_ns / 1e6;
}

static double faults_of(struct tally_sample const *sample)
{
    return (double)sample->faults;
}

static double median_over(struct tally const *tally, size_t cell, size_t arm,
                          double (*value_of)(struct tally_sample const *))
{
    size_t const n = tally_valid(tally, cell);
    double *const value = memory_zeroed(n, sizeof *value);

    for (size_t i = 0; i < n; i++)
        value[i] = value_of(sample_at(tally, cell, i, arm));
    sort_values(value, n);
    double const median = median_of_sorted(value, n);
    free(value);
    return median;
}

double tally_median_speed(struct tally const *tally, size_t cell, size_t arm)
{
    return median_over(tally, cell, arm, speed_of);
}

double tally_median_ms(struct tally const *tally, size_t cell, size_t arm)
{
    return median_over(tally, cell, arm, ms_of);
}

double tally_median_faults(struct tally const *tally, size_t cell, size_t arm)
{
    return median_over(tally, cell, arm, faults_of);
}

double tally_control_p(struct tally const *tally, size_t cell)
{
    size_t slower = 0;
    size_t faster = 0;

    for (size_t i = 0; i < tally_valid(tally, cell); i++) {
        uint64_t const baseline_ns = sample_at(tally, cell, i, 0)->time_ns;
        uint64_t const control_ns = sample_at(tally, cell, i, 1)->time_ns;
        slower += control_ns > baseline_ns;
        faster += control_ns < baseline_ns;
    }
    return sign_test_p(slower, faster, tally_valid(tally, cell) - slower - faster);
}
