/* gate_words.c -- parts of gate.json as texts, for a terminal and for Markdown alike.
 *
 * SPDX-License-Identifier: MIT */
#include "gate/gate_words.h"

#include "base/reason.h"
#include "base/text.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { REVISION_DIGITS = 12, MODES_SHOWN = 4 };

char const *gate_text_at(json_t const *object, char const *key)
{
    char const *const text = json_string_value(json_object_get(object, key));

    return text != NULL ? text : "";
}

/* How a row's numbers are written: a ratio in per cent, a share of blocks in points of them. */
static char const *unit_of(json_t const *row)
{
    char const *const scale = gate_text_at(row, "scale");

    if (text_equal(scale, "points"))
        return " pt";
    return text_equal(scale, "ratio") ? " %" : "";
}

static char *number_text(json_t const *row, double value, bool with_unit)
{
    char const *const unit = unit_of(row);

    if (*unit == '\0')
        return text_format("%+.0f", value);
    return text_format("%+.*f%s", *unit == ' ' && unit[1] == 'p' ? 1 : 2, 100 * value,
                       with_unit ? unit : "");
}

char *gate_effect_text(json_t const *row, char const *key)
{
    json_t const *const value = json_object_get(row, key);

    return json_is_number(value) ? number_text(row, json_number_value(value), true)
                                 : text_copy("-");
}

char *gate_interval_text(json_t const *row)
{
    json_t const *const low = json_object_get(row, "low");
    json_t const *const high = json_object_get(row, "high");

    if (!json_is_number(low) || !json_is_number(high))
        return text_copy("-");
    char *const from = number_text(row, json_number_value(low), false);
    char *const to = number_text(row, json_number_value(high), false);
    char *const text = text_format("[%s, %s]", from, to);
    free(to);
    free(from);
    return text;
}

char *gate_margin_text(json_t const *row)
{
    double const margin = json_number_value(json_object_get(row, "margin"));
    char const *const unit = unit_of(row);

    return text_format("%.4g%s", 100 * margin, *unit != '\0' ? unit : " %");
}

char *gate_mde_text(json_t const *row)
{
    char *const text = gate_effect_text(row, "mde");
    char *const bare = text_copy(*text == '+' ? text + 1 : text);

    free(text);
    return bare;
}

char *gate_link_text(json_t const *row)
{
    json_t const *const one = json_object_get(row, "one_link");
    double const low = json_number_value(json_object_get(one, "low"));
    double const high = json_number_value(json_object_get(one, "high"));
    bool const bound = json_is_true(json_object_get(row, "layout_bound"));

    if (one == NULL)
        return text_copy("");
    if (low >= high)
        return text_copy("no spread between links was found");
    char *const from = number_text(row, low, false);
    char *const to = number_text(row, high, true);
    char *const text =
        text_format("one link alone may show %s to %s%s", from, to, bound ? ": LAYOUT-BOUND" : "");
    free(to);
    free(from);
    return text;
}

void gate_append_links(char **text, json_t const *rows, char const *before)
{
    size_t index;
    json_t *row;

    json_array_foreach(rows, index, row) {
        char *const said = gate_link_text(row);
        if (*said != '\0' && json_is_true(json_object_get(row, "decides")))
            text_append(text, "%s%s: %s: %s\n", before, gate_text_at(row, "cell"),
                        gate_text_at(row, "metric"), said);
        free(said);
    }
}

char const *gate_shout(char const *verdict)
{
    static char const *const words[][2] = {
        {"pass", "PASS"}, {"fail", "FAIL"},           {"inconclusive", "INCONCLUSIVE"},
        {"void", "VOID"}, {"undecided", "undecided"}, {"reported", "(shown)"}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_equal(words[i][0], verdict))
            return words[i][1];
    return verdict;
}

/* "6594968 (12), 6598368 (3)"; nothing where every block had the same count. */
static char *modes_text(json_t const *modes)
{
    size_t const count = json_array_size(modes);
    char *text = text_copy("");
    size_t index;
    json_t *mode;

    json_array_foreach(modes, index, mode) {
        if (count > 1 && index < MODES_SHOWN)
            text_append(&text, "%s%" JSON_INTEGER_FORMAT " (%" JSON_INTEGER_FORMAT ")",
                        index > 0 ? ", " : "", json_integer_value(json_array_get(mode, 0)),
                        json_integer_value(json_array_get(mode, 1)));
    }
    if (count > MODES_SHOWN)
        text_append(&text, " and %zu more", count - MODES_SHOWN);
    return text;
}

void gate_append_modes(char **text, json_t const *rows, char const *before)
{
    static char const *const sides[] = {"base", "head"};
    bool any = false;
    size_t index;
    json_t *row;

    json_array_foreach(rows, index, row) {
        for (size_t i = 0; i < 2; i++) {
            char *const modes =
                modes_text(json_object_get(json_object_get(row, "modes"), sides[i]));
            if (*modes != '\0')
                text_append(text, "%sinstructions of the %s vary in %s: %s\n", before, sides[i],
                            gate_text_at(row, "cell"), modes);
            any = any || *modes != '\0';
            free(modes);
        }
    }
    if (any)
        text_append(text,
                    "%san allocator that reads the clock counts differently under load: "
                    "switch off its timed work (jemalloc: "
                    "MALLOC_CONF=dirty_decay_ms:-1,muzzy_decay_ms:-1)\n",
                    before);
}

static json_int_t failures_of(json_t const *gate, char const *key)
{
    return json_integer_value(json_object_get(json_object_get(gate, "failures"), key));
}

static bool any_failed(json_t const *gate)
{
    static char const *const keys[] = {"head_alone", "base_alone", "both", "head_elsewhere",
                                       "base_elsewhere"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (failures_of(gate, keys[i]) > 0)
            return true;
    return false;
}

char *gate_failures_text(json_t const *gate)
{
    json_int_t const both = failures_of(gate, "both");
    json_int_t const elsewhere =
        failures_of(gate, "head_elsewhere") + failures_of(gate, "base_elsewhere");
    char *text = text_format(
        "%" JSON_INTEGER_FORMAT " of the head and %" JSON_INTEGER_FORMAT
        " of the base in %" JSON_INTEGER_FORMAT " pairs of processes",
        failures_of(gate, "head_alone") + both, failures_of(gate, "base_alone") + both,
        failures_of(gate, "pairs"));

    if (elsewhere > 0)
        text_append(&text, ", %" JSON_INTEGER_FORMAT " more in attestation or under callgrind",
                    elsewhere);
    return text;
}

void gate_append_failures(char **text, json_t const *gate, char const *before)
{
    json_t const *const failures = json_object_get(gate, "failures");

    if (!any_failed(gate))
        return;
    char const *const said = gate_text_at(failures, "stderr");
    int length = (int)strlen(said);
    while (length > 0 && said[length - 1] == '\n')
        length--;
    char *const came_of = gate_failures_text(gate);
    text_append(text, "%sfailures: %s: %s\n", before,
                gate_shout(gate_text_at(failures, "verdict")), came_of);
    if (*gate_text_at(failures, "status") != '\0')
        text_append(text, "%sthe head's first: %s: %.*s\n", before,
                    gate_text_at(failures, "status"), length > 0 ? length : INT_MAX,
                    length > 0 ? said : "it wrote nothing to stderr");
    free(came_of);
}

static char *side_text(json_t const *side)
{
    char const *const revision = gate_text_at(side, "revision");
    char const *const build_id = gate_text_at(side, "build_id");
    char *text = text_copy(gate_text_at(side, "spec"));

    if (*revision != '\0')
        text_append(&text, ", commit %.*s", REVISION_DIGITS, revision);
    if (*build_id != '\0')
        text_append(&text, ", build-id %.*s", REVISION_DIGITS, build_id);
    return text;
}

char *gate_rows_text(json_t const *gate)
{
    json_t const *const rows = json_object_get(gate, "rows");
    size_t decides = 0;
    size_t failed = 0;
    size_t undecided = 0;
    size_t index;
    json_t *row;

    json_array_foreach(rows, index, row) {
        decides += json_is_true(json_object_get(row, "decides"));
        failed += text_equal(gate_text_at(row, "verdict"), "fail");
        undecided += text_equal(gate_text_at(row, "verdict"), "undecided");
    }
    char const *const failures = gate_text_at(json_object_get(gate, "failures"), "verdict");
    decides++;
    failed += text_equal(failures, "fail");
    undecided += text_equal(failures, "undecided");
    char *text = text_format("%zu of %zu rows failed", failed, decides);
    if (undecided > 0)
        text_append(&text, ", %zu undecided", undecided);
    text_append(&text, ", in %.0f s", json_number_value(json_object_get(gate, "seconds")));
    return text;
}

void gate_append_reasons(char **text, json_t const *gate, char const *before)
{
    size_t index;
    json_t *reason;

    json_array_foreach(json_object_get(gate, "reasons"), index, reason) {
        char *const line = reason_line(reason);
        text_append(text, "%s%s\n", before, line);
        free(line);
    }
}

static void append_cautions(char **text, json_t const *gate, char const *before)
{
    size_t index;
    json_t *caution;

    json_array_foreach(json_object_get(gate, "cautions"), index, caution) {
        text_append(text, "%scaution: %s\n", before, json_string_value(caution));
    }
}

void gate_append_sides(char **text, json_t const *gate, char const *before)
{
    char *const base = side_text(json_object_get(gate, "base"));
    char *const head = side_text(json_object_get(gate, "head"));

    text_append(text, before[0] == '-' ? "- base: %s\n- head: %s\n" : "base: %s\nhead: %s\n", base,
                head);
    if (json_is_true(json_object_get(gate, "identical")))
        text_append(text,
                    "%sbase and head are the same build (equal build-ids), judged like any other\n",
                    before);
    append_cautions(text, gate, before);
    free(head);
    free(base);
}
