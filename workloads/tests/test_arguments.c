/* test_arguments.c -- the command line of every workload, through the built programs.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "spawn.h"

static void refuses(char const *words, char const *error)
{
    struct spawned const *const spawned = spawn(words, NULL);

    assert_string_equal(spawned->error, error);
    assert_string_equal(spawned->output, "");
    assert_int_equal(spawned->status, 2);
}

static void what_is_no_assignment_is_refused(void **unused)
{
    (void)unused;
    refuses("workloads/null 17", "slablab: null: '17' is not of the form name=digits\n"
                                 "  try: --help, which lists the parameters\n");
    refuses("workloads/null --describe --help",
            "slablab: null: '--describe' is not of the form name=digits\n"
            "  try: --help, which lists the parameters\n");
}

static void unknown_names_are_refused(void **unused)
{
    (void)unused;
    refuses("workloads/sawtooth sizes=5", "slablab: sawtooth: unknown parameter 'sizes'\n"
                                          "  try: --help, which lists the parameters\n");
    refuses("workloads/sawtooth siz=5", "slablab: sawtooth: unknown parameter 'siz'\n"
                                        "  try: --help, which lists the parameters\n");
    refuses("workloads/sawtooth =5", "slablab: sawtooth: unknown parameter ''\n"
                                     "  try: --help, which lists the parameters\n");
}

static void what_is_no_number_is_refused(void **unused)
{
    static char const *const texts[] = {
        "", "-1", "+1", "1k", "0x10", "1.5", "18446744073709551616"};

    (void)unused;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char words[128];
        char error[256];
        snprintf(words, sizeof words, "workloads/null operations=%s", texts[i]);
        snprintf(error, sizeof error,
                 "slablab: null: operations='%s' is not a number of decimal digits below 2^64\n"
                 "  try: --help, which lists the parameters\n",
                 texts[i]);
        refuses(words, error);
    }
}

static void the_largest_number_is_a_number(void **unused)
{
    (void)unused;
    assert_int_equal(spawn("workloads/null operations=18446744073709551615", NULL)->status, 0);
}

static void a_name_given_twice_is_refused(void **unused)
{
    (void)unused;
    refuses("workloads/fixed_random slots=4 slots=4",
            "slablab: fixed_random: slots is given twice\n  try: one value for each name\n");
}

static void values_out_of_range_are_refused(void **unused)
{
    (void)unused;
    refuses("workloads/fixed_random slots=0",
            "slablab: fixed_random: slots=0 is not between 1 and 268435456\n"
            "  try: --help, which lists the parameters\n");
    refuses("workloads/fixed_random size=0",
            "slablab: fixed_random: size=0 is not between 1 and 1099511627776\n"
            "  try: --help, which lists the parameters\n");
    refuses("workloads/random_mixed seed=0",
            "slablab: random_mixed: seed=0 is not between 1 and 4294967295\n"
            "  try: --help, which lists the parameters\n");
    refuses("workloads/sawtooth order=3", "slablab: sawtooth: order=3 is not between 0 and 2\n"
                                          "  try: --help, which lists the parameters\n");
    refuses("workloads/random_mixed min=100 max=99",
            "slablab: random_mixed: min=100 is more than max=99\n"
            "  try: min=16 max=1039, the published sizes\n");
}

static void no_memory_ends_with_status_1(void **unused)
{
    struct spawned const *const spawned = spawn("workloads/fixed_random size=1099511627776", NULL);

    (void)unused;
    assert_string_equal(spawned->error,
                        "slablab: fixed_random: malloc(1099511627776) returned NULL\n"
                        "  try: fewer or smaller objects, or a higher ulimit -v\n");
    assert_int_equal(spawned->status, 1);
}

/* Each workload describes itself in JSON, and its --help has a line for each parameter. */
static void descriptions_are_complete(void **unused)
{
    static char const *const names[] = {"null", "fixed_random", "random_mixed", "sawtooth"};
    static size_t const parameter_counts[] = {0, 3, 4, 4};

    (void)unused;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char words[128];
        snprintf(words, sizeof words, "workloads/%s --describe", names[i]);
        json_t *const said = json_loads(spawn(words, NULL)->output, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(said);
        assert_string_equal(json_string_value(json_object_get(said, "name")), names[i]);
        assert_true(json_string_length(json_object_get(said, "models")) > 0);
        json_t const *const parameters = json_object_get(said, "parameters");
        assert_int_equal(json_array_size(parameters), parameter_counts[i]);

        snprintf(words, sizeof words, "workloads/%s --help", names[i]);
        struct spawned const *const help = spawn(words, NULL);
        assert_int_equal(help->status, 0);
        for (size_t j = 0; j < json_array_size(parameters); j++) {
            json_t const *const parameter = json_array_get(parameters, j);
            char line[128];
            assert_true(json_is_integer(json_object_get(parameter, "default")));
            assert_true(json_is_string(json_object_get(parameter, "unit")));
            snprintf(line, sizeof line, "\n  %-12s %10lld  ",
                     json_string_value(json_object_get(parameter, "name")),
                     json_integer_value(json_object_get(parameter, "default")));
            assert_non_null(strstr(help->output, line));
            assert_non_null(
                strstr(help->output, json_string_value(json_object_get(parameter, "meaning"))));
        }
        assert_non_null(strstr(help->output, "\n  operations       100000  "));
        assert_non_null(strstr(help->output, "\n  warmup                0  "));
        json_decref(said);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(what_is_no_assignment_is_refused),
        cmocka_unit_test(unknown_names_are_refused),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(the_largest_number_is_a_number),
        cmocka_unit_test(a_name_given_twice_is_refused),
        cmocka_unit_test(values_out_of_range_are_refused),
        cmocka_unit_test(no_memory_ends_with_status_1),
        cmocka_unit_test(descriptions_are_complete),
    };

    return cmocka_run_group_tests_name("workload arguments", tests, NULL, NULL);
}
