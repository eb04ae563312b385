/* test_producer_consumer.c -- what producer_consumer asks of an allocator, and from which threads.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "counted.h"

#include "../producer_consumer.c" /* NOLINT(bugprone-suspicious-include): under test */

static void every_object_is_freed_by_another_thread(void **unused)
{
    struct counted const *const found = counted_good("threads=2 size=40 operations=2001");

    (void)unused;
    assert_int_equal(found->allocations, 2001);
    assert_int_equal(found->of_size[40], 2001);
    assert_int_equal(found->frees, 2001);
    assert_int_equal(found->foreign, 2001);
    assert_int_equal(found->threads, 2);
}

/* Two rings of each producer, and an object that waits for room in each producer's hand. */
static void rings_bound_what_is_alive(void **unused)
{
    struct counted const *const found =
        counted_good("threads=4 producers=50 ring=3 operations=600");

    (void)unused;
    assert_int_equal(found->frees, 600);
    assert_in_range(found->live_most, 2, 2 * 2 * 3 + 2 + 2);
}

static void the_ratio_is_of_all_threads_and_each_side_has_one(void **unused)
{
    static struct {
        char const *words;
        uint64_t producers;
    } const cases[] = {{"threads=4 producers=50", 2},
                       {"threads=4 producers=25", 1},
                       {"threads=4 producers=75", 3},
                       {"threads=2 producers=99", 1},
                       {"threads=8 producers=1", 1}};

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char words[64];
        snprintf(words, sizeof words, "%s operations=999", cases[i].words);
        struct counted const *const found = counted_good(words);
        assert_int_equal(found->foreign, 999);
        assert_int_equal(found->givers, cases[i].producers);
        assert_true(found->threads > found->givers);
    }
}

static void one_thread_allocates_and_frees_in_turns(void **unused)
{
    struct counted const *const found = counted_good("threads=1 ring=10 operations=95");

    (void)unused;
    assert_int_equal(found->frees, 95);
    assert_int_equal(found->foreign, 0);
    assert_int_equal(found->live_most, 10);
}

/* A ring that holds all has room; with room for one, most objects of the producer wait. */
static void waits_for_room_are_reported(void **unused)
{
    struct counted const *found = counted_good("threads=2 ring=2000 operations=2000");

    (void)unused;
    assert_string_equal(found->region.measure[0].name, "waits_for_room");
    assert_int_equal(found->region.measure[0].value, 0);
    found = counted_good("threads=2 ring=1 warmup=100 operations=300");
    assert_in_range(found->region.measure[0].value, 1, 300); /* none of the warm-up's */
}

static void the_checksum_is_of_the_work_alone(void **unused)
{
    uint64_t const first = counted_good("threads=5 producers=40 ring=2 operations=300")->checksum;

    (void)unused;
    for (unsigned again = 0; again < 5; again++)
        assert_true(counted_good("threads=5 producers=40 ring=2 operations=300")->checksum ==
                    first);
    assert_true(counted_good("threads=5 producers=40 ring=2 warmup=7 operations=293")->frees ==
                300);
    assert_true(counted_good("threads=5 producers=60 ring=2 operations=300")->checksum != first);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(every_object_is_freed_by_another_thread),
        cmocka_unit_test(rings_bound_what_is_alive),
        cmocka_unit_test(the_ratio_is_of_all_threads_and_each_side_has_one),
        cmocka_unit_test(one_thread_allocates_and_frees_in_turns),
        cmocka_unit_test(waits_for_room_are_reported),
        cmocka_unit_test(the_checksum_is_of_the_work_alone),
    };

    return cmocka_run_group_tests_name("producer_consumer", tests, NULL, NULL);
}
