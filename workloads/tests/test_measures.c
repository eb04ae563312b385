/* test_measures.c -- a workload's own numbers, from its declaration to the page.
 *
 * The test starts itself: with SLABLAB_REGION, or with arguments, it is a workload that reports.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "play.h"
#include "runtime/runtime.h"

static uint64_t done;

static uint64_t run(uint64_t operations)
{
    done += operations;
    return done;
}

static void report(void)
{
    workload_report("steps", done);
    if (workload_parameter("unknown") == 1)
        workload_report("leaps", 1);
}

static struct parameter const params[] = {{"unknown", 0, 0, 1, "", ""}, {.name = NULL}};

static struct measure const measures[] = {
    {"steps", "steps", "more", "Steps that were taken"},
    {"falls", "falls", "less", "Falls, of which this one reports none"},
    {.name = NULL},
};

struct workload const workload = {.name = "measures",
                                  .models = "a test",
                                  .params = params,
                                  .run = run,
                                  .measures = measures,
                                  .report = report};

static struct play played;

static void what_is_reported_is_on_the_page(void **unused)
{
    (void)unused;
    play_prepare(&played);
    play_run(&played, "workloads/tests/test_measures warmup=2 operations=5", NULL, PLAY_NONE);
    assert_string_equal(played.error, "");
    assert_int_equal(played.region.measure_count, 2);
    assert_string_equal(played.region.measure[0].name, "steps");
    assert_int_equal(played.region.measure[0].value, 7);
    assert_string_equal(played.region.measure[1].name, "falls");
    assert_int_equal(played.region.measure[1].value, 0);
}

static void what_is_not_declared_is_no_measure(void **unused)
{
    (void)unused;
    play_prepare(&played);
    play_run(&played, "workloads/tests/test_measures unknown=1 operations=5", NULL, PLAY_NONE);
    assert_int_equal(played.status, 1);
    assert_non_null(strstr(played.error, "a measure 'leaps' that it does not declare"));
}

static void both_descriptions_have_it(void **unused)
{
    struct spawned const *spawned = spawn("workloads/tests/test_measures --describe", NULL);

    (void)unused;
    assert_non_null(strstr(spawned->output,
                           "\"measures\": [{\"name\": \"steps\", \"unit\": \"steps\", \"better\": "
                           "\"more\", \"title\": \"Steps that were taken\"}, {\"name\": "));
    spawned = spawn("workloads/tests/test_measures --help", NULL);
    assert_non_null(strstr(spawned->output, "\nreports\n  steps "));
    assert_non_null(strstr(spawned->output, "falls, less is better\n"));
}

int main(int argc, char **argv)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(what_is_reported_is_on_the_page),
        cmocka_unit_test(what_is_not_declared_is_no_measure),
        cmocka_unit_test(both_descriptions_have_it),
    };

    if (argc > 1 || getenv("SLABLAB_REGION") != NULL)
        return workload_main(argc, argv);
    return cmocka_run_group_tests_name("measures", tests, NULL, NULL);
}
