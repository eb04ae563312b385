/* test_metric.c -- which time decides: CPU time of one thread, wall time of several.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "experiment/run_kind.h"
#include "judge/tally.h"
#include "made_records.h"

#include <string.h>

/* 1,000 operations in 500 ns of wall time and 800 ns of CPU time. */
static json_t *sample_of(int threads)
{
    return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "operations", 1000, "cpu_ns", 800,
                     "wall_ns", 500, "threads", threads, "slowest_thread_ns", 480,
                     "median_thread_ns", 400, "voluntary_switches", 3, "involuntary_switches", 4);
}

static double value_of(char const *name, int threads)
{
    json_t *const sample = sample_of(threads);
    struct metric const *const metric = metric_named(name);
    double value;

    assert_non_null(metric);
    value = metric_value(metric, sample);
    json_decref(sample);
    return value;
}

static void cpu_time_decides_of_one_thread_and_wall_time_of_several(void **state)
{
    json_t *const one = sample_of(1);
    json_t *const two = sample_of(2);
    struct metric const *const speed = metric_published("operations_per_second");

    (void)state;
    assert_int_equal(metric_deciding_ns(one), 800);
    assert_int_equal(metric_deciding_ns(two), 500);
    assert_float_equal(metric_value(speed, one), 1.25e9, 0);
    assert_float_equal(metric_value(speed, two), 2e9, 0);
    assert_float_equal(value_of("time", 1), 800, 0);
    assert_float_equal(value_of("time", 2), 500, 0);
    assert_float_equal(value_of("time_tail", 2), 500, 0);
    assert_float_equal(value_of("cpu_time", 2), 800, 0);
    json_decref(two);
    json_decref(one);
}

static void imbalance_is_the_slowest_over_the_median(void **state)
{
    (void)state;
    assert_float_equal(value_of("thread_imbalance", 2), 1.2, 1e-12);
    assert_float_equal(value_of("context_switches", 2), 7, 0);
}

/* A record of before threads has none of those keys, and one thread. */
static void an_older_record_has_one_thread(void **state)
{
    json_t *const sample = made_sample("phase", true, 70);

    (void)state;
    assert_int_equal(metric_deciding_ns(sample), 70);
    json_decref(sample);
}

/* The phase takes all the CPU time of the others, and half of their wall time. */
static void a_threaded_cell_stops_and_is_told_by_wall_time(void **state)
{
    struct tally tally = tally_new(&made_plan, &run_kinds[RUN_TIMED]);
    json_t *const record = made_record(0, 0, true, 100, 100, 100);
    json_t *const samples = json_object_get(record, "samples");

    (void)state;
    for (size_t i = 0; i < json_array_size(samples); i++) {
        json_t *const sample = json_array_get(samples, i);
        char const *const arm = json_string_value(json_object_get(sample, "arm"));
        bool const phase = strcmp(arm, "phase") == 0;
        json_object_set_new(sample, "threads", json_integer(2));
        json_object_set_new(sample, "wall_ns", json_integer(phase ? 40 : 80));
    }
    assert_true(tally_add(&tally, record));
    assert_float_equal(tally_speed_effect(&tally, 0, 2, 0.05).median, 1, 0);
    assert_float_equal(tally_median_speed(&tally, 0, 2), 1000 * 1e9 / 40, 0);
    json_decref(record);
    tally_free(&tally);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(cpu_time_decides_of_one_thread_and_wall_time_of_several),
        cmocka_unit_test(imbalance_is_the_slowest_over_the_median),
        cmocka_unit_test(an_older_record_has_one_thread),
        cmocka_unit_test(a_threaded_cell_stops_and_is_told_by_wall_time),
    };

    return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
