/* test_pareto.c -- what pareto asks of an allocator.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "counted.h"

#include "../pareto.c" /* NOLINT(bugprone-suspicious-include): the program under test */

/* P(size >= 16 k) = 1 / k; 10,000 draws, whose standard deviations are 50 and less. */
static void sizes_have_a_long_tail(void **unused)
{
    struct counted const *const found = counted_good("min=16 max=160 operations=10000");
    uint64_t below_twice = 0;

    (void)unused;
    assert_int_equal(found->allocations, 10000);
    assert_int_equal(found->size_least, 16);
    assert_int_equal(found->size_most, 160);
    for (size_t size = 16; size < 32; size++)
        below_twice += found->of_size[size];
    assert_in_range(below_twice, 4800, 5200);
    assert_in_range(found->of_size[160], 880, 1120); /* a tenth is cut off */
}

/* 10 * (1 + ln(1000 / 10)) = 56 objects, on average. */
static void lifetimes_have_a_long_tail(void **unused)
{
    struct counted const *const found = counted_good("life=10 longest=1000 operations=20000");

    (void)unused;
    assert_in_range(found->live, 40, 72);
    assert_int_equal(found->allocations - found->frees, found->live);
    assert_int_equal(counted_good("life=5 longest=1000 operations=5")->frees, 0); /* none is due */
    assert_in_range(counted_good("life=1 longest=2 operations=100")->live_most, 1, 1);
}

static void the_checksum_is_of_the_work_alone(void **unused)
{
    uint64_t const first = counted_good("longest=500 operations=3000")->checksum;

    (void)unused;
    assert_true(counted_good("longest=500 warmup=999 operations=2001")->checksum == first);
    assert_true(counted_good("longest=501 operations=3000")->checksum != first);
    assert_int_equal(counted_run("min=9 max=8 operations=1")->status, 2);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(sizes_have_a_long_tail),
        cmocka_unit_test(lifetimes_have_a_long_tail),
        cmocka_unit_test(the_checksum_is_of_the_work_alone),
    };

    return cmocka_run_group_tests_name("pareto", tests, NULL, NULL);
}
