/* test_project.c -- whose folders are meant, from wherever slablab is called.
 *
 * The fixture is home; below it and beside it, in its folder `user`, are the user's.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "base/portable.h"
#include "experiment/program.h"

#include <sys/wait.h>

static char settings[] = "build: make\nartifact: libmine.so\n";
static char user[64]; /* the folder of everything that is not Slablab's */

static void enter(char const *folder)
{
    char *const path = text_format("%s/%s", user, folder);

    assert_int_equal(chdir(path), 0);
    project_set(fixture_root, NULL);
    free(path);
}

static void expect_project(char const *folder)
{
    char *const path = text_format("%s%s%s", user, *folder != '\0' ? "/" : "", folder);

    assert_string_equal(project_folder(), path);
    free(path);
}

static void write_there(char const *name, char const *text)
{
    char *const path = text_format("%s/%s", user, name);
    FILE *const file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    free(path);
}

static void make_there(char const *folders)
{
    char *const command = text_format("cd '%s' && mkdir -p %s", user, folders);

    assert_int_equal(system(command), 0);
    free(command);
}

static int make(void **state)
{
    assert_int_equal(fixture_make(state), 0);
    fixture_folder("workloads");
    fixture_folder("workloads/programs");
    fixture_write("experiments/gate.yaml", "question: home's?\n", 0644);
    fixture_write("experiments/shared.yaml", "question: home's?\n", 0644);
    fixture_write("workloads/programs/true.yaml", "program: [/bin/true]\n", 0644);
    strcpy(user, "/tmp/slablab-user-XXXXXX");
    assert_non_null(mkdtemp(user));
    make_there("mine/src/deep mine/experiments mine/workloads/programs bare/src");
    write_there("mine/slablab.yaml", settings);
    write_there("mine/experiments/gate.yaml", "question: mine?\n");
    write_there("mine/workloads/programs/parse.yaml", "program: [/bin/true]\n");
    return 0;
}

static int unmake(void **state)
{
    char *const command = text_format("rm -rf '%s'", user);

    assert_int_equal(chdir("/"), 0);
    assert_int_equal(system(command), 0);
    free(command);
    return fixture_remove(state);
}

static void the_nearest_folder_with_settings_is_the_project(void **state)
{
    (void)state;
    enter("mine/src/deep");
    expect_project("mine");
    assert_true(project_is_written());
    assert_false(project_is_home());
    enter("mine");
    expect_project("mine");
    make_there("mine/src/inner/slablab.yaml"); /* a folder of that name says nothing */
    enter("mine/src/inner");
    expect_project("mine");
}

static void without_settings_it_is_home_or_the_working_directory(void **state)
{
    (void)state;
    enter("bare/src");
    expect_project("bare/src");
    assert_false(project_is_written());
    assert_int_equal(chdir(fixture_root), 0);
    assert_int_equal(chdir("experiments"), 0);
    project_set(fixture_root, NULL);
    assert_string_equal(project_folder(), fixture_root);
    assert_true(project_is_home());
}

/* Its name begins as home's does. */
static void a_folder_beside_home_is_not_in_it(void **state)
{
    char *const beside = text_format("%s-2", fixture_root);

    (void)state;
    assert_int_equal(mkdir(beside, 0755), 0);
    assert_int_equal(chdir(beside), 0);
    project_set(fixture_root, NULL);
    assert_string_equal(project_folder(), beside);
    assert_int_equal(rmdir(beside), 0);
    free(beside);
}

static void expect_experiment(char const *word, char const *path)
{
    char *const found = catalogue_experiment_path(word);

    assert_string_equal(found, path);
    free(found);
}

static void experiments_are_the_projects_and_then_homes(void **state)
{
    char *const mine = text_format("%s/mine/experiments/gate.yaml", user);
    char *const shared = fixture_path("experiments/shared.yaml");

    (void)state;
    enter("mine/src");
    expect_experiment("gate", mine);
    expect_experiment("experiments/gate.yaml", mine);
    expect_experiment("shared", shared);
    expect_experiment("experiments/shared.yaml", shared);
    expect_experiment("none", "none");
    struct words names = catalogue_experiments();
    char *const joined = words_join(&names, 0, names.count);
    assert_string_equal(joined, "gate shared");
    enter("mine");
    expect_experiment("experiments/gate.yaml", "experiments/gate.yaml"); /* seen from here */
    free(joined);
    words_free(&names);
    free(shared);
    free(mine);
}

static void a_project_without_experiments_has_homes(void **state)
{
    char *const gate = fixture_path("experiments/gate.yaml");

    (void)state;
    enter("bare");
    expect_experiment("gate", gate);
    expect_experiment("experiments/gate.yaml", gate);
    free(gate);
}

static void programs_of_both_are_found_by_name(void **state)
{
    char *const path = text_format("%s/mine/workloads/programs/parse.yaml", user);

    (void)state;
    enter("mine/src");
    struct words names = catalogue_programs();
    char *const joined = words_join(&names, 0, names.count);
    char *const mine = program_file("parse");
    char *const homes = program_file("true");
    assert_string_equal(joined, "parse true");
    assert_string_equal(mine, path);
    assert_non_null(strstr(homes, "/workloads/programs/true.yaml"));
    free(homes);
    free(mine);
    free(joined);
    words_free(&names);
    free(path);
}

/* Phases are Slablab's, wherever one is; a file of the user's is in the project. */
static void allocators_are_homes_and_files_the_projects(void **state)
{
    struct allocator allocator;

    (void)state;
    write_there("mine/libmine.so", "no object\n");
    enter("mine/src");
    assert_true(catalogue_allocator("one", &allocator));
    assert_null(allocator.problem);
    catalogue_allocator_free(&allocator);
    assert_true(catalogue_allocator("./libmine.so", &allocator));
    assert_null(allocator.problem);
    assert_true(text_ends_with(allocator.object, "/mine/libmine.so"));
    catalogue_allocator_free(&allocator);
}

static void results_are_the_projects_or_here(void **state)
{
    char *const path = text_format("%s/mine/results", user);

    (void)state;
    enter("mine/src");
    assert_string_equal(project_results(), path);
    enter("mine");
    assert_string_equal(project_results(), "results");
    enter("bare/src");
    assert_string_equal(project_results(), "results");
    free(path);
}

static void the_cache_is_homes_build_only_in_home(void **state)
{
    char *const build = fixture_path("build");

    (void)state;
    setenv("XDG_CACHE_HOME", "/var/xdg", 1);
    project_set(fixture_root, fixture_root);
    assert_string_equal(project_cache(), build);
    enter("mine");
    assert_string_equal(project_cache(), "/var/xdg/slablab");
    setenv("XDG_CACHE_HOME", "relative", 1); /* the standard: then it says nothing */
    setenv("HOME", "/home/ada", 1);
    enter("mine");
    assert_string_equal(project_cache(), "/home/ada/.cache/slablab");
    free(build);
}

/* root may write anywhere: another user asks. */
static void a_home_that_cannot_be_written_has_its_cache_elsewhere(void **state)
{
    int status = 0;

    (void)state;
    if (geteuid() != 0)
        skip();
    setenv("XDG_CACHE_HOME", "/var/xdg", 1);
    assert_int_equal(chmod(fixture_root, 0755), 0);
    pid_t const child = fork();
    if (child == 0) {
        if (setuid(65534) != 0)
            _exit(2);
        project_set(fixture_root, fixture_root);
        _exit(text_equal(project_cache(), "/var/xdg/slablab") ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* Neither folder of the machine gets into a record; a working directory is none that is left out.
 */
static void records_name_neither_folder(void **state)
{
    char *const phase = fixture_path("build/libone.so");
    char *const mine = text_format("%s/mine/libmine.so", user);
    char *const bare = text_format("%s/bare/x.so", user);

    (void)state;
    enter("mine/src");
    char *const phase_shown = portable_text(phase);
    char *const mine_shown = portable_text(mine);
    enter("bare");
    char *const bare_shown = portable_text(bare);
    assert_string_equal(phase_shown, "build/libone.so");
    assert_string_equal(mine_shown, "libmine.so");
    assert_string_equal(bare_shown, bare);
    free(bare_shown);
    free(mine_shown);
    free(phase_shown);
    free(bare);
    free(mine);
    free(phase);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(the_nearest_folder_with_settings_is_the_project),
        cmocka_unit_test(without_settings_it_is_home_or_the_working_directory),
        cmocka_unit_test(a_folder_beside_home_is_not_in_it),
        cmocka_unit_test(experiments_are_the_projects_and_then_homes),
        cmocka_unit_test(a_project_without_experiments_has_homes),
        cmocka_unit_test(programs_of_both_are_found_by_name),
        cmocka_unit_test(allocators_are_homes_and_files_the_projects),
        cmocka_unit_test(results_are_the_projects_or_here),
        cmocka_unit_test(the_cache_is_homes_build_only_in_home),
        cmocka_unit_test(a_home_that_cannot_be_written_has_its_cache_elsewhere),
        cmocka_unit_test(records_name_neither_folder),
    };

    return cmocka_run_group_tests(tests, make, unmake);
}
