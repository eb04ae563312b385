/* transfer.c -- tests that what one thread frees another allocates, without a visit to its slab.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/observed.h"
#include "tests/pattern.h"
#include "tests/preloaded.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <cmocka.h>

enum { BLOCKS = 1024, SIZE = 300, ROUNDS = 20 };

static uint8_t *block[BLOCKS];
static pthread_barrier_t freed;
static pthread_barrier_t looked;

static void allocate_all(void)
{
    for (uint32_t i = 0; i < BLOCKS; i++) {
        block[i] = malloc(SIZE);
        assert_non_null(block[i]);
        pattern_write(block[i], SIZE, i);
    }
}

static uint32_t free_all(void)
{
    uint32_t broken = 0;

    for (uint32_t i = 0; i < BLOCKS; i++) {
        broken += !pattern_holds(block[i], SIZE, i);
        free(block[i]);
    }
    return broken;
}

/* Frees all, and lives until that was looked at: what it has not drained stays its own. */
static void *free_all_and_wait(void *broken)
{
    *(uint32_t *)broken = free_all();
    pthread_barrier_wait(&freed);
    pthread_barrier_wait(&looked);
    return NULL;
}

static uint64_t transferred(void)
{
    return observed_value("tiny_blocks_transferred");
}

static bool transfers(void)
{
    return phase_has_rung("transfer");
}

static void test_what_another_thread_freed_is_allocated(void **state)
{
    pthread_t other;
    uint32_t broken = 0;
    (void)state;

    assert_true(preloaded_object_serves("malloc"));
    if (observed() == NULL || blocks_have_tags() || never_frees())
        skip();
    pthread_barrier_init(&freed, NULL, 2);
    pthread_barrier_init(&looked, NULL, 2);
    allocate_all();
    uint64_t const returned = observed_value("tiny_blocks_returned");
    assert_int_equal(pthread_create(&other, NULL, free_all_and_wait, &broken), 0);
    pthread_barrier_wait(&freed);
    uint64_t const drained = observed_value("tiny_blocks_returned") - returned;
    uint64_t const before = transferred();
    allocate_all();
    uint64_t const moved = transferred() - before;
    pthread_barrier_wait(&looked);
    pthread_join(other, NULL);
    assert_int_equal(broken, 0);
    assert_in_range(drained, BLOCKS / 2, BLOCKS);
    assert_int_equal(moved, transfers() ? drained : 0);
    assert_int_equal(free_all(), 0);
}

static void test_a_thread_alone_transfers_nothing(void **state)
{
    (void)state;

    if (observed() == NULL || blocks_have_tags())
        skip();
    allocate_all();
    assert_int_equal(free_all(), 0);
    uint64_t const before = transferred();
    for (uint32_t round = 0; round < ROUNDS; round++) {
        allocate_all();
        assert_int_equal(free_all(), 0);
    }
    assert_int_equal(transferred(), before);
}

static uint64_t minor_faults(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (uint64_t)usage.ru_minflt;
}

/* Of what the process does first, and second. */
static uint64_t short_faults;
static uint64_t long_faults;

/* Blocks that come and go; all of them lie in the 2 MB that are resident before main. */
static uint64_t faults_of(uint32_t count, size_t size)
{
    static void *own[8192];
    uint64_t const before = minor_faults();

    for (uint32_t round = 0; round < ROUNDS; round++) {
        for (uint32_t i = 0; i < count; i++)
            own[i] = malloc(size);
        for (uint32_t i = 0; i < count; i++)
            free(own[i]);
    }
    return minor_faults() - before;
}

/* What is kept for a class is touched where the class is used: a look at all of them was two faults
 * a class once, in every process. An array that grows keeps its pages: 8,192 pointers and what is
 * before them are 17, where copies of 2, 3, 5, 9 and 17 pages were twice as many. `own` has 16. */
static void test_few_pages_are_touched(void **state)
{
    enum { FEW = 8 };

    (void)state;
    if (!transfers())
        skip();
    assert_in_range(short_faults, 0, FEW);
    assert_in_range(long_faults, 0, 17 + 16 + FEW);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_what_another_thread_freed_is_allocated),
        cmocka_unit_test(test_a_thread_alone_transfers_nothing),
        cmocka_unit_test(test_few_pages_are_touched),
    };

    short_faults = faults_of(256, 300);
    long_faults = faults_of(8192, 16);
    return cmocka_run_group_tests_name("transfer", tests, NULL, NULL);
}
