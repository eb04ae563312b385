/* test_strings.c -- what strings asks of an allocator.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "counted.h"

#include "../strings.c" /* NOLINT(bugprone-suspicious-include): the program under test */

static void texts_grow_by_realloc_to_their_lengths(void **unused)
{
    struct counted const *const found =
        counted_good("texts=3 longest=1000 growth=0 operations=20000");

    (void)unused;
    assert_int_equal(found->size_most, 1000);
    assert_int_equal(found->live_most, 4); /* three texts, and one that is being moved */
    assert_int_equal(found->allocations + found->resized, 20000);
    assert_in_range(found->live, 0, 3);
    assert_int_equal(found->size_least, 1);
}

/* Four pieces in a row rarely fit into the room of half as much again. */
static void growth_saves_calls_of_realloc(void **unused)
{
    static char const exactly[] = "texts=3 longest=100000 growth=0 operations=20000";
    static char const by_half[] = "texts=3 longest=100000 growth=50 operations=20000";
    uint64_t const exact = counted_good(exactly)->resized;
    uint64_t const half = counted_good(by_half)->resized;

    (void)unused;
    assert_true(half < exact / 2);
}

/* P(length >= x) = 16 / x: of some 100,000 texts one or two have a megabyte. */
static void lengths_have_a_long_tail(void **unused)
{
    struct counted const *const found =
        counted_good("texts=1 growth=0 piece=4194304 operations=100000");

    (void)unused;
    assert_true(found->size_most > 1 << 20);
    assert_true(found->size_most <= 1 << 22);
    assert_in_range(found->allocations, 90000, 100000); /* nearly all in one piece */
}

static void the_checksum_is_of_the_work_alone(void **unused)
{
    uint64_t const first = counted_good("operations=3000")->checksum;

    (void)unused;
    assert_true(counted_good("warmup=999 operations=2001")->checksum == first);
    assert_true(counted_good("growth=49 operations=3000")->checksum != first);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(texts_grow_by_realloc_to_their_lengths),
        cmocka_unit_test(growth_saves_calls_of_realloc),
        cmocka_unit_test(lengths_have_a_long_tail),
        cmocka_unit_test(the_checksum_is_of_the_work_alone),
    };

    return cmocka_run_group_tests_name("strings", tests, NULL, NULL);
}
