/* test_served_files.c -- each arm has a copy of its own, which is called by its file's name.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "sample/served_files.h"

static char *one;
static char *beside;

static int make_files(void **state)
{
    fixture_make(state);
    fixture_write("one.so", "the code of one", 0600);
    fixture_write("beside.so", "loads $ORIGIN/other.so", 0644);
    one = fixture_path("one.so");
    beside = fixture_path("beside.so");
    return setenv("TMPDIR", fixture_root, 1);
}

static int remove_files(void **state)
{
    free(one);
    free(beside);
    return fixture_remove(state);
}

static void expect_copy(char const *path, char const *of)
{
    char *const copied = text_of_file(path, NULL);
    char *const original = text_of_file(of, NULL);

    assert_string_not_equal(path, of);
    assert_non_null(copied);
    assert_string_equal(copied, original);
    free(original);
    free(copied);
}

static void the_control_has_another_file_than_the_baseline(void **state)
{
    struct arm arms[] = {{.id = "baseline", .object = one, .role = ROLE_BASELINE},
                         {.id = "control", .object = one, .role = ROLE_CONTROL}};
    struct plan const plan = {.arms = arms, .arm_count = 2};
    struct served_files served = {.folder = NULL};

    (void)state;
    assert_true(served_files_open(&served, &plan));
    char const *const baseline = served.plan.arms[0].object;
    char const *const control = served.plan.arms[1].object;
    expect_copy(baseline, one);
    expect_copy(control, one);
    assert_string_not_equal(baseline, control);
    assert_string_equal(arms[0].object, one);
    assert_string_equal(served_files_planned(&served, &plan, baseline), one);
    assert_string_equal(served_files_planned(&served, &plan, control), one);
    assert_string_equal(served_files_planned(&served, &plan, "/lib/libc.so.6"), "/lib/libc.so.6");
    char *const gone = text_copy(baseline);
    served_files_close(&served);
    assert_int_not_equal(access(gone, F_OK), 0);
    free(gone);
}

static void a_second_opening_changes_nothing(void **state)
{
    struct arm arms[] = {{.id = "baseline", .object = one}};
    struct plan const plan = {.arms = arms, .arm_count = 1};
    struct served_files served = {.folder = NULL};

    (void)state;
    assert_true(served_files_open(&served, &plan));
    char const *const first = served.plan.arms[0].object;
    assert_true(served_files_open(&served, &plan));
    assert_ptr_equal(served.plan.arms[0].object, first);
    served_files_close(&served);
}

static void each_link_is_copied(void **state)
{
    struct link links[] = {{one, "ab"}, {beside, "cd"}};
    struct arm arms[] = {{.object = one, .links = links, .link_count = 1}};
    struct plan const plan = {.arms = arms, .arm_count = 1};
    struct served_files served = {.folder = NULL};

    (void)state;
    assert_true(served_files_open(&served, &plan));
    struct link const copy = arm_link(&served.plan.arms[0], 0);
    expect_copy(copy.object, one);
    assert_string_equal(copy.build_id, "ab");
    assert_string_equal(served.plan.arms[0].object, copy.object);
    assert_string_equal(links[0].object, one);
    assert_string_equal(served_files_planned(&served, &plan, copy.object), one);
    served_files_close(&served);
}

/* What is loaded from beside it would not be found; a file that is gone is told of by its name. */
static void some_files_stay_where_they_are(void **state)
{
    struct arm arms[] = {{.object = beside}, {.object = (char *)"/no/such.so"}, {.object = NULL}};
    struct plan const plan = {.arms = arms, .arm_count = 3};
    struct served_files served = {.folder = NULL};

    (void)state;
    assert_true(served_files_open(&served, &plan));
    assert_string_equal(served.plan.arms[0].object, beside);
    assert_string_equal(served.plan.arms[1].object, "/no/such.so");
    assert_null(served.plan.arms[2].object);
    served_files_close(&served);
}

static void no_room_is_a_fault(void **state)
{
    struct arm arms[] = {{.object = one}};
    struct plan const plan = {.arms = arms, .arm_count = 1};
    struct served_files served = {.folder = NULL};

    (void)state;
    setenv("TMPDIR", "/no/such/folder", 1);
    fixture_hear();
    bool const opened = served_files_open(&served, &plan);
    char *const heard = fixture_heard();
    setenv("TMPDIR", fixture_root, 1);
    assert_false(opened);
    assert_non_null(strstr(heard, "/no/such/folder/slablab."));
    assert_non_null(strstr(heard, "TMPDIR"));
    free(heard);
    served_files_close(&served);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(the_control_has_another_file_than_the_baseline),
        cmocka_unit_test(a_second_opening_changes_nothing),
        cmocka_unit_test(each_link_is_copied),
        cmocka_unit_test(some_files_stay_where_they_are),
        cmocka_unit_test(no_room_is_a_fault),
    };

    return cmocka_run_group_tests_name("served_files", tests, make_files, remove_files);
}
