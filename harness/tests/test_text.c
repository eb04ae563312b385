/* test_text.c -- words, numbers, near misses and lines of 80 columns.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "base/wrapped.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void words_are_split_at_any_white_space(void **state)
{
    struct words words = words_of("  one\ttwo\n three ");

    (void)state;
    assert_int_equal(words.count, 3);
    assert_string_equal(words.word[0], "one");
    assert_string_equal(words.word[2], "three");
    char *const joined = words_join(&words, 1, 3);
    assert_string_equal(joined, "two three");
    free(joined);
    words_free(&words);
    words = words_of(" \n ");
    assert_int_equal(words.count, 0);
    words_free(&words);
}

static void numbers_are_digits_alone(void **state)
{
    static char const *const bad[] = {"",
                                      "-1",
                                      "+1",
                                      "1 ",
                                      " 1",
                                      "0x10",
                                      "1e3",
                                      "1.0",
                                      "9223372036854775808",
                                      "99999999999999999999"};
    uint64_t number = 0;

    (void)state;
    assert_true(text_to_number("9223372036854775807", &number));
    assert_int_equal(number, INT64_MAX);
    assert_true(text_to_number("007", &number));
    assert_int_equal(number, 7);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(text_to_number(bad[i], &number));
}

static void ratios_are_percentages(void **state)
{
    static char const *const bad[] = {"",     "%",    "0.5", "-1%",    "100.1%",
                                      "1e1%", "0x1%", "1%%", "1.2.3%", "1 %"};
    double ratio = -1;

    (void)state;
    assert_true(text_to_ratio("50%", &ratio));
    assert_float_equal(ratio, 0.5, 0);
    assert_true(text_to_ratio("0%", &ratio));
    assert_float_equal(ratio, 0, 0);
    assert_true(text_to_ratio("100%", &ratio));
    assert_float_equal(ratio, 1, 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(text_to_ratio(bad[i], &ratio));
}

static void a_slip_finds_the_word_that_was_meant(void **state)
{
    char *known[] = {"run", "plan", "doctor"};

    (void)state;
    assert_string_equal(text_nearest("plna", known, 3), "plan");
    assert_string_equal(text_nearest("docter", known, 3), "doctor");
    assert_string_equal(text_nearest("rum", known, 3), "run");
    assert_null(text_nearest("measure", known, 3));
}

static char *wrapped(size_t indent, char const *label, char const *text)
{
    char *printed = NULL;
    size_t size = 0;
    FILE *const stream = open_memstream(&printed, &size);

    assert_non_null(stream);
    wrapped_print(stream, indent, label, text);
    fclose(stream);
    return printed;
}

static void lines_end_before_column_81(void **state)
{
    /* 4 columns of label and 38 words of "a ": 4 + 38 * 2 - 1 = 79, so one word more needs
     * column 81. */
    char text[2 * 40 + 1];

    (void)state;
    for (size_t i = 0; i < 40; i++)
        memcpy(text + 2 * i, "a ", 3);
    char *printed = wrapped(4, "x", text);
    assert_int_equal(strcspn(printed, "\n"), 79);
    assert_string_equal(printed + 79, "\n    a a\n");
    free(printed);

    printed = wrapped(4, "label", "word");
    assert_string_equal(printed, "label\n    word\n");
    free(printed);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(words_are_split_at_any_white_space),
        cmocka_unit_test(numbers_are_digits_alone),
        cmocka_unit_test(ratios_are_percentages),
        cmocka_unit_test(a_slip_finds_the_word_that_was_meant),
        cmocka_unit_test(lines_end_before_column_81),
    };

    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
