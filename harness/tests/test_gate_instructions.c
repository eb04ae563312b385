/* test_gate_instructions.c -- rows of instructions, decided block by block.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "made_gate.h"

#include <math.h>

enum { CELL = 1, ROW = 3 + THIRD };

static struct gate_judge *judge;
static struct gate_row *row;

static int new_judge(void **state)
{
    (void)state;
    judge = made_judge(metric_instructions);
    row = &judge->rows[ROW];
    return 0;
}

static int free_judge(void **state)
{
    (void)state;
    gate_judge_free(judge);
    return 0;
}

static void equal_counts_pass_after_seven_blocks(void **state)
{
    (void)state;
    made_counts(judge, CELL, 6, 1000000, 1000000);
    assert_int_equal(row->verdict, GATE_UNDECIDED);
    assert_true(gate_judge_wants_instructions(judge, CELL));
    made_counts(judge, CELL, 1, 1000000, 1000000);
    assert_int_equal(row->verdict, GATE_PASS);
    assert_int_equal(row->decided_at, 7);
    assert_false(gate_judge_wants_instructions(judge, CELL));
    assert_true(gate_judge_wants_instructions(judge, 0)); /* each cell has its own blocks */
}

/* 18 decisions at half a per cent: 3,600, which 15 equal signs reach and 14 do not. */
static void more_in_every_block_fails_at_the_threshold_of_all_rows(void **state)
{
    (void)state;
    judge->decisions = 18;
    made_counts(judge, CELL, 14, 1000000, 1003000);
    assert_int_equal(row->verdict, GATE_UNDECIDED);
    made_counts(judge, CELL, 2, 1000000, 1003000);
    assert_int_equal(row->verdict, GATE_FAIL);
    assert_int_equal(row->decided_at, 15);
}

/* The margin is .2 %: what is established below half of it passes, and less always does. */
static void the_margin_is_that_of_the_counts(void **state)
{
    (void)state;
    made_counts(judge, CELL, 6, 1000000, 1001999);
    made_counts(judge, CELL, 1, 1000000, 900000);
    assert_int_equal(row->within, 7);
    made_counts(judge, CELL, 1, 1000000, 1002000);
    assert_int_equal(row->within, 7);
    made_counts(judge, 0, 7, 1000000, 1000999);
    assert_int_equal(judge->rows[THIRD].verdict, GATE_PASS);
}

static void just_below_half_the_margin_does_not_fail(void **state)
{
    (void)state;
    gate_plan.gate.alpha_pass = 1e-9; /* so that the row is open when FAIL is asked for */
    made_counts(judge, CELL, 20, 1000000, 1000999);
    assert_int_equal(row->verdict, GATE_UNDECIDED);
    made_counts(judge, 0, 20, 1000000, 1001001);
    assert_int_equal(judge->rows[THIRD].verdict, GATE_FAIL);
    gate_plan.gate.alpha_pass = 0.05;
}

/* V2: counts of two modes, of head and base alike: not three blocks, but as many as it takes. */
static void counts_with_modes_go_on_until_they_are_decided(void **state)
{
    size_t blocks = 0;

    (void)state;
    for (; gate_judge_wants_instructions(judge, CELL) && blocks < 200; blocks++) {
        bool const base = made_noise(2 * blocks) > 1.002;
        bool const head = made_noise(2 * blocks + 1) > 1.002;
        made_counts(judge, CELL, 1, base ? 6653902 : 6594968, head ? 6653902 : 6594968);
        if (blocks == 2)
            assert_int_equal(row->verdict, GATE_UNDECIDED);
    }
    assert_in_range(blocks, 8, 100);
    assert_int_equal(row->verdict, GATE_PASS);
}

/* The higher of two modes in nine of ten processes of the head, and in one of ten of the base. */
static void a_mode_more_often_fails(void **state)
{
    (void)state;
    for (size_t i = 0; i < 200; i++)
        made_counts(judge, CELL, 1, i % 10 == 0 ? 1010000 : 1000000,
                    i % 10 == 3 ? 1000000 : 1010000);
    assert_int_equal(row->verdict, GATE_FAIL);
    assert_in_range(row->decided_at, 15, 199);
}

static void timed_blocks_do_not_wait_for_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < 60; i++)
        made_block(judge, 0, 1e7 * made_noise(3 * i), 1e7 * made_noise(3 * i + 1),
                   1e7 * made_noise(3 * i + 2), 100, 100);
    assert_true(gate_judge_has_decided(judge, 0));
    assert_int_equal(judge->rows[THIRD].verdict, GATE_UNDECIDED);
    assert_int_equal(gate_judge_blocks(judge, &judge->rows[THIRD]), 0);
    gate_judge_estimate(judge);
    assert_true(isnan(judge->rows[THIRD].estimate.effect));
    assert_int_equal(judge->decisions, 6);
}

static void what_is_shown_is_counted_in_six_blocks(void **state)
{
    (void)state;
    gate_judge_free(judge);
    judge = made_judge(metric_instructions);
    judge->rows[ROW].verdict = GATE_REPORTED;
    for (size_t i = 0; i < 6; i++) {
        assert_true(gate_judge_wants_instructions(judge, CELL));
        made_counts(judge, CELL, 1, 1000000, 2000000);
    }
    assert_false(gate_judge_wants_instructions(judge, CELL));
    assert_int_equal(judge->rows[ROW].verdict, GATE_REPORTED);
}

static void a_gate_without_them_wants_none(void **state)
{
    (void)state;
    gate_judge_free(judge);
    judge = made_judge(NULL);
    assert_false(gate_judge_wants_instructions(judge, CELL));
}

static void a_control_that_counts_more_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < 20; i++)
        gate_judge_add_instructions(judge, CELL, (uint64_t[]){1000000, 1000001, 1000000});
    assert_ptr_equal(gate_judge_control_fault(judge), row);
}

static void estimates_are_those_of_the_counts(void **state)
{
    (void)state;
    made_counts(judge, CELL, 21, 1000000, 1005000);
    gate_judge_estimate(judge);
    assert_float_equal(row->estimate.effect, 0.005, 1e-12);
    assert_float_equal(row->estimate.low, 0.005, 1e-12);
    assert_float_equal(row->estimate.high, 0.005, 1e-12);
    assert_float_equal(row->estimate.base, 1000000, 0);
    assert_float_equal(row->estimate.head, 1005000, 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, new_judge, free_judge)

int main(void)
{
    struct CMUnitTest const tests[] = {
        CASE(equal_counts_pass_after_seven_blocks),
        CASE(more_in_every_block_fails_at_the_threshold_of_all_rows),
        CASE(the_margin_is_that_of_the_counts),
        CASE(just_below_half_the_margin_does_not_fail),
        CASE(counts_with_modes_go_on_until_they_are_decided),
        CASE(a_mode_more_often_fails),
        CASE(timed_blocks_do_not_wait_for_them),
        CASE(what_is_shown_is_counted_in_six_blocks),
        CASE(a_gate_without_them_wants_none),
        CASE(a_control_that_counts_more_is_found),
        CASE(estimates_are_those_of_the_counts),
    };

    return cmocka_run_group_tests_name("gate_instructions", tests, NULL, NULL);
}
