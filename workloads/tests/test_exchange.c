/* test_exchange.c -- what exchange asks of an allocator, and from which threads.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "counted.h"

#include "../exchange.c" /* NOLINT(bugprone-suspicious-include): the program under test */

/* Of ten operations of a thread, nine replace and one exchanges. */
static void nine_operations_of_ten_allocate(void **unused)
{
    struct counted const *const found =
        counted_good("threads=2 slots=20 table=20 operations=30000");

    (void)unused;
    assert_int_equal(found->allocations, 27000);
    assert_in_range(found->live, 55, 60); /* 20 slots each, and the table's 20: nearly all full */
    assert_in_range(found->live_most, 57, 62);
}

static void each_size_is_half_as_frequent_as_the_one_before(void **unused)
{
    struct counted const *const found =
        counted_good("threads=1 sizes=4 every=1001 operations=8008");

    (void)unused;
    assert_int_equal(found->size_least, 16);
    assert_int_equal(found->size_most, 128);
    assert_in_range(found->of_size[16], 3820, 4180); /* 4000, 4 standard deviations of 45 */
    assert_in_range(found->of_size[32], 1845, 2155);
    assert_in_range(found->of_size[64], 880, 1120);
    assert_in_range(found->of_size[128], 880, 1120); /* what is left */
}

/* Threads 0 and 1 have one part and two of three; 8 has one again. */
static void the_load_is_unequal(void **unused)
{
    struct worker worker = {.threads = 2};

    (void)unused;
    assert_int_equal(done_by(&worker, 300), 100);
    worker.number = 1;
    assert_int_equal(done_by(&worker, 300), 200);
    worker = (struct worker){.number = 8, .threads = 9};
    assert_int_equal(done_by(&worker, 370), 10);
    uint64_t sum = 0;
    for (worker.number = 0; worker.number < 9; worker.number++)
        sum += done_by(&worker, 1001);
    assert_int_equal(sum, 1001);
}

static void objects_pass_to_other_threads(void **unused)
{
    (void)unused;
    assert_true(counted_good("threads=2 slots=10 table=10 every=2 operations=40000")->foreign > 0);
    assert_int_equal(counted_good("threads=1 slots=10 operations=4000")->foreign, 0);
}

static void the_checksum_is_of_the_work_alone(void **unused)
{
    uint64_t const first = counted_good("threads=3 slots=10 every=2 operations=9000")->checksum;

    (void)unused;
    for (unsigned again = 0; again < 5; again++)
        assert_true(counted_good("threads=3 slots=10 every=2 operations=9000")->checksum == first);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(nine_operations_of_ten_allocate),
        cmocka_unit_test(each_size_is_half_as_frequent_as_the_one_before),
        cmocka_unit_test(the_load_is_unequal),
        cmocka_unit_test(objects_pass_to_other_threads),
        cmocka_unit_test(the_checksum_is_of_the_work_alone),
    };

    return cmocka_run_group_tests_name("exchange", tests, NULL, NULL);
}
