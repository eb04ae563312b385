/* markdown_escape.c -- texts that are no Markdown, written so that it shows them as they are.
 *
 * SPDX-License-Identifier: MIT */
#include "gate/markdown_escape.h"

#include "base/memory.h"
#include "base/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_word(char letter)
{
    return isalnum((unsigned char)letter) != 0;
}

/* page_faults has an underscore that is none of emphasis, and `a & b` no entity. */
static bool is_special(char const *text, size_t at)
{
    char const before = at > 0 ? text[at - 1] : ' ';

    if (text[at] == '_')
        return !is_word(before) || !is_word(text[at + 1]);
    if (text[at] == '&')
        return is_word(text[at + 1]) || text[at + 1] == '#';
    return strchr("\\`*<>|~[]", text[at]) != NULL;
}

char *markdown_escaped(char const *text)
{
    char *const escaped = memory_zeroed(1, 2 * strlen(text) + 1);
    size_t length = 0;

    for (size_t at = 0; text[at] != '\0'; at++) {
        if (is_special(text, at))
            escaped[length++] = '\\';
        escaped[length++] = (unsigned char)text[at] < ' ' ? ' ' : text[at];
    }
    return escaped;
}

json_t *markdown_escaped_texts(json_t const *value)
{
    json_t *copy = NULL;
    char const *key;
    size_t index;
    json_t *inner;

    if (json_is_string(value)) {
        char *const escaped = markdown_escaped(json_string_value(value));
        copy = json_string(escaped);
        free(escaped);
    } else if (json_is_array(value)) {
        copy = json_array();
        json_array_foreach(value, index, inner) {
            json_array_append_new(copy, markdown_escaped_texts(inner));
        }
    } else if (json_is_object(value)) {
        copy = json_object();
        json_object_foreach((json_t *)value, key, inner) {
            json_object_set_new(copy, key, markdown_escaped_texts(inner));
        }
    } else {
        copy = json_deep_copy(value);
    }
    return copy;
}
