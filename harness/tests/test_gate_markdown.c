/* test_gate_markdown.c -- a gate as a page of Markdown: its order, its texts, its length.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "gate/markdown_escape.h"
#include "made_gate_report.h"

#include <stdlib.h>

enum { LONG_NAME = 300, LEAST_BYTES = 20000 };

static void markdown_is_one_table(void **state)
{
    json_t *const gate = made_report(60, true, "bad & worse");
    char *const text = gate_markdown(gate, "", GATE_MARKDOWN_BYTES);

    (void)state;
    assert_holds(text, "## slablab gate: made: VOID\n");
    assert_string_equal(json_string_value(json_object_get(gate, "label")), "v1|2");
    assert_holds(text, "- bad & worse\n");
    assert_holds(text, "|---|---|--:|---|--:|--:|---|--:|\n| two warm | time | +5.00 % |");
    assert_holds(text, "| 2 % | FAIL | 60 |\n");
    free(text);
    json_decref(gate);
}

/* A path may have any letter. */
static void markdown_shows_texts_as_they_are(void **state)
{
    static char const *const texts[][2] = {
        {"a|b`c`", "a\\|b\\`c\\`"},
        {"page_faults _x_ a_", "page_faults \\_x\\_ a\\_"},
        {"<b> &lt; a & b [x](y)", "\\<b\\> \\&lt; a & b \\[x\\](y)"},
        {"*two*\n# lines\\", "\\*two\\* # lines\\\\"},
    };
    json_t *const gate = made_report(60, true, "one|two `three`\n| four");
    char *const text = gate_markdown(gate, "", GATE_MARKDOWN_BYTES);

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *const escaped = markdown_escaped(texts[i][0]);
        assert_string_equal(escaped, texts[i][1]);
        free(escaped);
    }
    assert_holds(text, "\n- one\\|two \\`three\\` \\| four\n");
    assert_holds(text, "\n- head: \\<&\"\\>");
    free(text);
    json_decref(gate);
}

/* Lines of a table of functions, one of them from C++. */
static void markdown_shows_the_explanation_as_it_stands(void **state)
{
    json_t *const gate = made_report(60, true, "bad & worse");

    (void)state;
    json_object_set_new(gate, "explanation", json_string("  front: f<a_b>  7\n```\n"));
    char *const text = gate_markdown(gate, "", GATE_MARKDOWN_BYTES);
    assert_holds(text, "|\n\n~~~~~~~~text\n  front: f<a_b>  7\n```\n~~~~~~~~\n");
    free(text);
    json_decref(gate);
}

/* The verdict, the worst row, the rows that moved, the explanation, the others folded, the foot. */
static void what_matters_comes_first(void **state)
{
    static char const *const parts[] = {
        "## slablab gate: made: FAIL\n\n1 of 5 rows failed",
        "- **FAIL: two warm: time +5.00 % [+5.00, +5.00]**, margin 2 %\n",
        "- base: main",
        "\n| two warm | time | +5.00 %",
        "~~~~~~~~text\nwhere\n",
        "<details><summary>3 other rows</summary>\n\n| cell |",
        "\n| one cold | page_faults | +0 |",
        "\n</details>\n",
        "MDE: what a row had 80 % power to see",
        "Never wrong.\n",
    };
    json_t *const gate = made_report(60, true, NULL);

    (void)state;
    json_object_set_new(gate, "explanation", json_string("where\n"));
    char *const text = gate_markdown(gate, "Never wrong.", GATE_MARKDOWN_BYTES);
    char const *at = text;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        assert_holds(at, parts[i]);
        at = strstr(at, parts[i]);
    }
    free(text);
    json_decref(gate);
}

/* made_report's rows, and `more` of the first of them under other, long names. */
static json_t *long_report(size_t more)
{
    json_t *const gate = made_report(60, true, NULL);
    json_t *const rows = json_object_get(gate, "rows");
    size_t const first = json_array_size(rows);

    for (size_t i = 0; i < more; i++) {
        json_t *const row = json_deep_copy(json_array_get(rows, i % 2 == 0 ? 0 : first - 1));
        char *const name = text_format("cell %0*zu", LONG_NAME, i);
        json_object_set_new(row, "cell", json_string(name));
        json_array_append_new(rows, row);
        free(name);
    }
    return gate;
}

static size_t count_of(char const *text, char const *part)
{
    size_t count = 0;

    for (char const *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
        count++;
    return count;
}

/* Rows that failed are left out last, and the sum of those shown and left out is all. */
static void a_thousand_rows_are_short_enough(void **state)
{
    json_t *const gate = long_report(996);
    static size_t const limits[] = {LEAST_BYTES, GATE_MARKDOWN_BYTES};

    (void)state;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        char *const text = gate_markdown(gate, "Never wrong.", limits[i]);
        char const *left = strstr(text, " of 1000 rows are left out here");
        assert_true(strlen(text) <= limits[i]);
        assert_true(strlen(text) > limits[i] / 2);
        assert_non_null(left);
        while (left[-1] != '\n')
            left--;
        size_t const shown = count_of(text, " | FAIL | 60 |\n");
        assert_int_equal(shown + strtoul(left, NULL, 10), 1000); /* fewer than 499 failures fit */
        assert_holds(text, "those that tell least; all are in gate.json.\n");
        assert_holds(text, "Never wrong.\n");
        assert_int_equal(count_of(text, "- **FAIL: "), 3);
        free(text);
    }
    json_decref(gate);
}

/* A name longer than a part's limit, an explanation and words of a crash without an end. */
static void no_text_is_too_long(void **state)
{
    json_t *const gate = made_report(60, true, "why");
    char *const name = text_format("%0*d", 3 * GATE_MARKDOWN_BYTES, 0);
    char *const lines = text_copy(name);

    (void)state;
    for (size_t i = 80; i < strlen(lines); i += 80)
        lines[i] = '\n';
    json_object_set_new(json_array_get(json_object_get(gate, "rows"), 0), "cell",
                        json_string(name));
    json_object_set_new(json_object_get(gate, "base"), "spec", json_string(name));
    json_object_set_new(gate, "explanation", json_string(lines));
    char *const text = gate_markdown(gate, "Never wrong.", LEAST_BYTES);
    assert_true(strlen(text) <= LEAST_BYTES);
    assert_holds(text, "## slablab gate: made: VOID\n");
    assert_holds(text, "- more of this is in gate.json\n");
    assert_holds(text, "... the rest is in gate.json\n~~~~~~~~\n");
    assert_holds(text, "4 of 4 rows are left out here");
    free(text);
    free(lines);
    free(name);
    json_decref(gate);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(markdown_is_one_table),
        cmocka_unit_test(markdown_shows_texts_as_they_are),
        cmocka_unit_test(markdown_shows_the_explanation_as_it_stands),
        cmocka_unit_test(what_matters_comes_first),
        cmocka_unit_test(a_thousand_rows_are_short_enough),
        cmocka_unit_test(no_text_is_too_long),
    };

    return cmocka_run_group_tests_name("gate_markdown", tests, NULL, NULL);
}
