/* test_batches.c -- what batches asks of an allocator, and from which threads.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "counted.h"

#include "../batches.c" /* NOLINT(bugprone-suspicious-include): the program under test */

static void a_batch_is_allocated_and_then_freed(void **unused)
{
    struct counted const *const found =
        counted_good("threads=1 batch=50 min=3 max=5 operations=1020");

    (void)unused;
    assert_int_equal(found->allocations, 1020);
    assert_int_equal(found->frees, 1020);
    assert_int_equal(found->live_most, 50);
    assert_int_equal(found->size_least, 3);
    assert_int_equal(found->size_most, 5);
    for (size_t size = 3; size <= 5; size++)
        assert_in_range(found->of_size[size], 280, 400); /* 340, 4 standard deviations of 15 */
}

/* The next thread frees: all of it, whatever the last batch holds. */
static void foreign_batches_are_freed_by_the_next_thread(void **unused)
{
    (void)unused;
    assert_int_equal(counted_good("threads=3 foreign=1 batch=7 operations=1000")->foreign, 1000);
    assert_int_equal(counted->frees, 1000);
    assert_int_equal(counted_good("threads=3 foreign=0 batch=7 operations=1000")->foreign, 0);
    assert_int_equal(counted_good("threads=1 foreign=1 batch=7 operations=1000")->foreign, 0);
    assert_in_range(counted_good("threads=3 batch=7 operations=1000")->live_most, 7, 21);
}

static void odd_shares_end_and_go_on(void **unused)
{
    (void)unused;
    for (unsigned operations = 1; operations < 12; operations++) {
        char words[80];
        snprintf(words, sizeof words, "threads=4 batch=2 warmup=%u operations=%u", operations,
                 2 * operations);
        assert_int_equal(counted_good(words)->frees, 3 * operations);
    }
}

/* The contents that are read tell the order: the tags of a batch from its end to its begin. */
static void the_order_of_death_is_in_the_checksum(void **unused)
{
    uint64_t const order = counted_good("threads=2 batch=9 operations=900")->checksum;

    (void)unused;
    assert_true(counted_good("threads=2 batch=9 operations=900")->checksum == order);
    assert_true(counted_good("threads=2 batch=9 reverse=1 operations=900")->checksum != order);
    assert_int_equal(counted_run("min=9 max=8 operations=1")->status, 2);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(a_batch_is_allocated_and_then_freed),
        cmocka_unit_test(foreign_batches_are_freed_by_the_next_thread),
        cmocka_unit_test(odd_shares_end_and_go_on),
        cmocka_unit_test(the_order_of_death_is_in_the_checksum),
    };

    return cmocka_run_group_tests_name("batches", tests, NULL, NULL);
}
