/* test_gate_report.c -- a gate's verdict and rows, as JSON, table, Markdown and JUnit.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/complain.h"
#include "base/text.h"
#include "gate/gate_report.h"
#include "made_gate.h"

#include <stdlib.h>

enum { COLUMNS = 80 };

/* `blocks` of both cells; the head of cell 1 takes 5 % longer where `slower` says so. */
static json_t *made_report(size_t blocks, bool slower, char const *reason)
{
    static struct gate_spec const base = {(char *)"main", (char *)"x", (char *)"0123456789abcdef"};
    static struct gate_spec const head = {(char *)"<&\">", (char *)"x", NULL};
    struct gate_circumstances const circumstances = {&base, &head, "here", 1, 12.5};
    struct gate_judge *const judge = made_judge(false);
    json_t *const reasons = json_array();

    for (size_t i = 0; i < blocks; i++) {
        made_block(judge, 0, 1e7 * made_noise(i), 1e7 * made_noise(i + 1), 1e7, 10, 10);
        made_block(judge, 1, 1e7, 1e7, slower ? 1.05e7 : 1e7, 10, 10);
    }
    if (reason != NULL)
        json_array_append_new(reasons, json_string(reason));
    gate_judge_estimate(judge);
    json_t *const gate = gate_describe(judge, reasons, &circumstances);
    assert_non_null(gate);
    json_decref(reasons);
    gate_judge_free(judge);
    return gate;
}

static void assert_verdict(json_t *gate, char const *verdict, int status)
{
    assert_string_equal(json_string_value(json_object_get(gate, "verdict")), verdict);
    assert_int_equal(gate_exit_status(gate), status);
    json_decref(gate);
}

static void verdicts_have_their_order(void **state)
{
    (void)state;
    assert_verdict(made_report(60, false, NULL), "pass", EXIT_STATUS_PASS);
    assert_verdict(made_report(60, true, NULL), "fail", EXIT_STATUS_FAIL);
    assert_verdict(made_report(8, true, NULL), "inconclusive", EXIT_STATUS_INCONCLUSIVE);
    assert_verdict(made_report(60, true, "why"), "void", EXIT_STATUS_VOID);
    assert_verdict(made_report(0, false, "why"), "void", EXIT_STATUS_VOID);
}

static void worst_row_comes_first(void **state)
{
    json_t *const gate = made_report(60, true, NULL);
    json_t const *const row = json_array_get(json_object_get(gate, "rows"), 0);

    (void)state;
    assert_string_equal(json_string_value(json_object_get(row, "cell")), "two warm");
    assert_string_equal(json_string_value(json_object_get(row, "metric")), "time");
    assert_string_equal(json_string_value(json_object_get(row, "verdict")), "fail");
    assert_int_equal(json_array_size(json_object_get(gate, "control")), 4);
    json_decref(gate);
}

static void what_is_not_known_is_null(void **state)
{
    json_t *const gate = made_report(0, false, "why");
    json_t const *const row = json_array_get(json_object_get(gate, "rows"), 0);

    (void)state;
    assert_true(json_is_null(json_object_get(row, "effect")));
    assert_true(json_is_null(json_object_get(row, "mde")));
    assert_true(json_is_null(json_object_get(row, "decided_at")));
    json_decref(gate);
}

static void assert_holds(char const *text, char const *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("'%s' is not in:\n%s", part, text);
}

static void table_fits_a_terminal(void **state)
{
    json_t *const gate = made_report(60, true, NULL);
    char *const table = gate_table(gate);

    (void)state;
    assert_holds(table, "base: main, commit 0123456789ab, build-id aa\n");
    assert_holds(table, "\ntwo warm\n  time             +5.00 % [+5.00, +5.00]");
    assert_holds(table, "verdict: FAIL (1 of 4 rows failed, in 12 s)");
    assert_true(strstr(table, "two warm") < strstr(table, "one cold"));
    for (char const *line = table; *line != '\0';) {
        size_t const width = strcspn(line, "\n");
        assert_true(width <= COLUMNS);
        line += width + (line[width] == '\n');
    }
    free(table);
    json_decref(gate);
}

static void markdown_is_one_table(void **state)
{
    json_t *const gate = made_report(60, true, "bad & worse");
    char *const text = gate_markdown(gate);

    (void)state;
    assert_holds(text, "## slablab gate: made: VOID\n");
    assert_holds(text, "- bad & worse\n");
    assert_holds(text, "|---|---|--:|---|--:|--:|---|--:|\n| two warm | time | +5.00 % |");
    free(text);
    json_decref(gate);
}

static void junit_escapes_and_counts(void **state)
{
    json_t *const gate = made_report(60, true, "<bad> & \"worse\"");
    char *const text = gate_junit(gate);

    (void)state;
    assert_holds(text, "tests=\"5\" failures=\"1\" skipped=\"0\" errors=\"1\"");
    assert_holds(text, "<testcase classname=\"two warm\" name=\"time\">\n    <failure message=\"");
    assert_holds(text, "<error message=\"&lt;bad&gt; &amp; &quot;worse&quot;\"/>");
    free(text);
    json_decref(gate);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(verdicts_have_their_order), cmocka_unit_test(worst_row_comes_first),
        cmocka_unit_test(what_is_not_known_is_null), cmocka_unit_test(table_fits_a_terminal),
        cmocka_unit_test(markdown_is_one_table),     cmocka_unit_test(junit_escapes_and_counts),
    };

    return cmocka_run_group_tests_name("gate_report", tests, NULL, NULL);
}
