/* test_after_peak.c -- what after_peak asks of an allocator, and what it says of its memory.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "counted.h"

#include "../after_peak.c" /* NOLINT(bugprone-suspicious-include): the program under test */

/* Of eight objects two stay, two go, two stay, two go; then 64 come before the first of those goes.
 */
static void every_other_run_is_freed(void **unused)
{
    static struct {
        uint64_t operations;
        uint64_t frees;
        uint64_t live;
    } const steps[] = {{0, 4, 4}, {3, 4, 7}, {64, 4, 68}, {70, 10, 68}};

    (void)unused;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        char words[80];
        snprintf(words, sizeof words, "objects=8 size=100 run=2 operations=%llu",
                 (unsigned long long)steps[i].operations);
        struct counted const *const found = counted_good(words);
        assert_int_equal(found->of_size[100], 8);
        assert_int_equal(found->frees, steps[i].frees);
        assert_int_equal(found->live, steps[i].live);
    }
}

static void the_checksum_is_of_the_work_alone(void **unused)
{
    uint64_t const first = counted_good("objects=10 run=3 operations=300")->checksum;

    (void)unused;
    assert_true(counted_good("objects=10 run=3 warmup=99 operations=201 pace=7")->checksum ==
                first);
    assert_true(counted_good("objects=10 run=4 operations=300")->checksum != first);
}

/* The C library keeps what is freed before the last object. */
static void resident_memory_is_told_of_live_pages(void **unused)
{
    (void)unused;
    counted_good("objects=4000 size=8000 run=100 operations=10");
    struct region const *const region = &counted->region;
    assert_int_equal(region->measure_count, 1);
    assert_string_equal(region->measure[0].name, "resident_percent");
    assert_in_range(region->measure[0].value, 180, 220);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(every_other_run_is_freed),
        cmocka_unit_test(the_checksum_is_of_the_work_alone),
        cmocka_unit_test(resident_memory_is_told_of_live_pages),
    };

    return cmocka_run_group_tests_name("after_peak", tests, NULL, NULL);
}
