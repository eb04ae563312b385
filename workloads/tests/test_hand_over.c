/* test_hand_over.c -- what hand_over asks of an allocator, and from which threads.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "counted.h"

#include "../hand_over.c" /* NOLINT(bugprone-suspicious-include): the program under test */

static void an_operation_is_a_malloc_and_a_free_once_the_slots_are_full(void **unused)
{
    struct counted const *const found =
        counted_good("threads=2 slots=50 round=100 operations=4001");

    (void)unused;
    assert_int_equal(found->threads, 2);
    assert_int_equal(found->allocations, 4001);
    assert_int_equal(found->frees, 3901);
    assert_int_equal(found->live_most, 100);
}

static void sizes_are_drawn_evenly(void **unused)
{
    struct counted const *const found = counted_good("threads=2 min=8 max=11 operations=8000");

    (void)unused;
    assert_int_equal(found->size_least, 8);
    assert_int_equal(found->size_most, 11);
    for (size_t size = 8; size <= 11; size++)
        assert_in_range(found->of_size[size], 1850, 2150); /* 2000, 4 standard deviations of 39 */
}

/* Each of two arrays is handed over once, with its 10 objects. With rounds that are short against a
 * life, an object dies under any of the three threads: 5,700 of them, a standard deviation of .6 %.
 */
static void objects_are_freed_by_the_thread_that_has_their_array(void **unused)
{
    (void)unused;
    assert_int_equal(
        counted_good("threads=2 slots=10 round=10000 operations=40000")->foreign, 20);
    struct counted const *found = counted_good("threads=3 slots=100 round=10 operations=6000");
    assert_in_range(found->foreign * 1000 / found->frees, 640, 693); /* two thirds */
    assert_int_equal(counted_good("threads=1 operations=1000")->foreign, 0);
}

static void the_checksum_is_of_the_work_alone(void **unused)
{
    uint64_t const first = counted_good("threads=4 round=10 operations=800")->checksum;

    (void)unused;
    for (unsigned again = 0; again < 5; again++)
        assert_true(counted_good("threads=4 round=10 operations=800")->checksum == first);
    assert_true(counted_good("threads=4 round=10 warmup=301 operations=499")->checksum == first);
    assert_true(counted_good("threads=4 round=11 operations=800")->checksum != first);
}

static void sizes_that_make_no_sense_are_refused(void **unused)
{
    (void)unused;
    assert_int_equal(counted_run("min=9 max=8 operations=1")->status, 2);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(an_operation_is_a_malloc_and_a_free_once_the_slots_are_full),
        cmocka_unit_test(sizes_are_drawn_evenly),
        cmocka_unit_test(objects_are_freed_by_the_thread_that_has_their_array),
        cmocka_unit_test(the_checksum_is_of_the_work_alone),
        cmocka_unit_test(sizes_that_make_no_sense_are_refused),
    };

    return cmocka_run_group_tests_name("hand_over", tests, NULL, NULL);
}
