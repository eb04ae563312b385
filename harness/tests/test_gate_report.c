/* test_gate_report.c -- a gate's verdict and rows, as JSON, table and JUnit.
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
#include "made_gate_report.h"

#include <stdlib.h>

enum { COLUMNS = 80 };

static void head_crashes_once(struct gate_judge *judge)
{
    made_pairs(judge, 1, "ok", "crashed");
}

static void head_crashes_often(struct gate_judge *judge)
{
    made_pairs(judge, 12, "ok", "crashed");
    json_t *const elsewhere =
        json_pack("[{s:s, s:s}]", "arm", "head", "status", "failed");
    gate_judge_note_failures(judge, elsewhere);
    json_decref(elsewhere);
}

static void base_crashes_often(struct gate_judge *judge)
{
    made_pairs(judge, 12, "crashed", "ok");
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

/* V3: failures are asked before what voids, and a head that failed alone never passes. */
static void failures_come_before_void(void **state)
{
    struct variation const often = {.happens = head_crashes_often};
    struct variation const once = {.happens = head_crashes_once};
    struct variation const base = {.happens = base_crashes_often};

    (void)state;
    assert_verdict(varied_report(60, false, NULL, often), "fail", EXIT_STATUS_FAIL);
    assert_verdict(varied_report(0, false, "why", often), "fail", EXIT_STATUS_FAIL);
    assert_verdict(varied_report(60, false, NULL, once), "inconclusive",
                   EXIT_STATUS_INCONCLUSIVE);
    assert_verdict(varied_report(60, true, NULL, once), "fail", EXIT_STATUS_FAIL);
    assert_verdict(varied_report(60, false, "why", once), "void", EXIT_STATUS_VOID);
    assert_verdict(varied_report(60, false, NULL, base), "pass", EXIT_STATUS_PASS);
}

static void worst_row_comes_first(void **state)
{
    json_t *const gate = made_report(60, true, NULL);
    json_t const *const row = json_array_get(json_object_get(gate, "rows"), 0);

    (void)state;
    assert_string_equal(json_string_value(json_object_get(gate, "schema")), "slablab-gate/3");
    assert_string_equal(json_string_value(json_object_get(row, "cell")), "two warm");
    assert_string_equal(json_string_value(json_object_get(row, "metric")), "time");
    assert_string_equal(json_string_value(json_object_get(row, "verdict")), "fail");
    assert_int_equal(json_array_size(json_object_get(gate, "control")), 4);
    json_decref(gate);
}

/* The same file under other settings is another allocator. */
static void sides_have_their_settings(void **state)
{
    static char *settings[] = {(char *)"A=1", (char *)"B=2"};
    gate_arms[GATE_HEAD].environment = settings;
    gate_arms[GATE_HEAD].environment_count = 2;
    json_t *const gate = made_report(60, false, NULL);
    gate_arms[GATE_HEAD].environment_count = 0;
    json_t *const two = json_pack("[s, s]", "A=1", "B=2");

    (void)state;
    assert_true(json_equal(
        json_object_get(json_object_get(gate, "head"), "environment"), two));
    assert_int_equal(
        json_array_size(json_object_get(json_object_get(gate, "base"), "environment")), 0);
    assert_non_null(json_object_get(json_object_get(gate, "conditions"), "machine"));
    json_decref(two);
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

static void assert_narrow(char const *table)
{
    for (char const *line = table; *line != '\0';) {
        size_t const width = strcspn(line, "\n");
        if (width > COLUMNS)
            fail_msg("%zu columns: %.*s", width, (int)width, line);
        line += width + (line[width] == '\n');
    }
}

static void table_fits_a_terminal(void **state)
{
    json_t *const gate = made_report(60, true, NULL);
    char *const table = gate_table(gate);

    (void)state;
    assert_holds(table, "base: main, commit 0123456789ab, build-id aa\n");
    assert_holds(table, "\ntwo warm\n"
                        "  time                   +5.00 % [+5.00, +5.00]           2 %  FAIL     "
                        "     60\n");
    assert_holds(table, "verdict: FAIL (1 of 5 rows failed, in 12 s)\n");
    assert_true(strstr(table, "two warm") < strstr(table, "one cold"));
    assert_null(strstr(table, "failures:"));
    assert_null(strstr(table, "vary"));
    assert_narrow(table);
    free(table);
    json_decref(gate);
}

static void a_tail_is_written_in_points(void **state)
{
    json_t *const gate =
        varied_report(60, false, NULL, (struct variation){.third = "time_tail"});
    json_t const *const row = json_array_get(json_object_get(gate, "rows"), 0);
    char *const table = gate_table(gate);

    (void)state;
    assert_string_equal(json_string_value(json_object_get(row, "metric")), "time_tail");
    assert_string_equal(json_string_value(json_object_get(row, "scale")), "points");
    assert_int_equal(json_array_size(json_object_get(gate, "control")), 4); /* no control of it */
    assert_holds(table, "  time_tail              +0.0 pt [-7.3, +7.3]            5 pt  "
                        "undecided     60\n");
    assert_holds(table, "(0 of 7 rows failed, 2 undecided, in 12 s)");
    assert_narrow(table);
    free(table);
    json_decref(gate);
}

static void failures_are_said_with_what_they_wrote(void **state)
{
    json_t *const gate =
        varied_report(60, false, NULL, (struct variation){.happens = head_crashes_often});
    char *const table = gate_table(gate);
    char *const markdown = gate_markdown(gate, "", GATE_MARKDOWN_BYTES);
    char *const junit = gate_junit(gate);
    json_t const *const failures = json_object_get(gate, "failures");

    (void)state;
    assert_int_equal(json_integer_value(json_object_get(failures, "head_alone")), 12);
    assert_int_equal(json_integer_value(json_object_get(failures, "pairs")), 132);
    assert_int_equal(json_integer_value(json_object_get(failures, "head_elsewhere")), 1);
    assert_holds(table, "  failures: FAIL: 12 of the head and 0 of the base in 132 pairs of "
                        "processes, 1 more in attestation or under callgrind\n");
    assert_holds(table, "  the head's first: crashed by signal 6 (Aborted): heap <corrupt>\n");
    assert_null(strstr(table, "<corrupt>\n\n"));
    assert_holds(table, "verdict: FAIL (1 of 5 rows failed, in 12 s)\n");
    assert_holds(markdown, "- failures: FAIL: 12 of the head");
    assert_holds(junit, "tests=\"5\" failures=\"1\" skipped=\"0\" errors=\"0\"");
    assert_holds(junit, "<testcase classname=\"gate\" name=\"failures\">\n"
                        "    <failure message=\"12 of the head and 0 of the base in 132 pairs");
    free(junit);
    free(markdown);
    free(table);
    json_decref(gate);
}

static void instructions_vary(struct gate_judge *judge)
{
    made_counts(judge, 0, 20, 1000, 1000);
    for (uint64_t i = 0; i < 20; i++)
        made_counts(judge, 1, 1, 2000 + i % 2, 2000 + i % 6);
}

/* [[2000, 10], [2001, 10]] in JSON; the text has the first four, and what helps. */
static void modes_of_instructions_are_shown(void **state)
{
    json_t *const gate = varied_report(
        60, false, NULL,
        (struct variation){.third = metric_instructions, .happens = instructions_vary});
    json_t const *const rows = json_object_get(gate, "rows");
    char *const table = gate_table(gate);
    char *modes = NULL;

    (void)state;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t const *const row = json_array_get(rows, i);
        json_t const *const found = json_object_get(row, "modes");
        bool const counted = text_equal(
            json_string_value(json_object_get(row, "metric")), metric_instructions);
        assert_true((found != NULL) == counted);
        if (counted && text_equal(json_string_value(json_object_get(row, "cell")), "two warm"))
            modes = json_dumps(json_object_get(found, "base"), JSON_COMPACT);
    }
    assert_string_equal(modes, "[[2000,10],[2001,10]]");
    assert_holds(table, "  instructions of the base vary in two warm: 2000 (10), 2001 (10)\n");
    assert_holds(table, "  instructions of the head vary in two warm: "
                        "2000 (4), 2001 (4), 2002 (3), 2003 (3) and 2 more\n");
    assert_null(strstr(table, "vary in one cold"));
    assert_holds(table, "MALLOC_CONF=dirty_decay_ms:-1");
    free(modes);
    free(table);
    json_decref(gate);
}

static void equal_build_ids_are_said(void **state)
{
    (void)state;
    gate_arms[GATE_HEAD].object_build_id = (char *)"aa";
    json_t *const gate = made_report(60, true, NULL);
    gate_arms[GATE_HEAD].object_build_id = (char *)"bb";
    char *const table = gate_table(gate);
    assert_true(json_is_true(json_object_get(gate, "identical")));
    assert_holds(table, "base and head are the same build (equal build-ids)");
    assert_holds(table, "verdict: FAIL"); /* judged like any other */
    assert_narrow(table);
    free(table);
    json_decref(gate);
}

/* In the terminal as it stands, in Markdown escaped. */
static void cautions_are_in_both_tables(void **state)
{
    json_t *const gate = made_report(100, false, NULL);
    char *const table = gate_table(gate);
    char *const markdown = gate_markdown(gate, "", GATE_MARKDOWN_BYTES);

    (void)state;
    assert_non_null(strstr(table, "\ncaution: the compiler differs: <gcc>\n"));
    assert_holds(markdown, "\n- caution: the compiler differs: \\<gcc\\>\n");
    free(markdown);
    free(table);
    json_decref(gate);
}

static void junit_escapes_and_counts(void **state)
{
    json_t *const gate = made_report(60, true, "<bad> & \"worse\"");
    char *const text = gate_junit(gate);

    (void)state;
    assert_holds(text, "tests=\"6\" failures=\"1\" skipped=\"0\" errors=\"1\"");
    assert_holds(text, "<testcase classname=\"two warm\" name=\"time\">\n    <failure message=\""
                       "fail: +5.00 % [+5.00, +5.00], margin 2 %, 60 blocks\"/>");
    assert_holds(text, "<error message=\"&lt;bad&gt; &amp; &quot;worse&quot;\"/>");
    free(text);
    json_decref(gate);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(verdicts_have_their_order),
        cmocka_unit_test(failures_come_before_void),
        cmocka_unit_test(worst_row_comes_first),
        cmocka_unit_test(sides_have_their_settings),
        cmocka_unit_test(what_is_not_known_is_null),
        cmocka_unit_test(table_fits_a_terminal),
        cmocka_unit_test(a_tail_is_written_in_points),
        cmocka_unit_test(failures_are_said_with_what_they_wrote),
        cmocka_unit_test(modes_of_instructions_are_shown),
        cmocka_unit_test(equal_build_ids_are_said),
        cmocka_unit_test(cautions_are_in_both_tables),
        cmocka_unit_test(junit_escapes_and_counts),
    };

    return cmocka_run_group_tests_name("gate_report", tests, NULL, NULL);
}
