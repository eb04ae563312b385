/* test_callgrind_functions.c -- what stands in a report of callgrind, function by function.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gate/callgrind_functions.h"

#include <string.h>

struct functions {
    double front;
    double run;
    double other;
};

static void take_function(void *context, char const *function, double instructions)
{
    struct functions *const functions = context;

    *(strcmp(function, "front<int, char>") == 0 ? &functions->front
      : strcmp(function, "run") == 0            ? &functions->run
                                                : &functions->other) += instructions;
}

/* Names are the linker's, as profiles spell them, and given once, in whatever part; a callee's cost
 * is not the caller's. */
static void functions_are_those_of_the_region_alone(void **state)
{
    static char const report[] = "desc: Trigger: --dump-before=region_end\nsummary: 9\n"
                                 "fn=(1) _Z5frontIicEvv.constprop.0\n1 4\n"
                                 "fn=(2) run@@V1\n1 5\n"
                                 "part: 2\n"
                                 "desc: Trigger: --dump-before=region_end\nsummary: 30\n"
                                 "fl=(1) a.c\nfn=(2)\n16 7\n+1 2\ncfn=(1)\ncalls=2 +3\n* 15\n"
                                 "* 1\n-4 3\n\nfn=(1)\n7 15\nfn=(9)\n7 2\n"
                                 "part: 3\n"
                                 "desc: Trigger: Program termination\nsummary: 5\nfn=(2)\n1 5\n";
    struct functions functions = {0};

    (void)state;
    callgrind_functions(report, take_function, &functions);
    assert_true(functions.front == 15 && functions.run == 13 && functions.other == 0);
    callgrind_functions("desc: Trigger: Program termination\nfn=(1) x\n1 5\n", take_function,
                        &functions);
    callgrind_functions(NULL, take_function, &functions);
    assert_true(functions.front == 15 && functions.run == 13 && functions.other == 0);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(functions_are_those_of_the_region_alone),
    };

    return cmocka_run_group_tests_name("callgrind_functions", tests, NULL, NULL);
}
