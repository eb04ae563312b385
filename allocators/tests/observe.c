/* observe.c -- tests the counters that observing builds export, and that timing builds have none.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/observed.h"
#include "tests/preloaded.h"

#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { BLOCKS = 10000 };

static char const *const tiers[] = {"tiny", "smallmid", "libc", "large", "bump"};
enum { TIER_COUNT = sizeof tiers / sizeof *tiers };

static bool is_observing_build(void)
{
    char const *const preload = getenv("LD_PRELOAD");
    return preload != NULL && strstr(preload, "/observe/") != NULL;
}

static uint64_t counter(char const *tier, char const *what)
{
    char name[OBSERVED_NAME_MAX];

    snprintf(name, sizeof name, "%s_%s", tier, what);
    return observed_value(name);
}

static void test_only_observing_builds_export_counters(void **state)
{
    (void)state;
    assert_true(preloaded_object_serves("malloc"));
    assert_int_equal(observed() != NULL, is_observing_build());
}

static void test_counters_are_named(void **state)
{
    (void)state;
    if (!is_observing_build())
        skip();
    assert_int_equal(observed()->version, 1);
    assert_in_range(observed()->count, 4, OBSERVED_COUNTERS_MAX);
    for (uint32_t i = 0; i < observed()->count; i++) {
        char const *const name = observed()->counter[i].name;
        assert_non_null(memchr(name, '\0', sizeof observed()->counter[i].name));
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz_"), strlen(name));
        assert_true(strlen(name) > 0);
        for (uint32_t j = 0; j < i; j++)
            assert_string_not_equal(name, observed()->counter[j].name);
    }
    for (uint32_t i = 0; i < TIER_COUNT; i++) { /* which abort where there is no such counter */
        counter(tiers[i], "allocations");
        counter(tiers[i], "frees");
    }
}

static void allocate_and_free(size_t size)
{
    static void *block[BLOCKS];

    for (uint32_t i = 0; i < BLOCKS; i++) {
        block[i] = malloc(size);
        assert_non_null(block[i]);
    }
    for (uint32_t i = 0; i < BLOCKS; i++)
        free(block[i]);
}

static uint64_t all_tiers(char const *what)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < TIER_COUNT; i++)
        sum += counter(tiers[i], what);
    return sum;
}

/* The tiers split the requests among them: each request counts once, in one tier, and so does its
 * free, in the same one. */
static void test_handed_out_equals_taken_back(void **state)
{
    static size_t const sizes[] = {1, 16, 100, 250, 256, 500, 512, 1000, 1024, 2000, 5000, 200000};
    (void)state;

    if (!is_observing_build())
        skip();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint64_t allocations[TIER_COUNT];
        uint64_t frees[TIER_COUNT];
        uint64_t const before = all_tiers("allocations");
        for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
            allocations[tier] = counter(tiers[tier], "allocations");
            frees[tier] = counter(tiers[tier], "frees");
        }
        allocate_and_free(sizes[i]);
        assert_int_equal(all_tiers("allocations") - before, BLOCKS);
        for (uint32_t tier = 0; tier < TIER_COUNT; tier++)
            assert_int_equal(counter(tiers[tier], "allocations") - allocations[tier],
                             counter(tiers[tier], "frees") - frees[tier]);
    }
}

static void test_small_mid_serves_its_sizes_only_when_on(void **state)
{
    static size_t const sizes[] = {256, 512, 1024};
    (void)state;

    if (!is_observing_build())
        skip();
    bool const on = setting_of("SLABLAB_SMALLMID") == 1;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint64_t const before = counter("smallmid", "allocations");
        uint64_t const tiny_before = counter("tiny", "allocations");
        uint64_t const tiny_frees_before = counter("tiny", "frees");
        allocate_and_free(sizes[i]);
        assert_int_equal(counter("smallmid", "allocations") - before, on ? BLOCKS : 0);
        if (on) {
            assert_int_equal(counter("tiny", "allocations"), tiny_before);
            assert_int_equal(counter("tiny", "frees"), tiny_frees_before);
        }
    }
}

static void test_what_no_tier_holds_goes_to_the_c_library(void **state)
{
    (void)state;
    if (!is_observing_build())
        skip();
    uint64_t const before = counter("libc", "allocations");
    allocate_and_free(5000);
    uint64_t const of_5000 = phase_has_rung("medium") ? 0 : BLOCKS;
    assert_int_equal(counter("libc", "allocations") - before, of_5000);
    allocate_and_free(40000);
    uint64_t const of_40000 = phase_has_rung("large") ? 0 : BLOCKS;
    assert_int_equal(counter("libc", "allocations") - before, of_5000 + of_40000);
}

/* SLABLAB_PREWARM counts SuperSlabs for each of Tiny's eight classes. */
static void test_prewarmed_superslabs_are_counted(void **state)
{
    (void)state;

    if (!is_observing_build())
        skip();
    assert_int_equal(observed_value("superslabs_prewarmed"), 8 * setting_of("SLABLAB_PREWARM"));
}

static void *thread_allocates_and_dies(void *argument)
{
    static void *block[500];

    for (uint32_t i = 0; i < 500; i++)
        block[i] = malloc(*(size_t const *)argument);
    for (uint32_t i = 0; i < 500; i++)
        free(block[i]);
    return NULL;
}

static uint64_t alive(char const *tier)
{
    return counter(tier, "allocations") - counter(tier, "frees");
}

/* Blocks that a dying thread leaves in its caches were taken back before it died, and only once. */
static void test_counters_survive_a_threads_end(void **state)
{
    static size_t sizes[] = {100, 256, 512, 1000};
    (void)state;

    if (!is_observing_build())
        skip();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint64_t const tiny_alive = alive("tiny");
        uint64_t const smallmid_alive = alive("smallmid");
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, thread_allocates_and_dies, &sizes[i]), 0);
        assert_int_equal(pthread_join(thread, NULL), 0);
        /* pthread_create itself may keep a block or two, with a stack that libc caches. */
        assert_in_range(alive("tiny") - tiny_alive, 0, 4);
        assert_in_range(alive("smallmid") - smallmid_alive, 0, 4);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_only_observing_builds_export_counters),
        cmocka_unit_test(test_counters_are_named),
        cmocka_unit_test(test_handed_out_equals_taken_back),
        cmocka_unit_test(test_small_mid_serves_its_sizes_only_when_on),
        cmocka_unit_test(test_what_no_tier_holds_goes_to_the_c_library),
        cmocka_unit_test(test_prewarmed_superslabs_are_counted),
        cmocka_unit_test(test_counters_survive_a_threads_end),
    };
    return cmocka_run_group_tests_name("observe", tests, NULL, NULL);
}
