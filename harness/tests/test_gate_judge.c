/* test_gate_judge.c -- rows of medians: what passes, fails, stays open, and what voids a gate.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "experiment/program.h"
#include "made_gate.h"

#include <math.h>

static struct gate_judge *judge;

static int new_judge(void **state)
{
    (void)state;
    judge = made_judge(NULL);
    return 0;
}

static int free_judge(void **state)
{
    (void)state;
    gate_judge_free(judge);
    return 0;
}

/* n blocks of cell 0 whose head takes `factor` of the base's time, and so many more faults. */
static void run(size_t n, double factor, int faults)
{
    for (size_t i = judge->cells[0].timed.n, end = i + n; i < end; i++)
        made_block(judge, 0, 1e7 * made_noise(3 * i), 1e7 * made_noise(3 * i + 1),
                   1e7 * factor * made_noise(3 * i + 2), 100, 100 + faults);
}

static void equal_builds_pass(void **state)
{
    (void)state;
    run(5, 1, 0);
    assert_false(gate_judge_has_decided(judge, 0));
    run(55, 1, 0);
    assert_int_equal(judge->rows[TIME].verdict, GATE_PASS);
    assert_int_equal(judge->rows[FAULTS].verdict, GATE_PASS);
    assert_true(gate_judge_has_decided(judge, 0));
    assert_false(gate_judge_has_decided(judge, 1));
    assert_null(gate_judge_control_fault(judge));
    assert_int_equal(judge->decisions, 4);
}

static void ties_decide_by_the_margin_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < 40; i++)
        made_block(judge, 0, 1e7, 1e7, 1e7, 0, 0);
    assert_int_equal(judge->rows[TIME].more, 0);
    assert_int_equal(judge->rows[TIME].within, 40);
    assert_int_equal(judge->rows[FAULTS].verdict, GATE_PASS);
}

static void exactly_the_margin_is_not_within(void **state)
{
    (void)state;
    made_block(judge, 0, 1e7, 1e7, 1e7 + 2e5, 100, 101);
    made_block(judge, 0, 1e7, 1e7, 1e7 + 2e5 - 1, 100, 100);
    assert_int_equal(judge->rows[TIME].within, 1);
    assert_int_equal(judge->rows[FAULTS].within, 1);
}

static void slower_fails_and_faster_passes(void **state)
{
    (void)state;
    run(60, 1.03, 0);
    assert_int_equal(judge->rows[TIME].verdict, GATE_FAIL);
    /* 4 decisions at half a per cent: all of n must reach ln 800. */
    size_t n = 1;
    while (log_e_one_sided(n, n, MIXTURE_OF_TIMES) < log(800))
        n++;
    assert_int_equal(judge->rows[TIME].decided_at, n);
    gate_judge_free(judge);
    judge = made_judge(NULL);
    run(60, 0.97, 0);
    assert_int_equal(judge->rows[TIME].verdict, GATE_PASS);
}

/* Every block is slower, three of five by `smaller` and two by 10 %: the median is `smaller`. */
static void run_skewed(double smaller)
{
    for (size_t i = 0; i < 40; i++)
        made_block(judge, 0, 1e7, 1e7, 1e7 * (i % 5 < 3 ? 1 + smaller : 1.1), 1, 1);
}

static void what_is_established_must_reach_half_the_margin(void **state)
{
    (void)state;
    run_skewed(0.005);
    assert_true(judge->rows[TIME].log_e_fail > log(800));
    assert_int_equal(judge->rows[TIME].verdict, GATE_UNDECIDED);
    gate_judge_free(judge);
    judge = made_judge(NULL);
    run_skewed(0.015);
    assert_int_equal(judge->rows[TIME].verdict, GATE_FAIL);
}

static void one_more_fault_fails(void **state)
{
    (void)state;
    run(60, 1, 1);
    assert_int_equal(judge->rows[FAULTS].verdict, GATE_FAIL);
    assert_int_equal(judge->rows[TIME].verdict, GATE_PASS);
}

static void first_decision_stays(void **state)
{
    (void)state;
    run(60, 1, 0);
    uint64_t const decided_at = judge->rows[TIME].decided_at;
    run(200, 1.1, 0);
    assert_int_equal(judge->rows[TIME].verdict, GATE_PASS);
    assert_int_equal(judge->rows[TIME].decided_at, decided_at);
}

static void another_control_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < 40; i++)
        made_block(judge, 1, 1e7 * made_noise(i), 1.02e7 * made_noise(i), 1e7, 1, 1);
    struct gate_row const *const row = gate_judge_control_fault(judge);
    assert_non_null(row);
    assert_int_equal(row->cell, 1);
    assert_string_equal(row->rule->metric->name, "time");
}

static void what_is_shown_neither_decides_nor_holds(void **state)
{
    (void)state;
    gate_metrics[TIME].decides = false;
    gate_judge_free(judge);
    judge = gate_judge_new(&gate_plan);
    assert_int_equal(judge->decisions, 2);
    run(40, 1.5, 0);
    assert_int_equal(judge->rows[TIME].verdict, GATE_REPORTED);
    assert_true(gate_judge_has_decided(judge, 0));
}

static void blocks_that_follow_one_another_are_found(void **state)
{
    (void)state;
    run(60, 1, 0);
    assert_int_equal(gate_judge_dependent_cell(judge), 2);
    for (size_t i = 0; i < 60; i++)
        made_block(judge, 1, 1e7, 1e7, 1e7 * (1 + (double)i / 1000), 1, 1);
    assert_int_equal(gate_judge_dependent_cell(judge), 1);
}

/* Time that is only shown, and instructions, say nothing of the blocks that decide. */
static void only_rows_that_blocks_decide_are_asked_for_dependence(void **state)
{
    (void)state;
    gate_judge_free(judge);
    judge = made_judge(metric_instructions);
    struct gate_metric const instructions = gate_metrics[THIRD];
    gate_metrics[THIRD] = gate_metrics[TIME];
    gate_metrics[THIRD].decides = false;
    gate_metrics[TIME] = instructions;
    for (size_t i = 0; i < 60; i++)
        made_block(judge, 1, 1e7, 1e7, 1e7 * (1 + (double)i / 1000), 1, 1);
    assert_int_equal(gate_judge_dependent_cell(judge), 2);
}

/* Its region is its process; callgrind is not asked of it. */
static void a_program_is_decided_by_its_process(void **state)
{
    static struct program program;
    static struct program server = {.server = {.count = 1}};

    (void)state;
    gate_judge_free(judge);
    gate_cells[0].program = &program;
    gate_cells[1].program = &server;
    judge = made_judge("process_time");
    assert_int_equal(judge->decisions, 2 + 3); /* of the server, all three */
    assert_int_equal(judge->rows[TIME].verdict, GATE_REPORTED);
    assert_int_equal(judge->rows[THIRD].verdict, GATE_UNDECIDED);
    assert_int_equal(judge->rows[3 + TIME].verdict, GATE_UNDECIDED);
    gate_metrics[THIRD].decides = false;
    assert_true(gate_rule_decides(&gate_plan, 0, &gate_metrics[TIME]));
    gate_judge_free(judge);
    judge = made_judge(metric_instructions);
    assert_false(gate_judge_wants_instructions(judge, 0));
    assert_int_equal(judge->rows[THIRD].verdict, GATE_REPORTED);
    gate_cells[0].program = NULL;
    gate_cells[1].program = NULL;
    assert_true(gate_judge_wants_instructions(judge, 0));
}

static void estimates_are_medians(void **state)
{
    (void)state;
    run(101, 1.05, 7);
    gate_judge_estimate(judge);
    struct gate_estimate const *const time = &judge->rows[TIME].estimate;
    struct gate_estimate const *const faults = &judge->rows[FAULTS].estimate;
    assert_true(time->low > 0.04 && time->low < time->effect && time->effect < time->high);
    assert_true(time->effect > 0.045 && time->effect < 0.055);
    assert_true(time->mde > 0 && time->mde < 0.01);
    assert_true(faults->low >= 7 && faults->high <= 7 && faults->effect >= 7);
    assert_true(faults->mde >= 1 && faults->mde <= 1);
    assert_true(faults->base >= 100 && faults->base <= 100 && faults->head >= 107);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, new_judge, free_judge)

int main(void)
{
    struct CMUnitTest const tests[] = {
        CASE(equal_builds_pass),
        CASE(ties_decide_by_the_margin_alone),
        CASE(exactly_the_margin_is_not_within),
        CASE(slower_fails_and_faster_passes),
        CASE(what_is_established_must_reach_half_the_margin),
        CASE(one_more_fault_fails),
        CASE(first_decision_stays),
        CASE(another_control_is_found),
        CASE(what_is_shown_neither_decides_nor_holds),
        CASE(blocks_that_follow_one_another_are_found),
        CASE(only_rows_that_blocks_decide_are_asked_for_dependence),
        CASE(a_program_is_decided_by_its_process),
        CASE(estimates_are_medians),
    };

    return cmocka_run_group_tests_name("gate_judge", tests, NULL, NULL);
}
