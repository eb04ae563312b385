/* reason.c -- reasons made and written out.
 *
 * SPDX-License-Identifier: MIT */
#include "base/reason.h"

#include "base/text.h"

#include <stdarg.h>

void reason_add(json_t *reasons, char const *code, char const *cell, char const *arm,
                char const *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    json_t *text = json_vsprintf(format, arguments);
    va_end(arguments);
    if (text == NULL)
        text = json_string("what it was is not UTF-8");
    json_array_append_new(reasons, json_pack("{s:s, s:s?, s:s?, s:o}", "code", code, "cell", cell,
                                             "arm", arm, "text", text));
}

char *reason_line(json_t const *reason)
{
    static char const *const keys[] = {"cell", "arm"};
    char const *const text = json_is_string(reason)
                                 ? json_string_value(reason)
                                 : json_string_value(json_object_get(reason, "text"));
    char *line = text_copy("");

    for (size_t i = 0; i < 2; i++) {
        char const *const name = json_string_value(json_object_get(reason, keys[i]));
        if (name != NULL)
            text_append(&line, "%s: ", name);
    }
    text_append(&line, "%s", text != NULL ? text : "?");
    return line;
}
