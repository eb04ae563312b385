/* test_stop.c -- when cells stop, when a run is VOID, and how operations are calibrated.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "judge/stop.h"
#include "made_records.h"
#include "run/calibrate.h"

#include <math.h>
#include <string.h>

static struct tally tally;

static int empty_tally(void **state)
{
    (void)state;
    made_plan.stop = (struct stop){.blocks_max = 100};
    tally = tally_new(&made_plan, &run_kinds[RUN_TIMED]);
    return 0;
}

static int free_tally(void **state)
{
    (void)state;
    tally_free(&tally);
    return 0;
}

static void add(size_t cell, bool valid, uint64_t baseline_ns, uint64_t control_ns,
                uint64_t phase_ns)
{
    json_t *const record =
        made_record(cell, tally.cells[cell].blocks, valid, baseline_ns, control_ns, phase_ns);

    assert_true(tally_add(&tally, record));
    json_decref(record);
}

static char const *verdict_of(json_t *outcome, size_t reasons)
{
    static char verdict[16];

    assert_int_equal(json_array_size(json_object_get(outcome, "reasons")), reasons);
    strcpy(verdict, json_string_value(json_object_get(outcome, "verdict")));
    json_decref(outcome);
    return verdict;
}

static void blocks_max_counts_lost_ones(void **state)
{
    (void)state;
    made_plan.stop.blocks_max = 3;
    add(0, true, 1, 1, 1);
    add(0, false, 1, 1, 1);
    assert_int_equal(stop_of_cell(&tally, 0), STOP_NOT_YET);
    add(0, true, 1, 1, 1);
    assert_int_equal(stop_of_cell(&tally, 0), STOP_BLOCKS_MAX);
    assert_int_equal(stop_of_cell(&tally, 1), STOP_NOT_YET);
}

/* Equal ratios give a width of 0; 19 blocks are still too few to look. */
static void half_width_from_twenty_valid_blocks(void **state)
{
    (void)state;
    made_plan.stop.half_width = 0.01;
    add(0, false, 100, 100, 150);
    for (int i = 0; i < 19; i++)
        add(0, true, 100, 100, 150);
    assert_int_equal(stop_of_cell(&tally, 0), STOP_NOT_YET);
    add(0, true, 100, 100, 150);
    assert_int_equal(stop_of_cell(&tally, 0), STOP_HALF_WIDTH);
    made_plan.stop.half_width = 0;
    assert_int_equal(stop_of_cell(&tally, 0), STOP_NOT_YET);
}

/* Of 20 blocks the interval is ranks 6 ... 15. Ten controls at 1000 and ten at 1040: from 1 / 1.04
 * to 1, whose middle is 1.0198 times away from both. */
static void half_width_of_the_widest_arm(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        add(0, true, 1000, i % 2 == 0 ? 1000 : 1040, 1500);
    struct tally_effect const effect = tally_speed_effect(&tally, 0, 1, made_plan.alpha);
    assert_float_equal(effect.low, 1 / 1.04 - 1, 1e-12);
    assert_float_equal(effect.high, 0, 0);
    made_plan.stop.half_width = 0.0197;
    assert_int_equal(stop_of_cell(&tally, 0), STOP_NOT_YET);
    made_plan.stop.half_width = 0.0199;
    assert_int_equal(stop_of_cell(&tally, 0), STOP_HALF_WIDTH);
}

static void effect_has_the_sign_of_speed(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        add(0, true, 100, 100, 50);
    struct tally_effect effect = tally_speed_effect(&tally, 0, 2, made_plan.alpha);
    assert_float_equal(effect.median, 1, 0); /* half the time: twice the speed */
    assert_true(isnan(effect.low));          /* 5 blocks give no interval */
    add(0, true, 100, 100, 50);
    effect = tally_speed_effect(&tally, 0, 2, made_plan.alpha);
    assert_float_equal(effect.low, 1, 0);
    assert_float_equal(effect.high, 1, 0);
}

static void seconds_max(void **state)
{
    (void)state;
    made_plan.form = (char *)"full";
    made_plan.stop.seconds_max = 1.5;
    add(0, true, 1, 1, 1);
    add(1, true, 1, 1, 1);
    assert_false(stop_of_run(&tally));
    add(0, true, 1, 1, 1);
    assert_true(stop_of_run(&tally));
    made_plan.stop.seconds_max = 0;
    assert_false(stop_of_run(&tally));
    made_plan.form = (char *)"quick";
}

/* 2 comparisons at 5 %: 2 / 2^6 = .031 is not below .025, 2 / 2^7 is. */
static void the_quick_form_outlasts_its_seconds_until_it_can_tell(void **state)
{
    (void)state;
    assert_int_equal(stop_comparisons(&made_plan), 2);
    assert_int_equal(stop_blocks_for_verdict(&made_plan), 7);
    made_plan.stop.seconds_max = 0.5;
    for (int i = 0; i < 7; i++) {
        assert_false(stop_of_run(&tally));
        add(0, true, 1, 1, 1);
        add(1, true, 1, 1, 1);
    }
    assert_true(stop_of_run(&tally));
    made_plan.stop.seconds_max = 0;
}

/* One of 5 is 20 %, which is allowed; two of 9 are more. */
static void void_by_losses(void **state)
{
    enum stop_reason const stops[MADE_CELLS] = {STOP_BLOCKS_MAX, STOP_BLOCKS_MAX};

    (void)state;
    add(0, false, 1, 1, 1);
    for (int i = 0; i < 4; i++)
        add(1, true, 1, 1, 1);
    assert_string_equal(verdict_of(stop_outcome(&tally, stops, NULL), 0), "complete");
    add(0, false, 1, 1, 1);
    for (int i = 0; i < 3; i++)
        add(1, true, 1, 1, 1);
    assert_string_equal(verdict_of(stop_outcome(&tally, stops, NULL), 1), "void");
}

/* 19 lost blocks may be chance, 20 are not; with one valid block among them the run continues. */
static void all_lost_after_twenty(void **state)
{
    enum stop_reason const stops[MADE_CELLS] = {STOP_ALL_LOST, STOP_ALL_LOST};

    (void)state;
    for (int i = 0; i < 19; i++)
        add((size_t)i % MADE_CELLS, false, 1, 1, 1);
    assert_false(stop_of_lost_run(&tally));
    add(1, false, 1, 1, 1);
    assert_true(stop_of_lost_run(&tally));
    json_t *const outcome = stop_outcome(&tally, stops, NULL);
    json_t *const cell = json_array_get(json_object_get(outcome, "cells"), 0);
    assert_string_equal(json_string_value(json_object_get(cell, "stopped_by")), "all_lost");
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(outcome, "losses"), "phase: crashed")),
        20);
    assert_string_equal(verdict_of(outcome, 1), "void");
    add(0, true, 1, 1, 1);
    assert_false(stop_of_lost_run(&tally));
}

/* Two cells, Holm's first step: 2 * 2 / 2^8 = .0156 is above .01, and 2 * 2 / 2^9 = .0078 below. */
static void the_control_needs_nine_blocks(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++)
        add(0, true, 1, 1, 1);
    add(1, true, 1, 1, 1);
    assert_false(stop_control_can_void(&tally));
    add(0, false, 1, 1, 1); /* a lost block tells nothing */
    assert_false(stop_control_can_void(&tally));
    add(0, true, 1, 1, 1);
    assert_true(stop_control_can_void(&tally));
}

/* All of n differences positive: p = 2 / 2^n. Two cells, so Holm doubles the smaller: 8 give .0156,
 * 9 .0078. */
static void void_by_control(void **state)
{
    enum stop_reason const stops[MADE_CELLS] = {STOP_BLOCKS_MAX, STOP_BLOCKS_MAX};

    (void)state;
    add(1, true, 100, 100, 100);
    for (int i = 0; i < 8; i++)
        add(0, true, 100, 101, 100);
    assert_string_equal(verdict_of(stop_outcome(&tally, stops, NULL), 0), "complete");
    add(0, true, 100, 101, 100);
    assert_string_equal(verdict_of(stop_outcome(&tally, stops, NULL), 1), "void");
}

/* Another arm may differ as it likes: that is what the run is for. */
static void arms_never_void(void **state)
{
    enum stop_reason const stops[MADE_CELLS] = {STOP_BLOCKS_MAX, STOP_BLOCKS_MAX};

    (void)state;
    for (int i = 0; i < 20; i++)
        add(0, true, 100, 100, 300);
    assert_string_equal(verdict_of(stop_outcome(&tally, stops, NULL), 0), "complete");
}

static void calibration_steps(void **state)
{
    (void)state;
    assert_int_equal(calibrate_next(1000, 100000), 10000);  /* 0.1 ms: ten times as many at most */
    assert_int_equal(calibrate_next(1000, 7000000), 5000);  /* 7 ms: 5 times is 35 ms */
    assert_int_equal(calibrate_next(1000, 19000000), 2000); /* at least twice as many */
    assert_int_equal(calibrate_next(1000, 20000000), 0);    /* long enough */
    assert_int_equal(calibrate_next(100000000, 500), 0);    /* work that takes no time */
    assert_int_equal(calibrate_next(60000000, 0), 100000000); /* the cap */
}

/* Two significant digits of operations * 35 ms / time. */
static void calibration_settles(void **state)
{
    (void)state;
    assert_int_equal(calibrate_settle(123456, 35000000), 120000);
    assert_int_equal(calibrate_settle(127000, 35000000), 130000);
    assert_int_equal(calibrate_settle(1000, 70000000), 500);
    assert_int_equal(calibrate_settle(1000, 1400000000), 25);
    assert_int_equal(calibrate_settle(1, 7000000000),
                     1); /* one operation of 7 s: no fewer than one */
    assert_int_equal(calibrate_settle(100000000, 500), 100000000);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, empty_tally, free_tally)

int main(void)
{
    struct CMUnitTest const tests[] = {
        TEST(blocks_max_counts_lost_ones),
        TEST(half_width_from_twenty_valid_blocks),
        TEST(half_width_of_the_widest_arm),
        TEST(effect_has_the_sign_of_speed),
        TEST(seconds_max),
        TEST(the_quick_form_outlasts_its_seconds_until_it_can_tell),
        TEST(void_by_losses),
        TEST(all_lost_after_twenty),
        TEST(the_control_needs_nine_blocks),
        TEST(void_by_control),
        TEST(arms_never_void),
        TEST(calibration_steps),
        TEST(calibration_settles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
