/* test_silence.c -- until the region has ended, only the workload calls malloc.
 *
 * The test starts itself: with SLABLAB_REGION it is a workload whose malloc counts. The checksum
 * says how many calls there had been when the region began, times 1000, plus those until it ended.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>

#include "play.h"
#include "runtime/runtime.h"

/* The C library's own functions, under the names that it exports for interposers. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);

static uint64_t calls;
static bool in_region;
static uint64_t calls_at_begin;

void *malloc(size_t size)
{
    calls++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    calls++;
    return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    calls++;
    return __libc_realloc(block, size);
}

/* Called for the warm-up first, then for the region. */
static uint64_t run(uint64_t operations)
{
    calls_at_begin = in_region ? calls : 0;
    for (; operations > 0; operations--)
        free(malloc(1));
    in_region = true;
    return calls_at_begin * 1000 + (calls - calls_at_begin);
}

static struct parameter const params[] = {{.name = NULL}};

struct workload const workload = {
    .name = "silence", .models = "a test", .params = params, .run = run};

static struct play played;

static void the_runtime_allocates_nothing(void **unused)
{
    (void)unused;
    play_prepare(&played);
    play_run(&played, "workloads/tests/test_silence operations=0", NULL,
             play_can_count() ? PLAY_GROUP : PLAY_NONE);
    assert_int_equal(played.status, 0);
    assert_int_equal(played.region.state, REGION_REPORTED);
    assert_int_equal(played.region.checksum, 0);
}

/* The figure rises if there are calls; otherwise the test above would prove nothing. */
static void the_count_counts(void **unused)
{
    (void)unused;
    play_prepare(&played);
    play_run(&played, "workloads/tests/test_silence warmup=3 operations=5", NULL, PLAY_NONE);
    assert_int_equal(played.status, 0);
    assert_int_equal(played.region.checksum, 3005);
}

static void malloc_is_found_in_the_program_itself(void **unused)
{
    char path[PATH_MAX];

    (void)unused;
    snprintf(path, sizeof path, "%s/workloads/tests/test_silence", spawn_build_directory());
    play_prepare(&played);
    play_run(&played, "workloads/tests/test_silence operations=0", NULL, PLAY_NONE);
    assert_string_equal(played.region.object, path);
    assert_int_equal(played.region.tier_count, 0);
}

/* What the loader was given with slashes before it, to make all paths as long, is the same file. */
static void slashes_before_a_path_are_not_in_the_record(void **unused)
{
    char path[PATH_MAX];
    char padded[PATH_MAX + sizeof "////"];

    (void)unused;
    snprintf(path, sizeof path, "%s/libbaseline.so", spawn_build_directory());
    snprintf(padded, sizeof padded, "////%s", path);
    play_prepare(&played);
    play_run(&played, "workloads/sawtooth operations=0", padded, PLAY_NONE);
    assert_int_equal(played.status, 0);
    assert_string_equal(played.region.object, path);
}

/* Each observing phase sees so many calls of malloc in the region. */
static void observing_phases_count(char const *words, uint64_t wanted)
{
    char pattern[PATH_MAX + sizeof "/observe/lib*.so"];
    glob_t found;

    snprintf(pattern, sizeof pattern, "%s/observe/lib*.so", spawn_build_directory());
    if (glob(pattern, 0, NULL, &found) != 0) {
        print_message("no observing phase is built\n");
        skip();
    }
    for (size_t i = 0; i < found.gl_pathc; i++) {
        uint64_t allocations = 0;
        play_prepare(&played);
        play_run(&played, words, found.gl_pathv[i], PLAY_NONE);
        assert_int_equal(played.status, 0);
        assert_string_equal(played.region.object, found.gl_pathv[i]);
        for (uint32_t j = 0; j < played.region.tier_count; j++)
            if (strstr(played.region.tier[j].name, "_allocations") != NULL)
                allocations += played.region.tier[j].value;
        assert_int_equal(allocations, wanted);
    }
    globfree(&found);
}

/* Sawtooth's 1,000, and not one more. */
static void observing_phases_count_the_region_alone(void **unused)
{
    (void)unused;
    observing_phases_count("workloads/sawtooth objects=1000 warmup=2000 operations=2000", 1000);
}

/* Those of all threads; what it costs to create and join them is before the region and after it. */
static void observing_phases_count_every_thread(void **unused)
{
    (void)unused;
    observing_phases_count("workloads/hand_over threads=5 warmup=100 operations=3000", 3000);
}

int main(int argc, char **argv)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(the_runtime_allocates_nothing),
        cmocka_unit_test(the_count_counts),
        cmocka_unit_test(malloc_is_found_in_the_program_itself),
        cmocka_unit_test(slashes_before_a_path_are_not_in_the_record),
        cmocka_unit_test(observing_phases_count_the_region_alone),
        cmocka_unit_test(observing_phases_count_every_thread),
    };

    if (getenv("SLABLAB_REGION") != NULL)
        return workload_main(argc, argv);
    return cmocka_run_group_tests_name("silence", tests, NULL, NULL);
}
