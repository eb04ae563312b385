/* test_gate_reach.c -- the blocks that verdicts are said to take are those that the judge takes.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "judge/gate_reach.h"
#include "made_gate.h"

#include <stdlib.h>

/* Blocks of equal times, or of a head that takes twice as long, until the cell's rows are decided
 * so: all of them PASS, or one of them FAIL. */
static size_t blocks_until(char const *third, enum gate_verdict verdict)
{
    struct gate_judge *const judge = made_judge(third);
    size_t const metrics = gate_plan.gate.metric_count;
    double const head = verdict == GATE_FAIL ? 200 : 100;
    size_t blocks = 0;
    size_t decided = 0;

    while (decided < (verdict == GATE_FAIL ? 1 : metrics)) {
        made_block(judge, 0, 100, 100, head, 5, 5);
        blocks++;
        decided = 0;
        for (size_t m = 0; m < metrics; m++)
            decided += judge->rows[m].verdict == verdict;
        assert_in_range(blocks, 1, 1000);
    }
    gate_judge_free(judge);
    return blocks;
}

static void reach_is_the_judge_s(void **state)
{
    static char const *const thirds[] = {NULL, "time_tail"};

    (void)state;
    for (size_t i = 0; i < sizeof thirds / sizeof *thirds; i++) {
        size_t const pass = blocks_until(thirds[i], GATE_PASS);
        size_t const fail = blocks_until(thirds[i], GATE_FAIL);
        struct gate_reach const reach = gate_reach_of(&gate_plan);
        assert_int_equal(reach.pass, pass);
        assert_int_equal(reach.fail, fail);
    }
}

static void what_a_cap_makes_impossible_is_said(void **state)
{
    struct
    {
        uint64_t blocks_max;
        bool is_short;
        char const *words;
    } const cases[] = {
        {75, false, "PASS is possible from 75 blocks of a cell on (time_tail), FAIL from 14"},
        {60, true, "FAIL from 14; a cell stops after 60, so PASS is impossible"},
        {13, true, "FAIL from 14; a cell stops after 13, so both are impossible"},
    };

    (void)state;
    gate_judge_free(made_judge("time_tail"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gate_plan.stop.blocks_max = cases[i].blocks_max;
        char *const text = gate_reach_text(&gate_plan);
        assert_non_null(strstr(text, cases[i].words));
        assert_int_equal(gate_reach_is_short(&gate_plan), cases[i].is_short);
        free(text);
    }
    gate_plan.stop.blocks_max = 1200;
}

static void rows_that_only_report_take_none(void **state)
{
    (void)state;
    gate_judge_free(made_judge(NULL));
    gate_metrics[TIME].decides = gate_metrics[FAULTS].decides = false;
    char *const text = gate_reach_text(&gate_plan);
    assert_string_equal(text, "no row decides");
    free(text);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(reach_is_the_judge_s),
        cmocka_unit_test(what_a_cap_makes_impossible_is_said),
        cmocka_unit_test(rows_that_only_report_take_none),
    };

    return cmocka_run_group_tests_name("gate_reach", tests, NULL, NULL);
}
