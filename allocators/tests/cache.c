/* cache.c -- tests that empty SuperSlabs are kept, but at most 256 and none for over a minute.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/observed.h"
#include "tests/preloaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

/* A slab of 64 KB holds 32 blocks of 2,048, the first and the last 31 or fewer. */
enum { SIZE = 2040, SUPERSLAB_BLOCKS = 16 * 32, SUPERSLABS_MAX = 300, KEPT_MAX = 256 };

static time_t seconds = 1000000;

/* The allocator's clock, since a program's symbols come before those of its libraries. Only a test
 * moves it, so that a machine that stands still for two seconds changes nothing. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
    (void)clock;
    *now = (struct timespec){.tv_sec = seconds};
    return 0;
}

/* All are full, then all are empty. */
static void fill_and_empty(uint32_t superslabs)
{
    static void *block[SUPERSLABS_MAX * SUPERSLAB_BLOCKS];
    uint32_t const blocks = superslabs * SUPERSLAB_BLOCKS;

    for (uint32_t i = 0; i < blocks; i++) {
        block[i] = malloc(SIZE);
        assert_non_null(block[i]);
    }
    for (uint32_t i = 0; i < blocks; i++)
        free(block[i]);
}

/* A timing build has nothing to check, but must survive it. bump has no SuperSlabs. */
static bool nothing_counts(void)
{
    return observed() == NULL || never_frees();
}

static void test_a_minute_ends_it(void **state)
{
    enum { EARLIER = 20, LATER = 4 };
    (void)state;

    assert_true(preloaded_object_serves("malloc"));
    if (phase_has_rung("decay")) /* theirs is half a second (decay.c) */
        skip();
    fill_and_empty(EARLIER);
    uint64_t const before = nothing_counts() ? 0 : observed_value("superslabs_unmapped");
    seconds += 59;
    fill_and_empty(LATER);
    if (!nothing_counts())
        assert_int_equal(observed_value("superslabs_unmapped"), before);
    seconds += 2;
    fill_and_empty(LATER);
    if (!nothing_counts()) /* some stayed in use, and the newest were taken again */
        assert_in_range(observed_value("superslabs_unmapped") - before, EARLIER - 2 * LATER,
                        EARLIER);
}

static void test_256_are_kept(void **state)
{
    (void)state;
    if (nothing_counts())
        skip();
    fill_and_empty(SUPERSLABS_MAX);
    uint64_t const kept = observed_value("superslabs_emptied") -
                          observed_value("superslabs_reused") -
                          observed_value("superslabs_unmapped");
    assert_int_equal(kept, KEPT_MAX);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_a_minute_ends_it),
        cmocka_unit_test(test_256_are_kept),
    };
    return cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}
