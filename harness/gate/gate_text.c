/* gate_text.c -- a gate's rows for a terminal and for a page of Markdown.
 *
 * SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "gate/gate_report.h"

#include <stdlib.h>
#include <string.h>

enum { REVISION_DIGITS = 12 };

static char const *text_at(json_t const *object, char const *key)
{
    char const *const text = json_string_value(json_object_get(object, key));

    return text != NULL ? text : "";
}

static bool is_ratio(json_t const *row)
{
    return text_equal(text_at(row, "scale"), "ratio");
}

char *gate_effect_text(json_t const *row, char const *key)
{
    json_t const *const value = json_object_get(row, key);

    if (!json_is_number(value))
        return text_copy("-");
    return is_ratio(row) ? text_format("%+.2f %%", 100 * json_number_value(value))
                         : text_format("%+.0f", json_number_value(value));
}

char *gate_interval_text(json_t const *row)
{
    json_t const *const low = json_object_get(row, "low");
    json_t const *const high = json_object_get(row, "high");

    if (!json_is_number(low) || !json_is_number(high))
        return text_copy("-");
    return is_ratio(row) ? text_format("[%+.2f, %+.2f]", 100 * json_number_value(low),
                                       100 * json_number_value(high))
                         : text_format("[%+.0f, %+.0f]", json_number_value(low),
                                       json_number_value(high));
}

/* An amount without a direction. */
static char *mde_text(json_t const *row)
{
    char *const text = gate_effect_text(row, "mde");
    char *const bare = text_copy(*text == '+' ? text + 1 : text);

    free(text);
    return bare;
}

static char const *shout(char const *verdict)
{
    static char const *const words[][2] = {
        {"pass", "PASS"}, {"fail", "FAIL"},           {"inconclusive", "INCONCLUSIVE"},
        {"void", "VOID"}, {"undecided", "undecided"}, {"reported", "(shown)"}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_equal(words[i][0], verdict))
            return words[i][1];
    return verdict;
}

/* On the terminal rows stand below their cell; in Markdown they name it. */
static void append_row(char **text, bool markdown, json_t const *row)
{
    char *const effect = gate_effect_text(row, "effect");
    char *const interval = gate_interval_text(row);
    char *const mde = mde_text(row);
    char const *const verdict = shout(text_at(row, "verdict"));
    json_int_t const blocks = json_integer_value(json_object_get(row, "blocks"));

    if (markdown)
        text_append(text,
                    "| %s | %s | %s | %s | %s | %.4g %% | %s | %" JSON_INTEGER_FORMAT " |\n",
                    text_at(row, "cell"), text_at(row, "metric"), effect, interval, mde,
                    100 * json_number_value(json_object_get(row, "margin")), verdict, blocks);
    else
        text_append(text, "  %-13s %10s %-22s %9s  %-9s %6" JSON_INTEGER_FORMAT "\n",
                    text_at(row, "metric"), effect, interval, mde, verdict, blocks);
    free(mde);
    free(interval);
    free(effect);
}

static bool is_first_of_cell(json_t const *rows, size_t place)
{
    char const *const cell = text_at(json_array_get(rows, place), "cell");

    for (size_t i = 0; i < place; i++)
        if (text_equal(text_at(json_array_get(rows, i), "cell"), cell))
            return false;
    return true;
}

static void append_cell(char **text, json_t const *rows, char const *cell)
{
    size_t place;
    json_t *row;

    text_append(text, "\n%s\n", cell);
    json_array_foreach(rows, place, row) {
        if (text_equal(text_at(row, "cell"), cell))
            append_row(text, false, row);
    }
}

static char *side_text(json_t const *side)
{
    char const *const revision = text_at(side, "revision");
    char const *const build_id = text_at(side, "build_id");
    char *text = text_copy(text_at(side, "spec"));

    if (*revision != '\0')
        text_append(&text, ", commit %.*s", REVISION_DIGITS, revision);
    if (*build_id != '\0')
        text_append(&text, ", build-id %.*s", REVISION_DIGITS, build_id);
    return text;
}

/* "3 of 36 rows fail", or the other outcome. */
static char *rows_text(json_t const *gate)
{
    json_t const *const rows = json_object_get(gate, "rows");
    size_t decides = 0;
    size_t failed = 0;
    size_t undecided = 0;
    size_t place;
    json_t *row;

    json_array_foreach(rows, place, row) {
        decides += json_is_true(json_object_get(row, "decides"));
        failed += text_equal(text_at(row, "verdict"), "fail");
        undecided += text_equal(text_at(row, "verdict"), "undecided");
    }
    char *text = text_format("%zu of %zu rows failed", failed, decides);
    if (undecided > 0)
        text_append(&text, ", %zu undecided", undecided);
    text_append(&text, ", in %.0f s", json_number_value(json_object_get(gate, "seconds")));
    return text;
}

static void append_reasons(char **text, json_t const *gate, char const *before)
{
    size_t place;
    json_t *reason;

    json_array_foreach(json_object_get(gate, "reasons"), place, reason) {
        text_append(text, "%s%s\n", before, json_string_value(reason));
    }
}

static void append_sides(char **text, json_t const *gate, char const *form)
{
    char *const base = side_text(json_object_get(gate, "base"));
    char *const head = side_text(json_object_get(gate, "head"));

    text_append(text, form[0] == '-' ? "- base: %s\n- head: %s\n" : "base: %s\nhead: %s\n", base,
                head);
    if (json_is_true(json_object_get(gate, "identical")))
        text_append(text, "%sthe two are the same build\n", form);
    free(head);
    free(base);
}

char *gate_table(json_t const *gate)
{
    json_t const *const rows = json_object_get(gate, "rows");
    char *text = text_format("gate: %s\n", text_at(gate, "experiment"));
    char *const came_of = rows_text(gate);
    size_t place;
    json_t *row;

    append_sides(&text, gate, "");
    text_append(&text, "\n  %-13s %10s %-22s %9s  %-9s %6s\n", "", "effect", "interval", "MDE",
                "verdict", "blocks");
    json_array_foreach(rows, place, row) {
        if (is_first_of_cell(rows, place))
            append_cell(&text, rows, text_at(row, "cell"));
    }
    text_append(&text, "\nverdict: %s (%s)\n", shout(text_at(gate, "verdict")), came_of);
    append_reasons(&text, gate, "  ");
    free(came_of);
    return text;
}

char *gate_markdown(json_t const *gate)
{
    json_t const *const rows = json_object_get(gate, "rows");
    char *text = text_format("## slablab gate: %s: %s\n\n", text_at(gate, "experiment"),
                             shout(text_at(gate, "verdict")));
    char *const came_of = rows_text(gate);
    size_t place;
    json_t *row;

    text_append(&text, "%s\n\n", came_of);
    append_reasons(&text, gate, "- ");
    append_sides(&text, gate, "- ");
    text_append(&text, "\n| cell | metric | effect | interval | MDE | margin | verdict | blocks |\n"
                       "|---|---|--:|---|--:|--:|---|--:|\n");
    json_array_foreach(rows, place, row) {
        append_row(&text, true, row);
    }
    free(came_of);
    return text;
}
