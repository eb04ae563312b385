/* wrapped.c -- paragraphs and columns that fit into a terminal of 80 columns.
 *
 * SPDX-License-Identifier: MIT */
#include "base/wrapped.h"

#include "base/text.h"

#include <string.h>

static void new_line(FILE *stream, size_t indent)
{
    fprintf(stream, "\n%*s", (int)indent, "");
}

void wrapped_print(FILE *stream, size_t indent, char const *label, char const *text)
{
    struct words words = words_of(text);
    size_t column = indent;

    fprintf(stream, "%-*s", (int)indent, label);
    if (words.count > 0 && strlen(label) >= indent && indent > 0)
        new_line(stream, indent);
    for (size_t i = 0; i < words.count; i++) {
        size_t const length = strlen(words.word[i]);
        if (i > 0 && column + 1 + length > WRAPPED_COLUMNS) {
            new_line(stream, indent);
            column = indent;
        } else if (i > 0) {
            fputc(' ', stream);
            column++;
        }
        fputs(words.word[i], stream);
        column += length;
    }
    fputc('\n', stream);
    words_free(&words);
}
