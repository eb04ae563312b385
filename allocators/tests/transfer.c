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

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_what_another_thread_freed_is_allocated),
        cmocka_unit_test(test_a_thread_alone_transfers_nothing),
    };
    return cmocka_run_group_tests_name("transfer", tests, NULL, NULL);
}
