/* test_sparkline.c -- heights that one can check by hand, and how many blocks share a letter.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "judge/sparkline.h"

#include <string.h>

static void eight_numbers_are_eight_heights(void **state)
{
    double const value[] = {0, 1, 2, 3, 4, 5, 6, 7};
    double const back[] = {7, 0};
    char text[SPARKLINE_BYTES];

    (void)state;
    sparkline_write(text, value, 8);
    assert_string_equal(text, "▁▂▃▄▅▆▇█");
    sparkline_write(text, back, 2);
    assert_string_equal(text, "█▁");
}

static void equal_numbers_stand_in_the_middle_and_none_are_nothing(void **state)
{
    double const value[] = {3, 3, 3};
    char text[SPARKLINE_BYTES];

    (void)state;
    sparkline_write(text, value, 3);
    assert_string_equal(text, "▅▅▅");
    sparkline_write(text, value, 0);
    assert_string_equal(text, "");
}

static void few_values_stay_as_they_are(void **state)
{
    double const value[] = {5, -1, 2};
    double median[SPARKLINE_COLUMNS_MAX];

    (void)state;
    assert_int_equal(sparkline_medians(value, 3, median), 3);
    assert_memory_equal(median, value, sizeof value);
    assert_int_equal(sparkline_medians(value, 0, median), 0);
}

/* 151 values: 49 stretches of three and a last one of four; an outlier is no median. */
static void many_values_are_medians_of_stretches(void **state)
{
    double value[3 * SPARKLINE_COLUMNS_MAX + 1];
    double median[SPARKLINE_COLUMNS_MAX];
    char text[SPARKLINE_BYTES];

    (void)state;
    for (size_t i = 0; i < 3 * SPARKLINE_COLUMNS_MAX + 1; i++)
        value[i] = (double)i;
    value[1] = 1e9;
    assert_int_equal(sparkline_medians(value, 3 * SPARKLINE_COLUMNS_MAX + 1, median),
                     SPARKLINE_COLUMNS_MAX);
    assert_float_equal(median[0], 2, 0);
    assert_float_equal(median[1], 4, 0);
    assert_float_equal(median[SPARKLINE_COLUMNS_MAX - 1], 148.5, 0);
    sparkline_write(text, median, SPARKLINE_COLUMNS_MAX);
    assert_int_equal(strlen(text), SPARKLINE_BYTES - 1);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(eight_numbers_are_eight_heights),
        cmocka_unit_test(equal_numbers_stand_in_the_middle_and_none_are_nothing),
        cmocka_unit_test(few_values_stay_as_they_are),
        cmocka_unit_test(many_values_are_medians_of_stretches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
