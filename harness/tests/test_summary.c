/* test_summary.c -- a finished run on a terminal: within 80 columns, with bars of its blocks.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/shell_word.h"
#include "base/text.h"
#include "made_records.h"
#include "run/summary.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COLUMNS_MAX = 80, TEXT_BYTES = 1 << 14 };

/* What summary_print writes of so many blocks, in which the phase takes 1 %, 2 % ... longer. */
static char *printed_of(int blocks, char const *folder)
{
    static char text[TEXT_BYTES];
    struct tally tally = tally_new(&made_plan, &run_kinds[RUN_TIMED]);
    json_t *const outcome = json_pack("{s:s, s:[{s:i}], s:{s:i}}", "verdict", "complete", "cells",
                                      "blocks", blocks, "losses", "phase: crashed", 3);
    char path[] = "/tmp/test_summary_XXXXXX";
    int const file = mkstemp(path);
    int const terminal = dup(STDOUT_FILENO);

    for (int i = 0; i < blocks; i++) {
        json_t *const record = made_record(0, (uint64_t)i, true, 100000, 100000,
                                           100000 + 1000 * (uint64_t)(i + 1));
        assert_true(tally_add(&tally, record));
        json_decref(record);
    }
    fflush(stdout);
    dup2(file, STDOUT_FILENO);
    summary_print(&tally, outcome, folder);
    fflush(stdout);
    dup2(terminal, STDOUT_FILENO);
    close(terminal);
    ssize_t const length = pread(file, text, sizeof text - 1, 0);
    assert_true(length > 0);
    text[length] = '\0';
    close(file);
    unlink(path);
    json_decref(outcome);
    tally_free(&tally);
    return text;
}

static char *printed(int blocks)
{
    return printed_of(blocks, "results/made");
}

static void bars_follow_the_blocks(void **state)
{
    char const *const text = printed(8);

    (void)state;
    assert_non_null(strstr(text, "    █▇▆▅▄▃▂▁ -7.41 to -0.99 %\n"));
    assert_non_null(strstr(text, "    ▅▅▅▅▅▅▅▅ +0 to +0 %\n"));
    assert_non_null(strstr(text, "8 blocks; bars: their effects"));
}

static void a_loss_says_where_to_look(void **state)
{
    (void)state;
    assert_non_null(strstr(printed(8), "  phase: crashed, 3 samples\n    signal and stderr are in "
                                       "its record; a memory limit is signal 9"));
}

static void fewer_blocks_than_an_interval_needs_have_no_bars(void **state)
{
    char const *const text = printed(5);

    (void)state;
    assert_null(strstr(text, "▁"));
    assert_non_null(strstr(text, "  5 blocks\n"));
}

/* A line to be pasted is one line. */
static void no_line_is_wider_than_a_terminal(void **state)
{
    size_t column = 0;

    (void)state;
    char *const text = printed(500);
    *strstr(text, "\nnext: ") = '\0';
    for (char const *letter = text; *letter != '\0'; letter++) {
        column = *letter == '\n' ? 0 : column + ((*letter & 0xC0) != 0x80);
        assert_true(column <= COLUMNS_MAX);
    }
}

/* Run from another directory, with what the shell has to be told to leave alone. */
static void the_next_command_works_when_it_is_pasted(void **state)
{
    static char const *const words[][2] = {{"results/x", "results/x"},
                                           {"a b", "'a b'"},
                                           {"it's", "'it'\\''s'"},
                                           {"$(x)", "'$(x)'"},
                                           {"", "''"},
                                           {"~", "'~'"}};

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char *const quoted = shell_word(words[i][0]);
        assert_string_equal(quoted, words[i][1]);
        free(quoted);
    }
    char folder[] = "/tmp/it's $HOME; XXXXXX";
    assert_non_null(mkdtemp(folder));
    char *const word = shell_word(folder);
    char *const wanted = text_format("test_summary table %s\n", word);
    char *const text = printed_of(8, folder);
    assert_non_null(strstr(text, "\nnext: "));
    assert_non_null(strstr(text, wanted));
    assert_int_equal(rmdir(folder), 0);
    free(wanted);
    free(word);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(bars_follow_the_blocks),
        cmocka_unit_test(a_loss_says_where_to_look),
        cmocka_unit_test(fewer_blocks_than_an_interval_needs_have_no_bars),
        cmocka_unit_test(the_next_command_works_when_it_is_pasted),
        cmocka_unit_test(no_line_is_wider_than_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
