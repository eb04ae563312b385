/* test_served_files.c -- each arm has a copy of its own, which is called by its file's name.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "sample/served_files.h"

#include <sys/stat.h>

static char *one;
static char *two;
static char *beside;

static int make_files(void **state)
{
    fixture_make(state);
    fixture_write("one.so", "the code of one", 0600);
    fixture_write("two.so", "the code of two", 0644);
    fixture_write("beside.so", "loads $ORIGIN/other.so", 0644);
    one = fixture_path("one.so");
    two = fixture_path("two.so");
    beside = fixture_path("beside.so");
    return setenv("TMPDIR", fixture_root, 1);
}

static int remove_files(void **state)
{
    free(one);
    free(two);
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

static void a_copy_is_of_the_link_that_is_asked_for(void **state)
{
    struct link links[] = {{one, "ab"}, {two, "cd"}};
    struct arm arms[] = {{.object = one, .links = links, .link_count = 2}};
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
    assert_true(served_files_take(&served, 0, 0));
    assert_ptr_equal(arm_link(&served.plan.arms[0], 0).object, copy.object);
    assert_true(served_files_take(&served, 0, 1));
    struct link const other = arm_link(&served.plan.arms[0], 1);
    expect_copy(other.object, two);
    assert_string_equal(other.build_id, "cd");
    assert_string_equal(served_files_planned(&served, &plan, other.object), two);
    assert_int_not_equal(access(copy.object, F_OK), 0);
    served_files_close(&served);
}

/* Each has another file, at a path as long, while the one before is still there: no copy can have
 * the pages of the one that it follows. What was built is not read once the run has begun. */
static void a_block_has_new_copies(void **state)
{
    char *const built = fixture_path("built.so");
    struct arm arms[] = {{.object = built}, {.object = one}, {.object = beside}};
    struct plan const plan = {.arms = arms, .arm_count = 3};
    struct served_files served = {.folder = NULL};
    size_t const order[] = {1, 2, 0}, links[] = {0, 0, 0};
    struct stat before, after;

    (void)state;
    fixture_write("built.so", "as it was", 0644);
    assert_true(served_files_open(&served, &plan));
    fixture_write("built.so", "built again", 0644);
    for (size_t i = 0; i < 3; i++) {
        char const *const former = served.plan.arms[0].object;
        assert_int_equal(stat(former, &before), 0);
        assert_true(served_files_renew(&served, order, links));
        char const *const renewed = served.plan.arms[0].object;
        char *const text = text_of_file(renewed, NULL);
        assert_string_equal(text, "as it was");
        assert_int_equal(stat(renewed, &after), 0);
        assert_int_not_equal(after.st_ino, before.st_ino);
        assert_int_not_equal(access(former, F_OK), 0);
        assert_int_equal(strlen(renewed), strlen(former));
        assert_string_equal(served_files_planned(&served, &plan, renewed), built);
        assert_string_equal(served.plan.arms[2].object, beside);
        free(text);
    }
    served_files_close(&served);
    free(built);
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

/* Of another run that goes on nothing is taken. */
static void what_a_killed_run_left_is_removed(void **state)
{
    struct arm arms[] = {{.object = one}};
    struct plan const plan = {.arms = arms, .arm_count = 1};
    struct served_files other = {.folder = NULL};
    struct served_files served = {.folder = NULL};
    char *const left = fixture_path("slablab-served.aaaaaa");

    (void)state;
    fixture_folder("slablab-served.aaaaaa");
    fixture_write("slablab-served.aaaaaa/a0-000.so", "left", 0644);
    assert_true(served_files_open(&other, &plan));
    assert_int_not_equal(access(left, F_OK), 0);
    assert_true(served_files_open(&served, &plan));
    assert_int_equal(access(other.plan.arms[0].object, F_OK), 0);
    served_files_close(&served);
    served_files_close(&other);
    free(left);
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
    assert_non_null(strstr(heard, "/no/such/folder/slablab-served."));
    assert_non_null(strstr(heard, "TMPDIR"));
    free(heard);
    served_files_close(&served);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(the_control_has_another_file_than_the_baseline),
        cmocka_unit_test(a_second_opening_changes_nothing),
        cmocka_unit_test(a_copy_is_of_the_link_that_is_asked_for),
        cmocka_unit_test(a_block_has_new_copies),
        cmocka_unit_test(some_files_stay_where_they_are),
        cmocka_unit_test(what_a_killed_run_left_is_removed),
        cmocka_unit_test(no_room_is_a_fault),
    };

    return cmocka_run_group_tests_name("served_files", tests, make_files, remove_files);
}
