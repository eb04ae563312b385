/* test_init.c -- what slablab init guesses, writes and refuses.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "catalogue/build_guess.h"
#include "catalogue/settings.h"
#include "command/commands.h"
#include "experiment/experiment.h"
#include "experiment/program.h"

#include <getopt.h>

static char const cmake[] = "project(mine C)\nadd_library(core STATIC core.c)\n"
                            "add_library(\n  mine SHARED mine.c)\nadd_executable(parse main.c)\n";
static char const meson[] = "project('mine', 'c')\nexecutable('parse', 'main.c')\n"
                            "shared_library('mine', 'mine.c')\n";
static char const cargo[] = "[package]\nname = \"my-alloc\"\n[lib]\ncrate-type = [\"cdylib\"]\n";
static char const makefile[] = "CC = gcc\nall: libmine.so\n$(OUT)/x.so: x.c\nlibmine.so: mine.c\n";

static void expect_guess(char const *file, char const *text, bool program, char const *artifact)
{
    char *const path = fixture_path(file);

    fixture_write(file, text, 0644);
    struct build_guess const guess = build_guess(fixture_root, program);
    assert_string_equal(guess.file, file);
    if (artifact == NULL)
        assert_null(guess.artifact);
    else
        assert_string_equal(guess.artifact, artifact);
    free(guess.artifact);
    assert_int_equal(unlink(path), 0);
    free(path);
}

static void artifacts_are_guessed_from_the_build_system(void **state)
{
    (void)state;
    expect_guess("CMakeLists.txt", cmake, false, "build/libmine.so");
    expect_guess("CMakeLists.txt", cmake, true, "build/parse");
    expect_guess("CMakeLists.txt", "add_library(core STATIC core.c)\n", false, NULL);
    expect_guess("meson.build", meson, false, "build/libmine.so");
    expect_guess("meson.build", meson, true, "build/parse");
    expect_guess("Cargo.toml", cargo, false, "target/release/libmy_alloc.so");
    expect_guess("Cargo.toml", "[package]\nname = \"my-parse\"\n", true, "target/release/my-parse");
    expect_guess("Cargo.toml", "[package]\nname = \"my-parse\"\n", false, NULL);
    expect_guess("Makefile", makefile, false, "libmine.so");
    expect_guess("Makefile", makefile, true, NULL);
    assert_null(build_guess(fixture_root, false).file);
    fixture_write("Cargo.toml", "[package]\nname = \"bindings\"\n", 0644);
    expect_guess("CMakeLists.txt", cmake, false, "build/libmine.so"); /* which names a library */
    char *const other = fixture_path("Cargo.toml");
    assert_int_equal(unlink(other), 0);
    free(other);
}

/* slablab init WORD..., in a new folder of that name with that file. */
static int init_in(char const *folder, char const *file, char const *text, char const *words)
{
    char *const path = fixture_path(folder);
    char *const line = text_format("init %s", words);
    struct words arguments = words_of(line);

    assert_int_equal(mkdir(path, 0755), 0);
    assert_int_equal(chdir(path), 0);
    if (file != NULL) {
        char *const name = text_format("%s/%s", folder, file);
        fixture_write(name, text, 0644);
        free(name);
    }
    project_set("/nonexistent", NULL);
    settings_forget();
    optind = 0;
    words_add(&arguments, "");
    free(arguments.word[arguments.count - 1]);
    arguments.word[--arguments.count] = NULL;
    int const status = command_init((int)arguments.count, arguments.word);
    words_free(&arguments);
    free(line);
    free(path);
    return status;
}

static size_t lines_of(char const *file)
{
    char *const text = text_of_file(file, NULL);
    size_t lines = 0;

    assert_non_null(text);
    for (char const *at = text; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    free(text);
    return lines;
}

static void what_it_writes_is_read_back(void **state)
{
    (void)state;
    assert_int_equal(init_in("plain", "Makefile", makefile, ""), 0);
    project_set("/nonexistent", NULL);
    assert_true(project_is_written());
    assert_true(settings_read());
    assert_string_equal(settings()->build, "make");
    assert_string_equal(settings()->artifacts[0].path, "libmine.so");
    assert_null(settings()->suite); /* home's gate will do */
    assert_int_equal(access("experiments", F_OK), -1);
    assert_int_equal(init_in("said", NULL, NULL, "--build make:#x --artifact out/a.so"), 0);
    project_set("/nonexistent", NULL);
    assert_true(settings_read());
    assert_string_equal(settings()->build, "make:#x");
    assert_string_equal(settings()->artifacts[0].path, "out/a.so");
}

static void a_program_gets_an_experiment_that_runs_it(void **state)
{
    (void)state;
    assert_int_equal(init_in("program", "meson.build", meson, "--program"), 0);
    project_set("/nonexistent", NULL);
    assert_true(settings_read());
    assert_string_equal(settings()->artifacts[0].path, "build/parse");
    struct yaml_file *const file = experiment_open(settings()->suite);
    assert_non_null(file);
    assert_true(experiment_runs_artifact(yaml_file_data(file)));
    yaml_file_close(file);
}

static void a_ci_file_has_fifteen_lines_at_most(void **state)
{
    (void)state;
    assert_int_equal(init_in("github", "Makefile", makefile, "--ci github"), 0);
    assert_in_range(lines_of(".github/workflows/slablab.yml"), 5, 15);
    assert_int_equal(init_in("gitlab", "Makefile", makefile, "--ci gitlab"), 0);
    assert_in_range(lines_of(".gitlab-ci.yml"), 5, 15);
    project_set("/nonexistent", NULL);
    assert_true(settings_read());
    assert_string_equal(settings()->suite, "docs/ci/counts.yaml"); /* a shared machine */
}

static void expect_refusal(char const *folder, char const *file, char const *words,
                           char const *part)
{
    fixture_hear();
    int const status = init_in(folder, file, makefile, words);
    char *const heard = fixture_heard();

    if (status != 2 || strstr(heard, part) == NULL || strstr(heard, "\n  try: ") == NULL)
        fail_msg("%d, and '%s' is not in: %s", status, part, heard);
    assert_int_equal(access("slablab.yaml", F_OK), -1);
    free(heard);
}

static void nothing_is_overwritten_and_what_is_wrong_is_said(void **state)
{
    (void)state;
    expect_refusal("ci", ".gitlab-ci.yml", "--build x --artifact y --ci gitlab",
                   "/ci/.gitlab-ci.yml is there already");
    expect_refusal("nothing", NULL, "", "what builds ");
    expect_refusal("no-library", "Makefile", "--program", "Makefile names no program");
    expect_refusal("word", "Makefile", "more", "a word too many: 'more'");
    expect_refusal("option", "Makefile", "--biuld x", "unknown or incomplete option '--biuld'");
    expect_refusal("jenkins", "Makefile", "--ci jenkins", "github or gitlab, and not 'jenkins'");
    fixture_hear();
    int const status = init_in("written", "slablab.yaml", "suite: x\n", "--build x --artifact y");
    char *const heard = fixture_heard();
    assert_int_equal(status, 2);
    assert_non_null(strstr(heard, "/written has a slablab.yaml already"));
    free(heard);
}

static int unmake(void **state)
{
    assert_int_equal(chdir("/"), 0);
    return fixture_remove(state);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(artifacts_are_guessed_from_the_build_system),
        cmocka_unit_test(what_it_writes_is_read_back),
        cmocka_unit_test(a_program_gets_an_experiment_that_runs_it),
        cmocka_unit_test(a_ci_file_has_fifteen_lines_at_most),
        cmocka_unit_test(nothing_is_overwritten_and_what_is_wrong_is_said),
    };

    return cmocka_run_group_tests_name("init", tests, fixture_make, unmake);
}
