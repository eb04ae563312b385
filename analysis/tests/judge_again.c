/* judge_again.c -- what the harness's own judge says of a stored gate's samples, as gate.json.
 *
 *   judge_again FOLDER
 *
 * A test compares it with the analysis. It reads no more of the plan than the judge does, so that a
 * made run needs no true hash. "stops" tells after how many valid blocks each cell would have
 * stopped; 0: it would not.
 *
 * SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "gate/gate_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS_MAX = 64, METRICS_MAX = 16 };

static struct arm arms[GATE_ARMS];
static struct cell cells[CELLS_MAX];
static struct gate_metric metrics[METRICS_MAX];
static struct plan plan = {.arms = arms, .arm_count = GATE_ARMS, .cells = cells};

static char *text_in(json_t const *object, char const *key)
{
    return (char *)json_string_value(json_object_get(object, key));
}

static double number_in(json_t const *object, char const *key)
{
    return json_number_value(json_object_get(object, key));
}

static void take_plan(json_t const *stored)
{
    json_t const *const gate = json_object_get(stored, "gate");
    json_t const *const rules = json_object_get(gate, "metrics");

    plan.experiment = text_in(stored, "experiment");
    plan.hash = text_in(stored, "hash");
    plan.alpha = number_in(stored, "alpha");
    plan.alpha_control = number_in(stored, "alpha_control");
    plan.rules = rules_default;
    for (size_t i = 0; i < GATE_ARMS; i++) {
        json_t const *const arm = json_array_get(json_object_get(stored, "arms"), i);
        arms[i].id = text_in(arm, "id");
        arms[i].object_build_id = text_in(arm, "object_build_id");
        arms[i].link_count = json_array_size(json_object_get(arm, "links"));
        arms[i].role = i == GATE_CONTROL ? ROLE_CONTROL : ROLE_ARM;
    }
    plan.layouts =
        (uint64_t)number_in(json_object_get(stored, "layouts"), "links");
    plan.cell_count = json_array_size(json_object_get(stored, "cells"));
    for (size_t i = 0; i < plan.cell_count && i < CELLS_MAX; i++)
        cells[i].id = text_in(json_array_get(json_object_get(stored, "cells"), i), "id");
    plan.gate = (struct gate){number_in(gate, "alpha_fail"), number_in(gate, "alpha_pass"),
                              metrics, json_array_size(rules)};
    for (size_t i = 0; i < plan.gate.metric_count && i < METRICS_MAX; i++) {
        json_t const *const rule = json_array_get(rules, i);
        metrics[i] = (struct gate_metric){metric_named(text_in(rule, "name")),
                                          number_in(rule, "margin"),
                                          json_is_true(json_object_get(rule, "decides"))};
    }
}

static size_t cell_of(json_t const *record)
{
    size_t cell = 0;

    while (cell < plan.cell_count && strcmp(cells[cell].id, text_in(record, "cell")) != 0)
        cell++;
    return cell;
}

static size_t stops[CELLS_MAX];
static char const *folder;

/* Shows each record of a file of the folder, which need not be there. */
static void read_records(struct gate_judge *judge, char const *name,
                         void (*take)(struct gate_judge *, json_t const *))
{
    char *const path = text_format("%s/%s", folder, name);
    FILE *const file = fopen(path, "r");
    json_t *record;

    while (file != NULL && (record = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL)) != NULL) {
        take(judge, record);
        json_decref(record);
    }
    if (file != NULL)
        fclose(file);
    free(path);
}

static void take_block(struct gate_judge *judge, json_t const *record)
{
    size_t const cell = cell_of(record);
    json_t const *const samples = json_object_get(record, "samples");

    gate_judge_add_failures(judge, samples);
    if (!json_is_true(json_object_get(record, "valid")))
        return;
    gate_judge_add(judge, cell, samples);
    if (stops[cell] == 0 && gate_judge_has_decided(judge, cell))
        stops[cell] = judge->cells[cell].timed.n;
}

static void take_instructions(struct gate_judge *judge, json_t const *record)
{
    json_t const *const samples = json_object_get(record, "samples");
    uint64_t counts[GATE_ARMS] = {0};

    for (size_t i = 0; i < json_array_size(samples); i++) {
        json_t const *const sample = json_array_get(samples, i);
        size_t arm = 0;
        if (plan_find_arm(&plan, text_in(sample, "arm"), true, &arm))
            counts[arm] = (uint64_t)number_in(sample, "instructions");
    }
    gate_judge_add_instructions(judge, cell_of(record), counts);
}

static void take_failure(struct gate_judge *judge, json_t const *record)
{
    json_t const *const samples = json_object_get(record, "samples");

    if (strcmp(text_in(record, "where"), "pair") == 0)
        gate_judge_add_failures(judge, samples);
    else
        gate_judge_note_failures(judge, samples);
}

/* Each process that failed in attestation, by itself. */
static void take_attestation(struct gate_judge *judge, json_t const *file)
{
    size_t place, position, number;
    json_t *cell, *arm, *failure;

    json_array_foreach(json_object_get(file, "cells"), place, cell) {
        json_array_foreach(json_object_get(cell, "arms"), position, arm) {
            json_array_foreach(json_object_get(arm, "failed"), number, failure) {
                json_object_set(failure, "arm", json_object_get(arm, "arm"));
                json_t *const samples = json_pack("[O]", failure);
                gate_judge_note_failures(judge, samples);
                json_decref(samples);
            }
        }
    }
}

int main(int count, char **words)
{
    struct gate_spec const spec = {.text = (char *)"made"};
    struct gate_circumstances const none = {.base = &spec, .head = &spec, .host = "testhost"};

    if (count != 2)
        return 2;
    folder = words[1];
    char *const path = text_format("%s/plan.json", folder);
    json_t *const reasons = json_array();
    take_plan(json_load_file(path, 0, NULL));
    struct gate_judge *const judge = gate_judge_new(&plan);
    read_records(judge, "samples.jsonl", take_block);
    read_records(judge, "instructions.jsonl", take_instructions);
    read_records(judge, "failures.jsonl", take_failure);
    read_records(judge, "attestation.json", take_attestation);
    gate_judge_estimate(judge);
    if (gate_judge_control_fault(judge) != NULL)
        json_array_append_new(reasons, json_string("control"));
    if (gate_judge_dependent_cell(judge) < plan.cell_count)
        json_array_append_new(reasons, json_string("dependence"));
    json_t *const gate = gate_describe(judge, reasons, &none);
    json_t *const stopped = json_object();
    for (size_t i = 0; i < plan.cell_count; i++)
        json_object_set_new(stopped, cells[i].id, json_integer((json_int_t)stops[i]));
    json_object_set_new(gate, "stops", stopped);
    json_dumpf(gate, stdout, JSON_REAL_PRECISION(17));
    return 0;
}
