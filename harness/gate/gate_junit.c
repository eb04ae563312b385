/* gate_junit.c -- a gate as JUnit's XML, which CI servers show as tests.
 *
 * A row is a test case of the class that its cell is, failures of processes one of class "gate".
 * FAIL is a failure, an undecided row and one that never decides are skipped, VOID is an error of a
 * case of its own.
 *
 * SPDX-License-Identifier: MIT */
#include "base/reason.h"
#include "base/text.h"
#include "gate/gate_report.h"
#include "gate/gate_words.h"

#include <stdlib.h>
#include <string.h>

static void append_escaped(char **text, char const *plain)
{
    static char const special[] = "&<>\"";
    static char const *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;"};

    for (; *plain != '\0'; plain++) {
        char const *const found = strchr(special, *plain);
        if (found != NULL)
            text_append(text, "%s", names[found - special]);
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

/* The message stands in the verdict's element, and of a PASS in what the test printed. */
static void append_case(char **text, char const *class, char const *name, char const *element,
                        char const *message)
{
    text_append(text, "  <testcase");
    append_attribute(text, "classname", class);
    append_attribute(text, "name", name);
    text_append(text, ">\n    <%s", element != NULL ? element : "system-out");
    if (element != NULL) {
        append_attribute(text, "message", message);
        text_append(text, "/>\n");
    } else {
        text_append(text, ">");
        append_escaped(text, message);
        text_append(text, "</system-out>\n");
    }
    text_append(text, "  </testcase>\n");
}

static void append_row(char **text, json_t const *row)
{
    char *const effect = gate_effect_text(row, "effect");
    char *const interval = gate_interval_text(row);
    char *const margin = gate_margin_text(row);
    char *const message = text_format(
        "%s: %s %s, margin %s, %" JSON_INTEGER_FORMAT " blocks", text_at(row, "verdict"), effect,
        interval, margin, json_integer_value(json_object_get(row, "blocks")));

    append_case(text, text_at(row, "cell"), text_at(row, "metric"), element_of(row), message);
    free(message);
    free(margin);
    free(interval);
    free(effect);
}

static void append_failures(char **text, json_t const *gate)
{
    json_t const *const failures = json_object_get(gate, "failures");
    char *const message = gate_failures_text(gate);

    append_case(text, "gate", "failures", element_of(failures), message);
    free(message);
}

static size_t count_elements(json_t const *gate, char const *element)
{
    json_t const *const rows = json_object_get(gate, "rows");
    char const *const failures = element_of(json_object_get(gate, "failures"));
    size_t count = failures != NULL && text_equal(failures, element);
    size_t index;
    json_t *row;

    json_array_foreach(rows, index, row) {
        count += element_of(row) != NULL && text_equal(element_of(row), element);
    }
    return count;
}

static void append_void(char **text, json_t const *reasons)
{
    size_t index;
    json_t *reason;

    text_append(text, "  <testcase classname=\"gate\" name=\"validity\">\n");
    json_array_foreach(reasons, index, reason) {
        text_append(text, "    <error");
        char *const line = reason_line(reason);
        append_attribute(text, "message", line);
        free(line);
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
    size_t index;
    json_t *row;

    append_attribute(&text, "name", suite);
    text_append(&text,
                " tests=\"%zu\" failures=\"%zu\" skipped=\"%zu\" errors=\"%zu\" time=\"%.3f\">\n",
                json_array_size(rows) + 1 + errors, count_elements(gate, "failure"),
                count_elements(gate, "skipped"), errors,
                json_number_value(json_object_get(gate, "seconds")));
    json_array_foreach(rows, index, row) {
        append_row(&text, row);
    }
    append_failures(&text, gate);
    if (errors > 0)
        append_void(&text, reasons);
    text_append(&text, "</testsuite>\n");
    free(suite);
    return text;
}
