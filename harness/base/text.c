/* text.c -- strings owned by the caller, and parsing of short texts.
 *
 * SPDX-License-Identifier: MIT */
#include "base/text.h"

#include "base/memory.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *text_copy_bytes(char const *bytes, size_t size)
{
    char *const copy = memory_zeroed(size + 1, 1);

    memcpy(copy, bytes, size);
    return copy;
}

char *text_copy(char const *text)
{
    return text_copy_bytes(text, strlen(text));
}

__attribute__((format(printf, 1, 0))) static char *text_format_list(char const *format,
                                                                    va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int const length = vsnprintf(NULL, 0, format, again);
    va_end(again);

    size_t const size = length < 0 ? 1 : (size_t)length + 1;
    char *const text = memory_zeroed(size, 1);
    vsnprintf(text, size, format, arguments);
    return text;
}

char *text_format(char const *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *const text = text_format_list(format, arguments);
    va_end(arguments);
    return text;
}

void text_append(char **text, char const *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *const rest = text_format_list(format, arguments);
    va_end(arguments);

    char *const whole = text_format("%s%s", *text, rest);
    free(rest);
    free(*text);
    *text = whole;
}

bool text_equal(char const *one, char const *other)
{
    return strcmp(one, other) == 0;
}

bool text_ends_with(char const *text, char const *ending)
{
    size_t const length = strlen(text);
    size_t const ending_length = strlen(ending);

    return length >= ending_length && text_equal(text + length - ending_length, ending);
}

static void words_take(struct words *words, char *word)
{
    words->word = memory_room_for_one(words->word, words->count, sizeof *words->word);
    words->word[words->count++] = word;
}

void words_add(struct words *words, char const *word)
{
    words_take(words, text_copy(word));
}

struct words words_of(char const *text)
{
    static char const white_space[] = " \t\r\n\v\f";
    struct words words = {0};

    for (text += strspn(text, white_space); *text != '\0'; text += strspn(text, white_space)) {
        size_t const length = strcspn(text, white_space);
        words_take(&words, text_copy_bytes(text, length));
        text += length;
    }
    return words;
}

bool words_hold(struct words const *words, char const *word)
{
    for (size_t i = 0; i < words->count; i++)
        if (text_equal(words->word[i], word))
            return true;
    return false;
}

char *words_join(struct words const *words, size_t first, size_t last)
{
    char *text = text_copy("");

    for (size_t i = first; i < last && i < words->count; i++)
        text_append(&text, "%s%s", i > first ? " " : "", words->word[i]);
    return text;
}

static int compare_words(void const *one, void const *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

void words_sort(struct words *words)
{
    if (words->count > 1)
        qsort(words->word, words->count, sizeof *words->word, compare_words);
}

void words_free(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->word[i]);
    free(words->word);
    *words = (struct words){0};
}

bool text_to_number(char const *text, uint64_t *number)
{
    if (*text == '\0' || text[strspn(text, "0123456789")] != '\0')
        return false;
    errno = 0;
    uintmax_t const value = strtoumax(text, NULL, 10);
    if (errno != 0 || value > INT64_MAX)
        return false;
    *number = value;
    return true;
}

bool text_to_ratio(char const *text, double *ratio)
{
    char *end = NULL;

    if (!isdigit((unsigned char)*text) || !text_equal(text + strspn(text, "0123456789."), "%"))
        return false;
    double const percent = strtod(text, &end);
    if (!text_equal(end, "%") || percent > 100)
        return false;
    *ratio = percent / 100;
    return true;
}

char *text_of_file(char const *path, size_t *size)
{
    FILE *const file = fopen(path, "re");
    char *text = NULL;
    size_t length = 0;

    if (file == NULL)
        return NULL;
    for (;;) {
        enum { PIECE = 4096 };
        char *const grown = realloc(text, length + PIECE + 1);
        if (grown == NULL)
            break;
        text = grown;
        size_t const got = fread(text + length, 1, PIECE, file);
        length += got;
        if (got < PIECE)
            break;
    }
    int const fault = ferror(file) ? errno : 0;
    fclose(file);
    if (text == NULL || fault != 0) {
        free(text);
        errno = fault != 0 ? fault : ENOMEM;
        return NULL;
    }
    text[length] = '\0';
    if (size != NULL)
        *size = length;
    return text;
}

char *text_of_line_file(char const *path)
{
    char *const text = text_of_file(path, NULL);

    if (text != NULL)
        text[strcspn(text, "\n")] = '\0';
    return text;
}

/* The fewest letters to insert, delete or replace (Levenshtein), by one row of the matrix. */
static size_t edit_distance(char const *one, char const *other)
{
    enum { LONGEST = 63 };
    size_t row[LONGEST + 1];
    size_t const width = strlen(other);

    if (width > LONGEST)
        return SIZE_MAX;
    for (size_t j = 0; j <= width; j++)
        row[j] = j;
    for (size_t i = 1; one[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= width; j++) {
            size_t const replaced = diagonal + (one[i - 1] != other[j - 1]);
            size_t const shifted = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            diagonal = row[j];
            row[j] = replaced < shifted ? replaced : shifted;
        }
    }
    return row[width];
}

char const *text_nearest(char const *word, char *const *known, size_t known_count)
{
    char const *nearest = NULL;
    size_t least = strlen(word) / 3 + 2; /* a greater distance is another word, not a typo */

    for (size_t i = 0; i < known_count; i++) {
        size_t const distance = edit_distance(word, known[i]);
        if (distance < least) {
            least = distance;
            nearest = known[i];
        }
    }
    return nearest;
}
