/* test_schedule.c -- the schedule repeats itself from its seed, and favours no arm and no place.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "run/schedule.h"

#include <string.h>

enum { ARMS = 5, BLOCKS = 5000 };

static void assert_permutation(size_t const *order, size_t count)
{
    uint64_t seen = 0;

    for (size_t i = 0; i < count; i++)
        seen |= 1u << order[i];
    assert_int_equal(seen, (1u << count) - 1);
}

/* Asked for in another sequence, each block is the same: nothing is carried over. */
static void stateless(void **state)
{
    size_t forward[BLOCKS / 50][ARMS];
    uint32_t pad[BLOCKS / 50];

    (void)state;
    for (size_t block = 0; block < BLOCKS / 50; block++)
        pad[block] = schedule_block(7, 3, block, forward[block], ARMS);
    for (size_t block = BLOCKS / 50; block-- > 0;) {
        size_t order[ARMS];
        assert_int_equal(schedule_block(7, 3, block, order, ARMS), pad[block]);
        assert_memory_equal(order, forward[block], sizeof order);
        assert_permutation(order, ARMS);
    }
}

/* 5,000 blocks, 5 places: 1,000 expected, standard deviation sqrt(5000 * .2 * .8) = 28; 5 of them
 * are 141. */
static void each_arm_in_each_place(void **state)
{
    size_t count[ARMS][ARMS] = {{0}};

    (void)state;
    for (size_t block = 0; block < BLOCKS; block++) {
        size_t order[ARMS];
        schedule_block(1, 0, block, order, ARMS);
        for (size_t place = 0; place < ARMS; place++)
            count[order[place]][place]++;
    }
    for (size_t arm = 0; arm < ARMS; arm++)
        for (size_t place = 0; place < ARMS; place++)
            assert_in_range(count[arm][place], 1000 - 141, 1000 + 141);
}

/* The unmeasured sample is drawn apart from the order: 5,000 blocks over 25 pairs of it and the
 * first arm, 200 expected, standard deviation 14; 5 of them are 70. */
static void lead_ins_are_drawn(void **state)
{
    size_t count[ARMS][ARMS] = {{0}};

    (void)state;
    for (size_t block = 0; block < BLOCKS; block++) {
        size_t order[ARMS];
        schedule_block(1, 0, block, order, ARMS);
        count[schedule_lead_in(1, 0, block, ARMS)][order[0]]++;
    }
    for (size_t arm = 0; arm < ARMS; arm++)
        for (size_t first = 0; first < ARMS; first++)
            assert_in_range(count[arm][first], 200 - 70, 200 + 70);
}

/* All 6 orders of 3 arms: 6,000 blocks, 1,000 expected, standard deviation 29. */
static void each_order(void **state)
{
    size_t count[3 * 9] = {0};
    size_t orders = 0;

    (void)state;
    for (size_t block = 0; block < 6000; block++) {
        size_t order[3];
        schedule_block(99, 4, block, order, 3);
        count[order[0] * 9 + order[1] * 3 + order[2]]++;
    }
    for (size_t i = 0; i < sizeof count / sizeof *count; i++)
        if (count[i] > 0) {
            orders++;
            assert_in_range(count[i], 1000 - 144, 1000 + 144);
        }
    assert_int_equal(orders, 6);
}

/* Mean 2,048; the mean of 5,000 draws has a standard deviation of 4097 / sqrt(12 * 5000) = 17. */
static void pads(void **state)
{
    uint64_t sum = 0;
    uint32_t smallest = UINT32_MAX;
    uint32_t largest = 0;

    (void)state;
    for (size_t block = 0; block < BLOCKS; block++) {
        size_t order[ARMS];
        uint32_t const pad = schedule_block(1, 0, block, order, ARMS);
        sum += pad;
        smallest = pad < smallest ? pad : smallest;
        largest = pad > largest ? pad : largest;
    }
    assert_in_range(sum / BLOCKS, 2048 - 84, 2048 + 84);
    assert_in_range(smallest, 0, 20);
    assert_in_range(largest, SCHEDULE_PAD_BYTES_MAX - 20, SCHEDULE_PAD_BYTES_MAX);
}

/* Seeds, cells, blocks and rounds each make another schedule. */
static void what_it_depends_on(void **state)
{
    size_t order[8];
    size_t other[8];

    (void)state;
    uint32_t const pad = schedule_block(1, 2, 3, order, 8);
    assert_int_not_equal(schedule_block(2, 2, 3, other, 8), pad);
    assert_memory_not_equal(order, other, sizeof order);
    assert_int_not_equal(schedule_block(1, 3, 3, other, 8), pad);
    assert_memory_not_equal(order, other, sizeof order);
    assert_int_not_equal(schedule_block(1, 2, 4, other, 8), pad);
    assert_memory_not_equal(order, other, sizeof order);
    /* Exchanged keys are other keys. */
    assert_int_not_equal(schedule_block(1, 3, 2, other, 8), pad);
    schedule_round(1, 0, order, 8);
    assert_permutation(order, 8);
    schedule_round(1, 1, other, 8);
    assert_memory_not_equal(order, other, sizeof order);
    schedule_round(1, 0, other, 8);
    assert_memory_equal(order, other, sizeof order);
}

/* Uniform from 3/4 to 5/4, and another one at every place, in every block and cell. */
static void periods(void **state)
{
    uint64_t sum = 0;
    uint64_t smallest = UINT64_MAX;
    uint64_t largest = 0;

    (void)state;
    for (size_t block = 0; block < BLOCKS; block++) {
        uint64_t const period = schedule_period(1, 0, block, 0, 4096);
        sum += period;
        smallest = period < smallest ? period : smallest;
        largest = period > largest ? period : largest;
    }
    assert_in_range(sum / BLOCKS, 4096 - 42, 4096 + 42); /* half as wide as the pads */
    assert_in_range(smallest, 3072, 3072 + 10);
    assert_in_range(largest, 5120 - 10, 5120);
    uint64_t const period = schedule_period(1, 2, 3, 4, 1 << 30);
    assert_int_equal(schedule_period(1, 2, 3, 4, 1 << 30), period);
    assert_int_not_equal(schedule_period(2, 2, 3, 4, 1 << 30), period);
    assert_int_not_equal(schedule_period(1, 3, 3, 4, 1 << 30), period);
    assert_int_not_equal(schedule_period(1, 2, 4, 4, 1 << 30), period);
    assert_int_not_equal(schedule_period(1, 2, 3, 5, 1 << 30), period);
    assert_int_equal(schedule_period(1, 2, 3, 4, 0), 0);
}

/* Each arm draws its own link: 5,000 blocks over the 12 pairs of two unequal links of the baseline
 * and its control, 417 expected, standard deviation 20; 5 of them are 98. The other arm's links are
 * independent of them: 16 pairs, 313 expected, 17. A peer has one link. */
static void links_are_crossed(void **state)
{
    struct arm arms[] = {{.role = ROLE_BASELINE, .link_count = 4},
                         {.role = ROLE_CONTROL, .link_count = 4},
                         {.role = ROLE_ARM, .link_count = 4},
                         {.role = ROLE_ARM}};
    struct plan const plan = {.arms = arms, .arm_count = 4};
    size_t control[4][4] = {{0}};
    size_t other[4][4] = {{0}};

    (void)state;
    for (size_t block = 0; block < BLOCKS; block++) {
        size_t links[4];
        size_t again[4];
        schedule_links(7, 2, block, &plan, links);
        schedule_links(7, 2, block, &plan, again);
        assert_memory_equal(links, again, sizeof links);
        control[links[0]][links[1]]++;
        other[links[0]][links[2]]++;
        assert_int_equal(links[3], 0);
    }
    for (size_t one = 0; one < 4; one++)
        for (size_t two = 0; two < 4; two++) {
            if (one == two)
                assert_int_equal(control[one][two], 0);
            else
                assert_in_range(control[one][two], 417 - 98, 417 + 98);
            assert_in_range(other[one][two], 313 - 86, 313 + 86);
        }
}

/* The schedule of a stored seed must stay what it was. The figures come from a second writing of
 * the generator, in Python. */
static void golden(void **state)
{
    static size_t const first[] = {0, 2, 3, 1};
    static size_t const later[] = {2, 1, 3, 0};
    size_t order[4];

    (void)state;
    assert_int_equal(schedule_block(1, 0, 0, order, 4), 3188);
    assert_memory_equal(order, first, sizeof order);
    assert_int_equal(schedule_block(42, 5, 599, order, 4), 655);
    assert_memory_equal(order, later, sizeof order);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(stateless),
        cmocka_unit_test(each_arm_in_each_place),
        cmocka_unit_test(each_order),
        cmocka_unit_test(pads),
        cmocka_unit_test(what_it_depends_on),
        cmocka_unit_test(periods),
        cmocka_unit_test(golden),
        cmocka_unit_test(links_are_crossed),
        cmocka_unit_test(lead_ins_are_drawn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
