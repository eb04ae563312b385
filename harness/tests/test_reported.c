/* test_reported.c -- what a workload reports of itself, as a metric of plan, record and gate.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "experiment/experiment.h"
#include "judge/sample_range.h"

#include <math.h>

#define HEAD "question: q\nbaseline: one\n"

/* A workload that reports some number of that name and unit. */
static void write_reporter(char const *workload, char const *name, char const *unit,
                           char const *better)
{
    char *const path = text_format("build/workloads/%s", workload);
    char *const text = text_format("#!/bin/sh\necho '{\"name\": \"%s\", \"models\": \"\", "
                                   "\"parameters\": [], \"measures\": [{\"name\": \"%s\", "
                                   "\"unit\": \"%s\", \"better\": \"%s\", \"title\": \"T\"}]}'\n",
                                   workload, name, unit, better);

    fixture_write(path, text, 0755);
    free(text);
    free(path);
}

static struct plan *gate_of(char const *yaml)
{
    char *const path = fixture_path("experiments/x.yaml");

    fixture_write("experiments/x.yaml", yaml, 0644);
    struct yaml_file *const file = experiment_open(path);
    struct plan *const plan = plan_for_gate(file, &(struct plan_side){.arm = "one"},
                                            &(struct plan_side){.arm = "two"}, 0, 1);
    yaml_file_close(file);
    free(path);
    return plan;
}

static void a_plan_has_the_metrics_of_its_workloads_once(void **state)
{
    struct plan *plan;

    (void)state;
    write_reporter("drop", "crumbs", "crumbs", "less");
    write_reporter("shake", "crumbs", "crumbs", "less");
    plan = fixture_plan(HEAD "workloads: [{run: drop}, {run: shake}, {run: knead}]\n", false, 1);
    assert_non_null(plan);
    assert_int_equal(plan->reported_count, 1);
    assert_string_equal(plan->reported[0]->name, "crumbs");
    assert_int_equal(plan->cells[0].reported_count, 1);
    assert_int_equal(plan->cells[2].reported_count, 0);
    json_t *const table = metric_table(plan->reported, plan->reported_count);
    json_t const *const last = json_array_get(table, json_array_size(table) - 1);
    assert_string_equal(json_string_value(json_object_get(last, "name")), "crumbs");
    assert_string_equal(json_string_value(json_object_get(last, "source")), "workload");
    assert_string_equal(json_string_value(json_object_get(last, "better")), "less");
    json_decref(table);
    plan_free(plan);
}

static void its_value_is_in_a_sample(void **state)
{
    struct metric const metric = {.name = "crumbs", .source = SOURCE_WORKLOAD};
    struct arm const arm = {.id = "one"};
    json_t *const sample = json_pack("{s:i, s:i, s:{s:i}}", "operations", 1, "cpu_ns", 1,
                                     "reported", "crumbs", 12);

    (void)state;
    assert_float_equal(metric_value(&metric, sample), 12, 0);
    assert_null(sample_fault(sample, &arm, true, true));
    json_object_set_new(json_object_get(sample, "reported"), "crumbs", json_real(0.5));
    char *const fault = sample_fault(sample, &arm, true, true);
    assert_string_equal(fault, "reported.crumbs is 0.5, not a whole number from 0 on");
    free(fault);
    json_object_del(sample, "reported");
    assert_true(isnan(metric_value(&metric, sample)));
    json_decref(sample);
}

static void a_gate_decides_by_it(void **state)
{
    struct plan *plan;

    (void)state;
    write_reporter("drop", "crumbs", "crumbs", "less");
    plan = gate_of(HEAD "workloads: [{run: drop}]\ngate: {decides: [crumbs 1%]}\n");
    assert_non_null(plan);
    assert_int_equal(plan->gate.metric_count, 1);
    assert_ptr_equal(plan->gate.metrics[0].metric, plan->reported[0]);
    plan_free(plan);
}

static void is_refused(struct plan *plan, char const *sentence)
{
    char *const heard = fixture_heard();

    assert_null(plan);
    assert_non_null(strstr(heard, sentence));
    free(heard);
}

static void what_cannot_be_told_apart_is_refused(void **state)
{
    (void)state;
    write_reporter("drop", "crumbs", "crumbs", "less");
    write_reporter("shake", "crumbs", "grams", "less");
    write_reporter("clash", "time", "ns", "less");
    fixture_hear();
    is_refused(fixture_plan(HEAD "workloads: [{run: drop}, {run: shake}]\n", false, 1),
               "x.yaml:3: shake reports 'crumbs': another workload reports something else");
    fixture_hear();
    is_refused(fixture_plan(HEAD "workloads: [{run: clash}]\n", false, 1),
               "x.yaml:3: clash reports 'time': slablab itself has a metric of that name");
}

static void a_gate_needs_it_in_every_cell_and_less_of_it(void **state)
{
    (void)state;
    write_reporter("drop", "crumbs", "crumbs", "less");
    write_reporter("shine", "gloss", "units", "more");
    fixture_hear();
    is_refused(gate_of(HEAD "workloads: [{run: drop}, {run: knead}]\n"
                            "gate: {decides: [crumbs 1%]}\n"),
               "x.yaml:4: crumbs is reported by some of the workloads, and not by knead");
    fixture_hear();
    is_refused(gate_of(HEAD "workloads: [{run: shine}]\ngate: {decides: [gloss 1%]}\n"),
               "x.yaml:4: unknown metric 'gloss'");
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(a_plan_has_the_metrics_of_its_workloads_once),
        cmocka_unit_test(its_value_is_in_a_sample),
        cmocka_unit_test(a_gate_decides_by_it),
        cmocka_unit_test(what_cannot_be_told_apart_is_refused),
        cmocka_unit_test(a_gate_needs_it_in_every_cell_and_less_of_it),
    };

    return cmocka_run_group_tests_name("what workloads report", tests, fixture_make,
                                       fixture_remove);
}
