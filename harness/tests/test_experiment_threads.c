/* test_experiment_threads.c -- threads= as an axis, and the CPUs that samples get.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "machine/cpus.h"

#define HEAD "question: q\nbaseline: one\n"

/* A workload of four threads unless it is told otherwise. */
static void write_team(void)
{
    fixture_write("build/workloads/team",
                  "#!/bin/sh\n"
                  "echo '{\"name\": \"team\", \"models\": \"bakers\", \"parameters\": [{\"name\": "
                  "\"threads\", \"default\": 4, \"unit\": \"\", \"meaning\": \"\"}]}'\n",
                  0755);
}

static void threads_are_an_axis_and_cpus_are_counted(void **state)
{
    struct plan *plan;

    (void)state;
    write_team();
    plan = fixture_plan("question: q\nbaseline: one\ncpus: 1\nworkloads:\n"
                        "  - run: team threads=1,2\n  - run: team\n  - run: knead\n",
                        false, 1);
    assert_non_null(plan);
    assert_string_equal(plan->cells[0].id, "team threads=1 cold");
    assert_string_equal(plan->cells[1].id, "team threads=2 cold oversubscribed");
    assert_string_equal(plan->cells[2].id, "team cold oversubscribed");
    assert_string_equal(plan->cells[3].id, "knead cold");
    assert_int_equal(plan->cells[1].threads, 2);
    assert_int_equal(plan->cells[2].threads, 4);
    assert_int_equal(plan->cells[2].cpus, 1);
    assert_int_equal(plan->cells[3].threads, 1);
    assert_int_equal(plan_cpus(plan), 1);
    plan_free(plan);
}

/* As many as the threads have use for and this machine has. */
static void without_a_number_samples_get_the_cpus_that_they_can_use(void **state)
{
    struct plan *plan;
    size_t const allowed = cpus_choose(1).allowed;

    (void)state;
    write_team();
    plan = fixture_plan(HEAD "workloads: [{run: 'team threads=2'}, {run: knead}]\n", false, 1);
    assert_non_null(plan);
    assert_int_equal(plan->cells[0].cpus, allowed < 2 ? allowed : 2);
    assert_int_equal(plan->cells[1].cpus, 1);
    plan_free(plan);
}

static void more_cpus_than_there_are_is_a_fault(void **state)
{
    (void)state;
    fixture_hear();
    struct plan *const plan = fixture_plan(HEAD "cpus: 10000\nworkloads: [{run: knead}]\n",
                                           false, 1);
    char *const heard = fixture_heard();
    assert_null(plan);
    assert_non_null(strstr(heard, "x.yaml:3: 10000 CPUs, and slablab may run on "));
    free(heard);
}

/* Its threads are not counted: it says how many it has use for. */
static void a_program_says_its_cpus(void **state)
{
    struct plan *const plan =
        fixture_plan(HEAD "cpus: 1\nworkloads:\n"
                          "  - {program: [/bin/sh, -c, 'true'], name: pair, cpus: 2}\n"
                          "  - {program: [/bin/sh, -c, 'false'], name: single}\n",
                     false, 1);

    (void)state;
    assert_non_null(plan);
    assert_string_equal(plan->cells[0].id, "program pair oversubscribed");
    assert_string_equal(plan->cells[1].id, "program single");
    assert_int_equal(plan->cells[0].cpus, 1);
    assert_int_equal(plan->cells[0].threads, 1);
    plan_free(plan);
    fixture_hear();
    assert_null(fixture_plan(HEAD "workloads: [{program: [/bin/true], cpus: all}]\n", false, 1));
    char *const heard = fixture_heard();
    assert_non_null(strstr(heard, "cpus: 'all' is no number of CPUs\n  try: as many as it has"));
    free(heard);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(threads_are_an_axis_and_cpus_are_counted),
        cmocka_unit_test(without_a_number_samples_get_the_cpus_that_they_can_use),
        cmocka_unit_test(a_program_says_its_cpus),
        cmocka_unit_test(more_cpus_than_there_are_is_a_fault),
    };

    return cmocka_run_group_tests_name("threads of an experiment", tests, fixture_make,
                                       fixture_remove);
}
