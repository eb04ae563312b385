/* said.c -- texts compared with their numbers masked, and the first line of each arm.
 *
 * SPDX-License-Identifier: MIT */
#include "judge/said.h"

#include "base/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { TEXTS_MAX = 4 /* of an arm in a cell */, LINE_MAX_SHOWN = 120 };

/* "at 0x7f12, pid 17" -> "at #, pid #": words that hold a digit, as one character. */
static char *masked(char const *text)
{
    char *const copy = text_copy(text);
    char *to = copy;

    while (*text != '\0') {
        size_t length = 0;
        bool digit = false;
        while (isalnum((unsigned char)text[length])) {
            digit = digit || isdigit((unsigned char)text[length]);
            length++;
        }
        if (digit)
            *to++ = '#';
        else
            memmove(to, text, length), to += length;
        text += length;
        if (*text != '\0')
            *to++ = *text++;
    }
    *to = '\0';
    return copy;
}

static bool same_but_for_numbers(char const *one, char const *other)
{
    char *const first = masked(one);
    char *const second = masked(other);
    bool const same = strcmp(first, second) == 0;

    free(second);
    free(first);
    return same;
}

static bool known(json_t const *texts, char const *text)
{
    for (size_t i = 0; i < json_array_size(texts); i++)
        if (same_but_for_numbers(json_string_value(json_array_get(texts, i)), text))
            return true;
    return false;
}

/* What an ok sample says; NULL if it says nothing or is not ok. */
static char const *text_of(json_t const *sample)
{
    char const *const status = json_string_value(json_object_get(sample, "status"));
    char const *const text = json_string_value(json_object_get(sample, "stderr"));

    return status != NULL && strcmp(status, "ok") == 0 && text != NULL && *text != '\0' ? text
                                                                                       : NULL;
}

/* The texts of that arm in that cell, made if there are none. */
static json_t *texts_of(json_t *said, char const *arm, char const *cell)
{
    json_t *cells = json_object_get(said, arm);

    if (cells == NULL) {
        cells = json_object();
        json_object_set_new(said, arm, cells);
    }
    if (json_object_get(cells, cell) == NULL)
        json_object_set_new(cells, cell, json_array());
    return json_object_get(cells, cell);
}

/* Visits the ok samples that say something; drop: removes what is known, else takes it in. */
static void visit(json_t *said, json_t const *record, bool drop)
{
    char const *const cell = json_string_value(json_object_get(record, "cell"));
    json_t const *const samples = json_object_get(record, "samples");

    for (size_t i = 0; cell != NULL && i < json_array_size(samples); i++) {
        json_t *const sample = json_array_get(samples, i);
        char const *const arm = json_string_value(json_object_get(sample, "arm"));
        char const *const text = text_of(sample);
        if (arm == NULL || text == NULL)
            continue;
        if (!drop) {
            json_t *const texts = texts_of(said, arm, cell);
            if (!known(texts, text))
                json_array_append_new(texts, json_string(text));
            continue;
        }
        json_t const *const texts = json_object_get(json_object_get(said, arm), cell);
        if (json_array_size(texts) >= TEXTS_MAX || known(texts, text))
            json_object_del(sample, "stderr");
    }
}

void said_drop_known(json_t *said, json_t *record)
{
    visit(said, record, true);
}

void said_add(json_t *said, json_t const *record)
{
    visit(said, record, false);
}

void said_print(json_t const *said, FILE *stream)
{
    char const *arm;
    json_t *cells;

    json_object_foreach((json_t *)said, arm, cells) {
        char const *cell;
        json_t *texts;
        char const *first = NULL;
        json_object_foreach(cells, cell, texts) {
            if (first == NULL)
                first = json_string_value(json_array_get(texts, 0));
        }
        if (first == NULL)
            continue;
        size_t const count = json_object_size(cells);
        size_t const length = strcspn(first, "\n");
        fprintf(stream, "%s wrote to stderr in %zu cell%s, though its samples succeeded:\n  %.*s\n",
                arm, count, count == 1 ? "" : "s",
                (int)(length < LINE_MAX_SHOWN ? length : LINE_MAX_SHOWN), first);
    }
}
