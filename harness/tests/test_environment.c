/* test_environment.c -- a sample's environment is complete, and equally large for every arm.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sample/environment.h"

#include <stdlib.h>
#include <string.h>

static char *one[] = {"SLABLAB_SMALLMID=1"};
static char *two[] = {"SLABLAB_PREWARM=8", "SLABLAB_PREWARM_METHOD=populate"};

static struct arm arms[] = {
    {.id = "glibc", .object = NULL},
    {.id = "control", .object = NULL},
    {.id = "phase",
     .object = "/a/libphase.so",
     .observer = "/a/observe/libphase.so",
     .environment = one,
     .environment_count = 1},
    {.id = "prewarm",
     .object = "/a/longer/libprewarm.so",
     .environment = two,
     .environment_count = 2},
};

static struct plan const plan = {.arms = arms, .arm_count = sizeof arms / sizeof *arms};

static size_t bytes_of(char *const *environment)
{
    size_t bytes = 0;

    for (size_t i = 0; environment[i] != NULL; i++)
        bytes += strlen(environment[i]) + 1;
    return bytes;
}

static void equal_size(void **state)
{
    (void)state;
    for (int observing = 0; observing < 2; observing++) {
        struct environment_size const largest = environment_size_largest(&plan, observing, 9);
        for (size_t pad = 0; pad <= 4096; pad += 1024)
            for (size_t i = 0; i < plan.arm_count; i++) {
                char const *const object = environment_object(&arms[i], 0, observing);
                char **const environment = environment_build(&arms[i], object, 9, largest, pad);
                assert_int_equal(bytes_of(environment), largest.bytes + pad);
                free(environment);
            }
    }
}

static void contents(void **state)
{
    struct environment_size const size = {.bytes = 200, .path_bytes = 14};
    char **const environment = environment_build(&arms[2], arms[2].object, 9, size, 0);

    (void)state;
    assert_string_equal(environment[0], "LD_PRELOAD=/a/libphase.so");
    assert_string_equal(environment[1], "SLABLAB_REGION=9");
    assert_string_equal(environment[2], "LD_BIND_NOW=1");
    assert_string_equal(environment[3], "SLABLAB_SMALLMID=1");
    assert_memory_equal(environment[4], "SLABLAB_PAD=xxx", 15);
    assert_null(environment[5]);
    free(environment);
}

static void no_preload_for_the_c_library(void **state)
{
    struct environment_size const size = {.bytes = 100, .path_bytes = 14};
    char **const environment = environment_build(&arms[0], NULL, 9, size, 0);

    (void)state;
    assert_string_equal(environment[0], "SLABLAB_REGION=9");
    assert_string_equal(environment[1], "LD_BIND_NOW=1");
    assert_memory_equal(environment[2], "SLABLAB_PAD=", 12);
    assert_null(environment[3]);
    free(environment);
}

/* The largest arm alone gets no pad at all. */
static void largest_is_exact(void **state)
{
    struct environment_size const largest = environment_size_largest(&plan, false, 9);
    char **const environment = environment_build(&arms[3], arms[3].object, 9, largest, 0);

    (void)state;
    assert_string_equal(environment[5], "SLABLAB_PAD=");
    free(environment);
}

/* The loader places what it allocates by the length of the path that it preloads. */
static void paths_of_equal_length(void **state)
{
    (void)state;
    for (int observing = 0; observing < 2; observing++) {
        struct environment_size const largest = environment_size_largest(&plan, observing, 9);
        for (size_t i = 2; i < plan.arm_count; i++) {
            char const *const object = environment_object(&arms[i], 0, observing);
            char **const environment = environment_build(&arms[i], object, 9, largest, 0);
            char const *const path = environment[0] + strlen("LD_PRELOAD=");
            size_t const slashes = strspn(path, "/");

            assert_int_equal(strlen(path), strlen("/a/longer/libprewarm.so"));
            assert_string_equal(path + slashes - 1, object);
            free(environment);
        }
    }
}

static void observer_where_there_is_one(void **state)
{
    (void)state;
    assert_string_equal(environment_object(&arms[2], 0, true), "/a/observe/libphase.so");
    assert_string_equal(environment_object(&arms[2], 0, false), "/a/libphase.so");
    assert_string_equal(environment_object(&arms[3], 0, true), "/a/longer/libprewarm.so");
    assert_null(environment_object(&arms[0], 0, true));
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(equal_size),
        cmocka_unit_test(contents),
        cmocka_unit_test(largest_is_exact),
        cmocka_unit_test(paths_of_equal_length),
        cmocka_unit_test(no_preload_for_the_c_library),
        cmocka_unit_test(observer_where_there_is_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
