/* test_experiment_file.c -- files that are no experiment: endless, too deep, too large, or two.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#define EXPERIMENT "question: q\nbaseline: one\nworkloads: [{run: knead size=1}]\n"

/* The file's plan must be refused with what is `said` of it. */
static void refused(char const *yaml, char const *said)
{
    fixture_hear();
    alarm(10);
    struct plan *const plan = fixture_plan(yaml, false, 1);
    alarm(0);
    char *const heard = fixture_heard();

    assert_null(plan);
    assert_non_null(strstr(heard, said));
    free(heard);
}

static void a_second_document_is_refused(void **state)
{
    (void)state;
    refused(EXPERIMENT "---\nquestion: r\n",
            "x.yaml:4: a second document begins here, and a file holds one\n  try: one file for "
            "each experiment\n");
    refused("--- \n" EXPERIMENT "...\n---\n", "x.yaml:6: a second document begins here");
}

/* libyaml alone takes minutes for as many. */
static void a_tower_of_brackets_is_refused_at_once(void **state)
{
    enum { BRACKETS = 200000 };
    static char const *const towers[] = {"[", "{", "- ", "? ", "a: {"};

    (void)state;
    for (size_t i = 0; i < sizeof towers / sizeof *towers; i++) {
        size_t const step = strlen(towers[i]);
        char *const yaml = malloc(BRACKETS * step + 1);
        for (size_t at = 0; at < BRACKETS; at++)
            memcpy(yaml + at * step, towers[i], step + 1);
        refused(yaml, "x.yaml:1: too deep: lists and mappings within one another, more than 16\n");
        free(yaml);
    }
    refused(EXPERIMENT "arms: [[[[[[[[[[[[[[[[[[one]]]]]]]]]]]]]]]]]]\n", "x.yaml:4: too deep: ");
}

static void what_is_no_file_is_not_waited_for(void **state)
{
    char *const pipe = fixture_path("experiments/pipe.yaml");
    char *const large = fixture_path("experiments/large.yaml");
    char const *const paths[][2] = {{pipe, "not a regular file"},
                                    {"/dev/zero", "not a regular file"},
                                    {fixture_root, "not a regular file"},
                                    {large, "too large"}};

    (void)state;
    assert_int_equal(mkfifo(pipe, 0644), 0);
    fixture_write("experiments/large.yaml", "question: q\n", 0644);
    assert_int_equal(truncate(large, 1 << 30), 0);
    alarm(10);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        fixture_hear();
        struct plan *const plan = plan_from_experiment(paths[i][0], false, 1);
        char *const heard = fixture_heard();
        char *const wanted = text_format("slablab: %s: %s\n", paths[i][0], paths[i][1]);
        assert_null(plan);
        assert_memory_equal(heard, wanted, strlen(wanted));
        free(wanted);
        free(heard);
    }
    alarm(0);
    free(large);
    free(pipe);
}

static void keys_that_do_nothing_here_are_said(void **state)
{
    fixture_hear();
    struct plan *const plan =
        fixture_plan(EXPERIMENT "gate: {decides: [time 2%]}\n", false, 1);
    char *const heard = fixture_heard();

    (void)state;
    assert_non_null(plan);
    assert_non_null(strstr(heard, "x.yaml:4: note: gate is for slablab gate"));
    free(heard);
    plan_free(plan);
}

/* results/.. and the like would be written to. */
static void names_that_are_no_folder_are_refused(void **state)
{
    static char const *const names[] = {"...yaml", "..yaml", ".yaml",        ".hidden.yaml",
                                        "..",      ".",      "history.yaml", "a\nb.yaml"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *const name = text_format("experiments/%s", names[i]);
        char *const path = fixture_path(name);
        if (!text_ends_with(path, "."))
            fixture_write(name, EXPERIMENT, 0644);
        fixture_hear();
        struct plan *const plan = plan_from_experiment(path, false, 1);
        char *const heard = fixture_heard();
        assert_null(plan);
        assert_non_null(
            strstr(heard, text_ends_with(path, ".") ? "not a regular file" : "is no name for a"));
        free(heard);
        free(path);
        free(name);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(a_second_document_is_refused),
        cmocka_unit_test(a_tower_of_brackets_is_refused_at_once),
        cmocka_unit_test(what_is_no_file_is_not_waited_for),
        cmocka_unit_test(names_that_are_no_folder_are_refused),
        cmocka_unit_test(keys_that_do_nothing_here_are_said),
    };

    return cmocka_run_group_tests_name("experiment file", tests, fixture_make, fixture_remove);
}
