/* test_tree.c -- what tree asks of an allocator.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "counted.h"

#include "../tree.c" /* NOLINT(bugprone-suspicious-include): the program under test */

static void nodes_are_zeroed_and_freed_with_their_tree(void **unused)
{
    struct counted const *found = counted_good("nodes=100 payload=16 operations=1050");

    (void)unused;
    assert_int_equal(found->allocations, 1050);
    assert_int_equal(found->zeroed, 1050);
    assert_int_equal(found->of_size[24 + 16], 1050);
    assert_int_equal(found->frees, 1000);
    assert_int_equal(found->live_most, 100);
}

/* A walk is in the order of keys: any other order ends the program. The sum of a tree by hand. */
static void a_walk_is_in_order(void **unused)
{
    uint32_t random = 7;
    uint32_t const one = random_draw(&random);
    uint32_t const other = random_draw(&random);
    uint64_t checksum = CHECKSUM_START;

    (void)unused;
    checksum = checksum_add(checksum, one < other ? one : other);
    checksum = checksum_add(checksum, one < other ? other : one);
    assert_true(counted_good("nodes=2 seed=7 operations=2")->checksum == checksum);
}

static void a_tree_that_is_a_list_has_room(void **unused)
{
    (void)unused;
    state.nodes = 50;
    state.node_bytes = sizeof(struct node);
    counted_good("nodes=1 operations=3"); /* maps the counts */
    state.path = workload_map((state.nodes + 1) * sizeof(struct node *));
    for (uint32_t key = 0; key < 50; key++)
        insert(key);
    walk();
    tear_down();
    assert_int_equal(counted->live, 0);
}

static void the_checksum_is_of_the_work_alone(void **unused)
{
    uint64_t const first = counted_good("nodes=100 operations=3000")->checksum;

    (void)unused;
    assert_true(counted_good("nodes=100 warmup=999 operations=2001")->checksum == first);
    assert_true(counted_good("nodes=101 operations=3000")->checksum != first);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(nodes_are_zeroed_and_freed_with_their_tree),
        cmocka_unit_test(a_walk_is_in_order),
        cmocka_unit_test(a_tree_that_is_a_list_has_room),
        cmocka_unit_test(the_checksum_is_of_the_work_alone),
    };

    return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
