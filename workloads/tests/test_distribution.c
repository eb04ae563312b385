/* test_distribution.c -- what distribution asks of an allocator.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "counted.h"

#include "../distribution.c" /* NOLINT(bugprone-suspicious-include): the program under test */

/* compiler.txt: "24 257618 1595" and "56 106086 1460". Rates are kept to a 4,096th; four standard
 * deviations of 100,000 draws are 553 and 390. */
static void sizes_come_at_their_rates(void **unused)
{
    struct counted const *const found = counted_good("file=1 operations=100000");

    (void)unused;
    assert_int_equal(found->allocations, 100000);
    assert_in_range(found->of_size[24], 25762 - 578, 25762 + 578);
    assert_in_range(found->of_size[56], 10609 - 415, 10609 + 415);
    assert_int_equal(found->size_least, 24);
    assert_int_equal(found->of_size[25], 0);
}

/* All objects that are alive in the file, 4,859 of them, and one of each size of which less than
 * one was; a size that is too rare for a 4,096th never comes. */
static void as_many_are_alive_as_in_the_file(void **unused)
{
    struct counted const *found = counted_good("file=1 operations=400000");

    (void)unused;
    assert_in_range(found->live, 4700, 4859 + 118);
    found = counted_good("file=1 live=200 operations=400000");
    assert_in_range(found->live, 9200, 2 * (4859 + 118));
}

static void each_thread_has_its_own(void **unused)
{
    struct counted const *const found = counted_good("threads=2 file=2 operations=20000");

    (void)unused;
    assert_int_equal(found->allocations, 20000);
    assert_int_equal(found->threads, 2);
    assert_int_equal(found->foreign, 0);
}

static void lines_are_three_numbers(void **unused)
{
    char const *text = "56 86309 94\n88 1 0\n";
    struct row row = {0};

    (void)unused;
    assert_true(take_row(&text, &row));
    assert_int_equal(row.size, 56);
    assert_int_equal(row.rate, 86309);
    assert_int_equal(row.live, 94);
    assert_true(take_row(&text, &row));
    assert_int_equal(*text, 0);
    static char const *const wrong[] = {"56 1", "56 1 x\n", "0 1 1\n", " \n", "1 1 1 1\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        text = wrong[i];
        assert_false(take_row(&text, &row));
    }
}

static void the_checksum_is_of_the_work_alone(void **unused)
{
    uint64_t const first = counted_good("threads=3 operations=3000")->checksum;

    (void)unused;
    assert_true(counted_good("threads=3 warmup=999 operations=2001")->checksum == first);
    assert_true(counted_good("threads=3 file=2 operations=3000")->checksum != first);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(sizes_come_at_their_rates),
        cmocka_unit_test(as_many_are_alive_as_in_the_file),
        cmocka_unit_test(each_thread_has_its_own),
        cmocka_unit_test(lines_are_three_numbers),
        cmocka_unit_test(the_checksum_is_of_the_work_alone),
    };

    return cmocka_run_group_tests_name("distribution", tests, NULL, NULL);
}
