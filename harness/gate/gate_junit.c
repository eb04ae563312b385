/* gate_junit.c -- a gate as JUnit's XML, which CI servers show as tests.
 *
 * A row is a test case whose class is its cell. FAIL is a failure; an undecided row and one that
 * never decides are skipped; VOID is an error in a case of its own.
 *
 * SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "gate/gate_report.h"

#include <stdlib.h>
#include <string.h>

static void append_escaped(char **text, char const *plain)
{
    static char const special[] = "&<>\"";
    static char const *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;"};

    for (; *plain != '\0'; plain++) {
        char const *const place = strchr(special, *plain);
        if (place != NULL)
            text_append(text, "%s", names[place - special]);
        else if ((unsigned char)*plain >= ' ')
            text_append(text, "%c", *plain);
    }
}

static void append_attribute(char **text, char const *name, char const *value)
{
    text_append(text, " %s=\"", name);
    append_escaped(text, value);
    text_append(text, "\"");
}

static char const *text_at(json_t const *object, char const *key)
{
    return json_string_value(json_object_get(object, key));
}

/* The element of the row's verdict inside its test case; NULL for a PASS. */
static char const *element_of(json_t const *row)
{
    char const *const verdict = text_at(row, "verdict");

    if (text_equal(verdict, "pass"))
        return NULL;
    return text_equal(verdict, "fail") ? "failure" : "skipped";
}

static void append_case(char **text, json_t const *row)
{
    char *const effect = gate_effect_text(row, "effect");
    char *const interval = gate_interval_text(row);
    char *const message = text_format(
        "%s: %s %s, margin %.4g %%, %" JSON_INTEGER_FORMAT " blocks", text_at(row, "verdict"),
        effect, interval, 100 * json_number_value(json_object_get(row, "margin")),
        json_integer_value(json_object_get(row, "blocks")));

    text_append(text, "  <testcase");
    append_attribute(text, "classname", text_at(row, "cell"));
    append_attribute(text, "name", text_at(row, "metric"));
    text_append(text, ">\n    <%s",
                element_of(row) != NULL ? element_of(row) : "system-out");
    if (element_of(row) != NULL) {
        append_attribute(text, "message", message);
        text_append(text, "/>\n");
    } else {
        text_append(text, ">");
        append_escaped(text, message);
        text_append(text, "</system-out>\n");
    }
    text_append(text, "  </testcase>\n");
    free(message);
    free(interval);
    free(effect);
}

static size_t count_elements(json_t const *rows, char const *element)
{
    size_t count = 0;
    size_t place;
    json_t *row;

    json_array_foreach(rows, place, row) {
        count += element_of(row) != NULL && text_equal(element_of(row), element);
    }
    return count;
}

static void append_void(char **text, json_t const *reasons)
{
    size_t place;
    json_t *reason;

    text_append(text, "  <testcase classname=\"gate\" name=\"validity\">\n");
    json_array_foreach(reasons, place, reason) {
        text_append(text, "    <error");
        append_attribute(text, "message", json_string_value(reason));
        text_append(text, "/>\n");
    }
    text_append(text, "  </testcase>\n");
}

char *gate_junit(json_t const *gate)
{
    json_t const *const rows = json_object_get(gate, "rows");
    json_t const *const reasons = json_object_get(gate, "reasons");
    size_t const errors = json_array_size(reasons) > 0;
    char *const suite = text_format("slablab gate %s", text_at(gate, "experiment"));
    char *text = text_copy("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite");
    size_t place;
    json_t *row;

    append_attribute(&text, "name", suite);
    text_append(&text,
                " tests=\"%zu\" failures=\"%zu\" skipped=\"%zu\" errors=\"%zu\" time=\"%.3f\">\n",
                json_array_size(rows) + errors, count_elements(rows, "failure"),
                count_elements(rows, "skipped"), errors,
                json_number_value(json_object_get(gate, "seconds")));
    json_array_foreach(rows, place, row) {
        append_case(&text, row);
    }
    if (errors > 0)
        append_void(&text, reasons);
    text_append(&text, "</testsuite>\n");
    free(suite);
    return text;
}
