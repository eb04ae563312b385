/* test_experiment_words.c -- what the words of a command line become.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "catalogue/workload_description.h"
#include "experiment/program.h"

static void words_make_a_plan(void **state)
{
    char *words[] = {"two", "A=1", "knead", "size=1", "warmup=3", "operations=5", NULL};
    struct plan *const plan = plan_from_words(words, "9", 7);

    (void)state;
    assert_non_null(plan);
    assert_string_equal(plan->experiment, "command_line");
    assert_string_equal(plan->experiment_text, "two A=1 knead size=1 warmup=3 operations=5");
    assert_int_equal(plan->arm_count, 2);
    assert_string_equal(plan->arms[0].spec, "two A=1");
    assert_int_equal(plan->cell_count, 1);
    assert_string_equal(plan->cells[0].id, "knead size=1 operations=5 warmup=3 warm");
    assert_int_equal(plan->seed, 7);
    assert_int_equal(plan->stop.blocks_max, 9);
    plan_free(plan);
}

static void words_of_many_arms_make_a_plan(void **state)
{
    char *words[] = {"one", "two", "A=1", "two", "--", "sh", "-c", "a=1 b", NULL};
    struct plan *const plan = plan_from_words(words, NULL, 7);

    (void)state;
    assert_non_null(plan);
    assert_int_equal(plan->arm_count, 4);
    assert_string_equal(plan->arms[2].spec, "two A=1");
    assert_string_equal(plan->arms[3].spec, "two");
    assert_string_equal(plan->cells[0].id, "program sh");
    assert_int_equal(plan->cells[0].program->command.count, 3);
    assert_string_equal(plan->cells[0].program->command.arguments[2], "a=1 b");
    plan_free(plan);
}

static void a_workload_may_be_a_path(void **state)
{
    char *words[] = {"one", "build/workloads/knead", "size=1", NULL};
    struct plan *const plan = plan_from_words(words, NULL, 7);
    char *const built = catalogue_workload_path("knead");

    (void)state;
    assert_non_null(plan);
    assert_string_equal(plan->cells[0].id, "knead size=1 cold");
    assert_string_equal(plan->cells[0].workload, "knead");
    assert_string_equal(plan->cells[0].executable, built);
    plan_free(plan);
    free(built);
}

static void a_file_may_have_a_label(void **state)
{
    char *words[] = {"one",  "build/libtwo.so", "as", "mine", "A=1", "build/libtwo.so",
                     "as", "other",           "knead", NULL};
    struct plan *const plan = plan_from_words(words, NULL, 7);

    (void)state;
    assert_non_null(plan);
    assert_int_equal(plan->arm_count, 4);
    assert_string_equal(plan->arms[2].id, "mine");
    assert_string_equal(plan->arms[2].environment[0], "A=1");
    assert_string_equal(plan->arms[3].id, "other");
    assert_int_equal(plan->arms[3].environment_count, 0);
    plan_free(plan);
}

static void words_are_complained_of_without_a_line(void **state)
{
    static struct {
        char *words[4];
        char const *said;
    } const bad[] = {
        {{NULL}, "slablab: command_line: an allocator's name is missing\n"},
        {{"one", NULL}, "slablab: command_line: an experiment needs a workload\n"},
        {{"one", "./kneed", NULL}, "slablab: command_line: there is no "},
        {{"one", "experiments", NULL}, "slablab: command_line: unknown workload"},
        {{"one", "./experiments", NULL}, "slablab: command_line: /"},
        {{"one", "/bin/true", NULL}, "slablab: command_line: /"},
        {{"one as m/n", "knead", NULL}, "slablab: command_line: "},
        {{"one", "kneed", NULL}, "slablab: command_line: unknown workload 'kneed'\n"},
        {{"one", "knead", "size", NULL}, "slablab: command_line: 'size' is not name=number\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        fixture_hear();
        struct plan *const plan = plan_from_words(bad[i].words, NULL, 1);
        char *const heard = fixture_heard();
        assert_null(plan);
        assert_memory_equal(heard, bad[i].said, strlen(bad[i].said));
        free(heard);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(words_make_a_plan),
        cmocka_unit_test(words_of_many_arms_make_a_plan),
        cmocka_unit_test(a_workload_may_be_a_path),
        cmocka_unit_test(a_file_may_have_a_label),
        cmocka_unit_test(words_are_complained_of_without_a_line),
    };

    return cmocka_run_group_tests_name("words", tests, fixture_make, fixture_remove);
}
