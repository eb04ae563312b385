/* test_gate_failures.c -- the row of failures: what the judge makes of processes that fail.
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

static void only_the_head_is_never_a_pass(void **state)
{
    (void)state;
    assert_int_equal(gate_judge_failures(judge), GATE_PASS);
    made_pairs(judge, 50, "ok", "ok");
    assert_int_equal(gate_judge_failures(judge), GATE_PASS);
    made_pairs(judge, 10, "ok", "crashed");
    assert_int_equal(gate_judge_failures(judge), GATE_UNDECIDED);
    made_pairs(judge, 1, "ok", "crashed");
    assert_int_equal(gate_judge_failures(judge), GATE_FAIL); /* 4095 / 12 is above 200 */
    assert_float_equal(gate_judge_failures_log_e(judge), log(4095.0 / 12), 1e-9);
    assert_int_equal(judge->failures.pairs, 61);
}

static void a_base_that_fails_as_often_passes(void **state)
{
    (void)state;
    made_pairs(judge, 3, "crashed", "ok");
    assert_int_equal(gate_judge_failures(judge), GATE_PASS);
    made_pairs(judge, 3, "ok", "crashed");
    assert_int_equal(gate_judge_failures(judge), GATE_PASS);
    made_pairs(judge, 20, "crashed", "crashed");
    assert_int_equal(gate_judge_failures(judge), GATE_PASS);
    made_pairs(judge, 1, "ok", "crashed");
    assert_int_equal(gate_judge_failures(judge), GATE_UNDECIDED);
    assert_int_equal(judge->failures.both, 20);
}

static void every_fault_counts_but_another_allocator(void **state)
{
    static char const *const faults[] = {"failed", "crashed", "timeout", "checksum", "protocol"};

    (void)state;
    made_pairs(judge, 30, "ok", "allocator");
    assert_int_equal(judge->failures.head_alone, 0);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        made_pairs(judge, 1, "ok", faults[i]);
    assert_int_equal(judge->failures.head_alone, 5);
}

static void the_first_failure_of_the_head_is_kept(void **state)
{
    (void)state;
    made_pairs(judge, 1, "crashed", "ok");
    assert_null(judge->failures.status);
    made_pairs(judge, 1, "ok", "crashed");
    made_pairs(judge, 1, "ok", "timeout");
    assert_string_equal(judge->failures.status, "crashed by signal 6 (Aborted)");
    assert_string_equal(judge->failures.stderr_text, "heap <corrupt>\n");
}

static void processes_elsewhere_are_in_no_test(void **state)
{
    json_t *const of_head = json_pack("[{s:s, s:s, s:i}]", "arm", "head", "status", "failed",
                                      "exit_code", 3);
    json_t *const of_control = json_pack("[{s:s, s:s}]", "arm", "control", "status", "crashed");

    (void)state;
    for (size_t i = 0; i < 40; i++)
        gate_judge_note_failures(judge, of_head);
    assert_int_equal(gate_judge_failures(judge), GATE_UNDECIDED);
    assert_float_equal(gate_judge_failures_log_e(judge), 0, 1e-12);
    assert_string_equal(judge->failures.status, "failed with exit status 3");
    for (size_t i = 0; i < 40; i++)
        gate_judge_note_failures(judge, of_control); /* of the base's code */
    assert_int_equal(gate_judge_failures(judge), GATE_PASS);
    json_decref(of_head);
    json_decref(of_control);
}

static bool happens(uint64_t *random, double probability)
{
    *random ^= *random << 13; /* xorshift64 (Marsaglia 2003) */
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return (double)(*random >> 11) * 0x1p-53 < probability;
}

enum { GATES = 500, BLOCKS = 75, PAIRS = 400 };

/* Of GATES with BLOCKS blocks and up to PAIRS pairs after a failure, how many end so. */
static size_t ended(enum gate_verdict verdict, double base, double head, size_t *seen)
{
    uint64_t random = 88172645463325252u;
    size_t found = 0;

    *seen = 0;
    for (size_t gate = 0; gate < GATES; gate++) {
        size_t pairs = 0;
        for (; pairs < BLOCKS || (judge->failures.head_alone > 0 && pairs < BLOCKS + PAIRS &&
                                  gate_judge_failures(judge) != GATE_FAIL);
             pairs++) {
            char const *const of_base = happens(&random, base) ? "crashed" : "ok";
            made_pairs(judge, 1, of_base, happens(&random, head) ? "crashed" : "ok");
        }
        *seen += judge->failures.head_alone > 0;
        found += gate_judge_failures(judge) == verdict;
        gate_judge_free(judge);
        judge = made_judge(NULL);
    }
    return found;
}

/* V3, simulated: see the promise of issue 13. */
static void crashes_are_caught_and_equal_ones_are_not(void **state)
{
    size_t seen;

    (void)state;
    assert_true(ended(GATE_FAIL, 0, 1.0 / 8, &seen) >= 95 * GATES / 100);
    size_t const passed = ended(GATE_PASS, 0, 1.0 / 50, &seen);
    assert_int_equal(passed, GATES - seen);
    assert_true(seen > GATES / 2);
    /* .5 % of 500 are 2.5; at one in a thousand 8 or more would be. */
    assert_true(ended(GATE_FAIL, 1.0 / 8, 1.0 / 8, &seen) < 8);
    assert_int_equal(ended(GATE_FAIL, 1.0 / 8, 0, &seen), 0);
    assert_int_equal(ended(GATE_PASS, 1.0 / 8, 0, &seen), GATES);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, new_judge, free_judge)

int main(void)
{
    struct CMUnitTest const tests[] = {
        CASE(only_the_head_is_never_a_pass),
        CASE(a_base_that_fails_as_often_passes),
        CASE(every_fault_counts_but_another_allocator),
        CASE(the_first_failure_of_the_head_is_kept),
        CASE(processes_elsewhere_are_in_no_test),
        CASE(crashes_are_caught_and_equal_ones_are_not),
    };

    return cmocka_run_group_tests_name("gate_failures", tests, NULL, NULL);
}
