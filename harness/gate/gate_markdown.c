/* gate_markdown.c -- a gate's result as a page of Markdown that is never too long to be shown.
 *
 *   ## verdict | worst rows | what is said of the gate | rows that failed, are undecided or moved
 *   explanation | folded: the other rows | foot: what MDE is, how often the gate is right
 *
 * Invariant: the sum of the parts' limits below, and of the foot, is less than 20,000 bytes; the
 * folded rows have what is left.
 *
 * SPDX-License-Identifier: MIT */
#include "base/memory.h"
#include "base/text.h"
#include "gate/gate_report.h"
#include "gate/gate_words.h"
#include "gate/markdown_escape.h"

#include <stdlib.h>
#include <string.h>

enum {
    WORST_NAMED = 3,
    OPEN_ROWS = 25,
    HEAD_BYTES = 2000,
    SAID_BYTES = 4000,
    OPEN_BYTES = 5000,
    EXPLANATION_BYTES = 6000,
};

static char const table_head[] =
    "\n| cell | metric | effect | interval | MDE | margin | verdict | blocks |\n"
    "|---|---|--:|---|--:|--:|---|--:|\n";
static char const table_end[] = "\n</details>\n";

/* Lines as long as they fit; `rest` stands for the others. Takes over the text. */
static char *cut(char *text, size_t bytes, char const *rest)
{
    if (strlen(text) <= bytes)
        return text;
    size_t length = bytes - strlen(rest);
    while (length > 0 && text[length - 1] != '\n')
        length--;
    char *const kept = text_copy_bytes(text, length);
    char *const shown = text_format("%s%s", kept, rest);
    free(kept);
    free(text);
    return shown;
}

static char *row_text(json_t const *row)
{
    char *const effect = gate_effect_text(row, "effect");
    char *const interval = gate_interval_text(row);
    char *const mde = gate_mde_text(row);
    char *const margin = gate_margin_text(row);
    char *const text = text_format(
        "| %s | %s | %s | %s | %s | %s | %s | %" JSON_INTEGER_FORMAT " |\n",
        gate_text_at(row, "cell"), gate_text_at(row, "metric"), effect, interval, mde, margin,
        gate_shout(gate_text_at(row, "verdict")),
        json_integer_value(json_object_get(row, "blocks")));

    free(margin);
    free(mde);
    free(interval);
    free(effect);
    return text;
}

static bool has_verdict(json_t const *row, char const *verdict)
{
    return text_equal(gate_text_at(row, "verdict"), verdict);
}

/* Its interval is on one side of 0. */
static bool has_moved(json_t const *row)
{
    json_t const *const low = json_object_get(row, "low");
    json_t const *const high = json_object_get(row, "high");

    return json_is_number(low) && json_is_number(high) &&
           (json_number_value(low) > 0 || json_number_value(high) < 0);
}

static bool is_told(json_t const *row)
{
    return has_verdict(row, "fail") || has_verdict(row, "undecided") || has_moved(row);
}

/* gate.json's rows, those first that are told; each kind worst first, as they are. */
static json_t *by_interest(json_t const *rows)
{
    json_t *const ordered = json_array();
    size_t index;
    json_t *row;

    for (int told = 1; told >= 0; told--) {
        json_array_foreach(rows, index, row) {
            if (is_told(row) == (told == 1))
                json_array_append(ordered, row);
        }
    }
    return ordered;
}

/* Of the rows that failed; where none did, of those that are undecided. */
static void append_worst(char **text, json_t const *rows)
{
    char const *verdict = "undecided";
    size_t named = 0;
    size_t index;
    json_t *row;

    json_array_foreach(rows, index, row) {
        if (has_verdict(row, "fail"))
            verdict = "fail";
    }
    json_array_foreach(rows, index, row) {
        if (!has_verdict(row, verdict) || named++ >= WORST_NAMED)
            continue;
        char *const effect = gate_effect_text(row, "effect");
        char *const interval = gate_interval_text(row);
        char *const margin = gate_margin_text(row);
        text_append(text, "- **%s: %s: %s %s %s**, margin %s\n", gate_shout(verdict),
                    gate_text_at(row, "cell"), gate_text_at(row, "metric"), effect, interval,
                    margin);
        free(margin);
        free(interval);
        free(effect);
    }
}

/* The verdict, and the worst rows. */
static char *head_text(json_t const *gate)
{
    char *text = text_format("## slablab gate: %s: %s\n\n", gate_text_at(gate, "experiment"),
                             gate_shout(gate_text_at(gate, "verdict")));
    char *const came_of = gate_rows_text(gate);

    text_append(&text, "%s\n\n", came_of);
    append_worst(&text, json_object_get(gate, "rows"));
    free(came_of);
    return cut(text, HEAD_BYTES, "");
}

static char *said_text(json_t const *gate)
{
    char *text = text_copy("");

    gate_append_reasons(&text, gate, "- ");
    gate_append_failures(&text, gate, "- ");
    gate_append_sides(&text, gate, "- ");
    gate_append_modes(&text, json_object_get(gate, "rows"), "- ");
    gate_append_links(&text, json_object_get(gate, "rows"), "- ");
    return cut(text, SAID_BYTES, "- more of this is in gate.json\n");
}

/* Rows from *next on, while they fit in `bytes` and there are no more than `most`. */
static char *rows_text(json_t const *rows, size_t *next, size_t most, size_t bytes)
{
    char *const text = memory_zeroed(1, bytes + 1);
    size_t length = 0;

    for (size_t taken = 0; *next < json_array_size(rows) && taken < most; taken++) {
        char *const row = row_text(json_array_get(rows, *next));
        size_t const more = strlen(row);
        if (length + more <= bytes)
            memcpy(text + length, row, more + 1);
        free(row);
        if (length + more > bytes)
            break;
        length += more;
        ++*next;
    }
    return text;
}

static size_t count_told(json_t const *rows)
{
    size_t told = 0;

    while (told < json_array_size(rows) && is_told(json_array_get(rows, told)))
        told++;
    return told;
}

static void append_open_rows(char **text, json_t const *rows, size_t *next)
{
    size_t const told = count_told(rows);
    char *const open = rows_text(rows, next, told < OPEN_ROWS ? told : OPEN_ROWS, OPEN_BYTES);

    if (*open != '\0')
        text_append(text, "%s%s", table_head, open);
    else if (told == 0)
        text_append(text, "\nNo row has an interval on one side of 0.\n");
    free(open);
}

static void append_explanation(char **text, json_t const *gate)
{
    char const *const explanation = json_string_value(json_object_get(gate, "explanation"));

    if (explanation == NULL)
        return;
    char *const shown = cut(text_copy(explanation), EXPLANATION_BYTES,
                            "... the rest is in gate.json\n");
    text_append(text, "\n~~~~~~~~text\n%s~~~~~~~~\n", shown); /* a fence that no line of it ends */
    free(shown);
}

/* The rows from `next` on, in so many bytes; which are left out is said. */
static void append_folded_rows(char **text, json_t const *rows, size_t next, size_t bytes)
{
    size_t const begin = next;
    size_t const count = json_array_size(rows);
    char *const folded = rows_text(rows, &next, count, bytes);

    if (begin == count)
        return;
    text_append(text, "\n<details><summary>%zu %srow%s</summary>\n%s%s%s", count - begin,
                begin > 0 ? "other " : "", count - begin == 1 ? "" : "s", table_head, folded,
                table_end);
    if (next < count)
        text_append(text, "\n%zu of %zu rows are left out here, those that tell least; all are in "
                          "gate.json.\n", count - next, count);
    free(folded);
}

/* What holds of every row, and of every gate. */
static char *foot_text(json_t const *gate, char const *certified)
{
    json_t const *const alpha = json_object_get(
        json_object_get(json_object_get(gate, "conditions"), "asked"), "alpha");
    char *text = text_copy("\nEffects are those of head against base. FAIL: more is established, "
                           "and it is half the margin or more. PASS: more by the margin is ruled "
                           "out. MDE: what a row had 80 % power to see by its last block. ");

    if (json_is_number(alpha))
        text_append(&text, "Intervals (%g %%) hold at any stop. ",
                    100 * (1 - json_number_value(alpha)));
    text_append(&text, "%s\n", certified);
    return text;
}

char *gate_markdown(json_t const *gate, char const *certified, size_t bytes_max)
{
    enum { SENTENCES_BYTES = 500 }; /* around the folded rows */
    json_t *const escaped = markdown_escaped_texts(gate);
    json_t *const rows = by_interest(json_object_get(escaped, "rows"));
    char *const foot = foot_text(gate, certified);
    char *text = head_text(escaped);
    char *const said = said_text(escaped);
    size_t next = 0;

    text_append(&text, "%s", said);
    append_open_rows(&text, rows, &next);
    append_explanation(&text, gate);
    append_folded_rows(&text, rows, next,
                       bytes_max - strlen(text) - strlen(foot) - SENTENCES_BYTES);
    text_append(&text, "%s", foot);
    free(said);
    free(foot);
    json_decref(rows);
    json_decref(escaped);
    return text;
}
