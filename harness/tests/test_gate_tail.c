/* test_gate_tail.c -- rows of tails: slow processes that a median does not see.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "made_gate.h"

#include <math.h>

static struct gate_judge *judge;
static struct gate_row *row;

static int new_judge(void **state)
{
    (void)state;
    judge = made_judge("time_tail");
    row = &judge->rows[THIRD];
    return 0;
}

static int free_judge(void **state)
{
    (void)state;
    gate_judge_free(judge);
    return 0;
}

static void run(size_t n, double control, double head)
{
    for (size_t i = 0; i < n; i++)
        made_block(judge, 0, 1e7, 1e7 * control, 1e7 * head, 100, 100);
}

static void a_tenth_more_is_not_beyond_and_above_it_is(void **state)
{
    (void)state;
    run(3, 1, 1.1);
    assert_int_equal(row->tail.more, 0);
    run(2, 1, 1.1001);
    run(4, 1.2, 0.5);
    run(1, 1.2, 1.3);
    assert_int_equal(row->tail.more, 2);
    assert_int_equal(row->tail.less, 4);
    assert_int_equal(row->tail_both, 1);
    assert_int_equal(row->tail.n, 10);
}

/* 75 blocks without a slow process rule out five points more; the gate stops for none before. */
static void equal_code_passes_after_75_quiet_blocks(void **state)
{
    (void)state;
    run(74, 1, 1);
    assert_int_equal(row->verdict, GATE_UNDECIDED);
    assert_false(gate_judge_has_decided(judge, 0));
    run(1, 1, 1);
    assert_int_equal(row->verdict, GATE_PASS);
    assert_int_equal(row->decided_at, 75);
    assert_int_equal(judge->decisions, 6);
}

/* Six rows at half a per cent: 1,200, which 14 slow heads reach beside no slow control. */
static void a_lottery_fails_where_the_median_passes(void **state)
{
    (void)state;
    for (size_t i = 0; i < 200; i++)
        run(1, 1, i % 5 == 0 ? 1.5 : 1);
    assert_int_equal(row->verdict, GATE_FAIL);
    assert_int_equal(row->tail.less, 0);
    assert_int_equal(row->decided_at, 13 * 5 + 1);
    assert_int_equal(judge->rows[TIME].verdict, GATE_PASS);
}

static void a_noisy_machine_is_not_the_head_s_tail(void **state)
{
    (void)state;
    for (size_t i = 0; i < 300; i++)
        run(1, i % 3 == 0 ? 1.4 : 1, i % 3 == 1 ? 1.4 : 1);
    assert_int_equal(row->tail.more, row->tail.less);
    assert_int_not_equal(row->verdict, GATE_FAIL);
}

/* What is established in two of a hundred processes is less than half of five points. */
static void what_is_established_must_reach_half_the_margin(void **state)
{
    (void)state;
    gate_plan.gate.alpha_pass = 1e-90;
    for (size_t i = 0; i < 2000; i++)
        run(1, 1, i % 50 == 0 ? 1.5 : 1);
    assert_true(row->log_e_fail > log(1200));
    assert_int_equal(row->verdict, GATE_UNDECIDED);
    gate_plan.gate.alpha_pass = 0.05;
}

static void a_control_with_a_tail_voids_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < 100; i++)
        run(1, i % 4 == 0 ? 1.5 : (i % 2 == 0 ? 1.0001 : 0.9999), 1);
    assert_true(row->tail.less > 20);
    assert_null(gate_judge_control_fault(judge));
}

static void a_value_that_is_absent_is_not_beyond(void **state)
{
    json_t *const samples = json_pack("[{s:s}, {s:s}, {s:s, s:I}]", "arm", "head", "arm", "base",
                                      "arm", "control", "cpu_ns", (json_int_t)5);

    (void)state;
    gate_judge_add(judge, 0, samples);
    json_decref(samples);
    assert_int_equal(row->tail.n, 1);
    assert_int_equal(row->tail.more + row->tail.less + row->tail_both, 0);
}

static void estimates_are_shares_of_blocks(void **state)
{
    (void)state;
    run(10, 1.5, 1.5);
    run(30, 1, 1.5);
    run(10, 1.5, 1);
    run(50, 1, 1);
    gate_judge_estimate(judge);
    assert_float_equal(row->estimate.effect, 0.2, 1e-12);
    assert_float_equal(row->estimate.head, 0.4, 1e-12);
    assert_float_equal(row->estimate.base, 0.2, 1e-12);
    assert_float_equal(row->estimate.high, mean_upper_bound(&row->tail, 0.025), 1e-12);
    assert_true(row->estimate.low > -0.2 && row->estimate.low < 0.2 && row->estimate.high < 0.5);
    assert_true(row->estimate.mde > 0.1 && row->estimate.mde < 0.5);
}

static void without_blocks_the_share_may_be_anything(void **state)
{
    (void)state;
    gate_judge_estimate(judge);
    assert_true(isnan(row->estimate.effect) && isnan(row->estimate.mde));
    assert_float_equal(row->estimate.low, -1, 1e-9);
    assert_float_equal(row->estimate.high, 1, 1e-9);
}

/* All blocks agree that the head is 5 % slower; that it has no slow processes takes 75. */
static void a_failed_cell_does_not_wait_for_its_other_rows(void **state)
{
    uint64_t blocks = 0;

    (void)state;
    gate_plan.rules.failed_cell_stretch = 2;
    for (; !gate_judge_has_decided(judge, 0); blocks++)
        run(1, 1, 1.05);
    assert_int_equal(judge->rows[TIME].verdict, GATE_FAIL);
    assert_int_equal(blocks, 2 * judge->rows[TIME].decided_at);
    assert_int_equal(row->verdict, GATE_UNDECIDED);
    gate_plan.rules.failed_cell_stretch = 0;
    for (; !gate_judge_has_decided(judge, 0); blocks++)
        run(1, 1, 1.05);
    assert_int_equal(blocks, 75);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, new_judge, free_judge)

int main(void)
{
    struct CMUnitTest const tests[] = {
        CASE(a_tenth_more_is_not_beyond_and_above_it_is),
        CASE(equal_code_passes_after_75_quiet_blocks),
        CASE(a_lottery_fails_where_the_median_passes),
        CASE(a_noisy_machine_is_not_the_head_s_tail),
        CASE(what_is_established_must_reach_half_the_margin),
        CASE(a_control_with_a_tail_voids_nothing),
        CASE(a_value_that_is_absent_is_not_beyond),
        CASE(estimates_are_shares_of_blocks),
        CASE(without_blocks_the_share_may_be_anything),
        CASE(a_failed_cell_does_not_wait_for_its_other_rows),
    };

    return cmocka_run_group_tests_name("gate_tail", tests, NULL, NULL);
}
