/* test_lock.c -- a lock holds until its process ends, and a second process is told to wait.
 *
 * flock belongs to the open file and not to the process, so one process can be both here.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "run/lock.h"

static void a_folder_is_locked_once(void **state)
{
    char *const folder = fixture_path("results");
    char *const wanted = text_format(
        "slablab: %s: another slablab is running there\n  try: wait for it to end\n", folder);

    (void)state;
    assert_true(lock_folder(folder));
    fixture_hear();
    bool const again = lock_folder(folder);
    char *const heard = fixture_heard();
    assert_false(again);
    assert_string_equal(heard, wanted);
    free(heard);
    free(wanted);
    free(folder);
}

static void what_is_not_there_is_complained_of(void **state)
{
    (void)state;
    fixture_hear();
    bool const locked = lock_folder("/nonexistent");
    char *const heard = fixture_heard();
    assert_false(locked);
    assert_string_equal(heard, "slablab: /nonexistent: cannot lock it: No such file or directory\n"
                               "  try: ls -ld that folder\n");
    free(heard);
}

static void one_of_a_build_measures(void **state)
{
    (void)state;
    assert_true(lock_measuring());
    fixture_hear();
    bool const again = lock_measuring();
    char *const heard = fixture_heard();
    assert_false(again);
    assert_non_null(strstr(heard, "another slablab of this build is measuring"));
    free(heard);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(a_folder_is_locked_once),
        cmocka_unit_test(what_is_not_there_is_complained_of),
        cmocka_unit_test(one_of_a_build_measures),
    };

    return cmocka_run_group_tests_name("lock", tests, fixture_make, fixture_remove);
}
