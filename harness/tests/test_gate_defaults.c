/* test_gate_defaults.c -- what a gate compares where its command line does not say.
 *
 * SPDX-License-Identifier: MIT */
#include "made_project.h"

#include "catalogue/revision.h"
#include "gate/gate_defaults.h"

static void expect_base(char const *wanted)
{
    char *const found = gate_default_base();

    assert_string_equal(found, wanted);
    free(found);
}

/* The reference, or where HEAD left the branch; HEAD on the branch has left it nowhere. */
static void a_gate_knows_what_to_compare(void **state)
{
    char *const left = revision_find("v1");

    (void)state;
    shell("git branch --force main v1");
    expect_base(left);
    shell("git branch --force main HEAD");
    fixture_hear();
    assert_null(gate_default_base());
    char *const heard = fixture_heard();
    assert_non_null(strstr(heard, "all of HEAD is in main already\n  try: --base HEAD~1"));
    enter("reference: v2\nsuite: bench/x.yaml\n");
    expect_base("v2");
    char *const suite = gate_default_experiment();
    assert_true(text_ends_with(suite, "/its part/bench/x.yaml"));
    enter(yaml);
    char *const otherwise = gate_default_experiment();
    assert_string_equal(otherwise, "experiments/gate.yaml"); /* there is none, and it is named */
    free(otherwise);
    free(suite);
    free(heard);
    free(left);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(a_gate_knows_what_to_compare),
    };

    return cmocka_run_group_tests_name("gate_defaults", tests, made_project, fixture_remove);
}
