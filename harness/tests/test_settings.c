/* test_settings.c -- slablab.yaml: what it says, and what is wrong with it.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "catalogue/settings.h"
#include "catalogue/workload_description.h"
#include "experiment/program.h"

static bool read_this(char const *yaml)
{
    fixture_write("slablab.yaml", yaml, 0644);
    project_set(fixture_root, fixture_root);
    return settings_read();
}

static void expect_fault(char const *yaml, char const *part)
{
    fixture_hear();
    bool const read = read_this(yaml);
    char *const heard = fixture_heard();

    if (read || strstr(heard, part) == NULL || strstr(heard, "\n  try: ") == NULL)
        fail_msg("'%s' is not in: %s", part, heard);
    assert_null(settings()->build);
    free(heard);
}

static void all_of_it_is_read(void **state)
{
    (void)state;
    assert_true(read_this("build: make -j2\nartifact: out/libmine.so\nenvironment: [CFLAGS=-O2]\n"
                          "suite: bench/mine.yaml\nexperiments: bench\nworkloads: [bench]\n"
                          "history: perf\nreference: v1.0\n"));
    assert_string_equal(settings()->build, "make -j2");
    assert_int_equal(settings()->artifacts_count, 1);
    assert_null(settings()->artifacts[0].name);
    assert_string_equal(settings()->artifacts[0].path, "out/libmine.so");
    assert_string_equal(settings()->environment[0], "CFLAGS=-O2");
    assert_string_equal(settings()->suite, "bench/mine.yaml");
    assert_string_equal(settings()->history, "perf");
    assert_string_equal(settings()->reference, "v1.0");
}

static void several_artifacts_have_names(void **state)
{
    (void)state;
    assert_true(read_this("build: make\nartifacts:\n  - {name: plain, path: a.so}\n"
                          "  - {name: secure, path: b.so}\n"));
    assert_int_equal(settings()->artifacts_count, 2);
    assert_string_equal(settings()->artifacts[1].name, "secure");
    assert_string_equal(settings()->artifacts[1].path, "b.so");
}

static void without_a_file_there_is_nothing(void **state)
{
    char *const path = fixture_path("slablab.yaml");

    (void)state;
    unlink(path);
    project_set(fixture_root, fixture_root);
    assert_true(settings_read());
    assert_null(settings()->build);
    assert_int_equal(settings()->artifacts_count, 0);
    free(path);
}

static void what_is_wrong_is_said_with_its_line(void **state)
{
    static char const *const faults[][2] = {
        {"build: make\nartefact: a.so\n", "slablab.yaml:2: unknown key 'artefact'"},
        {"build: [make]\nartifact: a.so\n", "slablab.yaml:1: "},
        {"build: make\nartifact: a.so\nenvironment: CC=clang\n", "slablab.yaml:3: "},
        {"build: make\n", "slablab.yaml:1: it is not said what comes of it"},
        {"suite: x\nartifact: a.so\n", ":2: it is not said what command builds it"},
        {"build: ' '\nartifact: a.so\n", ":1: the command is empty"},
        {"build: make\nartifact: /usr/lib/a.so\n", ":2: '/usr/lib/a.so' does not lead to a file"},
        {"build: make\nartifact: ../a.so\n", ":2: '../a.so' does not lead to a file"},
        {"build: make\nartifact: b/../../a.so\n", ":2: 'b/../../a.so' does not lead to a file"},
        {"build: make\nartifact: ''\n", ":2: '' does not lead to a file"},
        {"build: make\nartifact: a\nartifacts: [{name: b, path: c}]\n", ":3: there is an artifact"},
        {"build: make\nartifacts: [{name: b c, path: c}]\n", ":2: 'b c' is no name"},
        {"build: make\nartifacts: [{name: b, path: c}, {name: b, path: d}]\n",
         "artifact 'b' is there already"},
        {"build: make\nartifacts: [{name: b}]\n", "key 'path' is missing"},
        {"build: make\nartifact: a\nenvironment: [CC]\n", ":3: 'CC' is no assignment"},
        {"build: make\nartifact: a\nenvironment: [=CC]\n", ":3: '=CC' is no assignment"},
        {"", "the file is empty"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        expect_fault(faults[i][0], faults[i][1]);
}

/* Names are those of the project's folders before home's. */
static void its_folders_have_workloads_and_experiments(void **state)
{
    char *const knead = fixture_path("bench/knead");

    (void)state;
    fixture_folder("bench");
    fixture_folder("more");
    fixture_write("bench/knead", "#!/bin/sh\n", 0755);
    fixture_write("bench/parse.yaml", "program: [/bin/true]\n", 0644);
    fixture_write("more/lone.yaml", "program: [/bin/true]\n", 0644);
    fixture_write("more/other.yaml", "program: [/bin/true]\n", 0644);
    fixture_write("bench/mine.yaml", "question: Which?\n", 0644);
    assert_true(read_this("experiments: bench\nworkloads: [bench, more/lone.yaml]\n"));
    char *const workload = catalogue_workload_path("knead");
    char *const experiment = catalogue_experiment_path("mine");
    char *const parse = program_file("parse");
    char *const lone = program_file("lone");
    assert_string_equal(workload, knead);
    assert_true(text_ends_with(experiment, "/bench/mine.yaml"));
    assert_true(text_ends_with(parse, "/bench/parse.yaml"));
    assert_true(text_ends_with(lone, "/more/lone.yaml"));
    assert_null(program_file("other"));
    struct words programs = catalogue_programs();
    assert_true(words_hold(&programs, "lone"));
    assert_false(words_hold(&programs, "other"));
    words_free(&programs);
    free(lone);
    free(parse);
    free(experiment);
    free(workload);
    free(knead);
    settings_forget();
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(all_of_it_is_read),
        cmocka_unit_test(several_artifacts_have_names),
        cmocka_unit_test(without_a_file_there_is_nothing),
        cmocka_unit_test(what_is_wrong_is_said_with_its_line),
        cmocka_unit_test(its_folders_have_workloads_and_experiments),
    };

    return cmocka_run_group_tests_name("settings", tests, fixture_make, fixture_remove);
}
