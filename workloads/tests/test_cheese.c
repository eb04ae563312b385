/* test_cheese.c -- what cheese asks of an allocator.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "counted.h"

#include "../cheese.c" /* NOLINT(bugprone-suspicious-include): the program under test */

/* A round of ten objects: 10 calls that grow, 5 frees, 5 aligned objects, 10 frees. */
static void a_round_grows_and_makes_holes_and_grows_again(void **unused)
{
    static struct {
        uint64_t operations;
        uint64_t live;
        uint64_t alive;
    } const steps[] = {{10, 10, 1000}, {15, 5, 500}, {20, 10, 500 + 5 * 128}, {30, 0, 0},
                       {40, 10, 1000}};

    (void)unused;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        char words[80];
        snprintf(words, sizeof words, "objects=10 size=100 second=100 operations=%llu",
                 (unsigned long long)steps[i].operations);
        struct counted const *const found = counted_good(words);
        assert_int_equal(found->live, steps[i].live);
        assert_int_equal(found->alive, steps[i].alive);
    }
    assert_int_equal(counted->aligned, 5);
    assert_int_equal(counted->of_size[100], 20);
    assert_int_equal(counted->of_size[128], 5); /* 100 bytes rounded up to two cache lines */
}

static void the_checksum_is_of_the_work_alone(void **unused)
{
    uint64_t const first = counted_good("objects=10 operations=3000")->checksum;

    (void)unused;
    assert_true(counted_good("objects=11 warmup=999 operations=2001")->checksum == first);
    assert_true(counted_good("objects=12 operations=3000")->checksum != first);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(a_round_grows_and_makes_holes_and_grows_again),
        cmocka_unit_test(the_checksum_is_of_the_work_alone),
    };

    return cmocka_run_group_tests_name("cheese", tests, NULL, NULL);
}
