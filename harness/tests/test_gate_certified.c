/* test_gate_certified.c -- the sentence about false alarms, from stored certificates.
 *
 * SPDX-License-Identifier: MIT */
#include "fixture.h"

#include "gate/gate_certified.h"

/* A variant of equal builds: FAIL in `count` of `gates`. */
static char *variant(char const *verdict, int count, int gates)
{
    return text_format("{\"promise\": {\"said\": \"fail\", \"at_most\": true, \"limit\": 0.01, "
                       "\"verdict\": \"%s\", \"count\": %d, \"gates\": %d, "
                       "\"gates_needed\": 299}}",
                       verdict, count, gates);
}

/* The sentence of a certificate with two kinds of equal builds, and others that do not count. */
static void assert_said(char const *verdict, int count, int gates, char const *sentence)
{
    char *const one = variant("kept", 1, 1000);
    char *const other = variant(verdict, count, gates);
    char *const text = text_format(
        "{\"variants\": [%s, %s, {\"promise\": null}, {\"promise\": {\"said\": \"fail\", "
        "\"at_most\": false, \"count\": 9, \"gates\": 9}}]}", one, other);

    fixture_write("results/reference/certify/certificate.json", text, 0644);
    char *const found = gate_certified_text();
    assert_string_equal(found, sentence);
    free(found);
    free(text);
    free(other);
    free(one);
}

static void false_alarms_are_those_that_were_counted(void **state)
{
    (void)state;
    char *const none = gate_certified_text();
    assert_string_equal(none, "False alarms: this slablab has no certificate, so nothing was "
                              "counted here (make certify).");
    free(none);
    fixture_folder("results/reference");
    fixture_folder("results/reference/certify");
    assert_said("kept", 2, 1000,
                "False alarms, counted: 3 of 2000 gates between equal builds failed, so at most "
                "1 % do in each of 2 kinds (95 %).");
    assert_said("cannot tell", 0, 24,
                "False alarms, counted: 1 of 1024 gates between equal builds failed. That is too "
                "few to say that at most 1 % do: it takes 299 without one of each kind, and 1 of 2 "
                "kinds lack them.");
    assert_said("broken", 40, 1000,
                "False alarms, counted: 41 of 2000 gates between equal builds failed; more than "
                "the 1 % that are promised, in 1 of 2 kinds.");
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(false_alarms_are_those_that_were_counted),
    };

    return cmocka_run_group_tests_name("gate_certified", tests, fixture_make, fixture_remove);
}
