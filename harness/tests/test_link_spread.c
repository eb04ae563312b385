/* test_link_spread.c -- what one pair of links may show, by hand, and how a gate says it.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "gate/gate_words.h"
#include "judge/link_spread.h"

#include <math.h>
#include <stdlib.h>

static void assert_near(double found, double wanted)
{
    if (!(fabs(found - wanted) < 1e-9))
        fail_msg("%.12g is not %.12g", found, wanted);
}

/* Means 2 and 7, of variance 12.5; within (2 + 8) / 3 = 10/3, times the mean of 1/2 and 1/3,
 * 5/12, is 25/18. A group without a value does not count. */
static void five_numbers_by_hand(void **state)
{
    static double const values[] = {1, 3, 5, 7, 9};
    static size_t const groups[] = {0, 0, 2, 2, 2};

    (void)state;
    assert_near(between_variance(values, groups, 5, 3), 12.5 - 25.0 / 18);
}

/* Distances from the medians, 2 and 12 of the groups and 11 of all for the group of one, are 1, 0,
 * 0, 1, 1, 0, 88, 1, 1 and 49, so 6 times 1.4826 is the farthest: 100 counts as 12 and that, and 60
 * as 11 and that. */
static void one_value_does_not_speak_for_its_group(void **state)
{
    static double const values[] = {1, 2, 2, 3, 11, 12, 100, 11, 13, 60};
    static size_t const groups[] = {0, 0, 0, 0, 1, 1, 1, 1, 1, 2};
    double const far = 6 * 1.482602218505602;
    double const means[] = {2, 12 + (far - 1) / 5, 11 + far};
    double const mean = (means[0] + means[1] + means[2]) / 3;
    double const within = (2 + 3 + far * far - (far - 1) * (far - 1) / 5) / 7;
    double squares = 0;

    (void)state;
    for (size_t i = 0; i < 3; i++)
        squares += (means[i] - mean) * (means[i] - mean);
    assert_near(between_variance(values, groups, 10, 3),
                squares / 2 - within * (1.0 / 4 + 1.0 / 5 + 1) / 3);
}

static void no_variance_is_below_zero(void **state)
{
    static double const values[] = {1, 3, 1.2, 3.2};
    static size_t const groups[] = {0, 0, 1, 1};

    (void)state;
    assert_near(between_variance(values, groups, 4, 2), 0);
}

static void what_cannot_be_told_apart_has_none(void **state)
{
    static double const values[] = {1, 2, 3};
    static size_t const one[] = {0, 0, 0};
    static size_t const each[] = {0, 1, 2};

    (void)state;
    assert_true(isnan(between_variance(values, one, 3, 1)));
    assert_true(isnan(between_variance(values, each, 3, 3)));
    assert_true(isnan(between_variance(values, one, 0, 3)));
}

/* SDs of 3 and 4 make 5 of a pair, and 1.96 of them hold 95 %. */
static void a_pair_has_both_variances(void **state)
{
    (void)state;
    assert_near(link_spread(9, 16), 5 * 1.959963984540054);
    assert_near(link_spread(9, NAN), 3 * 1.959963984540054);
    assert_near(link_spread(NAN, 16), 4 * 1.959963984540054);
    assert_true(isnan(link_spread(NAN, NAN)));
}

static char *lines_of(char const *rows)
{
    json_t *const parsed = json_loads(rows, 0, NULL);
    char *text = text_copy("");

    assert_non_null(parsed);
    gate_append_links(&text, parsed, "- ");
    json_decref(parsed);
    return text;
}

/* Of rows that decide; and none of a row without links. */
static void a_gate_says_it_in_words(void **state)
{
    char *const text = lines_of(
        "[{\"cell\": \"c\", \"metric\": \"time\", \"scale\": \"ratio\", \"decides\": true,"
        "  \"one_link\": {\"low\": -0.008, \"high\": 0.012}, \"layout_bound\": true},"
        " {\"cell\": \"c\", \"metric\": \"wall_time\", \"scale\": \"ratio\", \"decides\": false,"
        "  \"one_link\": {\"low\": 0.01, \"high\": 0.02}, \"layout_bound\": false},"
        " {\"cell\": \"d\", \"metric\": \"time\", \"scale\": \"ratio\", \"decides\": true,"
        "  \"one_link\": {\"low\": 0.01, \"high\": 0.02}, \"layout_bound\": false},"
        " {\"cell\": \"e\", \"metric\": \"time\", \"scale\": \"ratio\", \"decides\": true,"
        "  \"one_link\": {\"low\": 0.01, \"high\": 0.01}, \"layout_bound\": false},"
        " {\"cell\": \"c\", \"metric\": \"mmap\", \"scale\": \"absolute\", \"decides\": true}]");

    (void)state;
    assert_string_equal(text,
                        "- c: time: one link alone may show -0.80 to +1.20 %: LAYOUT-BOUND\n"
                        "- d: time: one link alone may show +1.00 to +2.00 %\n"
                        "- e: time: no spread between links was found\n");
    free(text);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(five_numbers_by_hand),
        cmocka_unit_test(one_value_does_not_speak_for_its_group),
        cmocka_unit_test(no_variance_is_below_zero),
        cmocka_unit_test(what_cannot_be_told_apart_has_none),
        cmocka_unit_test(a_pair_has_both_variances),
        cmocka_unit_test(a_gate_says_it_in_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
