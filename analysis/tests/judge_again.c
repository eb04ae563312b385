/* judge_again.c -- what the harness's own judge says of a stored gate's samples, as gate.json.
 *
 *   judge_again plan.json samples.jsonl [instructions.jsonl]
 *
 * A test compares it with the analysis. It reads no more of the plan than the judge does, so that a
 * made run needs no true hash. "stops" tells after how many valid blocks each cell would have
 * stopped; 0: it would not.
 *
 * SPDX-License-Identifier: MIT */
#include "gate/gate_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS_MAX = 64, METRICS_MAX = 16, REPEATS_MAX = 64 };

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
        arms[i].role = i == GATE_CONTROL ? ROLE_CONTROL : ROLE_ARM;
    }
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

static void judge_blocks(struct gate_judge *judge, FILE *file)
{
    json_t *record;

    while ((record = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL)) != NULL) {
        size_t const cell = cell_of(record);
        if (json_is_true(json_object_get(record, "valid"))) {
            gate_judge_add(judge, cell, json_object_get(record, "samples"));
            if (stops[cell] == 0 && gate_judge_has_decided(judge, cell))
                stops[cell] = judge->cells[cell].n;
        }
        json_decref(record);
    }
}

struct counts {
    double base[REPEATS_MAX];
    double head[REPEATS_MAX];
    size_t n_base;
    size_t n_head;
};

static void judge_instructions(struct gate_judge *judge, FILE *file)
{
    static struct counts counts[CELLS_MAX];
    json_t *record;

    while ((record = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL)) != NULL) {
        struct counts *const into = &counts[cell_of(record)];
        json_t const *const samples = json_object_get(record, "samples");
        for (size_t i = 0; i < json_array_size(samples); i++) {
            json_t const *const sample = json_array_get(samples, i);
            double const value = number_in(sample, "instructions");
            if (strcmp(text_in(sample, "arm"), "head") == 0)
                into->head[into->n_head++] = value;
            else
                into->base[into->n_base++] = value;
        }
        json_decref(record);
    }
    for (size_t i = 0; i < plan.cell_count; i++)
        if (counts[i].n_head > 0)
            gate_judge_instructions(judge, i, counts[i].base, counts[i].n_base, counts[i].head,
                                    counts[i].n_head);
}

static FILE *opened(char const *path)
{
    FILE *const file = fopen(path, "r");

    if (file == NULL) {
        perror(path);
        exit(2);
    }
    return file;
}

int main(int count, char **words)
{
    struct gate_spec const spec = {.text = (char *)"made"};
    struct gate_circumstances const none = {.base = &spec, .head = &spec, .host = "testhost"};

    if (count < 3)
        return 2;
    json_t *const stored = json_load_file(words[1], 0, NULL);
    json_t *const reasons = json_array();
    take_plan(stored);
    struct gate_judge *const judge = gate_judge_new(&plan);
    judge_blocks(judge, opened(words[2]));
    if (count > 3)
        judge_instructions(judge, opened(words[3]));
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
