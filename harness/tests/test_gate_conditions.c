/* test_gate_conditions.c -- what of a plan and of a machine two gates must share.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gate/gate_report.h"

enum { TEXT_BYTES = 400 };

/* JSON with ' for ". */
static json_t *parsed(char const *text)
{
    char quoted[TEXT_BYTES] = "";

    for (size_t i = 0; text[i] != '\0' && i + 1 < sizeof quoted; i++)
        quoted[i] = text[i] == '\'' ? '"' : text[i];
    json_t *const value = json_loads(quoted, 0, NULL);
    assert_non_null(value);
    return value;
}

/* A history is parted where one of these changes, and where none does it goes on. */
static void conditions_are_what_gates_must_share(void **state)
{
    json_t *const plan = parsed(
        "{'hash': 'x', 'seed': 7, 'question': '?', 'alpha': 0.05, 'stop': {'blocks_max': 9},"
        " 'arms': [{'id': 'base'}], 'workloads': {'fixed_random': 'ab12'}}");
    json_t *const machine = parsed(
        "{'host': 'ada', 'cpu_model': 'Z80', 'memory_bytes': 65536, 'git_commit': 'c0',"
        " 'libraries': {'glibc': '2.36', 'jansson': '2.14'},"
        " 'slablab': {'version': '1.0', 'build_id': 'cd34'}}");
    json_t *const wanted = parsed("{'asked': {'alpha': 0.05, 'stop': {'blocks_max': 9}},"
                                  " 'workloads': {'fixed_random': 'ab12'},"
                                  " 'machine': {'cpu_model': 'Z80', 'glibc': '2.36'},"
                                  " 'slablab': {'version': '1.0', 'build_id': 'cd34'}}");
    json_t *const found = gate_conditions(plan, machine);

    (void)state;
    assert_true(json_equal(found, wanted));
    json_decref(found);
    json_decref(wanted);
    json_decref(machine);
    json_decref(plan);
}

/* A machine.json of before has no word of slablab, a plan of before none of its workloads. */
static void what_is_not_there_is_left_out(void **state)
{
    json_t *const empty = parsed("{}");
    json_t *const wanted = parsed("{'asked': {}, 'machine': {}}");
    json_t *const found = gate_conditions(empty, empty);

    (void)state;
    assert_true(json_equal(found, wanted));
    json_decref(found);
    json_decref(wanted);
    json_decref(empty);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(conditions_are_what_gates_must_share),
        cmocka_unit_test(what_is_not_there_is_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
