/* test_arm_names.c -- files as arms: what they are called, and paths with a space.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "base/spec_words.h"
#include "catalogue/preload_alias.h"
#include "catalogue/project.h"

/* An experiment of one and these arms, a line each; the ids of those that are no control, in one
 * text. */
static char *ids_of(char const *arms)
{
    char *const yaml =
        text_format("question: q\nbaseline: one\narms:\n%sworkloads: [{run: knead}]\n", arms);
    struct plan *const plan = fixture_plan(yaml, false, 1);
    char *ids = text_copy("");

    assert_non_null(plan);
    for (size_t i = 2; i < plan->arm_count; i++)
        text_append(&ids, "%s%s", i > 2 ? ", " : "", plan->arms[i].id);
    plan_free(plan);
    free(yaml);
    return ids;
}

static void assert_ids(char const *arms, char const *wanted)
{
    char *const ids = ids_of(arms);

    assert_string_equal(ids, wanted);
    free(ids);
}

static void copies(void)
{
    static char const *const folders[] = {"lib", "lib/old", "lib/new", "lib/old/x", "lib/new/x"};
    static char const *const files[] = {"lib/old/libmine.so", "lib/new/libmine.so",
                                        "lib/old/mine.so",    "lib/old/x/liba.so",
                                        "lib/new/x/liba.so",  "lib/new/libone.so",
                                        "lib/new/liblibc.so", "lib/new/libcontrol.so"};

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        fixture_folder(folders[i]);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        fixture_copy("/proc/self/exe", files[i]);
}

static void files_of_one_name_are_told_apart(void **state)
{
    (void)state;
    copies();
    assert_ids("  - lib/old/libmine.so\n", "mine");
    assert_ids("  - lib/old/libmine.so\n  - lib/new/libmine.so\n", "old/mine, new/mine");
    assert_ids("  - lib/old/x/liba.so\n  - lib/new/x/liba.so\n", "old/x/a, new/x/a");
    assert_ids("  - lib/old/libmine.so A=1\n  - lib/new/libmine.so\n  - lib/old/libmine.so\n",
               "old/mine A=1, new/mine, old/mine");
    assert_ids("  - lib/old/libmine.so\n  - lib/old/mine.so\n",
               "lib/old/libmine.so, lib/old/mine.so");
}

/* A phase, a peer and the control keep their names. */
static void a_file_called_like_an_allocator_has_its_folder(void **state)
{
    (void)state;
    assert_ids("  - lib/new/libone.so\n", "new/one");
    assert_ids("  - libc\n  - lib/new/liblibc.so\n", "libc, new/libc");
    assert_ids("  - lib/new/libcontrol.so\n", "new/control");
}

static void a_path_may_be_in_quotes(void **state)
{
    static char const *const specs[][3] = {
        {"'a b/l.so' A=1", "a b/l.so", "'a b/l.so' A=1"},
        {"  \"a 'b'/l.so\"", "a 'b'/l.so", "\"a 'b'/l.so\""},
        {"two  A='1  B=2'", "two", "two A='1 B=2'"},
        {"'a b", "'a", "\"'a\" b"},
        {"", NULL, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        struct words words = spec_words(specs[i][0]);
        char *const joined = spec_join(&words, 0, words.count);
        assert_string_equal(joined, specs[i][2]);
        if (specs[i][1] != NULL)
            assert_string_equal(words.word[0], specs[i][1]);
        free(joined);
        words_free(&words);
    }
}

/* LD_PRELOAD has no quotes: the loader would look for the two halves. */
static void a_path_with_a_space_is_preloaded_by_an_alias(void **state)
{
    static char const *const files[] = {"build/workloads/libmy:own.so",
                                        "build/workloads/libmy own.so"};

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *const there = fixture_path(files[i]);
        fixture_copy("/proc/self/exe", files[i]);
        char *const yaml = text_format("question: q\nbaseline: one\narms: [\"'%s' A=1\"]\n"
                                       "workloads: [{run: knead}]\n",
                                       files[i]);
        struct plan *const plan = fixture_plan(yaml, false, 1);
        assert_non_null(plan);
        assert_true(preload_takes(plan->arms[2].object));
        char *const target = realpath(plan->arms[2].object, NULL);
        assert_string_equal(target, there);
        assert_int_equal(plan->arms[2].environment_count, 1);
        free(target);
        plan_free(plan);
        free(yaml);
        free(there);
    }
}

/* Aliases can no longer be made in the cache; the user's is that folder of the fixture. */
static void spoil_the_cache(char const *user)
{
    char *const aliases = fixture_path("build/aliases");
    char *const command = text_format("rm -rf '%s'", aliases);
    char *const folder = fixture_path(user);

    assert_int_equal(system(command), 0);
    fixture_write("build/aliases", "in its place\n", 0644);
    setenv("XDG_CACHE_HOME", folder, 1);
    project_set(fixture_root, fixture_root);
    free(folder);
    free(command);
    free(aliases);
}

static void restore_the_cache(void)
{
    char *const aliases = fixture_path("build/aliases");

    unlink(aliases);
    unsetenv("XDG_CACHE_HOME");
    project_set(fixture_root, fixture_root);
    free(aliases);
}

#define SPACED                                                                                     \
    "question: q\nbaseline: one\narms: [\"'build/workloads/libmy own.so'\"]\n"                    \
    "workloads: [{run: knead}]\n"

/* As where Slablab itself is in a folder with a space. */
static void where_the_cache_has_none_the_user_s_has_it(void **state)
{
    char *const there = fixture_path("build/workloads/libmy own.so");

    (void)state;
    spoil_the_cache("user");
    struct plan *const plan = fixture_plan(SPACED, false, 1);
    assert_non_null(plan);
    char *const target = realpath(plan->arms[2].object, NULL);
    char *const aliases = fixture_path("user/slablab/aliases/");
    assert_int_equal(strncmp(plan->arms[2].object, aliases, strlen(aliases)), 0);
    assert_string_equal(target, there);
    restore_the_cache();
    free(aliases);
    free(target);
    plan_free(plan);
    free(there);
}

static void without_an_alias_it_is_refused(void **state)
{
    (void)state;
    spoil_the_cache("a user");
    fixture_hear();
    struct plan *const plan = fixture_plan(SPACED, false, 1);
    char *const heard = fixture_heard();
    assert_null(plan);
    assert_non_null(strstr(heard, "libmy own.so' cannot be preloaded: its path has a space or a "
                                  "colon, where the loader ends a path\n  try: "));
    restore_the_cache();
    free(heard);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(files_of_one_name_are_told_apart),
        cmocka_unit_test(a_file_called_like_an_allocator_has_its_folder),
        cmocka_unit_test(a_path_may_be_in_quotes),
        cmocka_unit_test(a_path_with_a_space_is_preloaded_by_an_alias),
        cmocka_unit_test(where_the_cache_has_none_the_user_s_has_it),
        cmocka_unit_test(without_an_alias_it_is_refused),
    };

    return cmocka_run_group_tests_name("arm names", tests, fixture_make, fixture_remove);
}
