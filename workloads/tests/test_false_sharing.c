/* test_false_sharing.c -- what false_sharing asks of an allocator, and from which threads.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "counted.h"

#include "../false_sharing.c" /* NOLINT(bugprone-suspicious-include): the program under test */

static void an_operation_replaces_the_oldest_object(void **unused)
{
    struct counted const *const found =
        counted_good("threads=2 objects=5 writes=9 operations=1001");

    (void)unused;
    assert_int_equal(found->allocations, 1001);
    assert_int_equal(found->of_size[8], 1001);
    assert_int_equal(found->live, 10);
    assert_int_equal(found->foreign, 0);
}

/* Thread 0 allocated all of them; the others free theirs. */
static void passive_objects_come_from_one_thread(void **unused)
{
    struct counted const *const found =
        counted_good("threads=3 passive=1 objects=5 writes=9 operations=300");

    (void)unused;
    assert_int_equal(found->allocations, 315);
    assert_int_equal(found->foreign, 10);
}

/* By hand: lines 0 and 1; objects of 8 bytes at 56 and 64 lie apart, one at 60 lies on both. */
static void bytes_are_shared_where_two_owners_have_a_line(void **unused)
{
    struct piece pieces[8];
    size_t count = 0;

    (void)unused;
    state.size = 8;
    count += cut_up(0, 56, pieces + count);
    count += cut_up(1, 64, pieces + count);
    assert_int_equal(count, 2);
    assert_int_equal(shared_among(pieces, count), 0);
    count += cut_up(1, 68, pieces + count); /* the same owner's */
    assert_int_equal(shared_among(pieces, count), 0);
    count = cut_up(0, 60, pieces); /* 4 bytes on each line */
    assert_int_equal(count, 2);
    count += cut_up(1, 64, pieces + count);
    assert_int_equal(shared_among(pieces, count), 4 + 8);
}

/* One thread shares with nobody. */
static void the_answer_is_reported(void **unused)
{
    struct counted const *const found =
        counted_good("threads=1 objects=8 writes=3 operations=100");

    (void)unused;
    assert_string_equal(found->region.measure[0].name, "bytes_shared");
    assert_int_equal(found->region.measure[0].value, 0);
}

static void the_checksum_is_of_the_work_alone(void **unused)
{
    uint64_t const first = counted_good("threads=4 writes=5 operations=999")->checksum;

    (void)unused;
    assert_true(counted_good("threads=4 writes=5 operations=999")->checksum == first);
    assert_true(counted_good("threads=4 writes=5 warmup=2 operations=997")->checksum == first);
    assert_true(counted_good("threads=4 writes=9 operations=999")->checksum != first);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(an_operation_replaces_the_oldest_object),
        cmocka_unit_test(passive_objects_come_from_one_thread),
        cmocka_unit_test(bytes_are_shared_where_two_owners_have_a_line),
        cmocka_unit_test(the_answer_is_reported),
        cmocka_unit_test(the_checksum_is_of_the_work_alone),
    };

    return cmocka_run_group_tests_name("false_sharing", tests, NULL, NULL);
}
