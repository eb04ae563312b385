/* gate_text.c -- a gate's rows for a terminal.
 *
 * SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "gate/gate_report.h"
#include "gate/gate_words.h"

#include <stdlib.h>

/* Rows stand below their cell. */
static void append_row(char **text, json_t const *row)
{
    char *const effect = gate_effect_text(row, "effect");
    char *const interval = gate_interval_text(row);
    char *const margin = gate_margin_text(row);
    char *const one_link = gate_link_text(row);

    text_append(text, "  %-19s %10s %-20s %7s  %-9s %6" JSON_INTEGER_FORMAT "\n",
                gate_text_at(row, "metric"), effect, interval, margin,
                gate_shout(gate_text_at(row, "verdict")),
                json_integer_value(json_object_get(row, "blocks")));
    if (*one_link != '\0')
        text_append(text, "  %-19s %s\n", "", one_link);
    free(one_link);
    free(margin);
    free(interval);
    free(effect);
}

static bool is_first_of_cell(json_t const *rows, size_t index)
{
    char const *const cell = gate_text_at(json_array_get(rows, index), "cell");

    for (size_t i = 0; i < index; i++)
        if (text_equal(gate_text_at(json_array_get(rows, i), "cell"), cell))
            return false;
    return true;
}

static void append_cell(char **text, json_t const *rows, char const *cell)
{
    size_t index;
    json_t *row;

    text_append(text, "\n%s\n", cell);
    json_array_foreach(rows, index, row) {
        if (text_equal(gate_text_at(row, "cell"), cell))
            append_row(text, row);
    }
}

char *gate_table(json_t const *gate)
{
    json_t const *const rows = json_object_get(gate, "rows");
    char *text = text_format("gate: %s\n", gate_text_at(gate, "experiment"));
    char *const came_of = gate_rows_text(gate);
    size_t index;
    json_t *row;

    gate_append_sides(&text, gate, "");
    text_append(&text, "\n  %-19s %10s %-20s %7s  %-9s %6s\n", "", "effect", "interval", "margin",
                "verdict", "blocks");
    json_array_foreach(rows, index, row) {
        if (is_first_of_cell(rows, index))
            append_cell(&text, rows, gate_text_at(row, "cell"));
    }
    text_append(&text,
                "\nPASS: more by the margin is ruled out. FAIL: more is established, and it is "
                "half\nthe margin or more. time_tail: share of blocks over 10 %% slower, in "
                "points\n");
    text_append(&text, "\nverdict: %s (%s)\n", gate_shout(gate_text_at(gate, "verdict")), came_of);
    gate_append_reasons(&text, gate, "  ");
    gate_append_failures(&text, gate, "  ");
    gate_append_modes(&text, rows, "  ");
    free(came_of);
    return text;
}
